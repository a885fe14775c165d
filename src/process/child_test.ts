// One process from its start to the last byte of its output, without one.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { Child, type ChildTaker } from "./child.ts";
import { OutputReading } from "./late_output.ts";
import type {
  ExitStatus,
  HeldTransport,
  TransportSignal,
} from "../options/transport.ts";

const STEPS = { eofMs: 60_000, termMs: 60_000, killMs: 60_000 };
const OVER: ExitStatus = { code: 0, signal: null };
const decoder = new TextDecoder();

/** A process that ends when the test says so. */
class FakeProcess {
  readonly exit = Promise.withResolvers<ExitStatus>();
  readonly log: string[] = [];
  stdout!: ReadableStreamDefaultController<Uint8Array>;
  stderr!: ReadableStreamDefaultController<Uint8Array>;
  readonly held: HeldTransport = {
    readable: new ReadableStream({
      start: (controller) => {
        this.stdout = controller;
      },
      cancel: () => {
        this.log.push("stdout canceled");
      },
    }),
    stderr: new ReadableStream({
      start: (controller) => {
        this.stderr = controller;
      },
      cancel: () => {
        this.log.push("stderr canceled");
      },
    }),
    writable: new WritableStream({
      write: (chunk) => {
        this.log.push(`stdin ${decoder.decode(chunk).trimEnd()}`);
      },
      close: () => {
        this.log.push("stdin ended");
      },
    }),
    exited: this.exit.promise,
    lateOutput: { silenceMs: 20, maxBytes: Infinity },
    removeFiles: () => {
      this.log.push("files removed");
    },
    kill: (signal: TransportSignal) => {
      this.log.push(signal);
    },
  };

  write(text: string): void {
    this.stdout.enqueue(new TextEncoder().encode(text));
  }

  /** Takes what it writes into its log. */
  taker(taken: Partial<ChildTaker> = {}): ChildTaker {
    const reading = (name: string, stream: ReadableStream<Uint8Array>) =>
      new OutputReading(stream, (bytes) => bytes, {
        take: (chunk) => {
          this.log.push(`${name} ${decoder.decode(chunk)}`);
          return undefined;
        },
        end: () => {
          this.log.push(`${name} ended`);
        },
      });
    return {
      hold: () => () => this.log.push("released"),
      read: ({ readable, stderr }) => ({
        stdout: reading("stdout", readable),
        stderr: stderr && reading("stderr", stderr),
      }),
      lost: (error) => this.log.push(`lost ${error}`),
      exited: ({ code }) => {
        this.log.push(`exited ${code}`);
        return undefined;
      },
      ...taken,
    };
  }
}

Deno.test("Child takes all output of an ended process before it tells of the end", async () => {
  const process = new FakeProcess();
  const child = new Child(STEPS);
  const run = child.run(process.held, process.taker());
  process.exit.resolve(OVER);
  process.write("late");
  process.stdout.close();
  process.stderr.close();
  await run;
  assertEquals(process.log.filter((entry) => /stdout|exited/.test(entry)), [
    "stdout late",
    "stdout ended",
    "exited 0",
  ]);
  assertEquals(process.log.at(-1), "released");
});

Deno.test("Child cuts off both outputs of an ended process that another one holds open", async () => {
  const process = new FakeProcess();
  const child = new Child(STEPS);
  const run = child.run(process.held, process.taker());
  process.write("half");
  process.exit.resolve(OVER);
  await run;
  assertEquals(
    process.log.filter((entry) => !entry.startsWith("stdin")),
    [
      "stdout half",
      "stdout canceled",
      "stdout ended",
      "stderr canceled",
      "stderr ended",
      "exited 0",
      "released",
    ],
  );
});

Deno.test("Child keeps what it is told before the process is there", async () => {
  const process = new FakeProcess();
  const child = new Child(STEPS);
  child.write("one");
  child.write("two");
  child.close(30_000);
  const run = child.run(process.held, process.taker());
  process.stdout.close();
  process.stderr.close();
  process.exit.resolve(OVER);
  await run;
  assertEquals(process.log.filter((entry) => entry.startsWith("stdin")), [
    "stdin one",
    "stdin two",
    "stdin ended",
  ]);
  // No reader is left.
  child.write("three");
  assert(!process.log.includes("stdin three"));
});

Deno.test("Child: an end by signals wins over one by the end of stdin, whichever is asked for first", async () => {
  for (const order of [["close", "terminate"], ["terminate", "close"]]) {
    const process = new FakeProcess();
    const child = new Child(STEPS);
    for (const call of order) {
      if (call === "close") child.close(Infinity);
      else child.terminate();
    }
    const signalled = Promise.withResolvers<void>();
    const { kill } = process.held;
    const run = child.run({
      ...process.held,
      kill(signal) {
        kill(signal);
        signalled.resolve();
      },
    }, process.taker());
    await signalled.promise;
    assert(process.log.includes("SIGTERM"), order.join());
    process.exit.resolve(OVER);
    await run;
  }
});

Deno.test("Child tells at once of an output that cannot be read, and kills a process whose end is not told", async () => {
  const process = new FakeProcess();
  const child = new Child(STEPS);
  const lost = Promise.withResolvers<unknown>();
  const run = child.run(process.held, process.taker({ lost: lost.resolve }));
  const error = new Error("broken pipe");
  process.stdout.error(error);
  assertEquals(await lost.promise, error);
  process.exit.reject(new Error("nobody knows"));
  await assertRejects(() => run, Error, "nobody knows");
  assert(process.log.includes("SIGKILL"));
  assertEquals(process.log.at(-1), "released");
});
