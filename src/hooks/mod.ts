/**
 * The caller's hooks: registered at the handshake, run when the CLI asks. No I/O.
 *
 * @module
 */

import {
  type FailureListener,
  thrownText,
  wrongAnswer,
} from "../util/faults.ts";
import type { WireObject } from "../messages/_define.ts";
import type { Reply } from "../protocol/pending.ts";
import { soon } from "../util/maybe_promise.ts";
import { finiteMs } from "../util/limits.ts";
import { readAnswer } from "./answers.ts";
import { type HookEvent, readHookInput } from "./inputs.ts";
import {
  type HookCall,
  type HookOptions,
  matcherText,
  TOOL_EVENTS,
  type UnknownHook,
} from "./options.ts";

/** A question of the CLI for a hook. */
export interface HookQuestion {
  /** The id that it was registered under. */
  readonly callbackId: string;
  /** What happened, as it came. */
  readonly input: WireObject;
  /** Id of the tool call, or of something else. */
  readonly toolUseId: string | undefined;
}

/** A hook, whatever its event is. */
interface Registered {
  readonly event: string;
  readonly hook: UnknownHook;
  readonly onFailure: "continue" | "block";
}

/** Events at which no answer would let happen what the hook is there to stop. */
const GUARDS: ReadonlySet<string> = new Set<HookEvent>([
  "PreToolUse",
  "PreSkillShellCommand",
]);

/** The hooks of one session. */
export class Hooks {
  readonly #registered = new Map<string, Registered>();
  readonly #failed: FailureListener;

  /** @param failed Hears of hooks that throw or answer in a wrong shape. */
  constructor(hooks: HookOptions, failed: FailureListener) {
    this.#failed = failed;
    for (const [event, list] of Object.entries(hooks)) {
      (list ?? []).forEach((hook, index) => {
        this.#registered.set(`claudestream:${event}:${index}`, {
          event,
          // By its event each hook gets the input that it is made for.
          hook,
          onFailure: hook.onFailure ??
            (GUARDS.has(event) ? "block" : "continue"),
        });
      });
    }
  }

  /** The field `hooks` of the handshake. */
  get registration(): Readonly<Record<string, readonly WireObject[]>> {
    const fields: Record<string, WireObject[]> = {};
    for (const [id, { event, hook, onFailure }] of this.#registered) {
      const { matcher, timeoutMs } = hook;
      (fields[event] ??= []).push({
        ...matcher === undefined
          ? {}
          : { matcher: matcherText(matcher, event) },
        hookCallbackIds: [id],
        ...timeoutMs === undefined
          ? {}
          : { timeout: finiteMs(timeoutMs) / 1000 },
        // Only what is not the CLI's own default: older ones do not know the field.
        ...onFailure === "block" ? { onFailure } : {},
      });
    }
    return fields;
  }

  /** Runs the hook that is asked for. Never throws or rejects; `undefined` if there is no such hook. */
  answer(
    question: HookQuestion,
    signal: AbortSignal,
  ): Reply | Promise<Reply> | undefined {
    const registered = this.#registered.get(question.callbackId);
    if (registered === undefined) return undefined;
    const { event, hook } = registered;
    const { toolUseId } = question;
    const call: HookCall = {
      event,
      signal,
      ...TOOL_EVENTS.has(event) && toolUseId !== undefined ? { toolUseId } : {},
    };
    const read = (answer: unknown) => this.#read(registered, answer);
    const failed = (error: unknown) => this.#fail(registered, error, signal);
    try {
      const answer = soon<unknown>(
        hook.run(readHookInput(event, question.input), call),
      );
      return answer instanceof Promise
        ? answer.then(read).catch(failed)
        : read(answer);
    } catch (error) {
      return failed(error);
    }
  }

  #read(registered: Registered, answer: unknown): Reply {
    const { output, issue } = readAnswer(registered.event, answer);
    if (issue !== undefined) {
      throw wrongAnswer(`the hook "${registered.event}"`, issue);
    }
    // Detect an answer that JSON cannot represent now, while another answer is still possible.
    const text = JSON.stringify(output);
    if (!text.startsWith("{")) {
      throw wrongAnswer(
        `the hook "${registered.event}"`,
        "expected an object in JSON, too",
      );
    }
    // A copy: what a policy decides on now is what is written later.
    return { response: JSON.parse(text) };
  }

  #fail(
    { event, onFailure }: Registered,
    error: unknown,
    signal: AbortSignal,
  ): Reply {
    const isBlocked = onFailure === "block";
    const reason = `The hook "${event}" failed: ${thrownText(error)}`;
    // A hook that stops because its signal aborted has not failed.
    if (!signal.aborted) {
      this.#failed({
        handler: event,
        error,
        consequence: isBlocked
          ? `blocked: ${reason}`
          : "no opinion: it happens as if there were no hook",
        isSilent: !isBlocked,
      });
    }
    return isBlocked ? blocked(event, reason) : { response: {} };
  }
}

/** Whether our own answer can stop what an event is about, with every CLI. */
export function blocksItself(event: HookEvent): boolean {
  return blocked(event, "").refusal === undefined;
}

/** Stops what the event is about. A CLI that knows no `onFailure` takes an error for no opinion. */
function blocked(event: string, reason: string): Reply {
  const helper = event === "UserPromptSubmit" || event === "UserPromptExpansion"
    ? { kind: "block", reason }
    : { kind: "deny", reason };
  const { output } = readAnswer(event, helper);
  return output === undefined ? { refusal: reason } : { response: output };
}
