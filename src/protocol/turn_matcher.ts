/**
 * Which turn is whose: prompts are matched to turns by their ids, never by counting.
 * Pure.
 *
 * A result is not the answer to one prompt. Prompts that wait are merged into one turn, a
 * prompt that comes in the middle of a turn may be folded into it, and the CLI starts turns
 * by itself when a background task ends.
 *
 * How a CLI tells whose turn it is depends on its version. `command_lifecycle` exists
 * since 2.1.206. A `result` names no prompt on 2.1.206, the last one on 2.1.250 and all of
 * them on 2.1.300; `system/init` names them since 2.1.301. `started` comes before the
 * `init` of the turn, and for a folded prompt before the `result`, so the prompts that have
 * started since the last result are those of the turn. 2.1.197 reports nothing at all: there
 * a turn that the CLI starts by itself is told apart by its `origin`, and the turn of a deferred
 * call by the call's result, or the turn's, which comes before any `init`.
 *
 * @module
 */

import type { WireObject } from "../messages/_define.ts";
import type { CommandLifecycle } from "../messages/conversation.ts";
import type { OpenTurn } from "./open_turn.ts";
import { MESSAGE_ENDS, type MessageState } from "./message_state.ts";
import { PushedMessages } from "./pushed_messages.ts";

/** The states that the CLI names, as ours; those that a newer CLI adds are passed over. */
const STATES: Readonly<Record<string, MessageState>> = {
  queued: "queued",
  completed: "completed",
  cancelled: "cancelled",
  discarded: "cancelled",
  refused: "refused",
};

const NONE: readonly string[] = [];

/** Follows the turns of one process. */
export class TurnMatcher {
  /** The turn that the caller waits for. */
  open: OpenTurn | undefined;
  /** Messages that were pushed and are not done with. */
  readonly pushed: PushedMessages = new PushedMessages();
  /** Whether the CLI is at work on a turn that is not the caller's. */
  #foreign = false;
  /** The CLI's own prompt that this turn is about, if it has begun with one. */
  #foreignId: string | undefined;
  /** Whether it is the turn of a deferred call, about which the CLI reports nothing else. */
  #isOfDeferredCall = false;
  /** Whether the CLI reports what becomes of each prompt: since 2.1.206. */
  #reportsLifecycle = false;
  /** Whether the CLI names the prompts of a turn in its `init`: since 2.1.301. */
  #namesInits = false;
  /** Prompts that have started since the last result. */
  readonly #begun = new Set<string>();
  /** The pushed messages that the turn is about, if the turn is not the caller's. */
  #foreignPushed = new Set<string>();
  /** Whether a turn that is not the caller's began with pushed messages and nothing else. */
  #isOfPushed = false;

  /** Id of the turn that the lines belong to now; `undefined` if it is not the caller's. */
  get owner(): string | undefined {
    return this.#foreign ? undefined : this.open?.prompt.id;
  }

  /** Whether the CLI is at work on any turn that we know of. */
  get isBusy(): boolean {
    return this.open !== undefined || this.#foreign ||
      this.pushed.unanswered.length > 0;
  }

  /**
   * The pushed messages that the running turn, or else the next one to begin, is about. None
   * while the caller's own turn runs, into which they may be folded.
   */
  get pushedTurn(): readonly string[] {
    if (!this.#foreign && this.open !== undefined) return NONE;
    const ids = this.pushed.unanswered;
    return this.#foreign
      ? ids.filter((id) => this.#foreignPushed.has(id))
      : ids;
  }

  /** Whether a result is that of a turn which pushed messages began: it answers only them. */
  isOfPushed(result: WireObject): boolean {
    return this.#isOfPushed &&
      // CLI 2.1.197 tells such a turn from one that it starts by itself only here.
      (result.origin === undefined || result.origin === null);
  }

  /** Whether this CLI reports what becomes of a message. */
  get reportsLifecycle(): boolean {
    return this.#reportsLifecycle;
  }

  /** A line came before the first `init`, about a call that was left to this process. */
  beginDeferredCall(): void {
    // Since 2.1.206 the turn has an id, which has come before.
    if (this.#reportsLifecycle) return;
    this.#foreign = true;
    this.#isOfDeferredCall = true;
  }

  /** A `system/init` came: a turn begins. Returns whether it is the caller's. */
  begin(raw: WireObject): boolean {
    const own = this.open !== undefined && !this.#isOfDeferredCall &&
      this.#isBegunBy(raw, this.open.promptId);
    this.#foreign = !own;
    this.#foreignPushed = new Set(
      own ? [] : this.pushed.ids.filter((id) => this.#isBegunBy(raw, id)),
    );
    this.#isOfPushed = this.#foreignPushed.size > 0 &&
      this.#foreignId === undefined &&
      promptIds(raw)?.every((id) => this.pushed.has(`${id}`)) !== false;
    if (own && this.open !== undefined) this.open.started = true;
    return own;
  }

  #isBegunBy(init: WireObject, promptId: string): boolean {
    const ids = promptIds(init);
    if (ids !== undefined) {
      this.#namesInits = this.#reportsLifecycle = true;
      return ids.includes(promptId);
    }
    // Each of our prompts has an id, so an init without one begins a turn of the CLI's
    // own, if this CLI names ids.
    if (this.#namesInits) return false;
    return !this.#reportsLifecycle || this.#begun.has(promptId);
  }

  /** Takes news of a prompt. Returns what became of it, if it is a pushed message. */
  lifecycle(event: CommandLifecycle): MessageState | undefined {
    this.#reportsLifecycle = true;
    const id = event.commandUuid;
    if (event.state === "started") {
      this.#begun.add(id);
      this.#beginForeign(id);
    } else if (isDrop(event)) this.#begun.delete(id);
    if (
      id === this.#foreignId && (isDrop(event) || event.state === "completed")
    ) {
      this.#foreign = false;
      this.#foreignId = undefined;
    }
    if (
      event.state === "started" && id === this.open?.promptId && this.#foreign
    ) {
      // Folded into a turn that the CLI began by itself: from here on it is ours.
      this.#foreign = false;
      this.open.started = true;
    }
    if (!this.pushed.has(id)) return undefined;
    if (event.state === "started") {
      if (this.#foreign) this.#foreignPushed.add(id);
      return this.open?.started === true || this.#foreign
        ? "folded"
        : "started";
    }
    const state = STATES[event.state];
    if (state === "completed") this.pushed.mark(id, "completed");
    else if (state !== undefined && MESSAGE_ENDS.has(state)) {
      this.pushed.drop(id);
    }
    return state;
  }

  /**
   * The CLI begins a turn by itself, and lines of it come before any init: a turn that holds
   * a deferred call of a tool begins with the result of that call.
   */
  #beginForeign(id: string): void {
    if (
      id === this.open?.promptId || this.pushed.has(id) ||
      this.open?.started === true
    ) return;
    this.#foreign = true;
    this.#foreignId = id;
  }

  /**
   * Whether news of a prompt belong to the turn that is open. News of the prompt before come
   * after the result of its turn, perhaps when the next prompt is on its way.
   */
  isOfTurn({ commandUuid: id }: CommandLifecycle): boolean {
    return id === this.open?.promptId || this.pushed.has(id);
  }

  /** Whether a lifecycle says that the open turn will never have a result. */
  isDropped(event: CommandLifecycle): boolean {
    return event.commandUuid === this.open?.promptId && isDrop(event);
  }

  /** A `result` came: a turn ends. Returns whether it is the caller's, and the pushed messages that it answers. */
  end(raw: WireObject): {
    readonly own: boolean;
    readonly answered: readonly string[];
  } {
    const ids = this.#promptsOf(raw);
    // CLI 2.1.197 names no prompts; a turn that it starts by itself has an origin, unless it is
    // that of a deferred call.
    const isOfPrompt = !this.#isOfDeferredCall &&
      (raw.origin === undefined || raw.origin === null);
    const own = this.open !== undefined &&
      (ids?.includes(this.open.promptId) ?? isOfPrompt);
    this.#foreign = false;
    this.#foreignId = undefined;
    this.#isOfDeferredCall = false;
    this.#isOfPushed = false;
    this.#begun.clear();
    const answered = this.pushed.ids.filter((id) => ids?.includes(id));
    for (const id of answered) this.pushed.mark(id, "answered");
    return { own, answered };
  }

  /** The prompts that a result answers; `undefined` if this CLI does not say. */
  #promptsOf(result: WireObject): readonly unknown[] | undefined {
    const ids = promptIds(result);
    if (Array.isArray(result.user_message_uuids)) return ids;
    if (this.#reportsLifecycle) return [...this.#begun, ...ids ?? []];
    return ids;
  }
}

/** Whether the CLI will not run a prompt, or has cut it off. */
function isDrop({ state }: CommandLifecycle): boolean {
  return state === "cancelled" || state === "discarded" || state === "refused";
}

/** The prompts that a line is about; `undefined` if it names none. */
function promptIds(raw: WireObject): readonly unknown[] | undefined {
  if (Array.isArray(raw.user_message_uuids)) return raw.user_message_uuids;
  const id = raw.user_message_uuid;
  return id === undefined || id === null ? undefined : [id];
}
