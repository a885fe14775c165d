/**
 * Handles signals while a session runs. `claude` is in its own process group, so Ctrl-C in the
 * terminal reaches only this program.
 *
 * @module
 */

import { endHeldAtOnce } from "../process/exit_hooks.ts";
import { maySignal } from "../process/process_tree.ts";
import type { AsyncSession } from "../session/async_session.ts";
import {
  type EndingSignal,
  exitCodeOf,
  SignalError,
  TimeoutError,
} from "./failure/exit_code.ts";

/** The state of one turn with regard to signals and its timeout. */
export interface Attempt extends Disposable {
  /** Whether Ctrl-C ended the turn. */
  readonly isInterrupted: boolean;
  /** Aborts when the time is over. */
  readonly timeout: AbortSignal;
  /** Aborts when no further questions may be asked: on Ctrl-C or timeout. */
  readonly stopped: AbortSignal;
}

const SIGNALS: readonly EndingSignal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/** Calls a function at each signal that ends a program, until disposed. */
export function onSignals(
  handler: (signal: EndingSignal) => void,
): Disposable {
  const handlers = SIGNALS.map((signal) =>
    [signal, () => handler(signal)] as const
  );
  for (const [signal, handle] of handlers) {
    Deno.addSignalListener(signal, handle);
  }
  return {
    [Symbol.dispose]() {
      for (const [signal, handle] of handlers) {
        Deno.removeSignalListener(signal, handle);
      }
    },
  };
}

/** Waits for a promise, and rejects with a {@linkcode SignalError} if a signal comes first. */
export async function unlessSignalled<T>(wanted: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  using _signals = onSignals((signal) => reject(new SignalError(signal)));
  return await Promise.race([wanted, promise]);
}

/** Handles the signals until disposed. */
export class SignalWatch implements Disposable {
  /** Called on a Ctrl-C that interrupts a turn. */
  onInterrupt: (() => void) | undefined;
  /** When Ctrl-C interrupted a turn last, in milliseconds since 1970. */
  interruptedAt = -Infinity;
  /** Called on Ctrl-C when no turn is running. If not set, Ctrl-C ends the program. */
  onIdleInterrupt: (() => void) | undefined;
  readonly #session: AsyncSession;
  readonly #beforeExit: (error: SignalError) => Promise<void>;
  readonly #signals: Disposable;
  #interrupt: (() => boolean) | undefined;
  #ending: SignalError | undefined;
  /** Whether the program is already ending. */
  #isLeaving = false;

  /** @param beforeExit Extra work before the program ends. */
  constructor(
    session: AsyncSession,
    beforeExit: (error: SignalError) => Promise<void>,
  ) {
    this.#session = session;
    this.#beforeExit = beforeExit;
    this.#signals = onSignals((signal) => this.#take(signal));
  }

  [Symbol.dispose](): void {
    this.#signals[Symbol.dispose]();
  }

  /**
   * Starts a turn. Dispose of the result when the turn ends.
   *
   * @param onInterrupt Called on the first Ctrl-C.
   */
  begin(timeoutMs: number | undefined, onInterrupt: () => void): Attempt {
    const clock = new AbortController();
    const interrupted = new AbortController();
    const timer = timeoutMs === undefined ? undefined : setTimeout(
      () => clock.abort(new TimeoutError(timeoutMs)),
      timeoutMs,
    );
    const interrupt = (): boolean => {
      if (interrupted.signal.aborted) return false;
      interrupted.abort(new DOMException("Interrupted", "AbortError"));
      this.interruptedAt = Date.now();
      onInterrupt();
      this.onInterrupt?.();
      // If this fails, the turn shows it, or the next Ctrl-C ends the program.
      this.#session.interrupt().catch(() => {});
      return true;
    };
    this.#interrupt = interrupt;
    return {
      get isInterrupted() {
        return interrupted.signal.aborted;
      },
      timeout: clock.signal,
      stopped: AbortSignal.any([clock.signal, interrupted.signal]),
      [Symbol.dispose]: () => {
        // Referring to clearTimeout loads the timers of Node, 8 ms, so do it only if there is a
        // timer.
        if (timer !== undefined) clearTimeout(timer);
        if (this.#interrupt === interrupt) this.#interrupt = undefined;
      },
    };
  }

  /** The signal that ends the program, once one has arrived. */
  get ending(): SignalError | undefined {
    return this.#ending;
  }

  /** Handles Ctrl-C as a key press, in a terminal mode that sends no signal for it. */
  pressInterrupt(): void {
    this.#take("SIGINT");
  }

  #take(signal: EndingSignal): void {
    if (this.#ending !== undefined) {
      this.#leaveNow(signal);
    } else if (signal !== "SIGINT") {
      this.#leave(new SignalError(signal));
    } else if (this.#interrupt !== undefined) {
      if (!this.#interrupt()) this.#leaveNow(signal);
    } else if (this.onIdleInterrupt !== undefined) {
      this.onIdleInterrupt();
    } else {
      this.#leaveNow(signal);
    }
  }

  /** Closes the session, and then ends the program even if other work is pending. */
  #leave(ending: SignalError): void {
    this.#ending ??= ending;
    const exit = () => this.#exit(ending);
    // A process that does not close is ended with the program.
    this.#session.close().then(exit, exit);
  }

  /** Ends the program and all of `claude`'s processes. */
  #leaveNow(signal: EndingSignal): void {
    const error = new SignalError(signal);
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    // With --allow-run=claude this program can end only claude itself, not the processes that it
    // started; claude ends those when it is closed.
    if (maySignal()) {
      endHeldAtOnce();
      this.#exit(error);
    } else if (this.#ending === undefined) this.#leave(error);
  }

  #exit(error: SignalError): void {
    this.#beforeExit(error).finally(() => Deno.exit(exitCodeOf(error)));
  }
}
