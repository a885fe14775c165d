/**
 * Which calls of a session can be left to a later process. Pure.
 *
 * Seen with CLI 2.1.332, 2.1.300 and 2.1.250: of several calls that hooks defer in one turn, it
 * continues with the last one only, and forgets the others. A subagent whose call is deferred ends
 * as if it were done, and its call never comes again. If a message came with several calls at once,
 * without streaming, the CLI ignores the answer "defer" and may run the call. CLI 2.1.278 runs a
 * deferred call when the session is resumed, before it asks: see `deferredAsked`.
 *
 * @module
 */

import { BEHAVIORS } from "../capabilities/table.ts";
import { isMet } from "../capabilities/version.ts";
import { StartupError } from "../errors.ts";
import type { ClaudeEvent } from "../events/mod.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import { hookReply } from "./hook_reply.ts";
import { deny } from "./decision.ts";

/** Follows what waits, for one session. */
export class Deferrals {
  /** The call that waits in the present turn. */
  #waiting: string | undefined;
  /** Calls that came together in one message, which the CLI does not defer. */
  readonly #joint = new Set<string>();
  #cliVersion: string | undefined;
  #lastLine: { readonly raw: unknown; readonly id: string } | undefined;

  /** A turn begins. */
  began(cliVersion: string | undefined): void {
    this.#cliVersion = cliVersion;
  }

  /** Notes the calls of a message. */
  observe(event: ClaudeEvent): void {
    if (event.type !== "tool_use" || event.server) return;
    const before = this.#lastLine;
    this.#lastLine = { raw: event.raw, id: event.toolUseId };
    if (before === undefined || before.raw !== event.raw) return;
    this.#joint.add(before.id);
    this.#joint.add(event.toolUseId);
  }

  /**
   * Returns the answer of a `PreToolUse` hook as it can be sent: a denial in place of a "defer" that
   * the CLI would not hold.
   */
  checked(
    input: WireObject,
    toolUseId: string,
    response: WireObject,
  ): WireObject {
    if (!isDeferral(response)) return response;
    const issue = this.#issue(input, toolUseId);
    if (issue !== undefined) return hookReply(deny(issue));
    this.#waiting = toolUseId;
    return response;
  }

  #issue(
    { agent_id }: WireObject,
    toolUseId: string,
  ): string | undefined {
    const { since } = BEHAVIORS.deferredAsked;
    if (isMet(since, this.#cliVersion) === false) {
      return `This call needs an approval that takes a while, and CLI ${this.#cliVersion} cannot wait for one: ${since} and newer can`;
    }
    if (agent_id !== undefined) {
      return "This call needs an approval that takes a while, and a call of a subagent cannot wait for it: end, and report that the main agent has to make this call itself";
    }
    if (this.#waiting !== undefined && this.#waiting !== toolUseId) {
      return `This call needs an approval that takes a while, and another call ("${this.#waiting}") waits for one: make this call again when that one is decided`;
    }
    return this.#joint.has(toolUseId)
      ? "This call needs an approval that takes a while, and can only wait for it alone: make this call again, without other calls beside it"
      : undefined;
  }

  /** A turn ended. */
  turnEnded(): void {
    this.#waiting = undefined;
    this.#joint.clear();
    this.#lastLine = undefined;
  }
}

function isDeferral({ hookSpecificOutput: specific }: WireObject): boolean {
  return isWireObject(specific) && specific.permissionDecision === "defer";
}

/** Returns the error of a session whose policy decides on calls that do not wait. */
export function deferredMissing(ids: readonly string[]): StartupError {
  const calls = ids.map((id) => `"${id}"`).join(", ");
  return new StartupError(
    "deferred_missing",
    `Cannot decide on the deferred ${
      ids.length === 1 ? "call" : "calls"
    } ${calls}: the CLI did not continue with ${
      ids.length === 1 ? "it" : "them"
    }`,
    {
      hint:
        "It was decided before, a later prompt dropped it, its tool is gone, or it belongs to another session: deferred(id) lists what waits",
    },
  );
}
