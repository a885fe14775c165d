/** The processes that play runs. */

import { TextLineStream } from "@std/streams";
import type { Outcome } from "./judge.ts";

/** No run may take this long: it is the limit of all its turns and of closing it, together. */
export const HANG_MS = 300_000;

/** A process that plays one run after the other. */
export class Lane {
  readonly #child: Deno.ChildProcess;
  readonly #orders: WritableStreamDefaultWriter<Uint8Array>;
  readonly #outcomes: ReadableStreamDefaultReader<string>;

  /** Starts the process. */
  constructor() {
    const main = new URL(import.meta.resolve("./lane.ts")).pathname;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", decodeURIComponent(main)],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#orders = this.#child.stdin.getWriter();
    this.#outcomes = this.#child.stdout
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())
      .getReader();
  }

  /** Plays a run. Gives `undefined` where it does not end. */
  async play(seed: number): Promise<Outcome | undefined> {
    await this.#orders.write(new TextEncoder().encode(`${seed}\n`));
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => resolve(undefined), HANG_MS);
    try {
      const read = await Promise.race([this.#outcomes.read(), late]);
      if (read?.done === true) {
        const { code, signal } = await this.#child.status;
        throw new Error(
          `Cannot play run ${seed}: its process ended with ${signal ?? code}`,
        );
      }
      return read === undefined ? undefined : JSON.parse(read.value);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the process, whatever it does. */
  async end(): Promise<void> {
    await this.#orders.close().catch(() => {});
    this.#child.kill("SIGKILL");
    await this.#outcomes.cancel();
    await this.#child.status;
  }
}
