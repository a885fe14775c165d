/**
 * Keeps the lines at the end of the screen up to date while a turn runs.
 *
 * @module
 */

import type { ClaudeEvent } from "../../events/mod.ts";
import type { Output } from "../output.ts";
import { Activity } from "./activity.ts";
import type { Line } from "./live_region.ts";

const TICK_MS = 100;

/** The lines of one turn. They are gone when it is closed. */
export class LiveStatus {
  readonly #output: Output;
  readonly #activity: Activity;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #above: () => readonly Line[];
  #isHidden = false;
  #isOver = false;

  /**
   * @param isStarting Whether the process is yet to come.
   * @param above What else is to be drawn anew, above the status.
   */
  constructor(
    output: Output,
    isStarting: boolean,
    above: () => readonly Line[] = () => [],
  ) {
    this.#output = output;
    this.#above = above;
    this.#activity = new Activity(
      Date.now(),
      isStarting ? "starting" : "waiting for the model",
    );
    this.#timer = setInterval(() => this.draw(), TICK_MS);
    // It shall not keep the program alive, should a turn never be ended.
    Deno.unrefTimer(this.#timer as unknown as number);
    this.draw();
  }

  /** Takes the next event of the turn. */
  take(event: ClaudeEvent): void {
    this.#activity.take(event, Date.now());
    this.#isHidden = false;
  }

  /** Draws what is now. Nobody waits for it. */
  draw(): void {
    if (this.#isHidden || this.#isOver) return;
    const { columns, rows, color } = this.#output;
    const status = this.#activity.lines(Date.now(), columns, color);
    const above = this.#above();
    // What does not fit on the screen could not be taken back.
    const room = Math.max(0, rows - 1 - status.length);
    const kept = above.slice(Math.max(0, above.length - room));
    this.#output.setLive([...kept, ...status]).catch(() => {});
  }

  /** Makes the screen free for something else, until the next event. */
  async hide(): Promise<void> {
    this.#isHidden = true;
    await this.#output.setLive([]);
  }

  /** Takes everything back, for good. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#isOver = true;
    await this.#output.setLive([]);
  }
}
