/**
 * The books of one process: all that its events tell is entered here, once for each
 * event. Pure, as all of the protocol.
 *
 * @module
 */

import { BEHAVIORS } from "../capabilities/table.ts";
import { isMet } from "../capabilities/version.ts";
import type { ClaudeEvent } from "../events/mod.ts";
import { EarlyTasks, UnheardTasks } from "./early_tasks.ts";
import { SessionFacts } from "./facts.ts";
import type { OpenTurn } from "./open_turn.ts";
import { OpenWork } from "./open_work.ts";
import { refusedLimit, type TurnContext } from "./turn_failure.ts";

/** What is known from the events of one process. */
export class Ledger {
  /** What is known of the session. */
  readonly facts: SessionFacts = new SessionFacts();
  /** The last change of a rate limit, or the limit that refused the last reply. */
  rateLimit: TurnContext["rateLimit"];
  readonly #work = new OpenWork();
  readonly #earlyTasks = new EarlyTasks(this.facts.tasks);
  readonly #unheardTasks = new UnheardTasks();

  /** Whether something runs of which nothing is heard until it is done. */
  get isAtWork(): boolean {
    return this.#work.isAny || this.facts.hasTasks;
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
    const facts = this.facts;
    const work = this.#work;
    switch (event.type) {
      case "stream_delta":
        facts.isWritten = true;
        break;
      case "assistant_text":
        facts.isWritten = true;
        work.replied(event);
        if (event.error !== undefined && event.parentToolUseId === null) {
          this.#failed(event.error, event.raw, turn);
        }
        break;
      case "thinking":
        facts.isWritten = true;
        work.replied(event);
        break;
      case "tool_use":
        facts.isWritten = true;
        work.called(event);
        if (turn?.started === true) turn.ranTools = true;
        break;
      case "tool_result":
        work.returned(event.toolUseId);
        this.#enterTask(event);
        break;
      case "file_change":
        facts.filesModified.add(event.path);
        break;
      case "hook_started":
        work.hookStarted(event.hookId);
        break;
      case "hook_response":
        work.hookEnded(event.hookId);
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
        break;
      case "conversation_reset":
        facts.isWritten = false;
        facts.wasReset = true;
        break;
      case "system_init":
        this.#enterTask(event);
        facts.begin(event);
        break;
      case "result":
        this.#enterTask(event);
        facts.end(event);
        work.clear();
        break;
    }
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
