/**
 * What is known of a session, the same for async and blocking ones.
 *
 * @module
 */

import type { Stats } from "../decode/stats.ts";
import type { TodoItem } from "../decode/tally.ts";
import type { Result } from "../messages/result.ts";
import type { McpServerInfo } from "../messages/system/init.ts";
import type { SessionUsage } from "../protocol/facts.ts";
import type { Protocol } from "../protocol/mod.ts";
import type { SessionTally } from "./session_tally.ts";

/** What a session is doing. */
export type SessionState =
  /** No process yet. */
  | "new"
  /** No turn is running. */
  | "idle"
  /** A turn is running, or draining. */
  | "running"
  /** `close()` was called, and the process is on its way out. */
  | "closing"
  /** It was closed. */
  | "closed"
  /** The process ended by itself. */
  | "dead";

/** What the facts are read from. */
export interface FactsSource {
  /** The conversation with the process of now. */
  readonly conversation: FactsConversation;
  /** Id of the session, if it is known before its first message. */
  readonly knownId: string | undefined;
  /** What all of it comes to. */
  readonly tally: SessionTally;
}

/** What the facts are read from, of one process. */
interface FactsConversation {
  /** The state machine of the conversation. */
  readonly protocol: Protocol;
  /** Id of the process, once there is one. */
  readonly pid: number | undefined;
  /** The end of stderr. */
  readonly stderrTail: string;
  /** Whether the session was told to close. */
  readonly isClosing: boolean;
}

/** What a session with this process is doing. */
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

/** What is known of a session. */
export abstract class SessionFacts {
  readonly #source: FactsSource;

  /** Made by a session. */
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

  /** Whether there is a process, and nobody told it to end. */
  get isAlive(): boolean {
    return this.state === "idle" || this.state === "running";
  }

  /** Id of the turn that runs, the `uuid` of its prompt. */
  get activeTurn(): string | undefined {
    return this.#source.conversation.protocol.turns.id;
  }

  /** How often another process took the place of one that died, or that had another schema for answers. */
  get restartCount(): number {
    return this.#facts.restartCount;
  }

  /** Turns that ended. */
  get turnCount(): number {
    return this.#facts.turnCount;
  }

  /** The end of the last of them. */
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

  /** Files that tools wrote, by the path that the tool said. */
  get filesModified(): ReadonlySet<string> {
    return this.#facts.filesModified;
  }

  /**
   * Numbers of the session so far, over all its turns and processes, and what came between
   * turns: tokens and costs by model, agent and tool, times.
   */
  stats(): Stats {
    return this.#source.tally.stats();
  }

  /** What the main agent has on its list, as it stands: of `TodoWrite` and the Task tools. */
  get todos(): readonly TodoItem[] {
    return this.#source.tally.todos;
  }

  /** The end of what the process wrote to stderr, at most 64 Ki characters. */
  get stderrTail(): string {
    return this.#source.conversation.stderrTail;
  }
}
