/**
 * Checks the settings files that claude would load.
 *
 * @module
 */

import { mayRead } from "./may.ts";
import { check, type DoctorCheck } from "./report.ts";
import { readSettings } from "./settings_text.ts";

/** Locations of settings. */
export interface SettingsPlaces {
  /** Configuration folder of claude. */
  readonly configDir: string | undefined;
  /** Working directory of claude. */
  readonly cwd: string;
  /** Operating system, as in `Deno.build.os`. */
  readonly os: string;
}

/** Returns settings files by the names of their checks, in order of precedence. Pure. */
export function settingsPaths(
  { configDir, cwd, os }: SettingsPlaces,
): Readonly<Record<string, string | undefined>> {
  const managed = os === "darwin"
    ? "/Library/Application Support/ClaudeCode"
    : os === "windows"
    ? "C:\\Program Files\\ClaudeCode"
    : "/etc/claude-code";
  return {
    "settings.managed": `${managed}/managed-settings.json`,
    "settings.local": `${cwd}/.claude/settings.local.json`,
    "settings.project": `${cwd}/.claude/settings.json`,
    "settings.user": configDir && `${configDir}/settings.json`,
    "settings.mcp": `${cwd}/.mcp.json`,
  };
}

/** Reads and checks each settings file. */
export async function settingsChecks(
  places: SettingsPlaces,
): Promise<DoctorCheck[]> {
  return await Promise.all(
    Object.entries(settingsPaths(places)).map(([name, path]) =>
      settingsCheck(name, path)
    ),
  );
}

async function settingsCheck(
  name: string,
  path: string | undefined,
): Promise<DoctorCheck> {
  if (path === undefined) {
    return check(name, "skip", "no home directory is known");
  }
  if (!await mayRead(path)) {
    return check(
      name,
      "skip",
      `${path}: Deno may not read it`,
      `Run Deno with --allow-read=${path}`,
    );
  }
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (
      error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory
    ) {
      return check(name, "skip", `${path}: there is none`);
    }
    const reason = error instanceof Error ? error.message : String(error);
    return check(name, "fail", `${path}: ${reason}`, `Make it readable`);
  }
  const { status, detail, line } = readSettings(text);
  const where = line === undefined ? path : `${path}:${line}`;
  return check(
    name,
    status,
    `${where}: ${detail}`,
    status === "ok" ? undefined : `Correct the file ${where}`,
  );
}
