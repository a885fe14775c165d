/**
 * The configuration that holds for a command: flags before variables, these before a profile, the
 * project's file, and the user's.
 *
 * @module
 */

import type { Flags } from "../flags/flags.ts";
import { readEnv } from "../output/output.ts";
import type { Invocation } from "../flags/parse.ts";
import { UsageError } from "../failure/usage_error.ts";
import type { ConfigLayer } from "./config_file.ts";
import type { ConfigKey } from "./config_keys.ts";

/** The paths of the files. */
export interface ConfigPaths {
  /** `undefined` without a home folder. */
  readonly user: string | undefined;
  readonly project: string;
}

/** Returns where the files are, or would be. */
export function configPaths(flags: Flags): ConfigPaths {
  const base = readEnv("XDG_CONFIG_HOME") ||
    (Deno.build.os === "windows" ? readEnv("APPDATA") : undefined) ||
    (readEnv("HOME") ? `${readEnv("HOME")}/.config` : undefined);
  return {
    user: base === undefined ? undefined : `${base}/claudestream/config.jsonc`,
    project: `${
      flags.cwd === undefined ? "" : `${flags.cwd}/`
    }.claudestream/config.jsonc`,
  };
}

/** A setting that holds. */
export interface Setting {
  readonly key: ConfigKey;
  readonly value: unknown;
  /** Sources of the value: `FILE:LINE`, a variable or a flag. Several if lists were joined. */
  readonly origins: readonly string[];
}

/**
 * Returns the invocation with what the configuration says where no flag was given.
 *
 * @throws {UsageError} The configuration cannot be used; all that is wrong is named.
 */
export async function configured(invocation: Invocation): Promise<Invocation> {
  const { flags, command } = invocation;
  const settings = await settingsFor(flags);
  const added = settings.filter(({ key: { spec } }) =>
    spec.commands === undefined || spec.commands.includes(command)
  );
  if (added.length === 0) return invocation;
  const values = added.map(({ key, value }) => [key.flag, value]);
  return { ...invocation, flags: { ...flags, ...Object.fromEntries(values) } };
}

/**
 * Returns all settings that hold.
 *
 * @throws {UsageError} The configuration cannot be used.
 */
export async function settingsFor(flags: Flags): Promise<readonly Setting[]> {
  const variables = ownVariables();
  const paths = configPaths(flags);
  const texts = flags.config === false ? [] : await Promise.all(
    (["user", "project"] as const).map(async (owner) => ({
      owner,
      path: paths[owner],
      text: await textOfFile(paths[owner]),
    })),
  );
  const wantsProfile = flags.profile ?? variables.get("CLAUDESTREAM_PROFILE");
  if (
    variables.size === 0 && wantsProfile === undefined &&
    texts.every(({ text }) => text === undefined)
  ) return [];
  // Only who has a configuration pays for what reads it.
  const [{ noProfile, readConfig }, { CONFIG_KEYS, valueOfText }] =
    await Promise.all([
      import("./config_file.ts"),
      import("./config_keys.ts"),
    ]);
  const layers: Partial<Record<"user" | "project", ConfigLayer>> = {};
  const issues: string[] = [];
  for (const { owner, path = "", text } of texts) {
    if (text === undefined) continue;
    const home = readEnv("HOME") ?? readEnv("USERPROFILE");
    const reading = readConfig(text, path, owner, paths.user, home);
    layers[owner] = reading.layer;
    issues.push(...reading.issues);
  }
  const merged = new Settings();
  for (const entry of layers.user?.entries ?? []) merged.set(entry);
  for (const entry of layers.project?.entries ?? []) merged.limit(entry);
  const profiles = layers.user?.profiles ?? new Map();
  const profile = wantsProfile ?? layers.user?.profile;
  if (profile !== undefined) {
    const entries = profiles.get(profile);
    if (entries === undefined) issues.push(noProfile(profile, profiles.keys()));
    for (const entry of entries ?? []) merged.set(entry);
  }
  for (const key of CONFIG_KEYS) {
    const text = variables.get(key.variable);
    if (text === undefined) continue;
    const read = valueOfText(key, text);
    if ("wrong" in read) issues.push(`${key.variable}: ${read.wrong}`);
    else merged.set({ key, value: read.value, origin: key.variable });
  }
  if (issues.length > 0) {
    throw new UsageError(
      `Cannot use the configuration:\n  ${issues.join("\n  ")}`,
      "Mend it with: claudestream config edit; --no-config leaves the files alone",
    );
  }
  for (const key of CONFIG_KEYS) {
    const value = flags[key.flag];
    if (value === undefined) continue;
    merged.set({ key, value, origin: `--${key.spec.name}` });
  }
  return merged.list;
}

class Settings {
  readonly #settings = new Map<keyof Flags, Setting>();

  get list(): readonly Setting[] {
    return [...this.#settings.values()];
  }

  /** Sets a value in place of another one; what is denied stays denied. */
  set({ key, value, origin }: Entry): void {
    const before = this.#settings.get(key.flag);
    const isJoined = key.project === "adds" && before !== undefined;
    this.#settings.set(key.flag, {
      key,
      value: isJoined
        ? [...before.value as string[], ...value as string[]]
        : value,
      origins: isJoined ? [...before.origins, origin] : [origin],
    });
  }

  /** Sets a value of the project's file, which can make a limit only lower. */
  limit(entry: Entry): void {
    const before = this.#settings.get(entry.key.flag);
    const isLower = before === undefined ||
      (entry.value as number) < (before.value as number);
    if (entry.key.project !== "lowers" || isLower) this.set(entry);
  }
}

interface Entry {
  readonly key: ConfigKey;
  readonly value: unknown;
  readonly origin: string;
}

/** The variables of this program that are set. */
function ownVariables(): ReadonlyMap<string, string> {
  const { state } = Deno.permissions.querySync({ name: "env" });
  if (state !== "granted") {
    // One by one they may be permitted; the two old names are the ones in the docs.
    const names = ["CLAUDESTREAM_MODEL", "CLAUDESTREAM_CLAUDE_PATH"];
    return new Map(
      names.flatMap((name) => {
        const value = readEnv(name);
        return value ? [[name, value]] : [];
      }),
    );
  }
  return new Map(
    Object.entries(Deno.env.toObject()).filter(([name, value]) =>
      name.startsWith("CLAUDESTREAM_") && value !== ""
    ),
  );
}

/** Reads a file if that is permitted; `undefined` if there is none. */
async function textOfFile(
  path: string | undefined,
): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const { state } = Deno.permissions.querySync({ name: "read", path });
  if (state !== "granted") return undefined;
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (
      error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory
    ) return undefined;
    throw new UsageError(
      `Cannot read the configuration ${JSON.stringify(path)}: ${
        error instanceof Error ? error.message : String(error)
      }`,
      "--no-config leaves it alone",
    );
  }
}
