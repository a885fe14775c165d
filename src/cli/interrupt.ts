/**
 * What signals do while a session runs. `claude` is in a process group of its own, so
 * a Ctrl-C of the terminal reaches only us.
 *
 * @module
 */

import type { AsyncSession } from "../session.ts";
import { EXIT, TimeoutError } from "./exit_code.ts";

/** One turn, as far as signals and the clock are concerned. */
export interface Attempt extends Disposable {
  /** Whether Ctrl-C ended it. */
  readonly isInterrupted: boolean;
  /** Aborts when the time is over. */
  readonly timeout: AbortSignal;
  /** Aborts when nobody should be asked anything any more: Ctrl-C, or no time left. */
  readonly stopped: AbortSignal;
}

type Signal = "SIGINT" | "SIGTERM" | "SIGHUP" | "SIGBREAK";

const SIGNALS: readonly Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/** Takes care of the signals until it is disposed of. */
export class SignalWatch implements Disposable {
  /** Called by Ctrl-C where no turn is running. Without it Ctrl-C ends the program. */
  onIdleInterrupt: (() => void) | undefined;
  readonly #session: AsyncSession;
  readonly #handlers: readonly (readonly [Signal, () => void])[];
  #interrupt: (() => boolean) | undefined;
  #isEnding = false;

  constructor(session: AsyncSession) {
    this.#session = session;
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
        clearTimeout(timer);
        if (this.#interrupt === interrupt) this.#interrupt = undefined;
      },
    };
  }

  #take(signal: Signal): void {
    if (signal === "SIGINT") {
      if (this.#isEnding) this.#leaveNow(EXIT.interrupted);
      else if (this.#interrupt !== undefined) {
        if (!this.#interrupt()) this.#leaveNow(EXIT.interrupted);
      } else if (this.onIdleInterrupt !== undefined) this.onIdleInterrupt();
      else this.#leaveNow(EXIT.interrupted);
      return;
    }
    const code = signal === "SIGHUP" ? EXIT.hangUp : EXIT.terminated;
    if (this.#isEnding) this.#leaveNow(code);
    else this.#leave(code);
  }

  /** Closes the session, and then ends the program whatever else it waits for. */
  #leave(code: number): void {
    this.#isEnding = true;
    this.#session.close().finally(() => Deno.exit(code));
  }

  /** Ends the program and all of `claude`'s processes. */
  #leaveNow(code: number): void {
    const { pid } = this.#session;
    if (pid === undefined || this.#session.state === "dead") Deno.exit(code);
    try {
      Deno.kill(-pid, "SIGKILL");
    } catch (error) {
      // --allow-run=claude does not let us signal a group; closing needs no right.
      if (error instanceof Deno.errors.NotCapable) {
        if (!this.#isEnding) this.#leave(code);
        return;
      }
      // There is no group any more.
    }
    Deno.exit(code);
  }
}
