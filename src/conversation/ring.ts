/**
 * Transfers records from a worker to a blocking thread through shared memory, with one writer and
 * one reader.
 *
 * A record may be larger than the ring: it is transferred piece by piece. A slow reader makes the
 * writer wait, so that memory is bounded by the ring and one record.
 *
 * @module
 */

/** Kinds of records. */

export const RECORD = {
  /** One line of stdout, without its end. */
  line: 1,
  /** Bytes of stderr. */
  stderr: 2,
  /** JSON, `SpawnNews`: the process has started. */
  spawned: 3,
  /** JSON: the process is gone. */
  exited: 4,
  /** JSON: the process cannot be started, or the worker failed. */
  failed: 5,
  /** JSON: the command that would be started. The caller replies with the command to start. */
  prepared: 6,
  /** JSON: the worker failed outside of its run. */
  broken: 7,
} as const;

/** The kind of a record. */
export type RecordKind = typeof RECORD[keyof typeof RECORD];

/** A record as it arrives. */
export interface RingRecord {
  readonly kind: number;
  /** Contents; overwritten when the next record is read. */
  readonly bytes: Uint8Array;
}

// Words of the header: total number of bytes written and read, modulo 2³².
const WRITTEN = 0;
const READ = 1;
/** Counter that increases when the worker starts and at each sign of life. */
const BEAT = 2;
/** Not 0 once the worker has nothing left to do. */
const GONE = 3;
/** The signal that the worker received, as a number above 0. */
const SIGNAL = 4;
/** Not 0 while the writer waits for room, or is about to. */
const WAITING = 5;
const HEADER_BYTES = 32;

/** Bytes before the payload of a record: two words, its kind and its length. */
const PREFIX_BYTES = 8;

/**
 * Alignment of records, in bytes: V8 copies unaligned data byte by byte out of shared memory.
 */
const ALIGNMENT = 8;

/**
 * Size of a ring in bytes: two chunks of a pipe. At full speed the ring is full, so a larger one
 * would only delay its contents; twice the size transfers no more.
 */
const DEFAULT_CAPACITY = 1 << 17;

/** Records up to this size, in bytes, are read into reused memory. */
const SCRATCH_BYTES = 1 << 18;

function padded(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

/** Creates the memory of a ring. @param capacity In bytes, a power of two, from 8 on. */
export function makeRing(
  capacity: number = DEFAULT_CAPACITY,
): SharedArrayBuffer {
  return new SharedArrayBuffer(HEADER_BYTES + capacity);
}

/** Common parts of both ends. */
class RingEnd {
  protected readonly header: Int32Array<SharedArrayBuffer>;
  protected readonly data: Uint8Array<SharedArrayBuffer>;
  /** The same, for prefixes. */
  protected readonly words: Uint32Array<SharedArrayBuffer>;
  protected readonly mask: number;

  constructor(memory: SharedArrayBuffer) {
    this.header = new Int32Array(memory, 0, HEADER_BYTES / 4);
    this.data = new Uint8Array(memory, HEADER_BYTES);
    this.mask = this.data.length - 1;
    if (
      (this.data.length & this.mask) !== 0 || this.data.length < PREFIX_BYTES
    ) {
      throw new RangeError(
        `Cannot make a ring of ${this.data.length} bytes: expected a power of two, from ${PREFIX_BYTES} on`,
      );
    }
    this.words = new Uint32Array(memory, HEADER_BYTES);
  }

  /** Number of bytes that were written and not read. */
  protected get used(): number {
    const written = Atomics.load(this.header, WRITTEN);
    // The counters wrap around, but their unsigned difference stays correct.
    return (written - Atomics.load(this.header, READ)) >>> 0;
  }
}

/** The writing end; it waits without blocking. */
export class RingWriter extends RingEnd {
  #isAbandoned = false;

  /** Called when the reader is gone: drops waiting and future records. */
  abandon(): void {
    this.#isAbandoned = true;
    Atomics.notify(this.header, READ);
  }

  /** Gives a sign of life. */
  beat(): void {
    Atomics.add(this.header, BEAT, 1);
  }

  /** Notes a signal; must be called before any other reaction to it. */
  signalled(number: number): void {
    Atomics.store(this.header, SIGNAL, number);
  }

  /** Marks the writer as finished. */
  gone(): void {
    Atomics.store(this.header, GONE, 1);
    Atomics.notify(this.header, GONE);
    // Wake a reader that waits for a record.
    Atomics.notify(this.header, WRITTEN);
  }

  /** Writes a record if there is room for all of it. Returns whether there was. */
  writeNow(kind: RecordKind, bytes: Uint8Array): boolean {
    if (this.#isAbandoned) return true;
    const size = PREFIX_BYTES + padded(bytes.length);
    const { header, data, words, mask } = this;
    if (size > data.length - this.used) return false;
    const at = Atomics.load(header, WRITTEN) & mask;
    words[at / 4] = kind;
    words[at / 4 + 1] = bytes.length;
    const start = (at + PREFIX_BYTES) & mask;
    const first = Math.min(bytes.length, data.length - start);
    data.set(first === bytes.length ? bytes : bytes.subarray(0, first), start);
    if (first < bytes.length) data.set(bytes.subarray(first), 0);
    Atomics.add(header, WRITTEN, size);
    Atomics.notify(header, WRITTEN);
    return true;
  }

  /** Resolves when all of the record is in the ring. One at a time. */
  async write(kind: RecordKind, bytes: Uint8Array): Promise<void> {
    const prefix = new Uint32Array([kind, bytes.length]);
    await this.#put(new Uint8Array(prefix.buffer));
    await this.#put(bytes);
  }

  async #put(bytes: Uint8Array): Promise<void> {
    const end = padded(bytes.length);
    let at = 0;
    while (at < end && !this.#isAbandoned) {
      const read = Atomics.load(this.header, READ);
      const free = this.data.length - this.used;
      if (free === 0) {
        // Set the flag before waiting: a reader that does not see it yet will have changed the
        // value that is waited on.
        Atomics.store(this.header, WAITING, 1);
        const waiting = Atomics.waitAsync(this.header, READ, read);
        if (waiting.async) await waiting.value;
        Atomics.store(this.header, WAITING, 0);
        continue;
      }
      const start = Atomics.load(this.header, WRITTEN) & this.mask;
      const size = Math.min(free, end - at, this.data.length - start);
      this.data.set(bytes.subarray(at, at + size), start);
      at += size;
      Atomics.add(this.header, WRITTEN, size);
      Atomics.notify(this.header, WRITTEN);
    }
  }
}

/** The reading end; it blocks its thread. */
export class RingReader extends RingEnd {
  /** The record that is being read. */
  #kind = 0;
  #payload: Uint8Array<ArrayBuffer> | undefined;
  #filled = 0;
  #scratch: Uint8Array<ArrayBuffer> | undefined;

  /** Number of signs of life so far. */
  get beats(): number {
    return Atomics.load(this.header, BEAT);
  }

  /** The signal that the worker received, or 0. */
  get signal(): number {
    return Atomics.load(this.header, SIGNAL);
  }

  /** Whether the writer is gone and there is nothing left to read. */
  get isOver(): boolean {
    return Atomics.load(this.header, GONE) !== 0 && this.used === 0;
  }

  /** Waits until the writer is gone, at most `timeoutMs`. Returns whether it is. */
  waitGone(timeoutMs: number): boolean {
    return Atomics.wait(this.header, GONE, 0, timeoutMs) !== "timed-out";
  }

  /**
   * Returns the next record, waiting at most `timeoutMs`; `undefined` if none arrived in that time
   * or none will ever arrive.
   */
  read(timeoutMs: number): RingRecord | undefined {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const record = this.take();
      if (record !== undefined) return record;
      const left = deadline - performance.now();
      if (left <= 0 || this.isOver) return undefined;
      const written = Atomics.load(this.header, WRITTEN);
      if (this.used === 0) Atomics.wait(this.header, WRITTEN, written, left);
    }
  }

  /** Returns the next record if it is complete. */
  take(): RingRecord | undefined {
    let bytes = this.#payload;
    if (bytes === undefined) {
      const there = this.used;
      if (there === 0) return undefined;
      const at = Atomics.load(this.header, READ) & this.mask;
      this.#kind = this.words[at / 4] ?? 0;
      const length = this.words[at / 4 + 1] ?? 0;
      bytes = this.#room(length);
      const size = PREFIX_BYTES + padded(length);
      if (there >= size) {
        this.#copy(bytes, (at + PREFIX_BYTES) & this.mask);
        this.#free(size);
        return { kind: this.#kind, bytes };
      }
      this.#payload = bytes;
      this.#filled = 0;
      this.#free(PREFIX_BYTES);
    }
    if (!this.#fill(bytes)) return undefined;
    this.#payload = undefined;
    return { kind: this.#kind, bytes };
  }

  /**
   * Returns memory for a record. Reuses memory, because new memory must be cleared and garbage
   * collected.
   */
  #room(length: number): Uint8Array<ArrayBuffer> {
    if (length > SCRATCH_BYTES) return new Uint8Array(length);
    this.#scratch ??= new Uint8Array(SCRATCH_BYTES);
    return this.#scratch.subarray(0, length);
  }

  /** Copies a whole record, which may wrap around to the start of the ring. */
  #copy(target: Uint8Array, start: number): void {
    const { data } = this;
    const first = Math.min(target.length, data.length - start);
    target.set(data.subarray(start, start + first));
    if (first < target.length) {
      target.set(data.subarray(0, target.length - first), first);
    }
  }

  /** Copies the available bytes; returns whether the target is full. */
  #fill(target: Uint8Array): boolean {
    const end = padded(target.length);
    while (this.#filled < end) {
      const there = this.used;
      if (there === 0) return false;
      const start = Atomics.load(this.header, READ) & this.mask;
      const size = Math.min(
        there,
        end - this.#filled,
        this.data.length - start,
      );
      const payload = Math.min(size, target.length - this.#filled);
      target.set(this.data.subarray(start, start + payload), this.#filled);
      this.#filled += size;
      this.#free(size);
    }
    return true;
  }

  /** Marks bytes as read. */
  #free(bytes: number): void {
    Atomics.add(this.header, READ, bytes);
    // Waking the writer takes longer than copying a record, so wake it only when there is room for
    // many. The writer waits only if the ring was full, so this point is passed before the ring is
    // empty.
    if (
      Atomics.load(this.header, WAITING) !== 0 &&
      this.used <= this.data.length / 2
    ) Atomics.notify(this.header, READ);
  }
}
