/**
 * Sees to it that no process outlives the program, however the program ends: by the
 * end of its event loop, `Deno.exit`, an error that nobody caught, or a signal. After
 * SIGKILL nothing can be done; then the end of its stdin has to tell the process.
 *
 * Everything here is synchronous: a program that exits waits for no promise. There are
 * listeners only while there is something to end.
 *
 * @module
 */

import type { ExitSignal } from "../options/option_types.ts";
import type { ProcessTree } from "./process_tree.ts";
import type { HeldTransport, TransportSignal } from "../options/transport.ts";

/** What has to be ended before the program ends. */
export interface ExitTarget {
  /** Tells it to end, without waiting. */
  begin(): void;
  /**
   * Waits until it is gone, and makes it go when the time is up.
   *
   * @param deadline On the clock of `performance.now()`.
   */
  finish(deadline: number): void;
}

/** How long everything together may take after SIGTERM: the CLI ends a shell in 1.2 s. */
export const EXIT_GRACE_MS = 2_000;

/** The same where nothing says whether a process is gone. */
const BLIND_GRACE_MS = 500;

/** How long SIGKILL may take. */
const DYING_MS = 500;

/** How often that is looked at. */
const LOOK_MS = 5;

const SLEEPER = new Int32Array(new SharedArrayBuffer(4));

/** What it takes to end a process, and to remove what was written for it. */
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
      // Another user's. Nobody is there to be told, and there are others to end.
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
    // A zombie takes no harm, and its number is its own as long as it is one.
    this.#kill("SIGKILL");
    tree.kill();
    this.#process.removeFiles();
    // Dying takes a moment, and whoever waits for this program may look at once.
    const last = performance.now() + DYING_MS;
    while (
      (tree.isRootGone() === false || tree.isLeft()) && performance.now() < last
    ) Atomics.wait(SLEEPER, 0, 0, LOOK_MS);
  }
}

/** Ends them all, side by side. */
export function endNow(targets: Iterable<ExitTarget>, graceMs: number): void {
  const all = [...targets];
  for (const target of all) target.begin();
  const deadline = performance.now() + graceMs;
  for (const target of all) target.finish(deadline);
}

const held = new Set<ExitTarget>();

let isEnding = false;

function endHeld(): void {
  // What goes wrong here may be an error that nobody catches, and so come here again.
  if (isEnding) return;
  isEnding = true;
  try {
    endNow(held, EXIT_GRACE_MS);
  } finally {
    isEnding = false;
  }
}

/** Ends everything at once, without a chance to end by itself. For a program in a hurry. */
export function endHeldAtOnce(): void {
  endNow(held, 0);
}

// An error that somebody takes care of does not end the program. Whoever does so after
// us cannot be seen from here.
function endHeldOnError(event: Event): void {
  if (!event.defaultPrevented) endHeld();
}

/** Ends it with the program, until what this gives is called. */
export function holdExit(target: ExitTarget): () => void {
  if (held.size === 0) listenToExit();
  held.add(target);
  return () => {
    if (held.delete(target) && held.size === 0) ignoreExit();
  };
}

// Deno does not fire "unload" where an uncaught error ends the program.
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

/** All that can be listened to, where the option says nothing. */
export const EXIT_SIGNALS: readonly ExitSignal[] = [
  "SIGINT",
  "SIGTERM",
  "SIGHUP",
];

/** The signals that the option asks for and this system has. */
function exitSignalsOf(
  asked: false | readonly ExitSignal[] = EXIT_SIGNALS,
): readonly ExitSignal[] {
  const wanted = asked === false ? [] : [...new Set(asked)];
  return Deno.build.os === "windows"
    ? wanted.filter((signal) => signal === "SIGINT")
    : wanted;
}

/** Those that wait for one signal. */
class SignalHold {
  readonly #signal: ExitSignal;
  /** What is ended, and who says whether the program ends too. */
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
    // With nobody left who listens it does what it does by itself, and whoever waits
    // for the program sees the truth.
    if (ends.includes(true)) Deno.kill(Deno.pid, this.#signal);
  }
}

const holds = new Map<ExitSignal, SignalHold>();

/**
 * Ends it when a signal comes, and then the program, until what this gives is called.
 *
 * @param endsProgram Whether the program ends of this one; called before anything else.
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
