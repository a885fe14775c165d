/**
 * What a silence may be about: work of which nothing is heard until it is done. Pure.
 *
 * @module
 */

import type { ClaudeEvent } from "../events/mod.ts";

/** The main agent, among the ids of the calls that started the others. */
const MAIN = "";

/** Calls of tools, and hooks, that have begun and not ended. */
export class OpenWork {
  /** Calls by their id: which reply, and which agent's, they are in. */
  readonly #calls = new Map<
    string,
    { readonly agent: string; readonly messageId: string | undefined }
  >();
  readonly #hooks = new Set<string>();

  /** Whether anything runs. */
  get isAny(): boolean {
    return this.#calls.size > 0 || this.#hooks.size > 0;
  }

  /** Takes over what an event says. */
  observe(event: ClaudeEvent): void {
    switch (event.type) {
      case "tool_use": {
        const agent = this.#replies(event);
        // The API runs it while it streams.
        if (event.server) return;
        const { messageId } = event;
        this.#calls.set(event.toolUseId, { agent, messageId });
        break;
      }
      case "assistant_text":
      case "thinking":
        this.#replies(event);
        break;
      case "tool_result":
        this.#calls.delete(event.toolUseId);
        break;
      case "hook_started":
        this.#hooks.add(event.hookId);
        break;
      case "hook_response":
        this.#hooks.delete(event.hookId);
        break;
      case "result":
        this.clear();
        break;
    }
  }

  /**
   * An agent writes: its calls of the reply before are over, also those of a reply that
   * broke off and came again, which never get a result. Gives the agent.
   */
  #replies(
    { parentToolUseId, messageId }: {
      readonly parentToolUseId: string | null;
      readonly messageId?: string;
    },
  ): string {
    const agent = parentToolUseId ?? MAIN;
    if (messageId === undefined) return agent;
    for (const [id, call] of this.#calls) {
      if (call.agent === agent && call.messageId !== messageId) {
        this.#calls.delete(id);
      }
    }
    return agent;
  }

  /** Nothing runs any more. */
  clear(): void {
    this.#calls.clear();
    this.#hooks.clear();
  }
}
