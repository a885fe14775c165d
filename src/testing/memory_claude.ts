/**
 * A stand-in for `claude` without a process: it plays a scenario at the end of two
 * streams.
 *
 * @module
 */

import type { Clock } from "../options/clock.ts";
import type { ExitStatus, SpawnSpec, Transport } from "../options/transport.ts";
import { Player } from "./player.ts";
import { encode } from "./player/bytes.ts";
import type { PlayerOutput } from "./player/output.ts";
import type { Playing } from "./replay_player.ts";
import type { JsonObject, Scenario } from "./scenario.ts";

/** How much of stdout or stderr may wait to be read, in chunks. */
const HIGH_WATER_MARK = 16;

/** So many characters are written at the latest. */
const MAX_PENDING = 65536;

/** Options of {@linkcode MemoryClaude}. */
export interface MemoryClaudeOptions {
  /**
   * The clock of its pauses, such as a `FakeClock`.
   *
   * @default the clock of the machine
   */
  readonly clock?: Clock;
}

/**
 * Plays a scenario in memory. Gates stand open and marks tell nobody: a test that has to
 * wait for a place in the scenario takes a `ScriptedClaude`.
 *
 * @example
 * ```ts
 * import { AsyncSession } from "@claudestream/core";
 * import { assertEquals } from "@std/assert";
 * import { MemoryClaude, step } from "@claudestream/core/testing";
 *
 * const claude = new MemoryClaude(step.conversation([[step.text("Hello.")]]));
 * await using session = new AsyncSession({ spawn: claude.spawn });
 * assertEquals((await session.ask("Hi")).text, "Hello.");
 * ```
 */
export class MemoryClaude {
  /** For the option `spawn`: what would be started is played. */
  readonly spawn: (spec: Pick<SpawnSpec, "args" | "cwd">) => Transport;
  /** For the option `transport`: plays with the arguments that every session has. */
  readonly transport: () => Transport;
  readonly #scenario: Scenario;
  readonly #clock: Clock | undefined;
  readonly #received: JsonObject[][] = [];

  /**
   * Prepares a stand-in; nothing is played yet.
   *
   * @param scenario What each start does.
   * @param options Its clock.
   * @throws {RangeError} The scenario has no process.
   */
  constructor(scenario: Scenario, options: MemoryClaudeOptions = {}) {
    if (scenario.processes.length === 0) {
      throw new RangeError("Cannot play a scenario: it has no process");
    }
    this.#scenario = scenario;
    this.#clock = options.clock;
    this.spawn = ({ args, cwd = "/" }) => this.#start(args, cwd);
    this.transport = () => this.#start(USUAL, "/");
  }

  /** The lines that all starts have read so far. */
  get received(): readonly JsonObject[] {
    return this.#received.flat();
  }

  /** The lines that one start has read so far, counted from 0. */
  receivedBy(start: number): readonly JsonObject[] {
    return this.#received[start] ?? [];
  }

  #start(args: readonly string[], workingDirectory: string): Transport {
    const received: JsonObject[] = [];
    const start = this.#received.push(received) - 1;
    const player = new Player(this.#scenario, {
      arguments: args,
      start,
      workingDirectory,
      pid: start + 1,
      fallbackSeed: crypto.randomUUID(),
    });
    return new MemoryProcess(
      player,
      (line) => received.push(parsed(line)),
      this.#clock,
    ).transport;
  }
}

const USUAL = [
  "-p",
  "--output-format=stream-json",
  "--input-format=stream-json",
  "--verbose",
  "--permission-prompt-tool=stdio",
];

/** One process that is played in memory. */
export class MemoryProcess {
  /** Its streams, for a session. */
  readonly transport: Transport;
  readonly #player: Playing;
  readonly #received: (line: string) => void;
  readonly #exit = Promise.withResolvers<ExitStatus>();
  readonly #timers = new Set<() => void>();
  readonly #clock: Clock | undefined;
  readonly #stdout: Pipe = new Pipe();
  readonly #stderr: Pipe = new Pipe();
  #wake: PromiseWithResolvers<void> = Promise.withResolvers();
  #text = "";
  /** Lines that were not written yet. */
  #pending = "";
  #reads = true;
  #isOver = false;

  /**
   * Begins to play.
   *
   * @param player What is played.
   * @param received Called with each line that was read.
   * @param clock That of pauses. Default: the clock of the machine.
   */
  constructor(
    player: Playing,
    received: (line: string) => void = () => {},
    clock?: Clock,
  ) {
    this.#clock = clock;
    this.#player = player;
    this.#received = received;
    const decoder = new TextDecoder();
    this.transport = {
      readable: this.#stdout.readable,
      stderr: this.#stderr.readable,
      writable: new WritableStream<Uint8Array>({
        write: (bytes) => {
          if (this.#isOver) throw new Error("The scripted claude has ended");
          this.#take(decoder.decode(bytes, { stream: true }));
        },
        close: () => {
          this.#player.endInput();
          this.#wake.resolve();
        },
      }),
      exited: this.#exit.promise,
      kill: (signal) => {
        if (signal === "SIGKILL") return this.#end({ code: 137, signal });
        this.#player.signal(signal);
        this.#wake.resolve();
      },
    };
    this.#run().catch((error) => this.#exit.reject(error));
  }

  #take(text: string): void {
    if (!this.#reads) return;
    const lines = (this.#text + text).split("\n");
    this.#text = lines.pop() ?? "";
    for (const line of lines) {
      this.#received(line);
      this.#player.receive(line.trimEnd());
    }
    this.#wake.resolve();
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const output = this.#player.next();
      if (output?.do === "line" && output.chunkBytes === undefined) {
        // As a process does: what it writes in one go is read in one go.
        this.#pending += `${output.line}\n`;
        if (this.#pending.length > MAX_PENDING) await this.#flush();
        continue;
      }
      await this.#flush();
      if (output !== undefined) {
        await this.#perform(output);
        continue;
      }
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
    }
  }

  async #flush(): Promise<void> {
    const text = this.#pending;
    this.#pending = "";
    if (text !== "") await this.#stdout.write(encode(text));
  }

  #after(ms: number, call: () => void): () => void {
    if (this.#clock !== undefined) return this.#clock.after(ms, call);
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  }

  async #perform(output: PlayerOutput): Promise<void> {
    switch (output.do) {
      case "line": {
        const bytes = encode(`${output.line}\n`);
        const size = output.chunkBytes ?? bytes.length;
        for (let from = 0; from < bytes.length; from += size) {
          await this.#stdout.write(bytes.subarray(from, from + size));
        }
        return;
      }
      case "bytes":
        return await this.#stdout.write(output.bytes);
      case "stderr": {
        const text = encode(output.text);
        for (let left = output.bytes; left > 0; left -= text.length) {
          await this.#stderr.write(text.subarray(0, left));
        }
        return;
      }
      case "pause": {
        const cancel = this.#after(output.ms, () => {
          this.#timers.delete(cancel);
          this.#player.resume(output.key);
          this.#wake.resolve();
        });
        this.#timers.add(cancel);
        return;
      }
      case "gate":
        return this.#player.resume(output.key);
      case "mark":
        return;
      case "grandchild":
        throw new Error("Cannot start a process in memory: use ScriptedClaude");
      case "close_stdout":
        return this.#stdout.close();
      case "stop_reading":
        this.#reads = false;
        return;
      case "kill":
        return this.#end({ code: 128, signal: output.signal });
      case "exit":
        return this.#end({ code: output.code, signal: output.signal ?? null });
      case "fail":
        return this.#fail(new Error(output.message));
    }
  }

  #end(status: ExitStatus): void {
    if (this.#over()) this.#exit.resolve(status);
  }

  #fail(error: Error): void {
    if (this.#over()) this.#exit.reject(error);
  }

  /** Returns whether it was not over before. */
  #over(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    for (const cancel of this.#timers) cancel();
    this.#stdout.close();
    this.#stderr.close();
    this.#wake.resolve();
    return true;
  }
}

/** One direction, which waits where its reader is slow. */
class Pipe {
  readonly readable: ReadableStream<Uint8Array>;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #room: PromiseWithResolvers<void> = Promise.withResolvers();
  #isClosed = false;

  constructor() {
    this.readable = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#room.resolve(),
      cancel: () => {
        this.#isClosed = true;
        this.#room.resolve();
      },
    }, { highWaterMark: HIGH_WATER_MARK });
  }

  async write(bytes: Uint8Array): Promise<void> {
    while (!this.#isClosed && (this.#controller?.desiredSize ?? 0) <= 0) {
      this.#room = Promise.withResolvers();
      await this.#room.promise;
    }
    if (!this.#isClosed) this.#controller?.enqueue(bytes);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#controller?.close();
    this.#room.resolve();
  }
}

function parsed(line: string): JsonObject {
  try {
    const value = JSON.parse(line);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value;
    }
  } catch {
    // Told as text below.
  }
  return { text: line };
}
