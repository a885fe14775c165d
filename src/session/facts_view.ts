/**
 * What is known of a session, the same for every driver.
 *
 * @module
 */

import type { Result } from "../messages/result.ts";
import type { McpServerInfo } from "../messages/system/init.ts";
import type { SessionUsage } from "../protocol/facts.ts";
import type { Protocol } from "../protocol/mod.ts";

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
  /** The state machine of the conversation. */
  readonly protocol: Protocol;
  /** Id of the process, once there is one. */
  readonly pid: number | undefined;
  /** The end of stderr. */
  readonly stderrTail: string;
  /** Whether the session was told to close. */
  readonly isClosing: boolean;
}

const sources = new WeakMap<
  SessionFacts,
  { readonly source: FactsSource; readonly givenId: string | undefined }
>();

/** Says what is behind the facts of a session. Not a method, so that callers do not see it. */
export function attachFacts(
  session: SessionFacts,
  source: FactsSource,
  givenId: string | undefined,
): void {
  sources.set(session, { source, givenId });
}

function behind(
  session: SessionFacts,
): { readonly source: FactsSource; readonly givenId: string | undefined } {
  const known = sources.get(session);
  if (known === undefined) {
    throw new TypeError(
      "Cannot know anything: there is no session behind this",
    );
  }
  return known;
}

/** What is known of a session. */
export abstract class SessionFacts {
  get #source(): FactsSource {
    return behind(this).source;
  }

  get #facts(): Protocol["facts"] {
    return this.#source.protocol.facts;
  }

  /** Id of the session, known from the start unless it resumes the last one or forks. Changes with `/clear`. */
  get id(): string | undefined {
    return this.#facts.id ?? behind(this).givenId;
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
    return this.#source.pid;
  }

  /** What the session is doing. */
  get state(): SessionState {
    switch (this.#source.protocol.state) {
      case "draining":
        return "running";
      case "ended":
        return this.#source.isClosing ? "closed" : "dead";
      default:
        return this.#source.protocol.state;
    }
  }

  /** Whether there is a process, and nobody told it to end. */
  get isAlive(): boolean {
    return this.state === "idle" || this.state === "running";
  }

  /** Id of the turn that runs, the `uuid` of its prompt. */
  get activeTurn(): string | undefined {
    return this.#source.protocol.turnId;
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

  /** The end of what the process wrote to stderr, at most 64 Ki characters. */
  get stderrTail(): string {
    return this.#source.stderrTail;
  }
}
