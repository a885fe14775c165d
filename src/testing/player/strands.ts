/** Plays scripts in parallel, one output at a time. */

import type { HostAnswer, PlayerOutput, Script } from "./output.ts";

/** A script and what it waits for. */
export interface Strand {
  readonly script: Script;
  /** Keys that the script waits for; `undefined` while it can continue. */
  waits: readonly string[] | undefined;
  /** Whether the process may end before the script does. */
  readonly mayBeLeft: boolean;
  readonly atEnd: (() => void) | undefined;
}

/** Makes a strand of a script. */
export function strand(
  script: Script,
  atEnd?: () => void,
  mayBeLeft: boolean = false,
): Strand {
  return { script, waits: undefined, mayBeLeft, atEnd };
}

/** The conversation, and the scripts that run in parallel. */
export class Strands {
  /** The current script of the conversation. */
  main: Strand | undefined;
  #beside: Strand[] = [];
  readonly #answers = new Map<string, HostAnswer | undefined>();

  /** Adds a script that runs in parallel to the conversation. */
  add(one: Strand): void {
    this.#beside.push(one);
  }

  /** Whether the process must wait for parallel scripts before it ends. */
  get holdsEnd(): boolean {
    return this.#beside.some((one) => !one.mayBeLeft);
  }

  /** Resumes the script that waits for the key, now or later. */
  resume(key: string, value: HostAnswer | undefined): void {
    this.#answers.set(key, value);
  }

  /** Stops the conversation at its current position. */
  stop(): void {
    this.main?.script.return();
    this.main = undefined;
  }

  /** Advances the first script that can continue; returns `undefined` if none can. */
  advance(): PlayerOutput | "moved" | undefined {
    const all = this.main === undefined
      ? this.#beside
      : [this.main, ...this.#beside];
    for (const one of all) {
      const key = this.#firstOf(one.waits ?? []);
      if (key === undefined && one.waits !== undefined) continue;
      const value = this.#answers.get(key ?? "");
      this.#answers.delete(key ?? "");
      one.waits = undefined;
      const step = one.script.next({ key: key ?? "", value });
      if (step.done) {
        if (one === this.main) this.main = undefined;
        else this.#beside = this.#beside.filter((other) => other !== one);
        one.atEnd?.();
        return "moved";
      }
      if (step.value.do !== "wait") return step.value;
      one.waits = step.value.keys;
      return "moved";
    }
    return undefined;
  }

  /** Returns the key that was resumed first. */
  #firstOf(keys: readonly string[]): string | undefined {
    if (keys.length === 0) return undefined;
    for (const key of this.#answers.keys()) {
      if (keys.includes(key)) return key;
    }
    return undefined;
  }
}
