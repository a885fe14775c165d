/**
 * Inputs of the hooks around tasks, elicitation, files and settings. All from the
 * types of the official SDK 0.3.330, and not seen unless it says so. Pure.
 *
 * @module
 */

import * as v from "valibot";
import {
  isWireObject,
  type Reads,
  wire,
  type WireObject,
  wireOptional,
} from "../messages/_define.ts";
import { hookInput, type HookInputBase, type ReadsInput } from "./input.ts";

/** A member of a team of agents has nothing to do. */
export interface TeammateIdleInput extends HookInputBase<"TeammateIdle"> {
  /** Who. */
  readonly teammateName: string;
  /** Name of the team. The SDK says that this field will be removed. */
  readonly teamName: string;
}

/** A task, as the hooks around it see it. */
export interface HookTask {
  /** Its id. */
  readonly taskId: string;
  /** What it is. */
  readonly taskSubject: string;
  /** More of it. */
  readonly taskDescription?: string;
  /** Whose task it is. */
  readonly teammateName?: string;
  /** Name of the team. The SDK says that this field will be removed. */
  readonly teamName?: string;
}

/** A task was put on the list. */
export interface TaskCreatedInput
  extends HookInputBase<"TaskCreated">, HookTask {}

/** A task was done. */
export interface TaskCompletedInput
  extends HookInputBase<"TaskCompleted">, HookTask {}

/**
 * An MCP server asks a person. CLI 2.1.330 calls the hook but ignores its answer: use the option
 * `onElicitation` to answer.
 */
export interface ElicitationInput extends HookInputBase<"Elicitation"> {
  /** The server. */
  readonly mcpServerName: string;
  /** What it asks. */
  readonly message: string;
  /** `form` or `url`. */
  readonly mode?: string;
  /** The address to open. */
  readonly url?: string;
  /** Id of what is asked, with `mode: "url"`. */
  readonly elicitationId?: string;
  /** JSON Schema of the fields, as the server wrote it. */
  readonly requestedSchema?: WireObject;
}

/**
 * A question was answered, but the answer was not sent to the server yet. CLI 2.1.330 calls the
 * hook but ignores its answer.
 */
export interface ElicitationResultInput
  extends HookInputBase<"ElicitationResult"> {
  /** The server. */
  readonly mcpServerName: string;
  /** Id of what was asked, with `mode: "url"`. */
  readonly elicitationId?: string;
  /** `form` or `url`. */
  readonly mode?: string;
  /** `accept`, `decline` or `cancel`. */
  readonly action: string;
  /** The values of the fields. */
  readonly content?: WireObject;
}

/** Settings changed on disk. */
export interface ConfigChangeInput extends HookInputBase<"ConfigChange"> {
  /** Which: `user_settings`, `project_settings`, `skills`, … */
  readonly source: string;
  /** The file. */
  readonly filePath?: string;
}

/** The CLI is about to make a copy of the repository. */
export interface WorktreeCreateInput extends HookInputBase<"WorktreeCreate"> {
  /** Its name. */
  readonly name: string;
}

/** A copy of the repository is about to go. */
export interface WorktreeRemoveInput extends HookInputBase<"WorktreeRemove"> {
  /** Where it is. */
  readonly worktreePath: string;
}

/** A file with instructions was loaded, such as `CLAUDE.md`. */
export interface InstructionsLoadedInput
  extends HookInputBase<"InstructionsLoaded"> {
  /** The file. */
  readonly filePath: string;
  /** Whose it is: `User`, `Project`, `Local` or `Managed`. */
  readonly memoryType: string;
  /** Why it was loaded: `session_start`, `include`, … */
  readonly loadReason: string;
  /** Patterns that it is meant for. */
  readonly globs?: readonly string[];
  /** The file whose reading loaded it. */
  readonly triggerFilePath?: string;
  /** The file that includes it. */
  readonly parentFilePath?: string;
}

/** The working directory changed. */
export interface CwdChangedInput extends HookInputBase<"CwdChanged"> {
  /** Working directory before the change. */
  readonly oldCwd: string;
  /** After. */
  readonly newCwd: string;
}

/** A file that is watched changed. */
export interface FileChangedInput extends HookInputBase<"FileChanged"> {
  /** The file. */
  readonly filePath: string;
  /** `change`, `add` or `unlink`. */
  readonly event: string;
}

/** A directory was added to those that tools may work in. */
export interface DirectoryAddedInput extends HookInputBase<"DirectoryAdded"> {
  /** The directory, absolute. */
  readonly directory: string;
  /** `slash_command` or `register_repo_root`. */
  readonly source: string;
}

const text: Reads<string> = v.string();
const object: Reads<WireObject> = v.custom<WireObject>(isWireObject);

const task = {
  taskId: wire("task_id", text),
  taskSubject: wire("task_subject", text),
  taskDescription: wireOptional("task_description", text),
  teammateName: wireOptional("teammate_name", text),
  teamName: wireOptional("team_name", text),
};

/** Reads a {@linkcode TeammateIdleInput}. */
export const teammateIdle: ReadsInput<TeammateIdleInput> = hookInput<
  TeammateIdleInput
>({
  teammateName: wire("teammate_name", text),
  teamName: wire("team_name", text),
});

/** Reads a {@linkcode TaskCreatedInput}. */
export const taskCreated: ReadsInput<TaskCreatedInput> = hookInput<
  TaskCreatedInput
>(task);

/** Reads a {@linkcode TaskCompletedInput}. */
export const taskCompleted: ReadsInput<TaskCompletedInput> = hookInput<
  TaskCompletedInput
>(task);

/** Reads an {@linkcode ElicitationInput}. */
export const elicitationInput: ReadsInput<ElicitationInput> = hookInput<
  ElicitationInput
>({
  mcpServerName: wire("mcp_server_name", text),
  message: wire("message", text),
  mode: wireOptional("mode", text),
  url: wireOptional("url", text),
  elicitationId: wireOptional("elicitation_id", text),
  requestedSchema: wireOptional("requested_schema", object),
});

/** Reads an {@linkcode ElicitationResultInput}. */
export const elicitationResult: ReadsInput<ElicitationResultInput> = hookInput<
  ElicitationResultInput
>({
  mcpServerName: wire("mcp_server_name", text),
  elicitationId: wireOptional("elicitation_id", text),
  mode: wireOptional("mode", text),
  action: wire("action", text),
  content: wireOptional("content", object),
});

/** Reads a {@linkcode ConfigChangeInput}. */
export const configChange: ReadsInput<ConfigChangeInput> = hookInput<
  ConfigChangeInput
>({
  source: wire("source", text),
  filePath: wireOptional("file_path", text),
});

/** Reads a {@linkcode WorktreeCreateInput}. */
export const worktreeCreate: ReadsInput<WorktreeCreateInput> = hookInput<
  WorktreeCreateInput
>({ name: wire("name", text) });

/** Reads a {@linkcode WorktreeRemoveInput}. */
export const worktreeRemove: ReadsInput<WorktreeRemoveInput> = hookInput<
  WorktreeRemoveInput
>({ worktreePath: wire("worktree_path", text) });

/** Reads an {@linkcode InstructionsLoadedInput}. */
export const instructionsLoaded: ReadsInput<InstructionsLoadedInput> =
  hookInput<InstructionsLoadedInput>({
    filePath: wire("file_path", text),
    memoryType: wire("memory_type", text),
    loadReason: wire("load_reason", text),
    globs: wireOptional("globs", v.array(text)),
    triggerFilePath: wireOptional("trigger_file_path", text),
    parentFilePath: wireOptional("parent_file_path", text),
  });

/** Reads a {@linkcode CwdChangedInput}. */
export const cwdChanged: ReadsInput<CwdChangedInput> = hookInput<
  CwdChangedInput
>({ oldCwd: wire("old_cwd", text), newCwd: wire("new_cwd", text) });

/** Reads a {@linkcode FileChangedInput}. */
export const fileChanged: ReadsInput<FileChangedInput> = hookInput<
  FileChangedInput
>({ filePath: wire("file_path", text), event: wire("event", text) });

/** Reads a {@linkcode DirectoryAddedInput}. */
export const directoryAdded: ReadsInput<DirectoryAddedInput> = hookInput<
  DirectoryAddedInput
>({ directory: wire("directory", text), source: wire("source", text) });
