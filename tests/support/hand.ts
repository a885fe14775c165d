/**
 * A transport whose other end a test holds: it sees each line as it is written, and says
 * when which line comes. For what depends on the moment at which something happens.
 *
 * @module
 */

import type { ExitStatus, Transport } from "../../mod.ts";
import { inTime } from "./longest_wait.ts";

/** A line of the protocol. */
export type Wire = Readonly<Record<string, unknown>>;

/** The session of all lines here. */
export const SESSION = "11111111-1111-4111-8111-111111111111";

const encoder = new TextEncoder();

/** The other end of one transport. */
export class Hand {
  /** What the session wrote, in its order. */
  readonly written: Wire[] = [];
  /** Signals that it was sent. */
  readonly signals: string[] = [];
  /** For the option `transport`. */
  readonly transport: Transport;
  readonly #exited = Promise.withResolvers<ExitStatus>();
  #stdout: ReadableStreamDefaultController<Uint8Array> | undefined;
  #stderr: ReadableStreamDefaultController<Uint8Array> | undefined;
  #rest = "";
  #waiting: (() => void)[] = [];
  readonly #obeys: boolean;

  /** @param options `obeys`: it ends when stdin ends, or by a signal. Default `true`. */
  constructor({ obeys = true }: { readonly obeys?: boolean } = {}) {
    this.#obeys = obeys;
    const decoder = new TextDecoder();
    this.transport = {
      readable: new ReadableStream({
        start: (controller) => {
          this.#stdout = controller;
        },
      }),
      stderr: new ReadableStream({
        start: (controller) => {
          this.#stderr = controller;
        },
      }),
      writable: new WritableStream({
        write: (bytes) => this.#take(decoder.decode(bytes, { stream: true })),
        close: () => {
          if (this.#obeys) this.end();
        },
      }),
      exited: this.#exited.promise,
      kill: (signal) => {
        this.signals.push(signal);
        if (this.#obeys) this.end({ code: 143, signal });
        this.#tell();
      },
    };
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      const wire: Wire = JSON.parse(line);
      this.written.push(wire);
      if (wire.type === "control_request") this.#answer(wire);
    }
    this.#tell();
  }

  /** Control requests are answered at once. */
  #answer({ request_id, request }: Wire): void {
    const { subtype } = request as Wire;
    const response = subtype === "initialize"
      ? { commands: [], agents: [], models: [], account: {}, pid: 1 }
      : subtype === "interrupt"
      ? { still_queued: [] }
      : {};
    this.say({
      type: "control_response",
      response: { subtype: "success", request_id, response },
    });
  }

  #tell(): void {
    for (const look of this.#waiting.splice(0)) look();
  }

  /** Resolves once this holds; it is looked at after each line and signal. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      await inTime(
        promise,
        () => new Error(`Not met: ${holds}; ${JSON.stringify(this.written)}`),
      );
    }
  }

  /** The id of a prompt, once it was written; counted from 0. */
  async prompt(at = 0): Promise<unknown> {
    await this.until(() => this.prompts.length > at);
    return this.prompts[at]?.uuid;
  }

  /** The prompts that were written. */
  get prompts(): readonly Wire[] {
    return this.written.filter(({ type }) => type === "user");
  }

  /** The subtypes of the control requests that were written. */
  get requests(): readonly unknown[] {
    return this.written.filter(({ type }) => type === "control_request")
      .map(({ request }) => (request as Wire).subtype);
  }

  /** Writes lines, in one chunk. */
  say(...lines: readonly Wire[]): void {
    const whole = lines.map((line) =>
      JSON.stringify({
        session_id: SESSION,
        uuid: crypto.randomUUID(),
        ...line,
      }) + "\n"
    );
    this.#stdout?.enqueue(encoder.encode(whole.join("")));
  }

  /** Its stderr breaks. */
  breakStderr(error: Error): void {
    this.#stderr?.error(error);
    this.#stderr = undefined;
  }

  /** The process is gone; its output may still come. */
  exit(status: ExitStatus = { code: 0, signal: null }): void {
    this.#exited.resolve(status);
  }

  /** All of it is over. */
  end(status?: ExitStatus): void {
    this.#stdout?.close();
    this.#stderr?.close();
    this.#stdout = this.#stderr = undefined;
    this.exit(status);
  }
}

function ids(...prompts: readonly unknown[]): Wire {
  return { user_message_uuids: prompts };
}

/** A turn begins: of these prompts, or of none. */
export function init(...prompts: readonly unknown[]): Wire {
  return {
    type: "system",
    subtype: "init",
    cwd: "/w",
    tools: ["Bash"],
    mcp_servers: [],
    model: "m",
    permissionMode: "default",
    ...ids(...prompts),
  };
}

/** A reply. */
export function reply(text: string, id = "msg_1"): Wire {
  return {
    type: "assistant",
    message: {
      id,
      type: "message",
      role: "assistant",
      model: "m",
      content: [{ type: "text", text }],
      stop_reason: null,
      usage: { input_tokens: 1, output_tokens: 1 },
    },
    parent_tool_use_id: null,
  };
}

/** The end of the turn of these prompts. */
export function result(...prompts: readonly unknown[]): Wire {
  return {
    type: "result",
    subtype: "success",
    is_error: false,
    duration_ms: 1,
    duration_api_ms: 1,
    num_turns: 1,
    result: "ok",
    total_cost_usd: 0.01,
    usage: { input_tokens: 1, output_tokens: 1 },
    modelUsage: {},
    permission_denials: [],
    ...ids(...prompts),
  };
}

/** May this tool run? */
export function permission(id: string): Wire {
  return {
    type: "control_request",
    request_id: id,
    request: {
      subtype: "can_use_tool",
      tool_name: "Bash",
      input: { command: "ls" },
      tool_use_id: `toolu_${id}`,
    },
  };
}

/** A piece of the event stream of the API. */
export function streamed(event: Wire, more: Wire = {}): Wire {
  return { type: "stream_event", event, parent_tool_use_id: null, ...more };
}
