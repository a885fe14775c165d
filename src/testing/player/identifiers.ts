/** Ids and times of a scenario: they look real, and are the same in each run. */

/** Generates ids that depend only on the seed. */
export class Identifiers {
  #state: number;
  readonly #counters = new Map<string, number>();

  constructor(seed: string) {
    // FNV-1a, so that seeds that differ in one character produce entirely different ids.
    let hash = 0x811c9dc5;
    for (let index = 0; index < seed.length; index++) {
      hash = Math.imul(hash ^ seed.charCodeAt(index), 0x01000193);
    }
    this.#state = hash >>> 0;
  }

  /** Returns the next version 4 UUID. */
  uuid(): string {
    const bytes = new Uint8Array(16);
    for (let index = 0; index < 16; index += 4) {
      const word = this.#word();
      bytes[index] = word;
      bytes[index + 1] = word >>> 8;
      bytes[index + 2] = word >>> 16;
      bytes[index + 3] = word >>> 24;
    }
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    let text = "";
    for (const [index, byte] of bytes.entries()) {
      if (index === 4 || index === 6 || index === 8 || index === 10) {
        text += "-";
      }
      text += byte.toString(16).padStart(2, "0");
    }
    return text;
  }

  /** Returns the next id with this prefix: `msg_0001`, `msg_0002`, … */
  next(prefix: string): string {
    return prefix + String(this.count(prefix)).padStart(4, "0");
  }

  /** Counts a name. Returns its count so far, including this call. */
  count(name: string): number {
    const count = (this.#counters.get(name) ?? 0) + 1;
    this.#counters.set(name, count);
    return count;
  }

  /** Returns a 32-bit word: a Weyl sequence through a mixing function. */
  #word(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let word = this.#state;
    word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    return (word ^ (word >>> 16)) >>> 0;
  }
}

/** A clock that moves only when told to. */
export class ScriptedClock {
  #now: number;

  constructor(start: string) {
    const time = Date.parse(start);
    if (Number.isNaN(time)) {
      throw new TypeError(`Cannot start the clock: "${start}" is not a time`);
    }
    this.#now = time;
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.#now;
  }

  /** Advances the clock by a millisecond and returns the time as ISO 8601. */
  stamp(): string {
    this.#now += 1;
    return new Date(this.#now).toISOString();
  }

  /** Advances the clock. */
  advance(ms: number): void {
    this.#now += ms;
  }
}
