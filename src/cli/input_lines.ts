/**
 * Bytes that somebody types, or a pipe gives, as lines.
 *
 * @module
 */

/** Reads into a buffer; `null` at the end. */
export type ReadBytes = (buffer: Uint8Array) => Promise<number | null>;

interface Waiting {
  readonly isFresh: boolean;
  readonly resolve: (line: string | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Options of {@linkcode InputLines}. */
export interface InputLinesOptions {
  /**
   * Reads on while nobody waits, so that lines which were typed before a question are
   * not taken for its answer. Default `false`: what nobody asks for stays for the shell.
   */
  readonly readsAhead?: boolean;
}

/** Lines of an input, one at a time. */
export class InputLines {
  readonly #read: ReadBytes;
  readonly #readsAhead: boolean;
  readonly #decoder = new TextDecoder();
  readonly #lines: string[] = [];
  #waiting: Waiting[] = [];
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

  /** The next line, without its end; `undefined` at the end of the input. */
  next(signal?: AbortSignal): Promise<string | undefined> {
    const line = this.#lines.shift();
    if (line !== undefined) return Promise.resolve(line);
    return this.#wait(false, signal);
  }

  /** The next line that comes from now on: one that was typed ahead is no answer. */
  fresh(signal?: AbortSignal): Promise<string | undefined> {
    return this.#wait(true, signal);
  }

  #wait(
    isFresh: boolean,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    if (this.#isEnded) return Promise.resolve(undefined);
    const { promise, resolve, reject } = Promise.withResolvers<
      string | undefined
    >();
    const waiting: Waiting = {
      isFresh,
      resolve: (line) => {
        signal?.removeEventListener("abort", abort);
        resolve(line);
      },
      reject: (error) => {
        signal?.removeEventListener("abort", abort);
        reject(error);
      },
    };
    const abort = (): void => {
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
    this.#waiting.push(waiting);
    this.#pump();
    return promise;
  }

  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    const buffer = new Uint8Array(64 * 1024);
    while (this.#readsAhead || this.#waiting.length > 0) {
      const size = await this.#read(buffer).catch((error) => {
        this.#failure = { error };
        return null;
      });
      if (size === null) {
        this.#end();
        break;
      }
      this.#take(
        this.#decoder.decode(buffer.subarray(0, size), { stream: true }),
      );
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
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if (this.#failure === undefined) resolve(undefined);
      else reject(this.#failure.error);
    }
  }

  #deliver(text: string): void {
    const line = text.endsWith("\r") ? text.slice(0, -1) : text;
    const at = this.#waiting.findIndex(({ isFresh }) => isFresh);
    const [waiting] = this.#waiting.splice(Math.max(0, at), 1);
    if (waiting === undefined) this.#lines.push(line);
    else waiting.resolve(line);
  }
}
