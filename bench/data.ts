/**
 * The files that the measurements read. Each run writes them again, and they are always the same.
 *
 * @module
 */

import { pathOf } from "../scripts/_files.ts";

/** Numbers that look random and are the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SESSION = "42955568-e463-430e-b7c6-8e0becef5e18";
const WORDS =
  'the quick – brown fox « jumps » over \\ a "lazy" dog and then returns ümläut { code: 1 };\n'
    .split(" ");

/** Lines of one reply with a call of a tool: 72 deltas and 3 whole messages. */
function* reply(at: number, random: () => number): Generator<string> {
  const hex = (length: number) =>
    Array.from(
      { length },
      () => Math.floor(random() * 16).toString(16),
    ).join("");
  const uuid = () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
  const messageId = `msg_${String(at).padStart(6, "0")}`;
  const toolUseId = `toolu_${String(at).padStart(6, "0")}`;
  const common = {
    session_id: SESSION,
    parent_tool_use_id: null,
  };
  const usage = {
    input_tokens: 100,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 12_000,
    output_tokens: 1,
  };
  const event = (event: object) =>
    JSON.stringify({
      type: "stream_event",
      event,
      ...common,
      uuid: uuid(),
      api_message_id: messageId,
    });
  const whole = (block: object) =>
    JSON.stringify({
      type: "assistant",
      message: {
        id: messageId,
        type: "message",
        role: "assistant",
        model: "claude-opus-5-5",
        content: [block],
        stop_reason: null,
        stop_sequence: null,
        usage,
      },
      parent_tool_use_id: null,
      session_id: SESSION,
      uuid: uuid(),
      timestamp: "2026-11-22T14:59:03.373Z",
    });
  const delta = (index: number, delta: object) =>
    event({ type: "content_block_delta", index, delta });
  const message = {
    id: messageId,
    type: "message",
    role: "assistant",
    model: "claude-opus-5-5",
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  };
  yield event({ type: "message_start", message });
  yield event({
    type: "content_block_start",
    index: 0,
    content_block: { type: "text", text: "" },
  });
  let text = "";
  for (let i = 0; i < 60; i++) {
    const piece = `${WORDS[Math.floor(random() * WORDS.length)]} `;
    text += piece;
    yield delta(0, { type: "text_delta", text: piece });
  }
  yield whole({ type: "text", text });
  yield event({ type: "content_block_stop", index: 0 });
  yield event({
    type: "content_block_start",
    index: 1,
    content_block: { type: "tool_use", id: toolUseId, name: "Bash", input: {} },
  });
  const command = Array.from({ length: 6 }, () => hex(12)).join(" ");
  const input = { command, description: "demo" };
  const json = JSON.stringify(input);
  for (let i = 0; i < 5; i++) {
    const from = Math.floor(json.length / 5 * i);
    const to = i === 4 ? json.length : Math.floor(json.length / 5 * (i + 1));
    yield delta(1, {
      type: "input_json_delta",
      partial_json: json.slice(from, to),
    });
  }
  yield whole({ type: "tool_use", id: toolUseId, name: "Bash", input });
  yield event({ type: "content_block_stop", index: 1 });
  yield event({
    type: "message_delta",
    delta: { stop_reason: "tool_use", stop_sequence: null },
    usage: { output_tokens: 20 },
  });
  yield event({ type: "message_stop" });
  const output = Array.from(
    { length: 15 },
    () => WORDS[Math.floor(random() * WORDS.length)],
  ).join(" ");
  yield JSON.stringify({
    type: "user",
    message: {
      role: "user",
      content: [{
        tool_use_id: toolUseId,
        type: "tool_result",
        content: output,
        is_error: false,
      }],
    },
    ...common,
    uuid: uuid(),
    timestamp: "2026-11-22T14:59:04.373Z",
    tool_use_result: { stdout: output, stderr: "", interrupted: false },
  });
}

/** So many lines of replies; 200,000 are 58 MB (55 MiB). */
export async function writeReplies(
  path: string,
  count: number,
): Promise<void> {
  const random = numbers(7);
  const lines: string[] = [];
  for (let at = 0; lines.length < count; at++) {
    lines.push(...reply(at, random));
  }
  await Deno.writeTextFile(path, lines.slice(0, count).join("\n") + "\n");
}

/** Deltas of one block of text and nothing else. */
export async function writeDeltas(path: string, count: number): Promise<void> {
  const random = numbers(11);
  const all = [...reply(0, random)];
  const deltas = all.filter((line) => line.includes('"text_delta"'));
  const lines = Array.from(
    { length: count },
    (_, at) => deltas[at % deltas.length],
  );
  await Deno.writeTextFile(path, lines.join("\n") + "\n");
}

/** One tool result of this size. */
export async function writeLongLine(
  path: string,
  bytes: number,
): Promise<void> {
  const text = WORDS.join(" ");
  // The escapes count: what is in the file is what is asked for.
  const unit = JSON.stringify(text).length - 2;
  await Deno.writeTextFile(
    path,
    JSON.stringify({
      type: "user",
      message: {
        role: "user",
        content: [{
          tool_use_id: "toolu_1",
          type: "tool_result",
          content: text.repeat(Math.floor(bytes / unit)),
        }],
      },
      parent_tool_use_id: null,
      session_id: SESSION,
    }) + "\n",
  );
}

/** What is a part of the control protocol, ends a turn, or is no message at all. */
const NOT_IN_A_TURN = /"type":"(control_|result"|keep_alive")/;

/**
 * The messages of all recordings, over and over, about this many bytes of them. Those
 * that end a turn are left out.
 */
export async function writeRecordings(
  path: string,
  bytes: number,
): Promise<void> {
  const folder = new URL("../tests/transcripts/", import.meta.url);
  const names: string[] = [];
  for await (const { name } of Deno.readDir(pathOf(folder))) {
    if (name.endsWith(".ndjson")) names.push(name);
  }
  let text = "";
  for (const name of names.sort()) {
    const recording = await Deno.readTextFile(new URL(name, folder));
    for (const line of recording.split("\n")) {
      if (!line.startsWith("{") || NOT_IN_A_TURN.test(line)) continue;
      text += line + "\n";
    }
  }
  await Deno.writeTextFile(path, text.repeat(Math.ceil(bytes / text.length)));
}
