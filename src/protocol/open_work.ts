/**
 * What a silence may be about: work of which nothing is heard until it is done. Pure.
 *
 * @module
 */

import type { ToolUse } from "../events/blocks.ts";

/** The main agent, among the ids of the calls that started the others. */
const MAIN = "";

/** A block of a reply: which agent wrote it, and in which reply. */
interface Block {
  readonly parentToolUseId: string | null;
  readonly messageId?: string;
}

/** Calls of tools, and hooks, that have begun and not ended. */
export class OpenWork {
  /** Calls by their id: the agent and the reply that they belong to. */
  readonly #calls = new Map<
    string,
    { readonly agent: string; readonly messageId: string | undefined }
  >();
  readonly #hooks = new Set<string>();

  /** Whether anything runs. */
  get isAny(): boolean {
    return this.#calls.size > 0 || this.#hooks.size > 0;
  }

  /**
   * An agent writes: its calls of the reply before are over, also those of a reply that
   * broke off and came again, which never get a result.
   */
  replied({ parentToolUseId, messageId }: Block): void {
    if (messageId === undefined) return;
    const agent = parentToolUseId ?? MAIN;
    for (const [id, call] of this.#calls) {
      if (call.agent === agent && call.messageId !== messageId) {
        this.#calls.delete(id);
      }
    }
  }

  /** An agent calls a tool. */
  called(call: ToolUse): void {
    this.replied(call);
    // The API runs such a tool while it streams.
    if (call.server) return;
    const { toolUseId, messageId, parentToolUseId } = call;
    this.#calls.set(toolUseId, { agent: parentToolUseId ?? MAIN, messageId });
  }

  /** A call has its result. */
  returned(toolUseId: string): void {
    this.#calls.delete(toolUseId);
  }

  /** A hook runs. */
  hookStarted(hookId: string): void {
    this.#hooks.add(hookId);
  }

  /** A hook has ended. */
  hookEnded(hookId: string): void {
    this.#hooks.delete(hookId);
  }

  /** Nothing runs any longer. */
  clear(): void {
    this.#calls.clear();
    this.#hooks.clear();
  }
}
