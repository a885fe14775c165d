/**
 * Keeps the lines at the end of the screen up to date while a turn runs.
 *
 * @module
 */

import "../text/exact_width.ts";
import type { ClaudeEvent } from "../../events/mod.ts";
import type { Output } from "../output/output.ts";
import { Activity } from "./activity.ts";
import { figuresLines, type LiveFigures } from "./figures_line.ts";
import type { Line } from "./live_region.ts";

const TICK_MS = 100;
/** Shortest time between two drawings, in milliseconds, however fast the text streams. */
const MOMENT_MS = 30;

/** Options of {@linkcode LiveStatus}. */
export interface LiveStatusOptions {
  /** Whether the process has not started yet. */
  readonly isStarting: boolean;
  /** Whether it says what is waited for. Default `true`. */
  readonly showsStatus?: boolean;
  /** Returns the figures to show below the status. */
  readonly figures?: () => LiveFigures;
  /** Returns further lines to redraw above the status. */
  readonly above?: () => readonly Line[];
}

/** The lines of one turn. They are gone when it is closed. */
export class LiveStatus {
  readonly #output: Output;
  readonly #activity: Activity | undefined;
  #drawnAt = 0;
  /** Whether any of the lines above the status are on the screen. */
  #isAboveDrawn = false;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #above: () => readonly Line[];
  readonly #figures: (() => LiveFigures) | undefined;
  #isHidden = false;
  #isOver = false;

  constructor(output: Output, options: LiveStatusOptions) {
    this.#output = output;
    const { isStarting, showsStatus = true, above = () => [] } = options;
    this.#above = above;
    this.#figures = showsStatus ? options.figures : undefined;
    this.#activity = showsStatus
      ? new Activity(
        Date.now(),
        isStarting ? "starting" : "waiting for the model",
      )
      : undefined;
    this.#timer = setInterval(() => this.#draw(), TICK_MS);
    // It shall not keep the program alive, should a turn never be ended.
    Deno.unrefTimer(this.#timer as unknown as number);
    this.#draw();
  }

  /** Takes the next event of the turn. */
  take(event: ClaudeEvent): void {
    this.#activity?.take(event, Date.now());
    this.#isHidden = false;
  }

  /** Draws the current state, unless it was drawn a moment ago: then the clock draws it. */
  draw(): void {
    // The first words are drawn in any case.
    const isFirst = !this.#isAboveDrawn && this.#above().length > 0;
    if (isFirst || Date.now() - this.#drawnAt >= MOMENT_MS) this.#draw();
  }

  /** Draws what is now. Nothing awaits this promise. */
  #draw(): void {
    if (this.#isHidden || this.#isOver) return;
    const { columns, color } = this.#output;
    this.#drawnAt = Date.now();
    const status = this.#activity?.lines(this.#drawnAt, columns, color) ?? [];
    const figures = this.#figures?.();
    const below = figures === undefined ? [] : figuresLines(figures, columns);
    const above = this.#above();
    this.#isAboveDrawn = above.length > 0;
    this.#output.setLive([...above, ...status, ...below]).catch(() => {});
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
