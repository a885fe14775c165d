/**
 * The table of CLI versions that options, hooks, control requests and behaviors require. Pure.
 *
 * The versions were determined with 31 versions from 2.1.197 to 2.1.332: each is the first of these
 * with the feature. All of them support an option that is not listed here, and a hook or a request
 * that is `undefined`. A hook without an entry does not compile (`verification/needs.ts`); a
 * control request without one fails `tests/both/capabilities_test.ts`.
 *
 * @module
 */

import { lackText } from "./version.ts";

/** Version that an option, or a part of it, requires. */
export interface OptionNeed {
  /** The first version that has it. */
  readonly since: string;
  /**
   * What an older CLI does: it silently ignores the option, ends with an error about the flag, or
   * is handled differently by the session, which reports that.
   */
  readonly older: "ignores" | "refuses" | "adapted";
  /**
   * The part of the option that is concerned, if not the whole: a path such as
   * `systemPrompt.snapshot`.
   */
  readonly part?: string;
  /** Returns whether a value uses the feature. If absent, any value but `false` does. */
  readonly isUsed?: (value: unknown) => boolean;
  /** Flags that an older CLI rejects. */
  readonly flags?: readonly string[];
  /**
   * Whether the feature protects from something: with a CLI of unknown version the session then
   * does not start.
   */
  readonly isGuard?: boolean;
}

/** Version that a hook, a request or a behavior requires. */
export interface Need {
  /** The first version that has it. */
  readonly since: string;
  /** As in {@linkcode OptionNeed}. */
  readonly isGuard?: boolean;
}

/** The flag that makes the CLI read the handshake before anything else. */
const AWAITS = "--await-initialize";

/** Returns the entry of an option that is a flag, which an older CLI rejects as unknown. */
function flag(
  name: string,
  since: string,
  isGuard = false,
): readonly OptionNeed[] {
  return [{ since, older: "refuses", flags: [name], isGuard }];
}

/** Keywords of JSON Schema whose values are data. */
const DATA: ReadonlySet<string> = new Set([
  "const",
  "default",
  "enum",
  "examples",
]);

/** Whether a JSON schema, or a part of it, has the keyword `format`. */
function hasFormat(schema: unknown): boolean {
  if (typeof schema !== "object" || schema === null) return false;
  return Object.entries(schema).some(([key, value]) =>
    key === "format"
      ? typeof value === "string" || hasFormat(value)
      : !DATA.has(key) && hasFormat(value)
  );
}

/** Options that require a version. Hooks are in {@linkcode HOOKS}. */
export const OPTIONS = {
  systemPrompt: [{
    since: "2.1.259",
    older: "ignores",
    part: "systemPrompt.snapshot",
    isUsed: (value) =>
      typeof value === "object" && value !== null && "snapshot" in value &&
      value.snapshot === true,
  }],
  subagentSystemPrompt: flag("--append-subagent-system-prompt-file", "2.1.266"),
  // An older CLI drops such a schema, and does not ask for structured output.
  outputSchema: [{
    since: "2.1.205",
    older: "ignores",
    part: "outputSchema (with format)",
    isUsed: (value) => hasFormat(value),
  }],
  verbatim: [{ since: "2.1.250", older: "ignores", isGuard: true }],
  autoCompact: flag("--autocompact", "2.1.222"),
  projectConfigRoot: flag("--project-config-root", "2.1.278"),
  resumeDropsTurn: flag("--resume-drops-turn", "2.1.228"),
  // An older CLI would run them without asking; the session disables them there.
  skillShell: [{
    since: "2.1.332",
    older: "adapted",
    isUsed: (value) => value === "policy",
  }],
  prompts: flag("--permission-prompts", "2.1.259", true),
  permissionMode: [{
    since: "2.1.202",
    older: "refuses",
    part: 'permissionMode: "manual"',
    isUsed: (value) => value === "manual",
    flags: ["--permission-mode"],
  }],
  restricted: flag("--restricted", "2.1.250", true),
  keepTasks: [{ since: "2.1.246", older: "ignores" }],
  plugins: [{
    since: "2.1.266",
    older: "refuses",
    part: "plugins (too many for arguments)",
    // Depends on the number of characters, which only the launch knows.
    isUsed: () => false,
    flags: [AWAITS],
  }],
  managedSettings: [{
    since: "2.1.324",
    older: "refuses",
    flags: [AWAITS, "--managed-settings-in-initialize"],
    isGuard: true,
  }],
} as const satisfies Readonly<
  Record<string, readonly OptionNeed[]>
>;

/** Versions that hook events require: an older CLI silently never calls such a hook. */
export const HOOKS = {
  PreToolUse: undefined,
  PreSkillShellCommand: { since: "2.1.332", isGuard: true },
  PostToolUse: undefined,
  PostToolUseFailure: undefined,
  PostToolBatch: undefined,
  Notification: undefined,
  UserPromptSubmit: undefined,
  UserPromptExpansion: undefined,
  SessionStart: undefined,
  SessionEnd: undefined,
  Stop: undefined,
  StopFailure: undefined,
  SubagentStart: undefined,
  SubagentStop: undefined,
  PreCompact: undefined,
  PostCompact: undefined,
  PreModelSwitch: { since: "2.1.259", isGuard: true },
  PostModelSwitch: { since: "2.1.259" },
  PermissionRequest: undefined,
  PermissionDenied: undefined,
  Setup: undefined,
  TeammateIdle: undefined,
  TaskCreated: undefined,
  TaskCompleted: undefined,
  Elicitation: undefined,
  ElicitationResult: undefined,
  ConfigChange: undefined,
  WorktreeCreate: undefined,
  WorktreeRemove: undefined,
  InstructionsLoaded: undefined,
  CwdChanged: undefined,
  FileChanged: undefined,
  DirectoryAdded: { since: "2.1.222" },
  MessageDisplay: undefined,
} as const satisfies Readonly<Record<string, Need | undefined>>;

/** Fields of one hook that an older CLI ignores. */
export const HOOK_FIELDS = {
  /** `onFailure: "block"` for events that only the CLI can block, not an answer of this library. */
  onFailure: { since: "2.1.319", isGuard: true },
} as const satisfies Readonly<Record<string, Need>>;

/** Versions that control requests require: an older CLI answers that the request is unknown. */
export const REQUESTS: Readonly<Record<string, Need | undefined>> = {
  apply_flag_settings: undefined,
  background_tasks: undefined,
  cancel_async_message: undefined,
  export_conversation: { since: "2.1.285" },
  file_suggestions: undefined,
  generate_session_title: undefined,
  get_context_usage: undefined,
  get_session_cost: undefined,
  get_settings: undefined,
  get_task_output: { since: "2.1.290" },
  get_usage: undefined,
  interrupt: undefined,
  list_permission_rules: { since: "2.1.272" },
  mcp_call: undefined,
  mcp_read_resource: { since: "2.1.285" },
  mcp_reconnect: undefined,
  mcp_set_servers: undefined,
  mcp_status: undefined,
  mcp_toggle: undefined,
  read_file: undefined,
  reload_output_styles: { since: "2.1.266" },
  reload_plugins: undefined,
  reload_skills: undefined,
  rename_session: undefined,
  rewind_files: undefined,
  set_max_thinking_tokens: undefined,
  set_mcp_permission_mode_override: undefined,
  set_model: undefined,
  set_permission_mode: undefined,
  side_question: undefined,
  stop_task: undefined,
  update_settings: { since: "2.1.278" },
};

/** Fields of control requests that an older CLI ignores. */
export const REQUEST_FIELDS: Readonly<
  Record<string, Readonly<Record<string, Need & { readonly option: string }>>>
> = {
  interrupt: {
    cancel_queued: { since: "2.1.222", option: "cancelQueued" },
  },
};

/** Behaviors that do not depend on an option. */
export const BEHAVIORS = {
  /** The answer to the handshake names the version. */
  versionInHandshake: { since: "2.1.300" },
  /** The CLI reports the fate of each prompt, as `command_lifecycle`. */
  promptLifecycle: { since: "2.1.206" },
  /** The CLI reports tasks in the background as a list, as `background_tasks_changed`. */
  taskList: { since: "2.1.205" },
  /** A result says how many turns are queued, such as turns about finished tasks. */
  queuedTurns: { since: "2.1.246" },
  /** A reply that is cut off is followed by a line that asks the model to continue. */
  resumptionLine: { since: "2.1.272" },
  /** The answer to `set_model` names the model. */
  modelInChange: { since: "2.1.310" },
  /** The CLI uses the input from an "ask" of a settings hook even if the host answers "ask" too. */
  foreignAskCounts: { since: "2.1.324" },
  /** `system_init` leaves out the tools that settings deny. */
  deniedToolsLeftOut: { since: "2.1.324" },
  /** `apply_flag_settings` rejects settings that it cannot read; an older CLI drops them. */
  settingsRefused: { since: "2.1.324" },
  /** The answer to `read_file` says whether bytes that are not text were replaced. */
  lossyFiles: { since: "2.1.319" },
  /** Commands in the answer to the handshake say whether they are built in. */
  builtinCommands: { since: "2.1.285" },
  /** The answer to `get_context_usage` names the kind of each category. */
  contextKinds: { since: "2.1.272" },
  /** `mcp_call` reports the failure of a tool as its result, not as an error. */
  softMcpErrors: { since: "2.1.331" },
  /** The handshake accepts MCP servers that run in other processes. */
  serversInHandshake: { since: "2.1.328" },
  /** The CLI does not read the file of `--settings` again after the start. */
  settingsReadOnce: { since: "2.1.330" },
  /** The CLI reports `/clear` as `conversation_reset`; before, only `system_init` names the new session. */
  resetEvent: { since: "2.1.198" },
  /** `/clear` and `/compact` without an answer have an empty result; before, `(no content)`. */
  silentCommands: { since: "2.1.228" },
  /** A permission request says that only a person can answer it. */
  personMarked: { since: "2.1.202" },
  /**
   * A hook that denies a call can also end the turn, with `continue: false`; an older CLI
   * continues, so the session interrupts it.
   */
  denialStops: { since: "2.1.210" },
  /** The line with a tool call has a timestamp, so the tool's duration is known. */
  callTimes: { since: "2.1.215" },
  /** Text cut off by an interruption is marked as such. */
  abortedText: { since: "2.1.215" },
  /** The answer to the handshake names the permission mode. */
  modeInHandshake: { since: "2.1.228" },
  /** The message `compact_boundary` names the message before it. */
  boundaryParent: { since: "2.1.250" },
  /** A change of the model adds no message to the conversation. */
  quietModelChange: { since: "2.1.259" },
  /**
   * The CLI itself protects hook files of the session's plugins; a policy of this library always
   * does.
   */
  pluginsProtected: { since: "2.1.266" },
  /** The reason for a question says that a path leads out of the folder through a link. */
  linkReason: { since: "2.1.285" },
  /**
   * A resumed session asks about the deferred call before it runs. 2.1.278 runs it, others ask; to
   * be safe, no older CLI gets a deferral.
   */
  deferredAsked: { since: "2.1.285" },
  /** The turn is on disk when its result arrives; in older CLIs, up to 100 ms later. */
  writtenAtResult: { since: "2.1.278" },
  /** A process that resumes a session continues from the session's earlier cost. */
  costRestored: { since: "2.1.278" },
  /** The file of a session holds what its process cost. */
  costOnDisk: { since: "2.1.278" },
  /** The file of a resumed session holds what all of its processes used. */
  usageOfAllOnDisk: { since: "2.1.310" },
  /** The result of a turn that the API failed has the reason `api_error`. */
  apiErrorReason: { since: "2.1.206" },
  /** A reply that is refused after its first text fails the turn in every version from here on. */
  lateRefusalFails: { since: "2.1.331" },
  /** The process sends no API request before the first prompt. */
  silentStart: { since: "2.1.290" },
  /** An elicitation states the order of its fields. */
  elicitationOrder: { since: "2.1.300" },
} as const satisfies Readonly<Record<string, Need>>;

/** Returns the hint for a flag that the CLI rejects, if an option sets it. */
export function flagHint(flag: string): string | undefined {
  const table: Readonly<Record<string, readonly OptionNeed[] | undefined>> =
    OPTIONS;
  const found = Object.entries(table).flatMap(([option, needs = []]) =>
    needs.flatMap(({ flags = [], part = option, since }) =>
      flags.includes(flag) ? [`${part} needs CLI ${since} or newer`] : []
    )
  );
  return found.length === 0
    ? undefined
    : `Update the CLI, or leave the option out: ${found.join(", ")}`;
}

/** Returns the hint for a control request that the CLI does not know. */
export function requestHint(
  subtype: string,
  version: string | undefined,
): string | undefined {
  const need = REQUESTS[subtype];
  return need === undefined
    ? undefined
    : `Update the CLI: ${lackText(`"${subtype}"`, need.since, version)}`;
}

/** Explains why the fate of a message cannot be known. */
export const NO_LIFECYCLE: string =
  `this CLI does not say, ${BEHAVIORS.promptLifecycle.since} and newer do`;
