/**
 * The permission mode of a session whose caller names none: `default` with every version,
 * unless the settings name another one. Pure.
 *
 * CLI 2.1.290 to 2.1.301 run in `auto` if nothing names a mode, so that tools run unasked and
 * a policy is not heard on what it leaves open. The answer to the handshake tells the mode, and
 * `get_settings` whether it is the choice of a settings file (seen with 2.1.290, 2.1.300 and
 * 2.1.301; 2.1.250, 2.1.310 and later run in `default`).
 *
 * @module
 */

import { StartupError } from "../errors.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import type { Outcome } from "./pending.ts";
import type { StartCheck, StartRequest } from "./start.ts";

/** A request to make now. */
interface ModeRequest extends StartRequest {
  readonly subtype: "get_settings" | "set_permission_mode";
}

/** Sets the mode at the start of one process, if nothing names one. */
export class DefaultMode implements StartCheck {
  readonly #makeId: () => string;
  /** The request that waits for its answer. */
  #open: ModeRequest | undefined;
  #error: StartupError | undefined;

  /** @param makeId Makes an id for a request. */
  constructor(makeId: () => string) {
    this.#makeId = makeId;
  }

  /** Whether all that it asked for is answered. */
  get isDone(): boolean {
    return this.#open === undefined;
  }

  /** Why the start fails, if it does. */
  get error(): StartupError | undefined {
    return this.#error;
  }

  /** Takes the answer to the handshake. Returns what to ask for, if anything. */
  shakeHands(response: WireObject): ModeRequest | undefined {
    return response.current_permission_mode === "auto"
      ? this.#ask("get_settings", {})
      : undefined;
  }

  /** Whether an answer belongs to a request made here. */
  isOwn(id: string): boolean {
    return this.#open?.id === id;
  }

  /** Takes an answer to its own request. Returns what to ask for next, if anything. */
  take(outcome: Outcome): ModeRequest | undefined {
    const answered = this.#open?.subtype;
    this.#open = undefined;
    if (answered === "get_settings") {
      return outcome.ok && namesMode(outcome.response)
        ? undefined
        : this.#ask("set_permission_mode", { mode: "default" });
    }
    if (!outcome.ok) {
      this.#error = new StartupError(
        "permission_mode",
        "Cannot start in permission mode default: the CLI runs in auto, which no option and no settings ask for, and does not change it",
        {
          hint: 'Name a mode: permissionMode: "default"',
          cause: outcome.error,
        },
      );
    }
    return undefined;
  }

  #ask(subtype: ModeRequest["subtype"], payload: WireObject): ModeRequest {
    this.#open = { id: this.#makeId(), subtype, payload };
    return this.#open;
  }
}

/** Whether the settings in force name a mode. */
function namesMode({ effective }: WireObject): boolean {
  return isWireObject(effective) && isWireObject(effective.permissions) &&
    typeof effective.permissions.defaultMode === "string";
}
