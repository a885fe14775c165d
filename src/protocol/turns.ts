/**
 * Which turn is whose: prompts are matched to turns by their ids, never by counting.
 * Pure.
 *
 * Results are not one for each prompt. Prompts that wait are merged into one turn, one
 * that comes in the middle of a turn may be folded into it, and the CLI starts turns
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

import type { CommandLifecycle } from "../messages/conversation.ts";
import type { TurnStop } from "./turn_failure.ts";
import type { Prompt, TurnEnd } from "./output.ts";
import type { WireObject } from "../messages/_define.ts";

/** A line that waits for its time. */
export interface HeldRequest {
  /** Id of the request. */
  readonly id: string;
  /** What to write. */
  readonly line: string;
}

/** The turn that the caller waits for. */
export interface OpenTurn {
  /** What the caller sent; its id is that of the turn. */
  readonly prompt: Prompt;
  /** Id of the prompt that was written for it last: another one where it goes on after a wait. */
  promptId: string;
  /** A tool was called. */
  ranTools: boolean;
  /** The end of the limit that it waited for, in seconds since 1970. */
  waitedFor: number | undefined;
  /** How it ended that waits for a limit, and will end where it does not go on. */
  resting: TurnEnd | undefined;
  /** The CLI is at work on it, so that an interruption will be heard. */
  started: boolean;
  /** Our interruptions, held back until then. */
  heldInterrupts: readonly HeldRequest[];
  /** `error` of the last reply that had one. */
  assistantError: string | undefined;
  /** How often the API refused who asks, since the last call that it took. */
  refusals: number;
  /** Why we interrupt it. */
  stop?: TurnStop;
}

/** What becomes of a message that was pushed; the last three are ends. */
export type MessageState =
  /** It waits for the turn that is running. */
  | "queued"
  /** A turn of its own began, perhaps together with others that waited. */
  | "started"
  /** It was taken into the turn that is running. */
  | "folded"
  /** It was taken back, or the turn that it was in was cut off. */
  | "cancelled"
  /** The CLI did not take it. */
  | "refused"
  /** It is done with. */
  | "completed";

/** The states after which nothing more becomes of a message. */
export const MESSAGE_ENDS: ReadonlySet<MessageState> = new Set<MessageState>([
  "completed",
  "cancelled",
  "refused",
]);

/** The states that the CLI names, as ours; others of a newer CLI are passed over. */
const STATES: Readonly<Record<string, MessageState>> = {
  queued: "queued",
  completed: "completed",
  cancelled: "cancelled",
  discarded: "cancelled",
  refused: "refused",
};

const NONE: readonly string[] = [];

/** Follows the turns of one process. */
export class Turns {
  /** The turn that the caller waits for. */
  open: OpenTurn | undefined;
  /** The CLI is at work on a turn that is not the caller's. */
  #foreign = false;
  /** The prompt of its own that it is about, if it has begun with one. */
  #foreignId: string | undefined;
  /** It is the turn of a deferred call, of which the CLI reports nothing else. */
  #isOfDeferredCall = false;
  /** The CLI reports what becomes of each prompt: since 2.1.206. */
  #reportsLifecycle = false;
  /** The CLI names the prompts of a turn in its `init`: since 2.1.301. */
  #namesInits = false;
  /** Prompts that have started since the last result. */
  readonly #begun = new Set<string>();
  /**
   * Messages that were pushed and are not done with. One that is folded is completed
   * before the result, another one after it.
   */
  readonly #pushed = new Map<
    string,
    { completed: boolean; answered: boolean }
  >();

  /** Those of them that the turn is about which is not the caller's. */
  #foreignPushed = new Set<string>();
  /** A turn that is not the caller's began with messages that were pushed, and nothing else. */
  #isOfPushed = false;

  /** Id of the turn that the lines belong to now; `undefined` where they are nobody's. */
  get owner(): string | undefined {
    return this.#foreign ? undefined : this.open?.prompt.id;
  }

  /** Whether the CLI is at work on any turn that we know of. */
  get isBusy(): boolean {
    return this.open !== undefined || this.#foreign ||
      [...this.#pushed.values()].some(({ answered }) => !answered);
  }

  /** A message is on its way outside of `send()`. */
  push(id: string): void {
    this.#pushed.set(id, { completed: false, answered: false });
  }

  /**
   * Messages that were pushed and whose turn it is: it runs, or is the next to begin. None
   * while the caller's own turn runs, into which they may be folded.
   */
  get pushedTurn(): readonly string[] {
    if (this.#pushed.size === 0) return NONE;
    if (!this.#foreign && this.open !== undefined) return NONE;
    return [...this.#pushed].flatMap(([id, { answered }]) =>
      !answered && (!this.#foreign || this.#foreignPushed.has(id)) ? [id] : []
    );
  }

  /**
   * Whether a result is that of a turn which pushed messages began: it answers them, and
   * nobody else.
   */
  isOfPushed(result: WireObject): boolean {
    return this.#isOfPushed &&
      // CLI 2.1.197 does not tell it from a turn that it starts by itself until now.
      (result.origin === undefined || result.origin === null);
  }

  /** Whether this CLI reports what becomes of a message. */
  get reportsLifecycle(): boolean {
    return this.#reportsLifecycle;
  }

  /** Whether more will be heard of a message that was pushed. */
  isPushed(id: string): boolean {
    return this.#pushed.has(id);
  }

  /** All messages that were pushed and are not done with. */
  takePushed(): readonly string[] {
    const ids = [...this.#pushed.keys()];
    this.#pushed.clear();
    return ids;
  }

  /** A line came before the first `init`, about a call that was left to this process. */
  beginDeferredCall(): void {
    // Since 2.1.206 the turn has an id, which has come before.
    if (this.#reportsLifecycle) return;
    this.#foreign = true;
    this.#isOfDeferredCall = true;
  }

  /** A `system/init` came: a turn begins. Says whether it is the caller's. */
  begin(raw: WireObject): boolean {
    const own = this.open !== undefined && !this.#isOfDeferredCall &&
      this.#isBegunBy(raw, this.open.promptId);
    this.#foreign = !own;
    this.#foreignPushed = new Set(
      own || this.#pushed.size === 0
        ? []
        : [...this.#pushed.keys()].filter((id) => this.#isBegunBy(raw, id)),
    );
    this.#isOfPushed = this.#foreignPushed.size > 0 &&
      this.#foreignId === undefined &&
      promptIds(raw)?.every((id) => this.#pushed.has(`${id}`)) !== false;
    if (own && this.open !== undefined) this.open.started = true;
    return own;
  }

  #isBegunBy(init: WireObject, promptId: string): boolean {
    const ids = promptIds(init);
    if (ids !== undefined) {
      this.#namesInits = this.#reportsLifecycle = true;
      return ids.includes(promptId);
    }
    // Every prompt of ours has an id, so an init without one is that of a turn of the
    // CLI's own, if this CLI names ids.
    if (this.#namesInits) return false;
    return !this.#reportsLifecycle || this.#begun.has(promptId);
  }

  /** News of a prompt. Gives what became of a pushed one. */
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
    if (!this.#pushed.has(id)) return undefined;
    if (event.state === "started") {
      if (this.#foreign) this.#foreignPushed.add(id);
      return this.open?.started === true || this.#foreign
        ? "folded"
        : "started";
    }
    const state = STATES[event.state];
    if (state === "completed") this.#mark(id, "completed");
    else if (state !== undefined && MESSAGE_ENDS.has(state)) {
      this.#pushed.delete(id);
    }
    return state;
  }

  /**
   * The CLI begins a turn by itself, of which lines come before any init: one that holds
   * a deferred call of a tool begins with what that gave.
   */
  #beginForeign(id: string): void {
    if (
      id === this.open?.promptId || this.#pushed.has(id) ||
      this.open?.started === true
    ) return;
    this.#foreign = true;
    this.#foreignId = id;
  }

  #mark(id: string, what: "completed" | "answered"): void {
    const message = this.#pushed.get(id);
    if (message === undefined) return;
    message[what] = true;
    if (message.completed && message.answered) this.#pushed.delete(id);
  }

  /**
   * Whether news of a prompt belong to the turn that is open. Those of the prompt before it
   * come after its result, maybe when the next one is on its way.
   */
  isOfTurn({ commandUuid: id }: CommandLifecycle): boolean {
    return id === this.open?.promptId || this.#pushed.has(id);
  }

  /** Whether a lifecycle says that the open turn will never have a result. */
  isDropped(event: CommandLifecycle): boolean {
    return event.commandUuid === this.open?.promptId && isDrop(event);
  }

  /** A `result` came: a turn ends. Says whether it is the caller's, and which pushed ones it answers. */
  end(raw: WireObject): {
    readonly own: boolean;
    readonly pushed: readonly string[];
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
    const pushed = [...this.#pushed.keys()].filter((id) => ids?.includes(id));
    for (const id of pushed) this.#mark(id, "answered");
    return { own, pushed };
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

/** The prompts that a line is about; `undefined` where it names none. */
function promptIds(raw: WireObject): readonly unknown[] | undefined {
  if (Array.isArray(raw.user_message_uuids)) return raw.user_message_uuids;
  const id = raw.user_message_uuid;
  return id === undefined || id === null ? undefined : [id];
}
