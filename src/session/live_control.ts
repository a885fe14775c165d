/**
 * What can be asked of a running session, and the types of the answers.
 *
 * @module
 */

import { type FactsSource, SessionFacts } from "./facts_view.ts";
import type { WireObject } from "../messages/_define.ts";
import type {
  Effort,
  PermissionMode,
  ThinkingMode,
} from "../options/session_options.ts";
import type {
  AccountInfo,
  AgentInfo,
  CommandInfo,
  ModelInfo,
} from "../control/initialize.ts";
import {
  applySettingsCall,
  type PermissionRules,
  permissionRulesCall,
  saveSettingsCall,
  type SessionSettings,
  setPermissionModeCall,
  settingsCall,
} from "../control/settings.ts";
import {
  type ModelChange,
  setEffortCall,
  setModelCall,
  setThinkingCall,
} from "../control/model.ts";
import { type ControlOptions, object, reading, text } from "../control/call.ts";
import {
  cancelMessageCall,
  exportConversationCall,
  type ExportedConversation,
  generateTitleCall,
  renameSessionCall,
  type SideAnswer,
  sideQuestionCall,
} from "../control/conversation.ts";
import {
  type FileContents,
  fileSuggestionsCall,
  readFileCall,
  type ReadFileOptions,
  rewindFilesCall,
  type RewindOptions,
  type RewindResult,
} from "../control/files.ts";
import {
  type ContextUsage,
  contextUsageCall,
  type ContextUsageOptions,
  type PlanUsage,
  planUsageCall,
  type PlanUsageOptions,
  sessionCostCall,
} from "../control/usage.ts";
import type { ControlHost, Given, SessionKind } from "../control/host.ts";
import { McpControl } from "../control/mcp.ts";
import {
  callOptions,
  reloadCalls,
  type Reloaded,
  reloadedOf,
  type ReloadOptions,
} from "../control/reload.ts";
import { TaskControl } from "../control/tasks.ts";

// Exported beside the methods that take and return them; mod.ts passes on all of them.
export type {
  AccountInfo,
  AgentInfo,
  CommandInfo,
  InitializeInfo,
  ModelInfo,
} from "../control/initialize.ts";
export type { ControlOptions } from "../control/call.ts";
export type { Given, SessionKind } from "../control/host.ts";
export {
  type McpCallResult,
  McpControl,
  type McpModeChange,
  type McpResourceContent,
  type McpServersChange,
  type McpServerStatus,
  type McpToolInfo,
} from "../control/mcp.ts";
export { TaskControl, type TaskOutput } from "../control/tasks.ts";
export type {
  ExportedConversation,
  InterruptOptions,
  InterruptReceipt,
  SideAnswer,
} from "../control/conversation.ts";
export type { ModelChange } from "../control/model.ts";
export type {
  ContextCategory,
  ContextItem,
  ContextUsage,
  ContextUsageOptions,
  PlanUsage,
  PlanUsageOptions,
  UsageWindow,
} from "../control/usage.ts";
export type {
  PermissionRule,
  PermissionRules,
  SessionSettings,
  SettingsSource,
  WorkspaceDirectory,
} from "../control/settings.ts";
export type {
  FileContents,
  ReadFileOptions,
  RewindOptions,
  RewindResult,
} from "../control/files.ts";
export type {
  Reloaded,
  ReloadedPlugin,
  ReloadedPlugins,
  ReloadOptions,
} from "../control/reload.ts";

/**
 * What can be asked of a running session, before, during and between turns. Each method
 * starts the process where there is none. A wrong argument is a `TypeError` or a
 * `RangeError`, before anything is sent. What they give is a promise in an
 * `AsyncSession`, and the value itself in a `SyncSession`, which blocks until it is there.
 *
 * All of them fail with a `ControlError` when the CLI refuses, with a `DeadlineError`
 * when there is no answer within `timeoutMs`, with the signal's reason when `signal`
 * aborts, and at once when the process ends.
 */
export abstract class LiveControl<Kind extends SessionKind = "async">
  extends SessionFacts {
  /** The MCP servers. */
  readonly mcp: McpControl<Kind>;
  /** What runs in the background. */
  readonly tasks: TaskControl<Kind>;
  readonly #host: ControlHost<Kind>;
  #agents: readonly AgentInfo[] | undefined;

  /** Made by a session. */
  constructor(session: ControlHost<Kind> & FactsSource) {
    super(session);
    this.#host = session;
    this.mcp = new McpControl(session);
    this.tasks = new TaskControl(session);
  }

  /**
   * Changes the model, from the next call of the API on; `undefined` for the CLI's own
   * choice. The CLI takes any name; a wrong one fails with the next turn.
   */
  setModel(
    model?: string,
    options?: ControlOptions,
  ): Given<Kind, ModelChange> {
    return this.#host.request(() => setModelCall(model), options);
  }

  /**
   * Changes the permission mode, also in the middle of a turn. `bypassPermissions` is taken
   * only if the session was started with it.
   *
   * @returns The mode now in effect: `manual` is another name of `default`.
   */
  setPermissionMode(
    mode: PermissionMode,
    options?: ControlOptions,
  ): Given<Kind, string> {
    return this.#host.request(() => setPermissionModeCall(mode), options);
  }

  /** Changes how the model thinks; `undefined` for what the session was started with. */
  setThinking(
    thinking?: ThinkingMode,
    options?: ControlOptions,
  ): Given<Kind, void> {
    return this.#host.request(() => setThinkingCall(thinking), options);
  }

  /** Changes how much the model thinks; `undefined` for the model's own measure. */
  setEffort(effort?: Effort, options?: ControlOptions): Given<Kind, void> {
    return this.#host.request(() => setEffortCall(effort), options);
  }

  /** The settings: what holds, and where it comes from. They may hold secrets. */
  settings(options?: ControlOptions): Given<Kind, SessionSettings> {
    return this.#host.request(() => settingsCall(), options);
  }

  /**
   * Puts settings over those of the session, for its life. A key takes the place of what
   * an earlier call gave for it; `null` takes that back. Where one cannot be, none holds.
   */
  applySettings(
    settings: Readonly<Record<string, unknown>>,
    options?: ControlOptions,
  ): Given<Kind, void> {
    return this.#host.request(() => applySettingsCall(settings), options);
  }

  /** Writes settings to the file of the project or the user. The CLI takes only `outputStyle` for the one and `effortLevel` for the other. */
  saveSettings(
    source: "local" | "user",
    settings: Readonly<Record<string, unknown>>,
    options?: ControlOptions,
  ): Given<Kind, void> {
    return this.#host.request(
      () => saveSettingsCall(source, settings),
      options,
    );
  }

  /** The CLI's own rules about tools. Needs CLI 2.1.272 or newer. */
  permissionRules(options?: ControlOptions): Given<Kind, PermissionRules> {
    return this.#host.request(() => permissionRulesCall(), options);
  }

  /** What fills the model's context. */
  contextUsage(options?: ContextUsageOptions): Given<Kind, ContextUsage> {
    return this.#host.request(() => contextUsageCall(options), options);
  }

  /** What was used, of the session and of the plan. Unstable: the CLI calls it an experiment. */
  planUsage(options?: PlanUsageOptions): Given<Kind, PlanUsage> {
    return this.#host.request(() => planUsageCall(options), options);
  }

  /** The cost as a text for people, that of the command `/cost`. */
  sessionCost(options?: ControlOptions): Given<Kind, string> {
    return this.#host.request(
      () => reading(sessionCostCall(), ({ text }) => text),
      options,
    );
  }

  /** The models on offer. */
  models(): Given<Kind, readonly ModelInfo[]> {
    return this.#host.info(({ models }) => models);
  }

  /** The slash commands and skills, as they are now. */
  commands(): Given<Kind, readonly CommandInfo[]> {
    return this.#host.info(({ commands }) => this.#host.commands() ?? commands);
  }

  /** The kinds of subagents, as they are now. */
  agents(): Given<Kind, readonly AgentInfo[]> {
    return this.#host.info(({ agents }) => this.#agents ?? agents);
  }

  /** Who is signed in, and how. */
  account(): Given<Kind, AccountInfo> {
    return this.#host.info(({ account }) => account);
  }

  /** Reads plugins, skills and output styles from disk again: those asked for, or all. */
  reload(options?: ReloadOptions): Given<Kind, Reloaded> {
    return this.#host.requestAll(
      () => reloadCalls(options),
      (answers) => {
        const reloaded = reloadedOf(answers);
        this.#agents = reloaded.plugins?.agents ?? this.#agents;
        return reloaded;
      },
      callOptions(options),
    );
  }

  /**
   * Takes files back to what they were at a prompt, by the `uuid` it was sent with
   * (`turn.id`). Needs the option `checkpoints`.
   */
  rewindFiles(
    userMessageId: string,
    options?: RewindOptions,
  ): Given<Kind, RewindResult> {
    return this.#host.request(
      () => rewindFilesCall(userMessageId, options),
      options,
    );
  }

  /**
   * Reads a file that the session may read, relative to its working directory.
   *
   * @throws {ControlError} There is no such file, or it may not be read.
   */
  readFile(
    path: string,
    options?: ReadFileOptions,
  ): Given<Kind, FileContents> {
    return this.#host.request(() => readFileCall(path, options), options);
  }

  /** Files of the working directory for what somebody began to write after an `@`. The CLI looks for them in the background, so the first answers may be empty. */
  suggestFiles(
    query: string,
    options?: ControlOptions,
  ): Given<Kind, readonly string[]> {
    return this.#host.request(
      () =>
        reading(
          fileSuggestionsCall(query),
          ({ suggestions }) => suggestions.map(({ path }) => path),
        ),
      options,
    );
  }

  /** Takes a message back that waits. `false` where it waits no more. */
  cancelMessage(
    uuid: string,
    options?: ControlOptions,
  ): Given<Kind, boolean> {
    return this.#host.request(
      () => reading(cancelMessageCall(uuid), ({ cancelled }) => cancelled),
      options,
    );
  }

  /** Asks the model about the conversation without adding to it. It costs a call of the API. */
  sideQuestion(
    question: string,
    options?: ControlOptions,
  ): Given<Kind, SideAnswer> {
    return this.#host.request(() => sideQuestionCall(question), options);
  }

  /** Gives the session a title. */
  renameSession(title: string, options?: ControlOptions): Given<Kind, void> {
    return this.#host.request(() => renameSessionCall(title), options);
  }

  /** Has a title made of a description, and with `persist` gives it to the session. `null` where the CLI makes none. */
  generateTitle(
    description: string,
    options: ControlOptions & { readonly persist?: boolean } = {},
  ): Given<Kind, string | null> {
    const { persist = false } = options;
    return this.#host.request(
      () =>
        reading(
          generateTitleCall(description, persist),
          ({ title }) => title,
        ),
      options,
    );
  }

  /** The conversation as a text for people. */
  exportConversation(
    options?: ControlOptions,
  ): Given<Kind, ExportedConversation> {
    return this.#host.request(() => exportConversationCall(), options);
  }

  /**
   * Makes a control request that has no method of its own, and gives the answer as it
   * came. On CLI 2.1.197 one of the wrong shape is the last that is answered.
   */
  control(
    subtype: string,
    payload: WireObject = {},
    options?: ControlOptions,
  ): Given<Kind, WireObject> {
    return this.#host.request(() => ({
      subtype: text("subtype", subtype),
      payload: object("payload", payload),
      read: (response: WireObject) => response,
    }), options);
  }
}
