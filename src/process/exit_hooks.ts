/**
 * Makes sure that no process outlives the program, however the program ends: by an empty event
 * loop, `Deno.exit`, an uncaught error, or a signal. A program killed by SIGKILL cannot act; then
 * the process sees only that its stdin has ended.
 *
 * Everything here is synchronous: a program that exits does not wait for promises. Listeners are
 * registered only while there is a process to end.
 *
 * @module
 */

import type { ExitSignal } from "../options/option_types.ts";
import type { ProcessTree } from "./process_tree.ts";
import type { HeldTransport, TransportSignal } from "../options/transport.ts";
import { isDeno, operatingSystem } from "./runtime.ts";

/** A process that must end before the program does. */
export interface ExitTarget {
  /** Asks the process to end, without waiting. */
  begin(): void;
  /**
   * Waits until the process is gone, and kills it when the time is up.
   *
   * @param deadline On the clock of `performance.now()`.
   */
  finish(deadline: number): void;
}

/**
 * How long all processes together may take to end after SIGTERM, in milliseconds: the CLI ends a
 * shell in 1.2 s.
 */
export const EXIT_GRACE_MS = 2_000;

/** The same limit if there is no way to tell whether a process is gone. */
const BLIND_GRACE_MS = 500;

/** How long a process may take to end after SIGKILL, in milliseconds. */
const DYING_MS = 500;

/** Interval of the checks whether a process is gone, in milliseconds. */
const LOOK_MS = 5;

const SLEEPER = new Int32Array(new SharedArrayBuffer(4));

/** The methods needed to end a process and to remove its files. */
export type TargetProcess = Pick<HeldTransport, "kill" | "removeFiles">;

/** A process of this thread. */
export class ProcessTarget implements ExitTarget {
  readonly #process: TargetProcess;
  readonly #tree: ProcessTree;

  /** @param tree What the process started. */
  constructor(process: TargetProcess, tree: ProcessTree) {
    this.#process = process;
    this.#tree = tree;
  }

  begin(): void {
    this.#tree.look();
    this.#kill("SIGTERM");
  }

  #kill(signal: TransportSignal): void {
    try {
      this.#process.kill(signal);
    } catch {
      // The process belongs to another user. Ignore the error: the program is exiting, and other
      // processes must still be ended.
    }
  }

  finish(deadline: number): void {
    const tree = this.#tree;
    const blindDeadline = deadline - EXIT_GRACE_MS + BLIND_GRACE_MS;
    for (;;) {
      const isGone = tree.isRootGone();
      if (isGone === true) break;
      const now = performance.now();
      if (now >= (isGone === undefined ? blindDeadline : deadline)) break;
      Atomics.wait(SLEEPER, 0, 0, LOOK_MS);
    }
    tree.look();
    // Killing a zombie does no harm, and its id is not reused while it is one.
    this.#kill("SIGKILL");
    tree.kill();
    this.#process.removeFiles();
    // Dying takes a moment, and a parent waiting for this program may check right after it exits.
    const last = performance.now() + DYING_MS;
    while (
      (tree.isRootGone() === false || tree.isLeft()) && performance.now() < last
    ) Atomics.wait(SLEEPER, 0, 0, LOOK_MS);
  }
}

/** Ends all targets in parallel. */
export function endNow(targets: Iterable<ExitTarget>, graceMs: number): void {
  const all = [...targets];
  for (const target of all) target.begin();
  const deadline = performance.now() + graceMs;
  for (const target of all) target.finish(deadline);
}

const held = new Set<ExitTarget>();

let isEnding = false;

function endHeld(): void {
  // An error thrown here may be uncaught and so call this function again.
  if (isEnding) return;
  isEnding = true;
  try {
    endNow(held, EXIT_GRACE_MS);
  } finally {
    isEnding = false;
  }
}

/**
 * Kills all held processes at once, without letting them end by themselves. For a program that must
 * exit quickly.
 */
export function endHeldAtOnce(): void {
  endNow(held, 0);
}

// An error with `preventDefault` called does not end the program. A listener that runs after this
// one cannot be seen from here.
function endHeldOnError(event: Event): void {
  if (!event.defaultPrevented) endHeld();
}

/**
 * Ends the target when the program ends. Returns a function that cancels this. Does nothing outside
 * of Deno, where a session has no process of its own.
 */
export function holdExit(target: ExitTarget): () => void {
  if (!isDeno) return () => {};
  if (held.size === 0) listenToExit();
  held.add(target);
  return () => {
    if (held.delete(target) && held.size === 0) ignoreExit();
  };
}

// Deno does not fire "unload" if an uncaught error ends the program.
function listenToExit(): void {
  globalThis.addEventListener("unload", endHeld);
  globalThis.addEventListener("error", endHeldOnError);
  globalThis.addEventListener("unhandledrejection", endHeldOnError);
}

function ignoreExit(): void {
  globalThis.removeEventListener("unload", endHeld);
  globalThis.removeEventListener("error", endHeldOnError);
  globalThis.removeEventListener("unhandledrejection", endHeldOnError);
}

/** Signals to listen to if the option is not set. */
export const EXIT_SIGNALS: readonly ExitSignal[] = [
  "SIGINT",
  "SIGTERM",
  "SIGHUP",
];

/** Returns the signals that the option names and this system supports; none outside of Deno. */
function exitSignalsOf(
  asked: false | readonly ExitSignal[] = EXIT_SIGNALS,
): readonly ExitSignal[] {
  const wanted = asked === false || !isDeno ? [] : [...new Set(asked)];
  return operatingSystem() === "windows"
    ? wanted.filter((signal) => signal === "SIGINT")
    : wanted;
}

/**
 * How long a signal to this program itself may take to end it, in milliseconds. It lives on if
 * another listener takes the signal.
 */
const OWN_SIGNAL_MS = 250;

/** The targets to end when one particular signal arrives. */
class SignalHold {
  readonly #signal: ExitSignal;
  /** Each target with its function that decides whether the program ends too. */
  readonly #targets = new Map<ExitTarget, (signal: ExitSignal) => boolean>();
  readonly #take = () => this.#end();

  constructor(signal: ExitSignal) {
    this.#signal = signal;
  }

  add(target: ExitTarget, endsProgram: (signal: ExitSignal) => boolean): void {
    if (this.#targets.size === 0) {
      Deno.addSignalListener(this.#signal, this.#take);
    }
    this.#targets.set(target, endsProgram);
  }

  delete(target: ExitTarget): void {
    if (this.#targets.delete(target) && this.#targets.size === 0) {
      Deno.removeSignalListener(this.#signal, this.#take);
    }
  }

  #end(): void {
    const targets = [...this.#targets];
    const ends = targets.map(([, endsProgram]) => endsProgram(this.#signal));
    endNow(targets.map(([target]) => target), EXIT_GRACE_MS);
    for (const [target] of targets) this.delete(target);
    // With all listeners removed the signal has its default effect, so the parent process sees that
    // a signal ended the program.
    if (!ends.includes(true)) return;
    Deno.kill(Deno.pid, this.#signal);
    // Another thread of Deno carries the default effect out. Until then this one waits, or the error
    // of the session that just lost its process could end the program first, with another exit code.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, OWN_SIGNAL_MS);
  }
}

const holds = new Map<ExitSignal, SignalHold>();

/**
 * Ends the target when a signal arrives, and then the program. Returns a function that cancels
 * this.
 *
 * @param endsProgram Returns whether the program should end after this signal; called before
 *   anything else.
 */
export function holdSignals(
  target: ExitTarget,
  signals: false | readonly ExitSignal[] | undefined,
  endsProgram: (signal: ExitSignal) => boolean = () => true,
): () => void {
  const ours = exitSignalsOf(signals).map((signal) => {
    const hold = holds.get(signal) ?? new SignalHold(signal);
    holds.set(signal, hold);
    hold.add(target, endsProgram);
    return hold;
  });
  return () => {
    for (const hold of ours) hold.delete(target);
  };
}
