// deno-lint-ignore-file no-console
/**
 * How far a datum travels: which files and functions one text line passes, one more piece of
 * a block, and a permission with its policy and answer, from the bytes of stdout to the
 * caller's loop or to stdin.
 *
 * Each trip runs twice in a process of its own, once with 20 of them and once with 40, and V8
 * counts the calls of each function (`deno run --coverage`). A function that was called at
 * least 20 times more often is on the way of each.
 *
 *     deno run -A bench/trips.ts            # one table
 *     deno run -A bench/trips.ts --list     # and the functions of each trip
 *
 * @module
 */

import { allow, AsyncSession, type Policy, type Transport } from "../mod.ts";

const TIMES = 20;

const root = new URL("../", import.meta.url).href;

/** A CLI in this process: a line at a time, the next one when the one before was read. */
class Peer {
  readonly transport: Transport;
  readonly #out = Promise.withResolvers<
    ReadableStreamDefaultController<Uint8Array>
  >();
  readonly #written: Record<string, unknown>[] = [];
  #wake = () => {};

  constructor() {
    const exit = Promise.withResolvers<{ code: number; signal: null }>();
    const decoder = new TextDecoder();
    let rest = "";
    this.transport = {
      readable: new ReadableStream({
        start: (controller) => this.#out.resolve(controller),
      }),
      writable: new WritableStream({
        write: (chunk) => {
          const lines = (rest + decoder.decode(chunk)).split("\n");
          rest = lines.pop() ?? "";
          this.#written.push(...lines.map((line) => JSON.parse(line)));
          this.#wake();
        },
        close: async () => {
          (await this.#out.promise).close();
          exit.resolve({ code: 0, signal: null });
        },
      }),
      exited: exit.promise,
      kill: () => exit.resolve({ code: 143, signal: null }),
    };
  }

  async say(message: Record<string, unknown>): Promise<void> {
    const line = JSON.stringify({ ...message, session_id: ID, uuid: ID });
    (await this.#out.promise).enqueue(new TextEncoder().encode(`${line}\n`));
  }

  /** The next line that the session writes. */
  async hear(): Promise<Record<string, unknown>> {
    for (;;) {
      const line = this.#written.shift();
      if (line !== undefined) return line;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** The next prompt; requests before it are granted. */
  async prompt(): Promise<string> {
    for (;;) {
      const { type, uuid, request_id } = await this.hear();
      if (type === "user") return String(uuid);
      if (type !== "control_request") continue;
      await this.say({
        type: "control_response",
        response: { subtype: "success", request_id, response: {} },
      });
    }
  }
}

const ID = "11111111-1111-4111-8111-111111111111";

/** Lets everything happen that a line sets going. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5));
}

const text = (at: number) => ({
  type: "assistant",
  message: {
    id: "m",
    role: "assistant",
    model: "m",
    content: [{ type: "text", text: `line ${at}` }],
    usage: { input_tokens: 1, output_tokens: 1 },
  },
  parent_tool_use_id: null,
});

const stream = (event: Record<string, unknown>) => ({
  type: "stream_event",
  api_message_id: "m",
  event,
  parent_tool_use_id: null,
});

const policy: Policy = { name: "mine", decide: () => allow() };

interface Trip {
  readonly before?: readonly Record<string, unknown>[];
  readonly options?: { readonly policy: Policy };
  /** Makes the trip once. */
  readonly go: (peer: Peer, at: number) => Promise<void>;
}

const TRIPS: Readonly<Record<string, Trip>> = {
  "text line": { go: (peer, at) => peer.say(text(at)) },
  piece: {
    before: [
      stream({ type: "message_start", message: { id: "m" } }),
      stream({
        type: "content_block_start",
        index: 0,
        content_block: { type: "text", text: "" },
      }),
      stream({
        type: "content_block_delta",
        index: 0,
        delta: { type: "text_delta", text: "first" },
      }),
    ],
    go: (peer, at) =>
      peer.say(stream({
        type: "content_block_delta",
        index: 0,
        delta: { type: "text_delta", text: `piece ${at}` },
      })),
  },
  permission: {
    options: { policy },
    async go(peer, at) {
      await peer.say({
        type: "control_request",
        request_id: `r${at}`,
        request: {
          subtype: "can_use_tool",
          tool_name: "Read",
          input: { file_path: "/tmp/x" },
          tool_use_id: `t${at}`,
        },
      });
      await peer.hear();
    },
  },
};

/** Makes one trip so many times, to be counted. */
async function play(name: string, times: number): Promise<void> {
  const { before = [], options = {}, go } = TRIPS[name] as Trip;
  const peer = new Peer();
  await using session = new AsyncSession({
    transport: peer.transport,
    ...options,
    idleTimeoutMs: 600_000,
  });
  const turn = session.send("go");
  const reading = (async () => {
    for await (const _ of turn);
  })();
  const id = await peer.prompt();
  await peer.say({
    type: "system",
    subtype: "init",
    cwd: "/",
    claude_code_version: "2.1.332",
    model: "m",
    tools: ["Read"],
    mcp_servers: [],
    permissionMode: "default",
    apiKeySource: "none",
    user_message_uuids: [id],
  });
  for (const line of before) await peer.say(line);
  // Young programs set timers later: what is counted is how it is afterwards.
  await new Promise((resolve) => setTimeout(resolve, 300));
  for (let at = 0; at < times; at++) {
    await go(peer, at);
    await settled();
  }
  await peer.say({
    type: "result",
    subtype: "success",
    is_error: false,
    result: "ok",
    total_cost_usd: 0,
    duration_ms: 1,
    usage: { input_tokens: 1, output_tokens: 1 },
    user_message_uuids: [id],
  });
  await reading;
}

/** How often each function of `src/` was called, by file, name and place. */
async function counted(
  name: string,
  times: number,
): Promise<ReadonlyMap<string, number>> {
  const folder = await Deno.makeTempDir();
  try {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        `--coverage=${folder}`,
        import.meta.url,
        "--play",
        name,
        String(times),
      ],
      stdout: "null",
      stderr: "piped",
    }).output();
    if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
    const counts = new Map<string, number>();
    for await (const { name: file } of Deno.readDir(folder)) {
      if (!file.endsWith(".json")) continue;
      const { url, functions } = JSON.parse(
        await Deno.readTextFile(`${folder}/${file}`),
      ) as {
        url: string;
        functions: {
          functionName: string;
          ranges: { startOffset: number; count: number }[];
        }[];
      };
      if (!url.startsWith(`${root}src/`)) continue;
      for (const { functionName, ranges: [range] } of functions) {
        if (range === undefined) continue;
        const place = `${
          url.slice(root.length)
        } ${functionName}@${range.startOffset}`;
        counts.set(place, (counts.get(place) ?? 0) + range.count);
      }
    }
    return counts;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function measure(name: string): Promise<readonly string[]> {
  const few = await counted(name, TIMES);
  const many = await counted(name, 2 * TIMES);
  return [...many].filter(([place, count]) =>
    count - (few.get(place) ?? 0) >= TIMES
  ).map(([place]) => place).sort();
}

if (Deno.args[0] === "--play") {
  const [, name = "", times] = Deno.args;
  await play(name, Number(times));
} else {
  console.log("| trip | files | functions |\n| --- | --- | --- |");
  for (const name of Object.keys(TRIPS)) {
    const places = await measure(name);
    const files = new Set(places.map((place) => place.split(" ")[0]));
    console.log(`| ${name} | ${files.size} | ${places.length} |`);
    if (Deno.args.includes("--list")) console.log(places.join("\n"));
  }
}
