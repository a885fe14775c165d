/**
 * The results of a batch, in the order of its lines, whatever the order in which they come.
 *
 * @module
 */

import { roundUsd } from "../../decode/usage.ts";
import type { ResultSink } from "./batch_files.ts";
import type { BatchLine } from "./batch_input.ts";
import {
  type BatchRecord,
  recordLine,
  type Written,
  type WrittenLine,
} from "./batch_record.ts";

/** Counts of results. */
export interface BatchCounts {
  readonly done: number;
  readonly failed: number;
  /** Cost of everything so far, earlier runs included, in US dollars. */
  readonly costUsd: number;
}

/** Takes results in any order, and hands them on in the order of the lines. */
export class BatchResults {
  readonly #lines: readonly BatchLine[];
  readonly #sink: ResultSink;
  /** The place of each line, by its number. */
  readonly #places: ReadonlyMap<number, number>;
  readonly #recorded = new Set<number>();
  /** Results whose turn is yet to come, by their place. */
  readonly #ahead = new Map<number, string>();
  /** Costs of lines that have no result yet. */
  readonly #spent = new Map<number, number>();
  #next = 0;
  #failed = 0;
  #costUsd = 0;
  /** One write at a time. */
  #writing: Promise<void> = Promise.resolve();

  constructor(
    lines: readonly BatchLine[],
    sink: ResultSink,
    before?: { readonly written: Written; readonly ahead: Written },
  ) {
    this.#lines = lines;
    this.#sink = sink;
    this.#places = new Map(lines.map(({ line }, place) => [line, place]));
    for (const written of before?.written.lines ?? []) this.#take(written);
    this.#next = this.#recorded.size;
    for (const written of before?.ahead.lines ?? []) this.#take(written);
    for (let place = 0; place < this.#next; place++) this.#ahead.delete(place);
  }

  /** What there is. */
  get counts(): BatchCounts {
    const done = this.#recorded.size - this.#failed;
    return { done, failed: this.#failed, costUsd: this.#costUsd };
  }

  /** The lines without a result. */
  get open(): readonly BatchLine[] {
    return this.#lines.filter((_, place) => !this.#recorded.has(place));
  }

  /** Whether every line has a result. */
  get isComplete(): boolean {
    return this.#recorded.size === this.#lines.length;
  }

  /** What attempts of a line without a result have cost, in US dollars. */
  spentOn({ line }: BatchLine): number {
    return this.#spent.get(line) ?? 0;
  }

  /** Writes what earlier runs left ahead, and whose turn has come. */
  async catchUp(): Promise<void> {
    await this.#write(() => this.#appendReady());
  }

  /** Takes the result of a line. Resolves once it is written. */
  async add(record: BatchRecord): Promise<void> {
    const place = this.#places.get(record.line) ?? -1;
    const before = this.#spent.get(record.line) ?? 0;
    this.#spent.delete(record.line);
    this.#count(place, record, record.costUsd - before);
    const text = recordLine(record);
    await this.#write(async () => {
      this.#ahead.set(place, text);
      if (place === this.#next) await this.#appendReady();
      else await this.#sink.keep(text);
    });
  }

  /** Takes the cost of an attempt that has no result. */
  async spend({ line }: BatchLine, costUsd: number): Promise<void> {
    if (costUsd === 0) return;
    this.#spent.set(line, roundUsd((this.#spent.get(line) ?? 0) + costUsd));
    this.#costUsd = roundUsd(this.#costUsd + costUsd);
    await this.#write(() =>
      this.#sink.keep(recordLine({ type: "batch_cost", line, costUsd }))
    );
  }

  /** Closes the files once all is written. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#sink.close(this.isComplete);
  }

  #take({ record, text }: WrittenLine): void {
    const place = this.#places.get(record.line);
    if (place === undefined) return;
    if (record.type === "batch_cost") {
      // The result that came after it has it in its own cost.
      if (this.#recorded.has(place)) return;
      const { line, costUsd } = record;
      this.#spent.set(line, roundUsd((this.#spent.get(line) ?? 0) + costUsd));
      this.#costUsd = roundUsd(this.#costUsd + costUsd);
      return;
    }
    // A result of a line that was changed since counts for nothing but its money.
    if (record.input !== this.#lines[place]?.key) {
      this.#costUsd = roundUsd(this.#costUsd + record.costUsd);
      return;
    }
    if (this.#recorded.has(place)) return;
    const before = this.#spent.get(record.line) ?? 0;
    this.#spent.delete(record.line);
    this.#ahead.set(place, text);
    this.#count(place, record, record.costUsd - before);
  }

  #count(place: number, record: BatchRecord, costUsd: number): void {
    this.#recorded.add(place);
    if (record.status === "failed") this.#failed++;
    this.#costUsd = roundUsd(this.#costUsd + costUsd);
  }

  async #appendReady(): Promise<void> {
    for (;;) {
      const text = this.#ahead.get(this.#next);
      if (text === undefined) return;
      await this.#sink.append(text);
      this.#ahead.delete(this.#next++);
    }
  }

  #write(what: () => Promise<void>): Promise<void> {
    const done = this.#writing.then(what);
    // The caller learns of a failure; the next write is tried all the same.
    this.#writing = done.catch(() => {});
    return done;
  }
}
