/**
 * The option `idleTimeoutMs`: how long a turn may be silent. Pure; the time is given.
 *
 * @module
 */

import type { IdleLimits } from "./options.ts";

/** Default time without a line after which a turn counts as stalled, in milliseconds. */
export const DEFAULT_WARN_MS = 120_000;

/** Time of each step after the last line. */
export interface IdleSteps {
  /** An event says so. */
  readonly warnMs: number | undefined;
  /** The turn fails. */
  readonly endMs: number | undefined;
}

/** The steps of an option. */
export function idleSteps(
  option: number | false | IdleLimits | undefined,
): IdleSteps {
  if (option === false) return { warnMs: undefined, endMs: undefined };
  const given: IdleLimits = typeof option === "number"
    ? { endMs: option }
    : option ?? {};
  const endMs = limitOf(given.endMs);
  return {
    warnMs: given.warnMs === undefined
      ? endMs === undefined ? DEFAULT_WARN_MS : endMs / 2
      : limitOf(given.warnMs),
    endMs,
  };
}

/** `Infinity` is no limit. */
function limitOf(timeoutMs: number | undefined): number | undefined {
  return timeoutMs === Infinity ? undefined : timeoutMs;
}

/** The step that is due. */

export type IdleNews =
  /** Nothing is due yet: check again after this time. */
  | { readonly do: "wait"; readonly waitMs: number }
  /** Nothing is due until a line arrives. */
  | { readonly do: "nothing" }
  | { readonly do: "warn"; readonly idleMs: number }
  | { readonly do: "end"; readonly idleMs: number };

/** Measures the silence of one process. */
export class IdleWatch {
  #steps: IdleSteps;
  /** When the silence began; in the future if the CLI announced a silence. */
  #since: number | undefined;
  #done: "nothing" | "warn" | "end" = "nothing";

  /** @param steps Times of the steps. */
  constructor(steps: IdleSteps) {
    this.#steps = steps;
  }

  /** Whether a step is left. If not, there is no need to look. */
  get isPending(): boolean {
    return this.#since !== undefined && this.#nextMs !== undefined;
  }

  /** From now on silence does not count. */
  pause(): void {
    this.#since = undefined;
  }

  /**
   * A line came, or silence counts from now on.
   *
   * @param quietMs The length of the silence that the line announced.
   */
  heard(now: number, quietMs = 0): void {
    this.#since = now + quietMs;
    this.#done = "nothing";
  }

  /** Replaces the steps. */
  replace(steps: IdleSteps): void {
    this.#steps = steps;
  }

  /** Returns the step that is due. Each step occurs once per silence. */
  look(now: number): IdleNews {
    if (this.#since === undefined || this.#done === "end") {
      return { do: "nothing" };
    }
    const { warnMs, endMs } = this.#steps;
    const idleMs = now - this.#since;
    if (endMs !== undefined && idleMs >= endMs) {
      this.#done = "end";
      return { do: "end", idleMs };
    }
    if (warnMs !== undefined && this.#done === "nothing" && idleMs >= warnMs) {
      this.#done = "warn";
      return { do: "warn", idleMs };
    }
    const next = this.#nextMs;
    return next === undefined
      ? { do: "nothing" }
      : { do: "wait", waitMs: Math.max(next - idleMs, 1) };
  }

  /** The silence of the next step, if any is left. */
  get #nextMs(): number | undefined {
    const { warnMs, endMs } = this.#steps;
    if (this.#done === "end") return undefined;
    return this.#done === "nothing" ? warnMs ?? endMs : endMs;
  }
}
