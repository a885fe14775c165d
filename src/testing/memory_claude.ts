/**
 * A stand-in for `claude` without a process: it plays a scenario over two streams.
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
import { verifyShape } from "./scenario_shape.ts";

/** How many chunks of stdout or stderr may be buffered before they are read. */
const HIGH_WATER_MARK = 16;

/** Number of buffered characters at which output is written at the latest. */
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
 * Plays a scenario in memory. Gates are open and marks have no effect: a test that must wait for a
 * place in the scenario uses a `ScriptedClaude`. Its working directory is the option `cwd` of the
 * session, or `/`.
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
  /**
   * For the option `spawn`: plays the scenario with the arguments of the process that would be
   * started.
   */
  readonly spawn: (spec: Pick<SpawnSpec, "args" | "cwd">) => Transport;
  /** For the option `transport`: plays the scenario with the default arguments of a session. */
  readonly transport: () => Transport;
  readonly #scenario: Scenario;
  readonly #clock: Clock | undefined;
  readonly #received: JsonObject[][] = [];

  /**
   * Prepares a stand-in without playing anything yet.
   *
   * @param scenario What each started process does.
   * @param options Its clock.
   * @throws {RangeError} The scenario has no process.
   * @throws {TypeError} A turn is not a list of steps.
   */
  constructor(scenario: Scenario, options: MemoryClaudeOptions = {}) {
    verifyShape(scenario);
    this.#scenario = scenario;
    this.#clock = options.clock;
    this.spawn = ({ args, cwd = "/" }) => this.#start(args, cwd);
    this.transport = () => this.#start(USUAL, "/");
  }

  /** The lines that all processes have read so far. */
  get received(): readonly JsonObject[] {
    return this.#received.flat();
  }

  /** Returns the lines that one process has read so far; `start` counts from 0. */
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
  /** Lines that have not been written yet. */
  #pending = "";
  #reads = true;
  #isOver = false;

  /**
   * Starts to play.
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
        // Like a process: lines that are written together are read together.
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

  /** Ends the process. Returns `false` if it had already ended. */
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

/** A stream in one direction that waits for a slow reader. */
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
    // Reported as text below.
  }
  return { text: line };
}
