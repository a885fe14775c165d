/**
 * Control requests about settings, the permission mode and the CLI's own rules.
 *
 * @module
 */

import * as v from "valibot";
import {
  type Reads,
  shape,
  wire,
  type WireObject,
  wireOptional,
} from "../messages/_define.ts";
import {
  call,
  type ControlCall,
  listOf,
  object,
  order,
  reading,
  text,
  word,
} from "./call.ts";
import type { PermissionMode } from "../options/session_options.ts";

/** The settings of one source. */
export interface SettingsSource {
  /** Which one, such as `userSettings` or `flagSettings`. */
  readonly source: string;
  /** Its content, as the CLI has it. */
  readonly settings: WireObject;
}

/**
 * The settings of the session.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export interface SessionSettings {
  /** The settings in effect, of all sources together, as the CLI has them. */
  readonly effective: WireObject;
  /** Each source, the weakest first. */
  readonly sources: readonly SettingsSource[];
  /** Full name of the model in use. */
  readonly model?: string;
  /** How much it thinks; `null` if it has no levels. */
  readonly effort?: string | null;
}

const anyObject: Reads<WireObject> = v.record(v.string(), v.unknown()) as Reads<
  WireObject
>;

const sessionSettings = shape<SessionSettings>({
  effective: wire("effective", anyObject),
  sources: wire(
    "sources",
    listOf(shape<SettingsSource>({
      source: wire("source", v.string()),
      settings: wire("settings", anyObject),
    })),
  ),
  model: wireOptional("applied.model", v.string()),
  effort: wireOptional("applied.effort", v.nullable(v.string())),
});

/** Asks for the settings. They may hold secrets. */
export function settingsCall(): ControlCall<SessionSettings> {
  return call("get_settings", {}, sessionSettings);
}

/**
 * Overrides settings of the session, as the option `settings` does: above those of user
 * and project. A key replaces the value of an earlier call; `null` removes it. If one
 * setting is invalid, the CLI refuses all of them.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export function applySettingsCall(
  settings: Readonly<Record<string, unknown>>,
): ControlCall<void> {
  return order("apply_flag_settings", {
    settings: object("settings", settings),
  });
}

/**
 * Writes settings to a file. The CLI accepts few: `outputStyle` for `local`,
 * `effortLevel` for `user`.
 *
 * Seen in: CLI 2.1.330, tests/live/control_test.ts.
 */
export function saveSettingsCall(
  source: "local" | "user",
  settings: Readonly<Record<string, unknown>>,
): ControlCall<void> {
  return order("update_settings", {
    source: `${word("source", source, ["local", "user"])}Settings`,
    settings: object("settings", settings),
  });
}

const modeInEffect = shape<{ readonly mode: string }>({
  mode: wire("mode", v.string()),
});

/**
 * Changes the permission mode, also in the middle of a turn. `bypassPermissions` is
 * refused (`bypass_not_launched`) unless the session was started with it.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson. The answer names
 * the mode now in effect, also on 2.1.197.
 */
export function setPermissionModeCall(
  mode: PermissionMode,
): ControlCall<string> {
  return reading(
    call("set_permission_mode", { mode: text("mode", mode) }, modeInEffect),
    ({ mode }) => mode,
  );
}

/** A rule of the CLI about tools. */
export interface PermissionRule {
  /** What it does. */
  readonly behavior: "allow" | "deny" | "ask" | (string & Record<never, never>);
  /** The rule, such as `Bash(git *)`. */
  readonly rule: string;
  /** Where it comes from, such as `cliArg` or `userSettings`. */
  readonly source: string;
}

/** A directory that tools may work in, apart from the first. */
export interface WorkspaceDirectory {
  /** Its path. */
  readonly path: string;
  /** Where it comes from. */
  readonly source?: string;
}

/**
 * The CLI's own rules.
 *
 * Seen in: CLI 2.1.330, tests/live/control_test.ts. Unknown to CLI before 2.1.272.
 */
export interface PermissionRules {
  /** The rules. */
  readonly rules: readonly PermissionRule[];
  /** Directories apart from the first. */
  readonly workspaceDirectories: readonly WorkspaceDirectory[];
  /** The directory that the session was started in. */
  readonly originalCwd: string;
  /** Whether only the rules of the organization apply. */
  readonly managedOnly: boolean;
}

const permissionRules = shape<PermissionRules>({
  rules: wire(
    "state.rules",
    listOf(shape<PermissionRule>({
      behavior: wire("behavior", v.string()),
      rule: wire("rule", v.string()),
      source: wire("source", v.string()),
    })),
  ),
  workspaceDirectories: wire(
    "state.workspaceDirectories",
    listOf(shape<WorkspaceDirectory>({
      path: wire("path", v.string()),
      source: wireOptional("source", v.string()),
    })),
  ),
  originalCwd: wire("state.originalCwd", v.string()),
  managedOnly: wire("state.managedOnly", v.boolean()),
});

/** Asks for the rules. */
export function permissionRulesCall(): ControlCall<PermissionRules> {
  return call("list_permission_rules", {}, permissionRules);
}
