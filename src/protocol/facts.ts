/**
 * Facts about a session. Pure.
 *
 * @module
 */

import { BEHAVIORS } from "../capabilities/table.ts";
import { isMet } from "../capabilities/version.ts";
import {
  roundUsd,
  type SessionUsage,
  Totals,
  type Used,
} from "../decode/usage.ts";
import type { DeferredCall } from "../events/permissions.ts";
import type { TodoItem } from "../events/tools.ts";
import type { Result } from "../messages/result.ts";
import type { BackgroundTask } from "../messages/system/tasks.ts";
import type {
  CompactBoundary,
  SlashCommand,
} from "../messages/system/session.ts";
import type { McpServerInfo, SystemInit } from "../messages/system/init.ts";

export type { SessionUsage } from "../decode/usage.ts";

/** Facts about a session, recorded by the ledger. */
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
  /** The permission mode, if it was changed since the start of the process. */
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
   * Before the model or a result says something it may not have (seen with CLI 2.1.332).
   */
  isWritten = false;
  /** Whether another conversation has taken the place of the first one, as by `/clear`. */
  wasReset = false;
  /** Cost of all turns that this session saw, in US dollars: without what a resumed one had cost before. */
  spentUsd = 0;
  /** Calls that wait for a decision in a later process. */
  deferred: readonly DeferredCall[] = [];
  /** How the last compaction ended; the text says why it failed. */
  compaction: CompactBoundary | string | undefined;
  /** The to-do list of the main agent. */
  todos: readonly TodoItem[] = [];
  /** The slash commands, if the CLI has sent others since the start. */
  commands: readonly SlashCommand[] | undefined;
  /** Tasks that run in the background, by their id. */
  readonly tasks: Map<string, BackgroundTask> = new Map();
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

  /** Returns the usage of the session during a turn, from the counts of its process. */
  during(counted: Used): Used {
    return this.#totals.during(counted);
  }

  /** Whether a task runs in the background that the session waits for. */
  get hasTasks(): boolean {
    return this.tasks.size > 0 &&
      [...this.tasks.values()].some(({ ambient }) => ambient !== true);
  }

  /** Whether a process that resumes the session may count on from what that had cost. */
  get restoresCost(): boolean {
    return isMet(BEHAVIORS.costRestored.since, this.claudeVersion) !== false;
  }

  /**
   * Takes over the facts of the previous process, except for the work that ran in it.
   *
   * @param id The session of the present process, if it is known.
   */
  inherit(before: SessionFacts, id: string | undefined): void {
    const { tasks: _, filesModified, ...known } = before;
    Object.assign(this, known);
    this.id = id;
    this.restartCount++;
    this.#totals = new Totals(before.#totals.used, before.restoresCost);
    for (const path of filesModified) this.filesModified.add(path);
  }

  /** A turn begins. */
  begin(init: SystemInit): void {
    // CLI 2.1.197 says in no other way that another conversation begins.
    if (
      this.turnCount > 0 && this.id !== undefined &&
      init.sessionId !== undefined && init.sessionId !== this.id
    ) this.reset();
    this.id = init.sessionId ?? this.id;
    // The CLI forgets a call that waits when the next prompt comes before the decision.
    this.deferred = [];
    this.model = init.model;
    this.cwd = init.cwd;
    this.tools = init.tools;
    this.mcpServers = init.mcpServers;
    this.permissionMode = init.permissionMode;
    this.claudeVersion = init.claudeCodeVersion ?? this.claudeVersion;
  }

  /** A turn ended. */
  end(result: Result): void {
    this.id = result.sessionId ?? this.id;
    this.isWritten = true;
    this.turnCount++;
    this.lastResult = result;
    this.deferred = deferredBy(result, this.permissionMode);
    this.spentUsd = roundUsd(this.spentUsd + result.costUsd);
    this.#totals.take(result);
  }

  /** Other tasks run in the background: the list is all of them. */
  replaceTasks(tasks: readonly BackgroundTask[]): void {
    this.tasks.clear();
    for (const task of tasks) this.tasks.set(task.taskId, task);
  }

  /** A call has a result. */
  answered(toolUseId: string): void {
    if (this.deferred.length === 0) return;
    this.deferred = this.deferred.filter((call) =>
      call.toolUseId !== toolUseId
    );
  }

  /** Called when another conversation replaces the first one. */
  reset(): void {
    this.deferred = [];
    this.isWritten = false;
    this.wasReset = true;
    this.#totals.beginAnew();
  }
}

/** The call that a turn ended with, to be decided on by a later process. */
function deferredBy(
  { terminalReason, stopReason, deferredToolUse: call }: Result,
  permissionMode: string | undefined,
): readonly DeferredCall[] {
  const waits = terminalReason === "tool_deferred" ||
    stopReason === "tool_deferred";
  return !waits || call === undefined ? [] : [{
    toolUseId: call.id,
    toolName: call.name,
    input: call.input,
    ...permissionMode === undefined ? {} : { permissionMode },
  }];
}
