/**
 * What can be asked of a running session.
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
import type { ControlHost } from "./host.ts";
import type { AccountInfo } from "./initialize.ts";
import {
  type PermissionRules,
  permissionRulesCall,
} from "./list_permission_rules.ts";
import { McpControl } from "./mcp.ts";
import {
  type FileContents,
  readFileCall,
  type ReadFileOptions,
} from "./read_file.ts";
import { reload, type Reloaded, type ReloadOptions } from "./reload.ts";
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
import { TaskControl } from "./tasks.ts";
import { saveSettingsCall } from "./update_settings.ts";

const hosts = new WeakMap<LiveControl, ControlHost>();

/** Says what is behind the methods of a session. Not a method, so that callers do not see it. */
export function attachControl(control: LiveControl, host: ControlHost): void {
  hosts.set(control, host);
}

function hostOf(control: LiveControl): ControlHost {
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
 * All of them reject with a `ControlError` when the CLI refuses, with a `DeadlineError`
 * when there is no answer within `timeoutMs`, with the signal's reason when `signal`
 * aborts, and at once when the process ends.
 */
export abstract class LiveControl extends SessionFacts {
  /** The MCP servers. */
  readonly mcp: McpControl;
  /** What runs in the background. */
  readonly tasks: TaskControl;
  #agents: readonly AgentInfo[] | undefined;

  /** Made by a session. */
  constructor() {
    super();
    const host: ControlHost = {
      start: () => this.#host.start(),
      request: (call, options) => this.#host.request(call, options),
      commands: () => this.#host.commands(),
      tasks: () => this.#host.tasks(),
      inProcessServers: () => this.#host.inProcessServers(),
    };
    this.mcp = new McpControl(host);
    this.tasks = new TaskControl(host);
  }

  get #host(): ControlHost {
    return hostOf(this);
  }

  /**
   * Changes the model, from the next call of the API on; `undefined` for the CLI's own
   * choice. The CLI takes any name; a wrong one fails with the next turn.
   */
  async setModel(
    model?: string,
    options?: ControlOptions,
  ): Promise<ModelChange> {
    return await this.#host.request(setModelCall(model), options);
  }

  /** Changes the permission mode. `bypassPermissions` only where the session was started with it. */
  async setPermissionMode(
    mode: PermissionMode,
    options?: ControlOptions,
  ): Promise<void> {
    await this.#host.request(setPermissionModeCall(mode), options);
  }

  /** Changes how the model thinks; `undefined` for what the session was started with. */
  async setThinking(
    thinking?: Thinking,
    options?: ControlOptions,
  ): Promise<void> {
    await this.#host.request(setThinkingCall(thinking), options);
  }

  /** Changes how much the model thinks; `undefined` for the model's own measure. */
  async setEffort(effort?: Effort, options?: ControlOptions): Promise<void> {
    await this.#host.request(setEffortCall(effort), options);
  }

  /** The settings: what holds, and where it comes from. They may hold secrets. */
  async settings(options?: ControlOptions): Promise<SessionSettings> {
    return await this.#host.request(settingsCall(), options);
  }

  /**
   * Puts settings over those of the session, for its life. A key takes the place of what
   * an earlier call gave for it; `null` takes that back. Where one cannot be, none holds.
   */
  async applySettings(
    settings: Readonly<Record<string, unknown>>,
    options?: ControlOptions,
  ): Promise<void> {
    await this.#host.request(applySettingsCall(settings), options);
  }

  /** Writes settings to the file of the project or the user. The CLI takes only `outputStyle` for the one and `effortLevel` for the other. */
  async saveSettings(
    source: "local" | "user",
    settings: Readonly<Record<string, unknown>>,
    options?: ControlOptions,
  ): Promise<void> {
    await this.#host.request(saveSettingsCall(source, settings), options);
  }

  /** The CLI's own rules about tools. Unknown to CLI 2.1.197. */
  async permissionRules(options?: ControlOptions): Promise<PermissionRules> {
    return await this.#host.request(permissionRulesCall(), options);
  }

  /** What fills the model's context. */
  async contextUsage(options?: ContextUsageOptions): Promise<ContextUsage> {
    return await this.#host.request(contextUsageCall(options), options);
  }

  /** What was used, of the session and of the plan. Unstable: the CLI calls it an experiment. */
  async planUsage(options?: PlanUsageOptions): Promise<PlanUsage> {
    return await this.#host.request(planUsageCall(options), options);
  }

  /** The cost as a text for people, that of the command `/cost`. */
  async sessionCost(options?: ControlOptions): Promise<string> {
    return (await this.#host.request(sessionCostCall(), options)).text;
  }

  /** The models on offer. */
  async models(): Promise<readonly ModelInfo[]> {
    return (await this.#host.start()).models;
  }

  /** The slash commands and skills, as they are now. */
  async commands(): Promise<readonly CommandInfo[]> {
    const { commands } = await this.#host.start();
    return this.#host.commands() ?? commands;
  }

  /** The kinds of subagents, as they are now. */
  async agents(): Promise<readonly AgentInfo[]> {
    const { agents } = await this.#host.start();
    return this.#agents ?? agents;
  }

  /** Who is signed in, and how. */
  async account(): Promise<AccountInfo> {
    return (await this.#host.start()).account;
  }

  /** Reads plugins, skills and output styles from disk again: those asked for, or all. */
  async reload(options?: ReloadOptions): Promise<Reloaded> {
    const reloaded = await reload(this.#host, options);
    this.#agents = reloaded.plugins?.agents ?? this.#agents;
    return reloaded;
  }

  /**
   * Takes files back to what they were at a prompt, by the `uuid` it was sent with
   * (`turn.id`). Needs the option `checkpoints`.
   */
  async rewindFiles(
    userMessageId: string,
    options?: RewindOptions,
  ): Promise<RewindResult> {
    const call = rewindFilesCall(userMessageId, options);
    return await this.#host.request(call, options);
  }

  /**
   * Reads a file that the session may read, relative to its working directory.
   *
   * @throws {ControlError} There is no such file, or it may not be read.
   */
  async readFile(
    path: string,
    options?: ReadFileOptions,
  ): Promise<FileContents> {
    return await this.#host.request(readFileCall(path, options), options);
  }

  /** Files of the working directory for what somebody began to write after an `@`. The CLI looks for them in the background, so the first answers may be empty. */
  async suggestFiles(
    query: string,
    options?: ControlOptions,
  ): Promise<readonly string[]> {
    const call = fileSuggestionsCall(query);
    const { suggestions } = await this.#host.request(call, options);
    return suggestions.map(({ path }) => path);
  }

  /** Takes a message back that waits. `false` where it waits no more. */
  async cancelMessage(
    uuid: string,
    options?: ControlOptions,
  ): Promise<boolean> {
    const answer = await this.#host.request(cancelMessageCall(uuid), options);
    return answer.cancelled;
  }

  /** Asks the model about the conversation without adding to it. It costs a call of the API. */
  async sideQuestion(
    question: string,
    options?: ControlOptions,
  ): Promise<SideAnswer> {
    return await this.#host.request(sideQuestionCall(question), options);
  }

  /** Gives the session a title. */
  async renameSession(title: string, options?: ControlOptions): Promise<void> {
    await this.#host.request(renameSessionCall(title), options);
  }

  /** Has a title made of a description, and with `persist` gives it to the session. `null` where the CLI makes none. */
  async generateTitle(
    description: string,
    options: ControlOptions & { readonly persist?: boolean } = {},
  ): Promise<string | null> {
    const call = generateTitleCall(description, options.persist ?? false);
    return (await this.#host.request(call, options)).title;
  }

  /** The conversation as a text for people. */
  async exportConversation(
    options?: ControlOptions,
  ): Promise<ExportedConversation> {
    return await this.#host.request(exportConversationCall(), options);
  }

  /**
   * Makes a control request that has no method of its own, and gives the answer as it
   * came. On CLI 2.1.197 one of the wrong shape is the last that is answered.
   */
  async control(
    subtype: string,
    payload: WireObject = {},
    options?: ControlOptions,
  ): Promise<WireObject> {
    const call = {
      subtype: text("subtype", subtype),
      payload: object("payload", payload),
      read: (response: WireObject) => response,
    };
    return await this.#host.request(call, options);
  }
}
