/**
 * All hook events of the CLI and their inputs. Pure.
 *
 * @module
 */

import type { WireObject } from "../messages/_define.ts";
import { hookInput, type HookInputBase, type ReadsInput } from "./input.ts";
import * as other from "./other_inputs.ts";
import * as session from "./session_inputs.ts";
import * as turn from "./session_inputs.ts";
import * as tool from "./tool_inputs.ts";

/** What a hook is called with, by event. */
export interface HookInputs {
  /** A tool is about to be called. */
  readonly PreToolUse: tool.PreToolUseInput;
  /** A shell command in a skill or slash command is about to run. */
  readonly PreSkillShellCommand: tool.PreSkillShellCommandInput;
  /** A tool call succeeded. */
  readonly PostToolUse: tool.PostToolUseInput;
  /** A tool call failed. */
  readonly PostToolUseFailure: tool.PostToolUseFailureInput;
  /** All tool calls of one reply have ended. */
  readonly PostToolBatch: tool.PostToolBatchInput;
  /** The CLI has something to say to a person. */
  readonly Notification: turn.NotificationInput;
  /** A prompt is about to be taken. */
  readonly UserPromptSubmit: turn.UserPromptSubmitInput;
  /** A slash command is about to be replaced by its prompt. */
  readonly UserPromptExpansion: turn.UserPromptExpansionInput;
  /** A session starts, but not with the process. */
  readonly SessionStart: session.SessionStartInput;
  /** A session ends, but not with the process. */
  readonly SessionEnd: session.SessionEndInput;
  /** A turn is about to end. */
  readonly Stop: turn.StopInput;
  /** A turn ended with a failure of the API. */
  readonly StopFailure: turn.StopFailureInput;
  /** A subagent starts. */
  readonly SubagentStart: turn.SubagentStartInput;
  /** A subagent is about to end. */
  readonly SubagentStop: turn.SubagentStopInput;
  /** The conversation is about to be compacted. */
  readonly PreCompact: session.PreCompactInput;
  /** The conversation was compacted. */
  readonly PostCompact: session.PostCompactInput;
  /** The model is about to change. */
  readonly PreModelSwitch: session.PreModelSwitchInput;
  /** The model has changed. */
  readonly PostModelSwitch: session.PostModelSwitchInput;
  /** The CLI wants to ask whether a tool may run. */
  readonly PermissionRequest: tool.PermissionRequestInput;
  /** Mode `auto` denied a call. */
  readonly PermissionDenied: tool.PermissionDeniedInput;
  /** The CLI sets itself up. */
  readonly Setup: session.SetupInput;
  /** A member of a team of agents has nothing to do. */
  readonly TeammateIdle: other.TeammateIdleInput;
  /** A task was put on the list. */
  readonly TaskCreated: other.TaskCreatedInput;
  /** A task was done. */
  readonly TaskCompleted: other.TaskCompletedInput;
  /** An MCP server asks a person. */
  readonly Elicitation: other.ElicitationInput;
  /** The question of an MCP server was answered. */
  readonly ElicitationResult: other.ElicitationResultInput;
  /** Settings changed on disk. */
  readonly ConfigChange: other.ConfigChangeInput;
  /** The CLI is about to make a copy of the repository. */
  readonly WorktreeCreate: other.WorktreeCreateInput;
  /** A copy of the repository is about to go. */
  readonly WorktreeRemove: other.WorktreeRemoveInput;
  /** A file with instructions was loaded. */
  readonly InstructionsLoaded: other.InstructionsLoadedInput;
  /** The working directory changed. */
  readonly CwdChanged: other.CwdChangedInput;
  /** A file that is watched changed. */
  readonly FileChanged: other.FileChangedInput;
  /** A directory was added. */
  readonly DirectoryAdded: other.DirectoryAddedInput;
  /** Lines of a reply are ready to be shown. */
  readonly MessageDisplay: turn.MessageDisplayInput;
}

/** Name of a hook event of the CLI. */
export type HookEvent = keyof HookInputs;

/** What a hook is called with; `hookEventName` tells which. */
export type HookInput = HookInputs[HookEvent];

/** How the input of each event is read. */
export const HOOK_INPUTS: {
  readonly [E in HookEvent]: ReadsInput<HookInputs[E]>;
} = {
  PreToolUse: tool.preToolUse,
  PreSkillShellCommand: tool.preSkillShellCommand,
  PostToolUse: tool.postToolUse,
  PostToolUseFailure: tool.postToolUseFailure,
  PostToolBatch: tool.postToolBatch,
  Notification: turn.notification,
  UserPromptSubmit: turn.userPromptSubmit,
  UserPromptExpansion: turn.userPromptExpansion,
  SessionStart: session.sessionStart,
  SessionEnd: session.sessionEnd,
  Stop: turn.stopInput,
  StopFailure: turn.stopFailure,
  SubagentStart: turn.subagentStart,
  SubagentStop: turn.subagentStop,
  PreCompact: session.preCompact,
  PostCompact: session.postCompact,
  PreModelSwitch: session.preModelSwitch,
  PostModelSwitch: session.postModelSwitch,
  PermissionRequest: tool.permissionRequestInput,
  PermissionDenied: tool.permissionDenied,
  Setup: session.setup,
  TeammateIdle: other.teammateIdle,
  TaskCreated: other.taskCreated,
  TaskCompleted: other.taskCompleted,
  Elicitation: other.elicitationInput,
  ElicitationResult: other.elicitationResult,
  ConfigChange: other.configChange,
  WorktreeCreate: other.worktreeCreate,
  WorktreeRemove: other.worktreeRemove,
  InstructionsLoaded: other.instructionsLoaded,
  CwdChanged: other.cwdChanged,
  FileChanged: other.fileChanged,
  DirectoryAdded: other.directoryAdded,
  MessageDisplay: turn.messageDisplay,
};

/** Names of all hook events of CLI 2.1.332. */
export const HOOK_EVENTS: readonly HookEvent[] = Object.keys(
  HOOK_INPUTS,
) as HookEvent[];

/** Whether this version knows an event. */
export function isKnownEvent(event: string): event is HookEvent {
  return Object.hasOwn(HOOK_INPUTS, event);
}

/** What all events have; the rest of an event that is not known is in `raw` alone. */
const readUnknown: ReadsInput<HookInputBase<string>> = hookInput({});

/** Reads what a hook is called with. Never fails. */
export function readHookInput<E extends string>(
  event: E,
  raw: WireObject,
): E extends HookEvent ? HookInputs[E] : HookInputBase<string> {
  const read: ReadsInput<unknown> = isKnownEvent(event)
    ? HOOK_INPUTS[event]
    : readUnknown;
  // Entry and event belong together by the type of the table.
  return read(raw) as E extends HookEvent ? HookInputs[E]
    : HookInputBase<string>;
}
