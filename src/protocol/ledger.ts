/**
 * The books of one process: all that its events tell is entered here, once for each
 * event. Pure, as all of the protocol.
 *
 * @module
 */

import { BEHAVIORS } from "../capabilities/table.ts";
import { isMet } from "../capabilities/version.ts";
import type { ToolUse } from "../events/blocks.ts";
import type { ClaudeEvent } from "../events/mod.ts";
import { EarlyTasks, UnheardTasks } from "./early_tasks.ts";
import { SessionFacts } from "./facts.ts";
import type { OpenTurn } from "./open_turn.ts";
import { refusedLimit, type TurnContext } from "./turn_failure.ts";

/** The main agent, among the ids of the calls that started the others. */
const MAIN = "";

/** A block of a reply: which agent wrote it, and in which reply. */
interface Block {
  readonly parentToolUseId: string | null;
  readonly messageId?: string;
}

/** Records the state that follows from the events of one process. */
export class Ledger {
  /** Facts about the session. */
  readonly facts: SessionFacts = new SessionFacts();
  /** The last change of a rate limit, or the limit that refused the last reply. */
  rateLimit: TurnContext["rateLimit"];
  /** Calls of tools that have no result, by their id: the agent and the reply that they belong to. */
  readonly #calls = new Map<
    string,
    { readonly agent: string; readonly messageId: string | undefined }
  >();
  /** Hooks that run. */
  readonly #hooks = new Set<string>();
  readonly #earlyTasks = new EarlyTasks(this.facts.tasks);
  readonly #unheardTasks = new UnheardTasks();

  /** Whether work runs that writes nothing until it is done. */
  get isAtWork(): boolean {
    return this.#calls.size > 0 || this.#hooks.size > 0 || this.facts.hasTasks;
  }

  /** Whether the CLI may begin a turn about a task that is over, and does not say so. */
  get mayFollowUp(): boolean {
    return this.#unheardTasks.isAny;
  }

  /**
   * Enters an event.
   *
   * @param turn The turn that the caller waits for.
   */
  enter(event: ClaudeEvent, turn?: OpenTurn): void {
    const { facts } = this;
    switch (event.type) {
      case "stream_delta":
        facts.isWritten = true;
        break;
      case "assistant_text":
        facts.isWritten = true;
        this.#replied(event);
        if (event.error !== undefined && event.parentToolUseId === null) {
          this.#failed(event.error, event.raw, turn);
        }
        break;
      case "thinking":
        facts.isWritten = true;
        this.#replied(event);
        break;
      case "tool_use":
        facts.isWritten = true;
        this.#called(event);
        if (turn?.started === true) turn.ranTools = true;
        break;
      case "tool_result":
        this.#calls.delete(event.toolUseId);
        facts.answered(event.toolUseId);
        this.#enterTask(event);
        break;
      case "file_change":
        facts.filesModified.add(event.path);
        break;
      case "todos_changed":
        facts.todos = event.todos;
        break;
      case "hook_started":
        this.#hooks.add(event.hookId);
        break;
      case "hook_response":
        this.#hooks.delete(event.hookId);
        break;
      case "task_started":
      case "task_updated":
      case "task_notification":
        this.#enterTask(event);
        break;
      case "background_tasks_changed":
        facts.replaceTasks(event.tasks);
        break;
      case "rate_limit":
        this.rateLimit = event;
        break;
      case "commands_changed":
        facts.commands = event.commands;
        break;
      case "status":
        facts.permissionMode = event.permissionMode ?? facts.permissionMode;
        facts.changedMode = event.permissionMode ?? facts.changedMode;
        facts.compaction = event.compactError ?? facts.compaction;
        break;
      case "compact_boundary":
        facts.compaction = event;
        break;
      case "conversation_reset":
        facts.reset();
        break;
      case "system_init":
        this.#enterTask(event);
        facts.begin(event);
        break;
      case "result":
        this.#enterTask(event);
        facts.end(event);
        this.#calls.clear();
        this.#hooks.clear();
        break;
    }
  }

  /**
   * An agent writes: its calls of the reply before are over, also those of a reply that
   * broke off and came again, which never get a result.
   */
  #replied({ parentToolUseId, messageId }: Block): void {
    if (messageId === undefined) return;
    const agent = parentToolUseId ?? MAIN;
    for (const [id, call] of this.#calls) {
      if (call.agent === agent && call.messageId !== messageId) {
        this.#calls.delete(id);
      }
    }
  }

  /** An agent calls a tool. */
  #called(call: ToolUse): void {
    this.#replied(call);
    // The API runs such a tool while it streams.
    if (call.server) return;
    const { toolUseId, messageId, parentToolUseId } = call;
    this.#calls.set(toolUseId, { agent: parentToolUseId ?? MAIN, messageId });
  }

  /** The API refused a call of the main agent. */
  #failed(error: string, raw: unknown, turn: OpenTurn | undefined): void {
    if (turn === undefined) return;
    turn.assistantError = error;
    this.rateLimit = refusedLimit(raw) ?? this.rateLimit;
  }

  /** For CLIs that tell too little of their tasks. */
  #enterTask(event: ClaudeEvent): void {
    const { claudeVersion } = this.facts;
    if (isMet(BEHAVIORS.taskList.since, claudeVersion) === false) {
      this.#earlyTasks.observe(event);
    }
    if (isMet(BEHAVIORS.queuedTurns.since, claudeVersion) === false) {
      this.#unheardTasks.observe(event);
    }
  }
}
