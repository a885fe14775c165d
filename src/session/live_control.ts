/**
 * Control methods of a running session, and the types of their answers.
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

// Types of the methods' parameters and results; mod.ts exports all of them.
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
 * Control methods of a session, for use before, during and between turns. Each method starts the
 * process if there is none. An invalid argument is a `TypeError` or a `RangeError`, before anything
 * is sent. The methods return a promise in an `AsyncSession`, and the value itself in a
 * `SyncSession`, which blocks until it is available.
 *
 * All methods fail with a `ControlError` if the CLI refuses, with a `DeadlineError` if there is no
 * answer within `timeoutMs`, with the signal's reason if `signal` aborts, and immediately if the
 * process ends.
 */
export abstract class LiveControl<Kind extends SessionKind = "async">
  extends SessionFacts {
  /** Control of the MCP servers. */
  readonly mcp: McpControl<Kind>;
  /** Control of background tasks. */
  readonly tasks: TaskControl<Kind>;
  readonly #host: ControlHost<Kind>;
  #agents: readonly AgentInfo[] | undefined;

  /** Called by a session. */
  constructor(session: ControlHost<Kind> & FactsSource) {
    super(session);
    this.#host = session;
    this.mcp = new McpControl(session);
    this.tasks = new TaskControl(session);
  }

  /**
   * Changes the model, from the next API call on; `undefined` restores the CLI's default. The CLI
   * accepts any name; a wrong one makes the next turn fail.
   */
  setModel(
    model?: string,
    options?: ControlOptions,
  ): Given<Kind, ModelChange> {
    return this.#host.request(() => setModelCall(model), options);
  }

  /**
   * Changes the permission mode, even in the middle of a turn. `bypassPermissions` is accepted only
   * if the session was started with it.
   *
   * @returns The mode now in effect: `manual` is another name of `default`.
   */
  setPermissionMode(
    mode: PermissionMode,
    options?: ControlOptions,
  ): Given<Kind, string> {
    return this.#host.request(() => setPermissionModeCall(mode), options);
  }

  /**
   * Changes how the model thinks; `undefined` restores the setting from the start of the session.
   */
  setThinking(
    thinking?: ThinkingMode,
    options?: ControlOptions,
  ): Given<Kind, void> {
    return this.#host.request(() => setThinkingCall(thinking), options);
  }

  /** Changes how much the model thinks; `undefined` restores the model's default. */
  setEffort(effort?: Effort, options?: ControlOptions): Given<Kind, void> {
    return this.#host.request(() => setEffortCall(effort), options);
  }

  /** Returns the effective settings and their sources. They may contain secrets. */
  settings(options?: ControlOptions): Given<Kind, SessionSettings> {
    return this.#host.request(() => settingsCall(), options);
  }

  /**
   * Overrides settings for the life of the session. A key replaces the value of an earlier call;
   * `null` removes that value. If one setting is invalid, none is applied.
   */
  applySettings(
    settings: Readonly<Record<string, unknown>>,
    options?: ControlOptions,
  ): Given<Kind, void> {
    return this.#host.request(() => applySettingsCall(settings), options);
  }

  /**
   * Writes settings to the file of the project or the user. The CLI accepts only `outputStyle` for
   * the project and `effortLevel` for the user.
   */
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

  /** Returns the CLI's own rules about tools. Requires CLI 2.1.272 or newer. */
  permissionRules(options?: ControlOptions): Given<Kind, PermissionRules> {
    return this.#host.request(() => permissionRulesCall(), options);
  }

  /** Returns what fills the model's context. */
  contextUsage(options?: ContextUsageOptions): Given<Kind, ContextUsage> {
    return this.#host.request(() => contextUsageCall(options), options);
  }

  /** Returns the usage of the session and of the plan. Unstable: the CLI calls it experimental. */
  planUsage(options?: PlanUsageOptions): Given<Kind, PlanUsage> {
    return this.#host.request(() => planUsageCall(options), options);
  }

  /** Returns the cost as a text for people, as the command `/cost` shows it. */
  sessionCost(options?: ControlOptions): Given<Kind, string> {
    return this.#host.request(
      () => reading(sessionCostCall(), ({ text }) => text),
      options,
    );
  }

  /** Returns the available models. */
  models(): Given<Kind, readonly ModelInfo[]> {
    return this.#host.info(({ models }) => models);
  }

  /** Returns the current slash commands and skills. */
  commands(): Given<Kind, readonly CommandInfo[]> {
    return this.#host.info(({ commands }) => this.#host.commands() ?? commands);
  }

  /** Returns the current kinds of subagents. */
  agents(): Given<Kind, readonly AgentInfo[]> {
    return this.#host.info(({ agents }) => this.#agents ?? agents);
  }

  /** Returns who is signed in, and how. */
  account(): Given<Kind, AccountInfo> {
    return this.#host.info(({ account }) => account);
  }

  /** Reloads plugins, skills and output styles from disk: the given kinds, or all. */
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
   * Restores files to their state at a prompt, given by its `uuid` (`turn.id`). Requires the option
   * `checkpoints`.
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
   * @throws {ControlError} The file does not exist or may not be read.
   */
  readFile(
    path: string,
    options?: ReadFileOptions,
  ): Given<Kind, FileContents> {
    return this.#host.request(() => readFileCall(path, options), options);
  }

  /**
   * Returns files of the working directory that match a text typed after an `@`. The CLI indexes
   * the files in the background, so the first answers may be empty.
   */
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

  /** Cancels a queued message. Returns `false` if it is no longer queued. */
  cancelMessage(
    uuid: string,
    options?: ControlOptions,
  ): Given<Kind, boolean> {
    return this.#host.request(
      () => reading(cancelMessageCall(uuid), ({ cancelled }) => cancelled),
      options,
    );
  }

  /** Asks the model about the conversation without adding to it. Costs an API call. */
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

  /**
   * Generates a title from a description, and with `persist` sets it as the session's title.
   * Returns `null` if the CLI does not generate one.
   */
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

  /** Returns the conversation as a text for people. */
  exportConversation(
    options?: ControlOptions,
  ): Given<Kind, ExportedConversation> {
    return this.#host.request(() => exportConversationCall(), options);
  }

  /**
   * Makes a control request that has no dedicated method, and returns the answer unchanged. After a
   * request of the wrong shape, CLI 2.1.197 answers no further requests.
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
