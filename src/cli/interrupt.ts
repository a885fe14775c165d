/**
 * What signals do while a session runs. `claude` is in a process group of its own, so
 * a Ctrl-C of the terminal reaches only us.
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
} from "./exit_code.ts";

/** One turn, as far as signals and the clock are concerned. */
export interface Attempt extends Disposable {
  /** Whether Ctrl-C ended it. */
  readonly isInterrupted: boolean;
  /** Aborts when the time is over. */
  readonly timeout: AbortSignal;
  /** Aborts when nobody should be asked anything any more: Ctrl-C, or no time left. */
  readonly stopped: AbortSignal;
}

const SIGNALS: readonly EndingSignal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/** Waits for something, and rejects with a {@linkcode SignalError} when a signal comes first. */
export async function unlessSignalled<T>(wanted: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const handlers = SIGNALS.map((signal) =>
    [signal, () => reject(new SignalError(signal))] as const
  );
  for (const [signal, handler] of handlers) {
    Deno.addSignalListener(signal, handler);
  }
  try {
    return await Promise.race([wanted, promise]);
  } finally {
    for (const [signal, handler] of handlers) {
      Deno.removeSignalListener(signal, handler);
    }
  }
}

/** Takes care of the signals until it is disposed of. */
export class SignalWatch implements Disposable {
  /** Called by Ctrl-C where no turn is running. Without it Ctrl-C ends the program. */
  onIdleInterrupt: (() => void) | undefined;
  readonly #session: AsyncSession;
  readonly #beforeExit: (error: SignalError) => Promise<void>;
  readonly #handlers: readonly (readonly [EndingSignal, () => void])[];
  #interrupt: (() => boolean) | undefined;
  #ending: SignalError | undefined;
  /** The program ends at once. */
  #isLeaving = false;

  /** @param beforeExit What else is to be done before the program ends at once. */
  constructor(
    session: AsyncSession,
    beforeExit: (error: SignalError) => Promise<void>,
  ) {
    this.#session = session;
    this.#beforeExit = beforeExit;
    this.#handlers = SIGNALS.map((signal) => [
      signal,
      () => this.#take(signal),
    ]);
    for (const [signal, handler] of this.#handlers) {
      Deno.addSignalListener(signal, handler);
    }
  }

  [Symbol.dispose](): void {
    for (const [signal, handler] of this.#handlers) {
      Deno.removeSignalListener(signal, handler);
    }
  }

  /**
   * A turn begins. Dispose of it at its end.
   *
   * @param onInterrupt Called by the first Ctrl-C.
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
      onInterrupt();
      // That it did not work is seen at the turn, or the next Ctrl-C ends it.
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
        // Naming it loads the timers of Node, 8 ms: for nothing where there is none.
        if (timer !== undefined) clearTimeout(timer);
        if (this.#interrupt === interrupt) this.#interrupt = undefined;
      },
    };
  }

  /** The signal that ends the program, once there was one. */
  get ending(): SignalError | undefined {
    return this.#ending;
  }

  /** Ctrl-C was pressed where the terminal makes no signal of it. */
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

  /** Closes the session, and then ends the program whatever else it waits for. */
  #leave(ending: SignalError): void {
    this.#ending ??= ending;
    const exit = () => this.#exit(ending);
    // One that will not go is ended with the program.
    this.#session.close().then(exit, exit);
  }

  /** Ends the program and all of `claude`'s processes. */
  #leaveNow(signal: EndingSignal): void {
    const error = new SignalError(signal);
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    // --allow-run=claude lets us end claude alone, and not what it has started; it does
    // that itself where it is closed.
    if (maySignal()) {
      endHeldAtOnce();
      this.#exit(error);
    } else if (this.#ending === undefined) this.#leave(error);
  }

  #exit(error: SignalError): void {
    this.#beforeExit(error).finally(() => Deno.exit(exitCodeOf(error)));
  }
}
