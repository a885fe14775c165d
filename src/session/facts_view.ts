/**
 * Facts about a session, for async and blocking sessions alike.
 *
 * @module
 */

import type { Stats, StatsCounter } from "../decode/stats.ts";
import type { TodoItem } from "../events/tools.ts";
import type { DeferredCall } from "../events/permissions.ts";
import type { Result } from "../messages/result.ts";
import type { McpServerInfo } from "../messages/system/init.ts";
import type { SessionUsage } from "../protocol/facts.ts";
import type { Protocol } from "../protocol/mod.ts";

/** State of a session. */

export type SessionState =
  /** No process yet. */
  | "new"
  /** No turn is running. */
  | "idle"
  /** A turn is running, or finishing after its reader left. */
  | "running"
  /** `close()` was called, and the process is ending. */
  | "closing"
  /** It was closed. */
  | "closed"
  /** The process ended by itself. */
  | "dead";

/** Source of the facts. */

export interface FactsSource {
  /** The conversation with the current process. */
  readonly conversation: FactsConversation;
  /** Id of the session, if it is known before its first message. */
  readonly knownId: string | undefined;
  /** Totals of the session. */
  readonly tally: StatsCounter;
}

/** Source of the facts about one process. */
interface FactsConversation {
  /** The state machine of the conversation. */
  readonly protocol: Protocol;
  /** Id of the process, once it has started. */
  readonly pid: number | undefined;
  /** The end of stderr. */
  readonly stderrTail: string;
  /** Whether the session was told to close. */
  readonly isClosing: boolean;
}

/** Returns the state of a session with this process. */
export function stateOf(
  { protocol, isClosing }: FactsConversation,
): SessionState {
  switch (protocol.state) {
    case "draining":
      return "running";
    case "ended":
      return isClosing ? "closed" : "dead";
    default:
      return protocol.state;
  }
}

/** Facts about a session. */

export abstract class SessionFacts {
  readonly #source: FactsSource;

  /** Called by a session. */
  constructor(session: FactsSource) {
    this.#source = session;
  }

  get #facts(): Protocol["facts"] {
    return this.#source.conversation.protocol.facts;
  }

  /** Id of the session, known from the start unless it resumes the last one or forks. Changes with `/clear`. */
  get id(): string | undefined {
    return this.#facts.id ?? this.#source.knownId;
  }

  /**
   * Calls that wait for a decision in a later process, after a turn that ended as deferred; empty
   * otherwise, and once the next prompt is sent, which drops them. At most one at present: see
   * {@linkcode defer}. The transcript tells the same: `deferred()` of
   * `@claudestream/core/sessions`.
   */
  get deferred(): readonly DeferredCall[] {
    return this.#facts.deferred;
  }

  /** Full name of the model. From the first turn on. */
  get model(): string | undefined {
    return this.#facts.model;
  }

  /** Working directory, as the CLI sees it. From the first turn on. */
  get cwd(): string | undefined {
    return this.#facts.cwd;
  }

  /** Names of the tools. From the first turn on. */
  get tools(): readonly string[] {
    return this.#facts.tools;
  }

  /** The MCP servers. From the first turn on. */
  get mcpServers(): readonly McpServerInfo[] {
    return this.#facts.mcpServers;
  }

  /** Permission mode. From the first turn on. */
  get permissionMode(): string | undefined {
    return this.#facts.permissionMode;
  }

  /** Version of the CLI. From the first turn on. */
  get claudeVersion(): string | undefined {
    return this.#facts.claudeVersion;
  }

  /** Id of the process, once there is one. */
  get pid(): number | undefined {
    return this.#source.conversation.pid;
  }

  /** What the session is doing. */
  get state(): SessionState {
    return stateOf(this.#source.conversation);
  }

  /** Whether there is a process that was not told to end. */
  get isAlive(): boolean {
    return this.state === "idle" || this.state === "running";
  }

  /** Id of the running turn, the `uuid` of its prompt. */
  get activeTurn(): string | undefined {
    return this.#source.conversation.protocol.turns.id;
  }

  /**
   * How often a new process replaced one that died, that had another schema for answers, or that a
   * pool had parked.
   */
  get restartCount(): number {
    return this.#facts.restartCount;
  }

  /** Number of turns that ended. */
  get turnCount(): number {
    return this.#facts.turnCount;
  }

  /** Result of the last turn that ended. */
  get lastResult(): Result | undefined {
    return this.#facts.lastResult;
  }

  /** Cost of the session so far, in US dollars, over all its processes. */
  get totalCostUsd(): number {
    return this.#facts.totalCostUsd;
  }

  /** Tokens of the session so far, over all its processes, all models together. */
  get usage(): SessionUsage {
    return this.#facts.usage;
  }

  /** Files that tools wrote, by the path that the tool reported. */
  get filesModified(): ReadonlySet<string> {
    return this.#facts.filesModified;
  }

  /**
   * Returns statistics of the session so far, over all its turns and processes, including work
   * between turns: tokens and costs by model, agent and tool, times.
   */
  stats(): Stats {
    return this.#source.tally.stats();
  }

  /** Current to-do list of the main agent, from `TodoWrite` and the Task tools. */
  get todos(): readonly TodoItem[] {
    return this.#facts.todos;
  }

  /** End of the process's output on stderr, at most 64 Ki characters. */
  get stderrTail(): string {
    return this.#source.conversation.stderrTail;
  }
}
