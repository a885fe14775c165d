/**
 * Whether settings that were handed over are in force. Pure.
 *
 * Because of one value of a wrong type the CLI drops the whole source, deny rules included; a
 * rule that it cannot read it drops alone. It reports neither in stream-json mode. Its answer to
 * `get_settings` has each source that holds in `sources`, and in `errors` what it could
 * not read (2.1.197 and 2.1.332).
 *
 * @module
 */

import { isWireObject, type WireObject } from "../messages/_define.ts";
import type { Difference } from "./expectations.ts";

/** Settings that were handed over. */
export interface HandedSettings {
  /** The option that they are from. */
  readonly option: string;
  /** What the CLI calls their source. */
  readonly source: "flagSettings" | "policySettings";
  /** What is in them; absent if they are in a file that could not be read from here. */
  readonly settings?: WireObject;
  /** The file, if the caller named one. */
  readonly file?: string;
}

/** Something that was handed over and is not in force. */
export interface LostSetting {
  /** The option. */
  readonly option: string;
  /** What is lost, for people. */
  readonly message: string;
}

/** An entry of `errors` of `get_settings`. */
interface SettingsFault {
  readonly file: string;
  readonly path: string;
  readonly message: string;
}

/** Settings that restrict: without them a session could do more than it should. */
const GUARDS: ReadonlySet<string> = new Set([
  "permissions",
  "hooks",
  "sandbox",
  "disableSkillShellExecution",
  "allowManagedPermissionRulesOnly",
  "allowManagedHooksOnly",
]);

/**
 * Compares what was handed over with what the CLI says is in force.
 *
 * @returns `lost`: what the session cannot do without; `differences`: the rest.
 */
export function compareSettings(
  handed: readonly HandedSettings[],
  response: WireObject,
): {
  readonly lost: readonly LostSetting[];
  readonly differences: readonly Difference[];
} {
  const faults = faultsIn(response);
  const lost: LostSetting[] = [];
  const differences: Difference[] = [];
  const ours = new Set<SettingsFault>();
  if (!Array.isArray(response.sources)) {
    return { lost, differences: handed.map(notKnown) };
  }
  for (const one of handed) {
    const held = sourceIn(response, one.source);
    const own = faults.filter(({ file }) => isOwn(file, one));
    for (const fault of own) ours.add(fault);
    if (held === undefined) {
      if (one.settings !== undefined && isEmpty(one.settings)) continue;
      lost.push({
        option: one.option,
        message: own.length === 0
          ? "none of it is in force"
          : `${own.map(faultText).join("; ")}; so none of it is in force`,
      });
      continue;
    }
    for (const path of missing(one.settings ?? {}, held)) {
      const message = `"${path.join(".")}" is not in force`;
      if (GUARDS.has(path[0] ?? "")) {
        lost.push({ option: one.option, message });
      } else {
        differences.push({
          option: one.option,
          expected: path.join("."),
          message: `The CLI leaves out a setting: ${message}`,
        });
      }
    }
  }
  for (const fault of faults) {
    if (ours.has(fault)) continue;
    differences.push({
      option: "settingSources",
      expected: fault.file,
      found: faultText(fault),
      message: `The CLI drops the settings file ${fault.file}: ${
        faultText(fault)
      }`,
    });
  }
  return { lost, differences };
}

/** The difference for a CLI, or a stand-in, that does not say which sources are in force. */
export function notKnown({ option }: HandedSettings): Difference {
  return {
    option,
    expected: "settings that are in force",
    message:
      `The CLI does not say whether the settings are in force (option ${option})`,
  };
}

/** What the CLI could not read in settings, by its answer to `get_settings`. */
export function faultsIn(response: WireObject): readonly SettingsFault[] {
  const { errors } = response;
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((error) =>
    isWireObject(error)
      ? [{
        file: String(error.file ?? "unknown"),
        path: String(error.path ?? ""),
        message: String(error.message ?? "it cannot be read"),
      }]
      : []
  );
}

/** A fault as text: where in the file, and what is wrong. */
export function faultText({ path, message }: SettingsFault): string {
  return path === "" ? message : `${path}: ${message}`;
}

/** Whether a file is the one that was handed over. Our own files have names that we made. */
function isOwn(file: string, { source, file: named }: HandedSettings): boolean {
  if (source !== "flagSettings") return false;
  return named === undefined
    ? /claudestream-[^\\/]+[\\/]\d+__settings/.test(file)
    : file === named || file.endsWith(`/${named.replace(/^\.\//, "")}`);
}

function sourceIn(
  { sources }: WireObject,
  name: string,
): WireObject | undefined {
  if (!Array.isArray(sources)) return undefined;
  const found = sources.find((one) => isWireObject(one) && one.source === name);
  return isWireObject(found?.settings) ? found.settings : undefined;
}

function isEmpty(settings: WireObject): boolean {
  return Object.values(settings).every((value) => value === undefined);
}

/** Paths that are in one and not in the other. Values are not compared: the CLI may write them in another way. */
function missing(
  handed: WireObject,
  held: WireObject,
  at: readonly string[] = [],
): readonly (readonly string[])[] {
  return Object.entries(handed).flatMap(([key, value]) => {
    const path = [...at, key];
    if (value === undefined || value === null) return [];
    const other = held[key];
    if (other === undefined) return isNothing(value) ? [] : [path];
    if (Array.isArray(value)) {
      return lostEntries(value, other).map((entry) => [...path, entry]);
    }
    return isWireObject(value) && isWireObject(other)
      ? missing(value, other, path)
      : [];
  });
}

function isNothing(value: unknown): boolean {
  return Array.isArray(value)
    ? value.length === 0
    : isWireObject(value) && Object.keys(value).length === 0;
}

/** Texts of a list that are not in the other; for lists of other values how many are missing. */
function lostEntries(values: readonly unknown[], other: unknown): string[] {
  const held: readonly unknown[] = Array.isArray(other) ? other : [other];
  if (!values.every((value) => typeof value === "string")) {
    return held.length < values.length
      ? [`${held.length} of ${values.length}`]
      : [];
  }
  return values.filter((value): value is string => !held.includes(value));
}
