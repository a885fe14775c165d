/** Corrupts output lines: writes them twice, late, cut in half, or not at all. */

import type { SpoilStep } from "../scenario.ts";
import type { PlayerOutput } from "./output.ts";

type LineOutput = Extract<PlayerOutput, { do: "line" }>;

/** Stands between a player and its stdout. */
export class Spoiler {
  #armed: SpoilStep | undefined;
  /** A line that is delayed until after the next one. */
  #held: LineOutput | undefined;

  /** Corrupts the next line that the step applies to. */
  arm(step: SpoilStep): void {
    this.#armed = step;
  }

  /** Returns what is written in place of a line. */
  pass(type: unknown, output: LineOutput): PlayerOutput[] {
    const step = this.#armed;
    if (
      step === undefined || (step.type !== undefined && step.type !== type)
    ) return [output, ...this.#takeHeld()];
    this.#armed = undefined;
    switch (step.how) {
      case "twice":
        return [output, output, ...this.#takeHeld()];
      case "late":
        this.#held = output;
        return [];
      case "lost":
        return this.#takeHeld();
      case "half": {
        const bytes = new TextEncoder().encode(output.line);
        const half = bytes.subarray(0, bytes.length >> 1);
        return [{ do: "bytes", bytes: half }];
      }
      default:
        return step.how satisfies never;
    }
  }

  #takeHeld(): LineOutput[] {
    const held = this.#held;
    this.#held = undefined;
    return held === undefined ? [] : [held];
  }
}
