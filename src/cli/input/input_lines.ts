/**
 * Reads lines that a person types or that come from a pipe.
 *
 * @module
 */

/** Reads into a buffer; `null` at the end. */
export type ReadBytes = (buffer: Uint8Array) => Promise<number | null>;

/** Options of {@linkcode InputLines}. */
export interface InputLinesOptions {
  /**
   * Keeps reading even when no line is requested, so that the terminal accepts lines typed ahead.
   * Default `false`: input that is not requested is left to the shell.
   */
  readonly readsAhead?: boolean;
}

/** The input while it is read as raw text instead of lines. */
export interface CapturedInput {
  /**
   * Returns the next piece of text, of any length; `undefined` at the end of the input. Reads only
   * on request: input meant for another program stays untouched.
   */
  read(signal?: AbortSignal): Promise<string | undefined>;
  /** Returns to reading lines; the next line starts with this text. */
  release(rest: string): void;
}

interface Waiter {
  readonly resolve: (text: string | undefined) => void;
  readonly reject: (error: unknown) => void;
}

interface Captured {
  /** Pieces that arrived while no read was pending. */
  readonly pieces: string[];
  readonly waiting: Waiter[];
}

/**
 * Reads lines of an input, one at a time. It must be the only reader: two readers would each get a
 * part of what is typed.
 */
export class InputLines {
  readonly #read: ReadBytes;
  readonly #readsAhead: boolean;
  readonly #decoder = new TextDecoder();
  readonly #lines: string[] = [];
  #waiting: Waiter[] = [];
  #captured: Captured | undefined;
  /** Parts of the unfinished line: joining them on each read would take quadratic time. */
  #parts: string[] = [];
  #isPumping = false;
  #isEnded = false;
  /** Error because of which no further line can be read. */
  #failure: { readonly error: unknown } | undefined;

  constructor(read: ReadBytes, options: InputLinesOptions = {}) {
    this.#read = read;
    this.#readsAhead = options.readsAhead ?? false;
  }

  /** Whether a complete line was typed ahead. */
  get isReady(): boolean {
    return this.#lines.length > 0;
  }

  /** The start of a line whose end has not been typed yet. */
  get unfinished(): string {
    return this.#parts.join("");
  }

  /** Drops the unfinished line, as the terminal does on Ctrl-C. */
  dropUnfinished(): void {
    this.#parts = [];
  }

  /** Returns the next line, without its line break; `undefined` at the end of the input. */
  next(signal?: AbortSignal): Promise<string | undefined> {
    const line = this.#lines.shift();
    if (line !== undefined) return Promise.resolve(line);
    return this.#wait(this.#waiting, signal);
  }

  /** Hands the input to one other reader, until that reader releases it. */
  capture(): CapturedInput {
    const captured: Captured = { pieces: [], waiting: [] };
    this.#captured = captured;
    return {
      read: (signal) => {
        const piece = captured.pieces.shift();
        if (piece !== undefined) return Promise.resolve(piece);
        return this.#wait(captured.waiting, signal);
      },
      release: (rest) => {
        this.#captured = undefined;
        this.#take(rest + captured.pieces.splice(0).join(""));
        this.#pump();
      },
    };
  }

  #wait(
    waiters: Waiter[],
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    if (this.#isEnded) return Promise.resolve(undefined);
    const { promise, resolve, reject } = Promise.withResolvers<
      string | undefined
    >();
    const waiter: Waiter = {
      resolve: (text) => {
        signal?.removeEventListener("abort", abort);
        resolve(text);
      },
      reject: (error) => {
        signal?.removeEventListener("abort", abort);
        reject(error);
      },
    };
    const abort = (): void => {
      waiters.splice(waiters.indexOf(waiter), 1);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
    waiters.push(waiter);
    this.#pump();
    return promise;
  }

  /** Whether a caller waits for the next input. */
  get #isWanted(): boolean {
    const captured = this.#captured;
    return captured === undefined
      ? this.#readsAhead || this.#waiting.length > 0
      : captured.waiting.length > 0;
  }

  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    const buffer = new Uint8Array(64 * 1024);
    while (this.#isWanted && !this.#isEnded) {
      const size = await this.#read(buffer).catch((error) => {
        this.#failure = { error };
        return null;
      });
      if (size === null) {
        this.#end();
        break;
      }
      const text = this.#decoder.decode(buffer.subarray(0, size), {
        stream: true,
      });
      const captured = this.#captured;
      if (captured === undefined) this.#take(text);
      else {
        const waiter = captured.waiting.shift();
        if (waiter === undefined) captured.pieces.push(text);
        else waiter.resolve(text);
      }
      // Let the caller that got a line first say whether it wants more.
      await Promise.resolve();
    }
    this.#isPumping = false;
  }

  #take(text: string): void {
    const [first = "", ...others] = text.split("\n");
    this.#parts.push(first);
    for (const part of others) {
      this.#deliver(this.#parts.join(""));
      this.#parts = [part];
    }
  }

  #end(): void {
    this.#isEnded = true;
    const rest = this.#parts.join("") + this.#decoder.decode();
    this.#parts = [];
    if (rest !== "") this.#deliver(rest);
    const waiters = [
      ...this.#waiting.splice(0),
      ...this.#captured?.waiting.splice(0) ?? [],
    ];
    for (const { resolve, reject } of waiters) {
      if (this.#failure === undefined) resolve(undefined);
      else reject(this.#failure.error);
    }
  }

  #deliver(text: string): void {
    const line = text.endsWith("\r") ? text.slice(0, -1) : text;
    const waiter = this.#waiting.shift();
    if (waiter === undefined) this.#lines.push(line);
    else waiter.resolve(line);
  }
}
