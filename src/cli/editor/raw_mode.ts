/**
 * A terminal that sends each key by itself, until it is restored: wherever the program ends.
 *
 * @module
 */

import { PASTE_MARKS_OFF, PASTE_MARKS_ON } from "../question/keys.ts";

/** Switches the raw mode of the terminal on and off, and the marks around pasted text with it. */
export class RawMode {
  readonly #setRaw: (isRaw: boolean) => void;
  readonly #restore = () => this.leave();
  #isOn = false;

  constructor(setRaw: (isRaw: boolean) => void) {
    this.#setRaw = setRaw;
  }

  /** Switches it on. */
  enter(): void {
    this.#setRaw(true);
    this.#isOn = true;
    globalThis.addEventListener("unload", this.#restore);
    write(PASTE_MARKS_ON);
  }

  /** Restores the terminal. */
  leave(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    globalThis.removeEventListener("unload", this.#restore);
    try {
      this.#setRaw(false);
      write(PASTE_MARKS_OFF);
    } catch {
      // The terminal is gone: there is nothing left to set.
    }
  }
}

// At once: the program may be ending.
function write(sequence: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(sequence));
}

/** Calls back whenever the size of the terminal changes, until disposed of. */
export function onResize(listener: () => void): Disposable {
  const isKnown = Deno.build.os !== "windows";
  if (isKnown) Deno.addSignalListener("SIGWINCH", listener);
  return {
    [Symbol.dispose]() {
      if (isKnown) Deno.removeSignalListener("SIGWINCH", listener);
    },
  };
}
