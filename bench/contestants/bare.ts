// The limit: reads the same bytes, splits them at line feeds, and parses each line.

import { clock, cpuMs, measured, percentiles, readJob, tell } from "../job.ts";

const job = readJob();
const encoder = new TextEncoder();

/** Each line of the stream, parsed. A turn ends with a result. */
async function lines(
  bytes: ReadableStream<Uint8Array>,
  take: (message: Record<string, unknown>) => boolean | void,
): Promise<void> {
  const decoder = new TextDecoder();
  const reader = bytes.getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const parts = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      if (part === "") continue;
      if (take(JSON.parse(part)) === true) {
        reader.releaseLock();
        return;
      }
    }
  }
}

/** A long line comes in many chunks: joined as strings it would cost the square of its length. */
async function longLines(
  bytes: ReadableStream<Uint8Array>,
  take: (message: Record<string, unknown>) => boolean | void,
): Promise<void> {
  let waiting: Uint8Array[] = [];
  for await (const chunk of bytes.values({ preventCancel: true })) {
    waiting.push(chunk);
    if (!chunk.includes(10)) continue;
    const text = await new Blob(waiting as Uint8Array<ArrayBuffer>[]).text();
    const parts = text.split("\n");
    waiting = [encoder.encode(parts.pop() ?? "")];
    for (const part of parts) if (take(JSON.parse(part)) === true) return;
  }
}

function spawn() {
  const child = new Deno.Command(job.standIn, {
    args: ["--output-format=stream-json"],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  return {
    child,
    say: (line: string) => writer.write(encoder.encode(line + "\n")),
    async end() {
      await writer.close();
      await child.stdout.cancel();
      await child.status;
    },
  };
}

const HELLO =
  '{"type":"control_request","request_id":"1","request":{"subtype":"initialize"}}';
const PROMPT =
  '{"type":"user","message":{"role":"user","content":"go"},"parent_tool_use_id":null}';

async function ready() {
  const process = spawn();
  await process.say(HELLO);
  await lines(process.child.stdout, () => true);
  return process;
}

const isResult = (message: Record<string, unknown>) =>
  message.type === "result";

function stampOf(message: Record<string, unknown>): number | undefined {
  const event = message.event as { delta?: { text?: string } } | undefined;
  const text = event?.delta?.text;
  return text === undefined ? undefined : Number(text);
}

switch (job.task) {
  case "turn":
  case "blocking":
  case "text": {
    const process = await ready();
    // The stand-in says nothing more before the prompt, so no byte is lost in between.
    const read = performance.now() > 0 && job.count === 1 ? longLines : lines;
    await measured(async () => {
      await process.say(PROMPT);
      let events = 0;
      await read(process.child.stdout, (message) => {
        events++;
        return isResult(message);
      });
      return { events };
    });
    await process.end();
    break;
  }
  case "decode": {
    await measured(async () => {
      const file = await Deno.open(job.file ?? "");
      let events = 0;
      await lines(file.readable, () => {
        events++;
      });
      return { events };
    });
    break;
  }
  case "latency": {
    const now = clock();
    const process = await ready();
    const latencies: number[] = [];
    await measured(async () => {
      await process.say(PROMPT);
      await lines(process.child.stdout, (message) => {
        const stamp = stampOf(message);
        if (stamp !== undefined) latencies.push(now() - stamp);
        return isResult(message);
      });
      return percentiles(latencies);
    });
    await process.end();
    break;
  }
  case "first": {
    const cpu = cpuMs();
    const start = performance.now();
    const process = spawn();
    process.say(HELLO);
    process.say(PROMPT);
    let ms = 0;
    await lines(process.child.stdout, (message) => {
      if (message.type !== "control_response" && ms === 0) {
        ms = performance.now() - start;
      }
      return isResult(message);
    });
    tell({ ms, cpuMs: cpuMs() - cpu, more: {} });
    await process.end();
    break;
  }
  case "sessions": {
    const processes = await Promise.all(
      Array.from({ length: job.count ?? 1 }, ready),
    );
    await measured(async () => {
      await Promise.all(processes.map(async (process) => {
        await process.say(PROMPT);
        await lines(process.child.stdout, isResult);
      }));
    });
    await Promise.all(processes.map((process) => process.end()));
    break;
  }
  case "rounds": {
    const process = await ready();
    await measured(async () => {
      await process.say(PROMPT);
      await lines(process.child.stdout, (message) => {
        if (message.type === "control_request") {
          process.say(JSON.stringify({
            type: "control_response",
            response: {
              subtype: "success",
              request_id: message.request_id,
              response: {},
            },
          }));
        }
        return isResult(message);
      });
    });
    await process.end();
    break;
  }
  default:
    throw new TypeError(`No such task for the bare loop: ${job.task}`);
}
