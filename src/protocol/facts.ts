/**
 * What is known of a session, gathered from its events. Pure.
 *
 * @module
 */

import { BEHAVIORS } from "../capabilities/table.ts";
import { isMet } from "../capabilities/version.ts";
import { roundUsd } from "../util/cost.ts";
import type { ClaudeEvent } from "../events/mod.ts";
import type { Result } from "../messages/result.ts";
import type { BackgroundTask } from "../messages/system/tasks.ts";
import type { SlashCommand } from "../messages/system/session.ts";
import type { McpServerInfo } from "../messages/system/init.ts";
import { EarlyTasks, UnheardTasks } from "./early_tasks.ts";
import { type SessionUsage, Totals, type Used } from "../decode/totals.ts";

export type { SessionUsage } from "../decode/totals.ts";

/** What is known of a session. */
export class SessionFacts {
  /** Id of the session. Changes with `/clear` and with a fork. */
  id: string | undefined;
  /** Full name of the model. */
  model: string | undefined;
  /** Working directory, as the CLI sees it. */
  cwd: string | undefined;
  /** Names of the tools. */
  tools: readonly string[] = [];
  /** The MCP servers. */
  mcpServers: readonly McpServerInfo[] = [];
  /** Permission mode. */
  permissionMode: string | undefined;
  /** The same, where it was changed since the start of the process. */
  changedMode: string | undefined;
  /** Version of the CLI. */
  claudeVersion: string | undefined;
  /** How many processes the session had before this one. */
  restartCount = 0;
  /** Turns that ended. */
  turnCount = 0;
  /** The end of the last of them. */
  lastResult: Result | undefined;
  /**
   * Whether the CLI has written the session to disk, so that another process can resume it.
   * Until the model, or a result, says something it may not have: seen with CLI 2.1.332.
   */
  isWritten = false;
  /** Whether another conversation has taken the place of the first one, as by `/clear`. */
  wasReset = false;
  /** Cost of all turns that this session saw, in US dollars: without what a resumed one had cost before. */
  spentUsd = 0;
  /** The slash commands, where the CLI has sent others since the start. */
  commands: readonly SlashCommand[] | undefined;
  /** Tasks that run in the background, by their id. */
  readonly tasks: Map<string, BackgroundTask> = new Map();
  readonly #earlyTasks = new EarlyTasks(this.tasks);
  readonly #unheardTasks = new UnheardTasks();
  /** Files that tools wrote, by the path that the tool said. */
  readonly filesModified: Set<string> = new Set();
  #totals = new Totals();

  /** Cost so far, in US dollars. */
  get totalCostUsd(): number {
    return this.#totals.used.costUsd;
  }

  /** Tokens so far. */
  get usage(): SessionUsage {
    return this.#totals.used.usage;
  }

  /** What the session has used in the middle of a turn, by what its process counts. */
  during(counted: Used): Used {
    return this.#totals.during(counted);
  }

  /** Whether a task runs in the background that somebody waits for. */
  get hasTasks(): boolean {
    return this.tasks.size > 0 &&
      [...this.tasks.values()].some(({ ambient }) => ambient !== true);
  }

  /** Whether the CLI may begin a turn about a task that is over, and does not say so. */
  get mayFollowUp(): boolean {
    return this.#unheardTasks.isAny;
  }

  /**
   * Takes over what is known from the process before, other than what ran in it.
   *
   * @param id The session of the process of now, where it is known.
   */
  inherit(before: SessionFacts, id: string | undefined): void {
    const { tasks: _, filesModified, ...known } = before;
    Object.assign(this, known);
    this.id = id;
    this.restartCount++;
    this.#totals = new Totals(before.#totals.used);
    for (const path of filesModified) this.filesModified.add(path);
  }

  /** Takes over what an event says. */
  observe(event: ClaudeEvent): void {
    if (isMet(BEHAVIORS.taskList.since, this.claudeVersion) === false) {
      this.#earlyTasks.observe(event);
    }
    if (isMet(BEHAVIORS.queuedTurns.since, this.claudeVersion) === false) {
      this.#unheardTasks.observe(event);
    }
    switch (event.type) {
      case "system_init":
        this.id = event.sessionId ?? this.id;
        this.model = event.model;
        this.cwd = event.cwd;
        this.tools = event.tools;
        this.mcpServers = event.mcpServers;
        this.permissionMode = event.permissionMode;
        this.claudeVersion = event.claudeCodeVersion ?? this.claudeVersion;
        break;
      case "conversation_reset":
        this.isWritten = false;
        this.wasReset = true;
        break;
      case "stream_delta":
      case "assistant_text":
      case "thinking":
      case "tool_use":
        this.isWritten = true;
        break;
      case "background_tasks_changed":
        // The list is all of them, and takes the place of the one before.
        this.tasks.clear();
        for (const task of event.tasks) this.tasks.set(task.taskId, task);
        break;
      case "commands_changed":
        this.commands = event.commands;
        break;
      case "status":
        this.permissionMode = event.permissionMode ?? this.permissionMode;
        this.changedMode = event.permissionMode ?? this.changedMode;
        break;
      case "file_change":
        this.filesModified.add(event.path);
        break;
      case "result":
        this.id = event.sessionId ?? this.id;
        this.isWritten = true;
        this.turnCount++;
        this.lastResult = event;
        this.spentUsd = roundUsd(this.spentUsd + event.costUsd);
        this.#totals.take(event);
        break;
    }
  }
}
