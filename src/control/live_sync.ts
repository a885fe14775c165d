/**
 * What can be asked of a running, blocking session.
 *
 * @module
 */

import { SessionFacts } from "../facts_view.ts";
import type { WireObject } from "../messages/_define.ts";
import type { Effort, PermissionMode, Thinking } from "../options.ts";
import type { AgentInfo, CommandInfo, ModelInfo } from "./_infos.ts";
import { applySettingsCall, setEffortCall } from "./apply_flag_settings.ts";
import { type ControlOptions, object, text } from "./call.ts";
import { cancelMessageCall } from "./cancel_async_message.ts";
import {
  exportConversationCall,
  type ExportedConversation,
} from "./export_conversation.ts";
import { fileSuggestionsCall } from "./file_suggestions.ts";
import { generateTitleCall } from "./generate_session_title.ts";
import {
  type ContextUsage,
  contextUsageCall,
  type ContextUsageOptions,
} from "./get_context_usage.ts";
import { sessionCostCall } from "./get_session_cost.ts";
import { type SessionSettings, settingsCall } from "./get_settings.ts";
import {
  type PlanUsage,
  planUsageCall,
  type PlanUsageOptions,
} from "./get_usage.ts";
import type { SyncControlHost } from "./host.ts";
import type { AccountInfo } from "./initialize.ts";
import {
  type PermissionRules,
  permissionRulesCall,
} from "./list_permission_rules.ts";
import { SyncMcpControl } from "./mcp_sync.ts";
import {
  type FileContents,
  readFileCall,
  type ReadFileOptions,
} from "./read_file.ts";
import { type Reloaded, type ReloadOptions, reloadSync } from "./reload.ts";
import { renameSessionCall } from "./rename_session.ts";
import {
  rewindFilesCall,
  type RewindOptions,
  type RewindResult,
} from "./rewind_files.ts";
import { setThinkingCall } from "./set_max_thinking_tokens.ts";
import { type ModelChange, setModelCall } from "./set_model.ts";
import { setPermissionModeCall } from "./set_permission_mode.ts";
import { type SideAnswer, sideQuestionCall } from "./side_question.ts";
import { SyncTaskControl } from "./tasks_sync.ts";
import { saveSettingsCall } from "./update_settings.ts";

const hosts = new WeakMap<SyncLiveControl, SyncControlHost>();

/** Says what is behind the methods of a session. Not a method, so that callers do not see it. */
export function attachSyncControl(
  control: SyncLiveControl,
  host: SyncControlHost,
): void {
  hosts.set(control, host);
}

function hostOf(control: SyncLiveControl): SyncControlHost {
  const host = hosts.get(control);
  if (host === undefined) {
    throw new TypeError("Cannot ask anything: there is no session behind this");
  }
  return host;
}

/**
 * What can be asked of a running session, before, during and between turns. Each method
 * starts the process where there is none. A wrong argument is a `TypeError` or a
 * `RangeError`, before anything is sent.
 *
 * All of them throw a `ControlError` when the CLI refuses, with a `DeadlineError`
 * when there is no answer within `timeoutMs`, with the signal's reason when `signal`
 * aborts, and at once when the process ends.
 */
export abstract class SyncLiveControl extends SessionFacts {
  /** The MCP servers. */
  readonly mcp: SyncMcpControl;
  /** What runs in the background. */
  readonly tasks: SyncTaskControl;
  #agents: readonly AgentInfo[] | undefined;

  /** Made by a session. */
  constructor() {
    super();
    const host: SyncControlHost = {
      start: () => this.#host.start(),
      request: (call, options) => this.#host.request(call, options),
      commands: () => this.#host.commands(),
      tasks: () => this.#host.tasks(),
      inProcessServers: () => this.#host.inProcessServers(),
    };
    this.mcp = new SyncMcpControl(host);
    this.tasks = new SyncTaskControl(host);
  }

  get #host(): SyncControlHost {
    return hostOf(this);
  }

  /**
   * Changes the model, from the next call of the API on; `undefined` for the CLI's own
   * choice. The CLI takes any name; a wrong one fails with the next turn.
   */
  setModel(
    model?: string,
    options?: ControlOptions,
  ): ModelChange {
    return this.#host.request(setModelCall(model), options);
  }

  /** Changes the permission mode. `bypassPermissions` only where the session was started with it. */
  setPermissionMode(
    mode: PermissionMode,
    options?: ControlOptions,
  ): void {
    this.#host.request(setPermissionModeCall(mode), options);
  }

  /** Changes how the model thinks; `undefined` for what the session was started with. */
  setThinking(
    thinking?: Thinking,
    options?: ControlOptions,
  ): void {
    this.#host.request(setThinkingCall(thinking), options);
  }

  /** Changes how much the model thinks; `undefined` for the model's own measure. */
  setEffort(effort?: Effort, options?: ControlOptions): void {
    this.#host.request(setEffortCall(effort), options);
  }

  /** The settings: what holds, and where it comes from. They may hold secrets. */
  settings(options?: ControlOptions): SessionSettings {
    return this.#host.request(settingsCall(), options);
  }

  /**
   * Puts settings over those of the session, for its life. A key takes the place of what
   * an earlier call gave for it; `null` takes that back. Where one cannot be, none holds.
   */
  applySettings(
    settings: Readonly<Record<string, unknown>>,
    options?: ControlOptions,
  ): void {
    this.#host.request(applySettingsCall(settings), options);
  }

  /** Writes settings to the file of the project or the user. The CLI takes only `outputStyle` for the one and `effortLevel` for the other. */
  saveSettings(
    source: "local" | "user",
    settings: Readonly<Record<string, unknown>>,
    options?: ControlOptions,
  ): void {
    this.#host.request(saveSettingsCall(source, settings), options);
  }

  /** The CLI's own rules about tools. Unknown to CLI 2.1.197. */
  permissionRules(options?: ControlOptions): PermissionRules {
    return this.#host.request(permissionRulesCall(), options);
  }

  /** What fills the model's context. */
  contextUsage(options?: ContextUsageOptions): ContextUsage {
    return this.#host.request(contextUsageCall(options), options);
  }

  /** What was used, of the session and of the plan. Unstable: the CLI calls it an experiment. */
  planUsage(options?: PlanUsageOptions): PlanUsage {
    return this.#host.request(planUsageCall(options), options);
  }

  /** The cost as a text for people, that of the command `/cost`. */
  sessionCost(options?: ControlOptions): string {
    return this.#host.request(sessionCostCall(), options).text;
  }

  /** The models on offer. */
  models(): readonly ModelInfo[] {
    return this.#host.start().models;
  }

  /** The slash commands and skills, as they are now. */
  commands(): readonly CommandInfo[] {
    const { commands } = this.#host.start();
    return this.#host.commands() ?? commands;
  }

  /** The kinds of subagents, as they are now. */
  agents(): readonly AgentInfo[] {
    const { agents } = this.#host.start();
    return this.#agents ?? agents;
  }

  /** Who is signed in, and how. */
  account(): AccountInfo {
    return this.#host.start().account;
  }

  /** Reads plugins, skills and output styles from disk again: those asked for, or all. */
  reload(options?: ReloadOptions): Reloaded {
    const reloaded = reloadSync(this.#host, options);
    this.#agents = reloaded.plugins?.agents ?? this.#agents;
    return reloaded;
  }

  /**
   * Takes files back to what they were at a prompt, by the `uuid` it was sent with
   * (`turn.id`). Needs the option `checkpoints`.
   */
  rewindFiles(
    userMessageId: string,
    options?: RewindOptions,
  ): RewindResult {
    const call = rewindFilesCall(userMessageId, options);
    return this.#host.request(call, options);
  }

  /**
   * Reads a file that the session may read, relative to its working directory.
   *
   * @throws {ControlError} There is no such file, or it may not be read.
   */
  readFile(
    path: string,
    options?: ReadFileOptions,
  ): FileContents {
    return this.#host.request(readFileCall(path, options), options);
  }

  /** Files of the working directory for what somebody began to write after an `@`. The CLI looks for them in the background, so the first answers may be empty. */
  suggestFiles(
    query: string,
    options?: ControlOptions,
  ): readonly string[] {
    const call = fileSuggestionsCall(query);
    const { suggestions } = this.#host.request(call, options);
    return suggestions.map(({ path }) => path);
  }

  /** Takes a message back that waits. `false` where it waits no more. */
  cancelMessage(
    uuid: string,
    options?: ControlOptions,
  ): boolean {
    const answer = this.#host.request(cancelMessageCall(uuid), options);
    return answer.cancelled;
  }

  /** Asks the model about the conversation without adding to it. It costs a call of the API. */
  sideQuestion(
    question: string,
    options?: ControlOptions,
  ): SideAnswer {
    return this.#host.request(sideQuestionCall(question), options);
  }

  /** Gives the session a title. */
  renameSession(title: string, options?: ControlOptions): void {
    this.#host.request(renameSessionCall(title), options);
  }

  /** Has a title made of a description, and with `persist` gives it to the session. `null` where the CLI makes none. */
  generateTitle(
    description: string,
    options: ControlOptions & { readonly persist?: boolean } = {},
  ): string | null {
    const call = generateTitleCall(description, options.persist ?? false);
    return this.#host.request(call, options).title;
  }

  /** The conversation as a text for people. */
  exportConversation(
    options?: ControlOptions,
  ): ExportedConversation {
    return this.#host.request(exportConversationCall(), options);
  }

  /**
   * Makes a control request that has no method of its own, and gives the answer as it
   * came. On CLI 2.1.197 one of the wrong shape is the last that is answered.
   */
  control(
    subtype: string,
    payload: WireObject = {},
    options?: ControlOptions,
  ): WireObject {
    const call = {
      subtype: text("subtype", subtype),
      payload: object("payload", payload),
      read: (response: WireObject) => response,
    };
    return this.#host.request(call, options);
  }
}
