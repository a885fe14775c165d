/**
 * Bytes that somebody types, or a pipe gives, as lines.
 *
 * @module
 */

/** Reads into a buffer; `null` at the end. */
export type ReadBytes = (buffer: Uint8Array) => Promise<number | null>;

/** Options of {@linkcode InputLines}. */
export interface InputLinesOptions {
  /**
   * Reads on while nobody waits, so that the terminal takes lines that are typed ahead.
   * Default `false`: what nobody asks for stays for the shell.
   */
  readonly readsAhead?: boolean;
}

/** The input, while something else than lines is read from it. */
export interface CapturedInput {
  /**
   * The next piece of text, of any length; `undefined` at the end of the input. Nothing is
   * read while nobody waits here: what another program is to get stays for it.
   */
  read(signal?: AbortSignal): Promise<string | undefined>;
  /** Goes back to lines, which begin with this text. */
  release(rest: string): void;
}

interface Waiter {
  readonly resolve: (text: string | undefined) => void;
  readonly reject: (error: unknown) => void;
}

interface Captured {
  /** Came while nobody waited. */
  readonly pieces: string[];
  readonly waiting: Waiter[];
}

/**
 * Lines of an input, one at a time. The only reader of its input: two at once would each
 * get a part of what is typed.
 */
export class InputLines {
  readonly #read: ReadBytes;
  readonly #readsAhead: boolean;
  readonly #decoder = new TextDecoder();
  readonly #lines: string[] = [];
  #waiting: Waiter[] = [];
  #captured: Captured | undefined;
  /** The line that has no end yet, in parts: joining them each time would cost the square of its length. */
  #parts: string[] = [];
  #isPumping = false;
  #isEnded = false;
  /** Why no further line can be read. */
  #failure: { readonly error: unknown } | undefined;

  constructor(read: ReadBytes, options: InputLinesOptions = {}) {
    this.#read = read;
    this.#readsAhead = options.readsAhead ?? false;
  }

  /** Whether a line is there already, typed ahead. */
  get isReady(): boolean {
    return this.#lines.length > 0;
  }

  /** The beginning of a line whose end was not typed yet. */
  get unfinished(): string {
    return this.#parts.join("");
  }

  /** Drops the beginning of a line, as the terminal does it at a Ctrl-C. */
  dropUnfinished(): void {
    this.#parts = [];
  }

  /** The next line, without its end; `undefined` at the end of the input. */
  next(signal?: AbortSignal): Promise<string | undefined> {
    const line = this.#lines.shift();
    if (line !== undefined) return Promise.resolve(line);
    return this.#wait(this.#waiting, signal);
  }

  /** Hands the input to one other reader, until that releases it. */
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

  /** Whether somebody wants what is read next. */
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
      // Whoever got something says first whether more is wanted.
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
