/**
 * The settings as a session would have them, without a process.
 *
 * @module
 */

import type { WireObject } from "../messages/_define.ts";
import { isWireObject } from "../messages/_define.ts";
import { pathOf } from "../options/launch.ts";
import { isSettingsFile } from "../options/places.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { thrownText } from "../util/faults.ts";

/** Options of {@linkcode resolveSettings}: those of a session that settings come from. */
export type ResolveSettingsOptions = Pick<
  SessionOptions,
  | "cwd"
  | "configDir"
  | "settings"
  | "settingSources"
  | "isolated"
  | "managedSettings"
>;

/** Where settings come from, as the CLI calls it. */
export type SettingsOrigin =
  | "userSettings"
  | "projectSettings"
  | "localSettings"
  | "flagSettings"
  | "policySettings";

/** A source of settings. */
export interface ResolvedSource {
  /** Which one. */
  readonly source: SettingsOrigin;
  /** The file. Absent for settings that an option holds. */
  readonly path?: string;
  /** What it says; empty if there is none, or nothing of it holds. */
  readonly settings: WireObject;
  /** Why nothing of it holds: the CLI drops the whole file for one fault. */
  readonly problem?: string;
}

/** A value, and where it comes from. */
export interface SettingOrigin {
  /** Its place, joined with dots: `permissions.allow`. */
  readonly path: string;
  /** What holds. */
  readonly value: unknown;
  /** The source that it is from; of a list all that added to it, the weakest first. */
  readonly from: readonly SettingsOrigin[];
}

/** What {@linkcode resolveSettings} returns. */
export interface ResolvedSettings {
  /** The settings in effect: of objects each field, of lists all entries, else the strongest. */
  readonly effective: WireObject;
  /** Each source, the weakest first. */
  readonly sources: readonly ResolvedSource[];
  /** Each value with its origin, by its place in the order of the alphabet. */
  readonly origins: readonly SettingOrigin[];
}

/**
 * Reads the settings that a session with these options would have, and where each value
 * comes from. Starts no process; needs `--allow-read`, and `--allow-env` unless `configDir`
 * is given. What only the CLI knows is not in it: settings that a server sends, and what
 * plugins add. `session.settings()` asks a running session.
 *
 * @example
 * ```ts
 * import { resolveSettings } from "@claudestream/core";
 * import { assertEquals } from "@std/assert";
 *
 * const { origins } = await resolveSettings({
 *   isolated: true,
 *   settings: { permissions: { deny: ["WebFetch"] } },
 * });
 * const deny = origins.find(({ path }) => path === "permissions.deny");
 * assertEquals(deny?.from, ["flagSettings"]);
 * ```
 */
export async function resolveSettings(
  options: ResolveSettingsOptions = {},
): Promise<ResolvedSettings> {
  const { settings, managedSettings, isolated } = options;
  const loaded = isolated === true
    ? []
    : options.settingSources ?? ["user", "project", "local"];
  const cwd = options.cwd === undefined ? "." : pathOf("cwd", options.cwd);
  const { settingsPaths } = await import("./settings_files.ts");
  const paths = settingsPaths({
    configDir: configDirOf(options),
    cwd,
    os: Deno.build.os,
  });
  const files = {
    userSettings: loaded.includes("user") ? paths["settings.user"] : undefined,
    projectSettings: loaded.includes("project")
      ? paths["settings.project"]
      : undefined,
    localSettings: loaded.includes("local")
      ? paths["settings.local"]
      : undefined,
    policySettings: paths["settings.managed"],
  };
  const flag = settings === undefined || isSettingsFile(settings)
    ? await sourceOf(
      "flagSettings",
      settings === undefined ? undefined : within(cwd, settings),
    )
    : {
      source: "flagSettings" as const,
      settings: typeof settings === "string"
        ? objectIn(settings)
        : settings as WireObject,
    };
  const sources = [
    await sourceOf("userSettings", files.userSettings),
    await sourceOf("projectSettings", files.projectSettings),
    await sourceOf("localSettings", files.localSettings),
    flag,
    managedSettings === undefined
      ? await sourceOf("policySettings", files.policySettings)
      : { source: "policySettings" as const, settings: managedSettings },
  ].filter((source) => source !== undefined);
  const merged = new Merged();
  for (const { source, settings } of sources) merged.add(settings, source);
  return { effective: merged.value(), sources, origins: merged.origins() };
}

/** Settings of several sources, each over those before it. */
class Merged {
  readonly #value: Record<string, unknown> = {};
  readonly #from = new Map<string, SettingsOrigin[]>();

  add(settings: WireObject, source: SettingsOrigin): void {
    this.#merge(this.#value, settings, source, []);
  }

  #merge(
    into: Record<string, unknown>,
    settings: WireObject,
    source: SettingsOrigin,
    path: readonly string[],
  ): void {
    for (const [name, value] of Object.entries(settings)) {
      const place = [...path, name];
      const known = Object.hasOwn(into, name) ? into[name] : undefined;
      if (isWireObject(value)) {
        const inner = isWireObject(known) ? { ...known } : {};
        this.#from.delete(JSON.stringify(place));
        this.#merge(inner, value, source, place);
        put(into, name, inner);
        continue;
      }
      const isMore = Array.isArray(value) && Array.isArray(known);
      put(into, name, isMore ? united(known, value) : value);
      const key = JSON.stringify(place);
      const before = isMore ? this.#from.get(key) ?? [] : [];
      this.#from.set(key, [...before, source]);
    }
  }

  value(): WireObject {
    return this.#value;
  }

  origins(): readonly SettingOrigin[] {
    const found = [...this.#from].flatMap(([key, from]) => {
      const place: readonly string[] = JSON.parse(key);
      const value = place.reduce<unknown>(
        (inner, name) => isWireObject(inner) ? inner[name] : undefined,
        this.#value,
      );
      return value === undefined
        ? []
        : [{ path: place.join("."), value, from }];
    });
    return found.sort((a, b) => a.path < b.path ? -1 : 1);
  }
}

/** Sets a field, whatever its name: `__proto__` is one, too. */
function put(
  object: Record<string, unknown>,
  name: string,
  value: unknown,
): void {
  Object.defineProperty(object, name, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

/** Both lists, each entry once. */
function united(
  list: readonly unknown[],
  more: readonly unknown[],
): readonly unknown[] {
  const seen = new Set<string>();
  return [...list, ...more].filter((entry) => {
    const text = JSON.stringify(entry);
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}

async function sourceOf(
  source: SettingsOrigin,
  path: string | undefined,
): Promise<ResolvedSource | undefined> {
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (
      error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory
    ) return undefined;
    return { source, path, settings: {}, problem: thrownText(error) };
  }
  const { readSettings } = await import("./settings_text.ts");
  const { status, detail } = readSettings(text);
  return status === "fail"
    ? { source, path, settings: {}, problem: detail }
    : { source, path, settings: objectIn(text) };
}

function objectIn(text: string): WireObject {
  const json = text.replace(/^\ufeff/, "");
  const value: unknown = json.trim() === "" ? {} : JSON.parse(json);
  return isWireObject(value) ? value : {};
}

function within(cwd: string, settings: unknown): string {
  const path = pathOf("settings", settings as string | URL);
  return /^([\\/]|[a-z]:)/i.test(path) ? path : `${cwd}/${path}`;
}

function configDirOf(
  { configDir }: ResolveSettingsOptions,
): string | undefined {
  if (configDir !== undefined) return pathOf("configDir", configDir);
  const named = variable("CLAUDE_CONFIG_DIR");
  if (named) return named;
  const home = variable("HOME") ?? variable("USERPROFILE");
  return home && `${home}/.claude`;
}

function variable(name: string): string | undefined {
  // Check first, because reading it without the permission would prompt the person at the terminal.
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) : undefined;
}
