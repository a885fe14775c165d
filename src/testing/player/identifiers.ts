/** Ids and times of a scenario: they look real, and come out the same again. */

/** Gives ids that depend on the seed and on nothing else. */
export class Identifiers {
  #state: number;
  readonly #counters = new Map<string, number>();

  constructor(seed: string) {
    // FNV-1a, so that seeds that differ in one character differ in all ids.
    let hash = 0x811c9dc5;
    for (let index = 0; index < seed.length; index++) {
      hash = Math.imul(hash ^ seed.charCodeAt(index), 0x01000193);
    }
    this.#state = hash >>> 0;
  }

  /** The next version 4 UUID. */
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

  /** The next id with this prefix: `msg_0001`, `msg_0002`, … */
  next(prefix: string): string {
    return prefix + String(this.count(prefix)).padStart(4, "0");
  }

  /** How often this name was counted, this time included. */
  count(name: string): number {
    const count = (this.#counters.get(name) ?? 0) + 1;
    this.#counters.set(name, count);
    return count;
  }

  /** A 32 bit word: a Weyl sequence through a mixing function. */
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

  /** Moves the clock on by a millisecond and gives the time as ISO 8601. */
  stamp(): string {
    this.#now += 1;
    return new Date(this.#now).toISOString();
  }

  /** Moves the clock on. */
  advance(ms: number): void {
    this.#now += ms;
  }
}
