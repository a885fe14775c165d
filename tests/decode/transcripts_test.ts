// Every line of every recording is an event, whatever the chunks.

import { assert, assertEquals } from "@std/assert";
import { decodeEvents } from "../../src/decode/decode_events.ts";
import type { ClaudeEvent } from "../../src/events/mod.ts";
import { TextPieces } from "../../src/decode/text_pieces.ts";
import { KINDS } from "../../src/messages/mod.ts";
import { drain, inChunks, readTranscripts } from "../support/transcripts.ts";

const TRANSCRIPTS = readTranscripts();

/** Lines that are no events, with the reason. */
const NO_EVENTS: Readonly<Record<string, string>> = {
  control_response: "settles a request of ours",
  keep_alive: "says nothing",
  "control_request/hook_callback": "answered inside",
  "control_request/mcp_message": "answered inside",
};

function nameOf(raw: unknown): string {
  const line = raw as {
    readonly type: string;
    readonly subtype?: string;
    readonly request?: { readonly subtype: string };
  };
  const subtype = line.request?.subtype ??
    (line.type === "system" ? line.subtype : undefined);
  return subtype === undefined ? line.type : `${line.type}/${subtype}`;
}

Deno.test("every line of every transcript is an event with raw, and none is unknown", async () => {
  let lines = 0;
  for (const transcript of TRANSCRIPTS) {
    const expected = transcript.lines
      .map((line): unknown => JSON.parse(line))
      .filter((raw) => NO_EVENTS[nameOf(raw)] === undefined);
    const events = await drain(decodeEvents(inChunks(transcript.bytes, 65536)));
    const told = events.map((event) => `${event.type} ${nameOf(event.raw)}`);
    const unknown = events.filter((event) => event.type === "unknown");
    assertEquals(unknown, [], transcript.name);
    const raws = new Set(events.map((event) => JSON.stringify(event.raw)));
    for (const raw of expected) {
      // A line whose content is an empty list has no block to be an event.
      const isEmpty = JSON.stringify(raw).includes('"content":[]');
      assert(
        isEmpty || raws.has(JSON.stringify(raw)),
        `${transcript.name}: no event of ${nameOf(raw)} among ${told}`,
      );
    }
    lines += transcript.lines.length;
  }
  assert(lines > 2000, `only ${lines} lines`);
});

Deno.test("every message that has a type is in a transcript", async () => {
  const seen = new Set<string>();
  for (const transcript of TRANSCRIPTS) {
    const stream = decodeEvents(inChunks(transcript.bytes, 65536), {
      view: "messages",
    });
    for await (const { type } of stream) seen.add(type);
  }
  assertEquals(Object.keys(KINDS).filter((type) => !seen.has(type)), []);
});

async function decoded(
  bytes: Uint8Array<ArrayBuffer>,
  size: number,
): Promise<string[]> {
  const events = await drain(decodeEvents(inChunks(bytes, size)));
  return events.map((event) => JSON.stringify([event, event.raw]));
}

Deno.test("decodeEvents gives the same events byte by byte, of every transcript", async () => {
  for (const { name, bytes } of TRANSCRIPTS) {
    const expected = await decoded(bytes, bytes.length);
    assertEquals(await decoded(bytes, 7), expected, name);
    assertEquals(await decoded(bytes, 1), expected, name);
  }
});

Deno.test("decodeEvents gives the same events for every size of the chunks, whatever is in the text", async () => {
  const odd = "台灣 👩‍👩‍👧 e\u0301 \u2028 \u2029 \u0085 \ufeff \\r\\n end";
  const texts = [odd, "", odd.repeat(3)];
  const lines = texts.map((text, index) =>
    JSON.stringify({
      type: "assistant",
      message: {
        id: `msg_${index}`,
        type: "message",
        role: "assistant",
        model: "m",
        content: [{ type: "text", text }],
        usage: { input_tokens: 1, output_tokens: 1 },
      },
      parent_tool_use_id: null,
      session_id: "s",
      uuid: `u${index}`,
    })
  );
  // As it came, and as a pipe of Windows may have it; no line feed at the end.
  const bytes = new TextEncoder().encode(
    `${lines[0]}\n\r\n${lines[1]}\r\n${lines[2]}`,
  );
  const whole = await drain(decodeEvents(inChunks(bytes, bytes.length)));
  assertEquals(
    whole.map((event) => event.type === "assistant_text" ? event.text : event),
    texts,
  );
  const expected = await decoded(bytes, bytes.length);
  for (let size = 1; size < bytes.length; size++) {
    assertEquals(await decoded(bytes, size), expected, `chunks of ${size}`);
  }
});

/** What the deltas of each block come to, by message and index. */
class Pieces {
  readonly #pieces = new Map<string, string>();

  take(event: Extract<ClaudeEvent, { type: "stream_delta" }>): void {
    if (event.abandonedFrom !== undefined) {
      for (const key of this.#pieces.keys()) {
        const [id, index] = key.split("#");
        if (id === event.messageId && Number(index) >= event.abandonedFrom) {
          this.#pieces.delete(key);
        }
      }
    }
    const piece = event.text ?? event.thinking ?? event.partialJson;
    if (piece === undefined) return;
    const key = `${event.messageId}#${event.index}`;
    this.#pieces.set(key, (this.#pieces.get(key) ?? "") + piece);
  }

  /** Takes out what came for a block. */
  of(block: { messageId?: string; index: number }): string | undefined {
    const key = `${block.messageId}#${block.index}`;
    const text = this.#pieces.get(key);
    this.#pieces.delete(key);
    return text;
  }

  get left(): readonly string[] {
    return [...this.#pieces.keys()];
  }
}

Deno.test("the deltas of a block put together are the block", async () => {
  const compared = { assistant_text: 0, thinking: 0, tool_use: 0 };
  for (const transcript of TRANSCRIPTS) {
    const pieces = new Pieces();
    const inputs = new Map<string, unknown>();
    for await (const event of decodeEvents(inChunks(transcript.bytes, 65536))) {
      switch (event.type) {
        case "stream_delta":
          pieces.take(event);
          break;
        case "tool_input_delta":
          inputs.set(event.toolUseId, event.snapshot);
          break;
        case "assistant_text":
        case "thinking":
        case "tool_use": {
          const text = pieces.of(event);
          assertEquals(event.streamed, text !== undefined, transcript.name);
          if (text === undefined) break;
          compared[event.type]++;
          if (event.type === "tool_use") {
            const { __unparsedToolInput: unparsed } = event.input;
            if (unparsed === undefined) {
              assertEquals(JSON.parse(text), event.input, transcript.name);
              const last = inputs.get(event.toolUseId);
              assertEquals(last, event.input, transcript.name);
            } else {
              const { raw } = unparsed as { readonly raw: string };
              assertEquals(text, raw, transcript.name);
            }
          } else assertEquals(text, event.text, transcript.name);
        }
      }
    }
    const isCut =
      /SIG|interrupt|stream-eof|end_session|cli197|stream-error-event/
        .test(transcript.name);
    if (!isCut) assertEquals(pieces.left, [], transcript.name);
  }
  assert(compared.assistant_text > 15, JSON.stringify(compared));
  assert(compared.thinking > 1, JSON.stringify(compared));
  assert(compared.tool_use > 1, JSON.stringify(compared));
});

Deno.test("what TextPieces shows at the end is the final text, also where streams broke", async () => {
  const broken: string[] = [];
  for (const { name, bytes } of TRANSCRIPTS) {
    let screen = "";
    const pieces = new TextPieces((text) => {
      assert(screen.endsWith(text), `${name}: ${screen} has no ${text}`);
      screen = screen.slice(0, screen.length - text.length);
      broken.push(name);
    });
    let blocks: { readonly uuid?: string; readonly text: string }[] = [];
    for (const event of await drain(decodeEvents(inChunks(bytes, 65536)))) {
      const piece = pieces.take(event);
      screen += piece;
      if (event.type === "model_refusal_fallback") {
        const gone = event.retractedMessageUuids ?? [];
        blocks = blocks.filter(({ uuid = "" }) => !gone.includes(uuid));
      } else if (event.type === "result") {
        // What no reply has, such as the answer of a slash command, comes with the result.
        if (event.result === piece) blocks.push({ text: piece });
      } else if (
        event.type === "assistant_text" && event.error === undefined &&
        event.parentToolUseId === null
      ) blocks.push(event);
    }
    const expected = blocks.map(({ text }) => text).join("");
    // The process was killed in the middle: what it wrote last never became whole.
    if (/stream-SIG(KILL|TERM)/.test(name)) {
      assert(screen.startsWith(expected), name);
    } else assertEquals(screen, expected, name);
  }
  // Its last try was cut earlier than those before, so half of them is taken back.
  assertEquals(broken, ["2.1.330_08-stream-cut.ndjson"]);
});
