/**
 * Connects a test with its scripted processes: each process connects to a port on the loopback
 * interface, reports the places it reaches, and is told when to continue. Nothing is polled.
 */

import { encode, writeAll } from "./player/bytes.ts";

/** A process that has connected. */
interface Connected {
  readonly connection: Deno.TcpConn;
  readonly ended: Promise<void>;
}

/** A caller that waits until a place is reached. */
interface Waiting {
  readonly name: string;
  readonly times: number;
  readonly settled: PromiseWithResolvers<void>;
}

/** Listens for scripted processes. */
export class ControlPort {
  readonly #listener: Deno.TcpListener;
  readonly #processes = new Map<number, Connected>();
  readonly #counts = new Map<string, number>();
  /** Processes that wait at each gate, in order of arrival. */
  readonly #atGate = new Map<string, Deno.TcpConn[]>();
  /** Number of processes that may pass each gate without waiting. */
  readonly #permits = new Map<string, number>();
  readonly #conversations = new Set<Promise<void>>();
  readonly #starts = new Map<number, PromiseWithResolvers<Connected>>();
  readonly #accepting: Promise<void>;
  #waiting: Waiting[] = [];
  #closed = false;

  constructor() {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#accepting = this.#accept();
  }

  /** The number of the port. */
  get number(): number {
    return this.#listener.addr.port;
  }

  /** Waits until a place was reached the given number of times. */
  async reached(name: string, times: number): Promise<void> {
    if ((this.#counts.get(name) ?? 0) >= times) return;
    if (this.#closed) throw notReached(name);
    const settled = Promise.withResolvers<void>();
    this.#waiting.push({ name, times, settled });
    await settled.promise;
  }

  /** Lets one process through a gate, now or when it arrives. */
  async release(name: string): Promise<void> {
    const [first, ...others] = this.#atGate.get(name) ?? [];
    this.#atGate.set(name, others);
    if (first === undefined) {
      this.#permits.set(name, (this.#permits.get(name) ?? 0) + 1);
    } else {
      await send(first, { release: name });
    }
  }

  /** Waits until a process is gone. */
  async ended(start: number): Promise<void> {
    const known = this.#processes.get(start);
    const { ended } = known ?? await this.#startOf(start).promise;
    await ended;
  }

  /** Ends all processes that are connected and stops listening. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#listener.close();
    await this.#accepting;
    for (const { connection } of this.#processes.values()) {
      await send(connection, { end: true });
    }
    await Promise.all(this.#conversations);
    for (const { name, settled } of this.#waiting) {
      settled.reject(notReached(name));
    }
    for (const [start, { promise, reject }] of this.#starts) {
      promise.catch(() => {});
      reject(new Error(`Cannot wait for process ${start}: it was not started`));
    }
  }

  #startOf(start: number): PromiseWithResolvers<Connected> {
    const known = this.#starts.get(start) ?? Promise.withResolvers();
    this.#starts.set(start, known);
    return known;
  }

  async #accept(): Promise<void> {
    for (;;) {
      let connection: Deno.TcpConn;
      try {
        connection = await this.#listener.accept();
      } catch {
        return;
      }
      const conversation = this.#converse(connection);
      this.#conversations.add(conversation);
      conversation.finally(() => this.#conversations.delete(conversation));
    }
  }

  /** Handles the messages of a process until it is gone. */
  async #converse(connection: Deno.TcpConn): Promise<void> {
    const ended = Promise.withResolvers<void>();
    try {
      await readLines(connection, async (line) => {
        const { start, reached, gate } = JSON.parse(line);
        if (typeof start === "number") {
          const process = { connection, ended: ended.promise };
          this.#processes.set(start, process);
          this.#startOf(start).resolve(process);
          if (this.#closed) await send(connection, { end: true });
        } else if (typeof reached === "string") {
          await this.#arrive(connection, reached, gate === true);
        }
      });
    } catch {
      // The connection of a killed process may be reset.
    } finally {
      connection.close();
      for (const [name, list] of this.#atGate) {
        this.#atGate.set(name, list.filter((other) => other !== connection));
      }
      ended.resolve();
    }
  }

  async #arrive(
    connection: Deno.TcpConn,
    name: string,
    gate: boolean,
  ): Promise<void> {
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    if (gate) {
      const permits = this.#permits.get(name) ?? 0;
      if (permits > 0) {
        this.#permits.set(name, permits - 1);
        await send(connection, { release: name });
      } else {
        const others = this.#atGate.get(name) ?? [];
        this.#atGate.set(name, [...others, connection]);
      }
    }
    const met = this.#waiting.filter((one) =>
      one.name === name && one.times <= count
    );
    this.#waiting = this.#waiting.filter((one) => !met.includes(one));
    for (const { settled } of met) settled.resolve();
  }
}

function notReached(name: string): Error {
  return new Error(`Cannot wait for "${name}": the stand-in was closed`);
}

/** Sends a line; ignores that the process may already be gone. */
async function send(connection: Deno.TcpConn, value: object): Promise<void> {
  try {
    await writeAll(connection, encode(`${JSON.stringify(value)}\n`));
  } catch {
    // The reader of the connection notices its end.
  }
}

async function readLines(
  connection: Deno.TcpConn,
  handle: (line: string) => Promise<void>,
): Promise<void> {
  const buffer = new Uint8Array(4096);
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const count = await connection.read(buffer);
    if (count === null) return;
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) await handle(line);
  }
}
