// What was shown piece by piece is the final text in the end, also after a broken
// stream.

import { assert, assertEquals } from "@std/assert";
import { type ClaudeEvent, eventsOf } from "../events/mod.ts";
import { EventDecoder } from "./decoder.ts";
import { retractionNote, TextPieces } from "./text_pieces.ts";
import { isWireObject } from "../messages/_define.ts";

/** What a reader saw. */
interface Seen {
  /** What is shown at the end, where what is taken back is taken out. */
  readonly screen: string;
  /** What was taken back. */
  readonly retracted: readonly string[];
  /** All that was given, nothing taken out. */
  readonly given: string;
}

function watch(events: Iterable<ClaudeEvent>): Seen {
  let screen = "";
  let given = "";
  const retracted: string[] = [];
  const pieces = new TextPieces((text) => {
    assert(screen.endsWith(text), `${screen} does not end with ${text}`);
    screen = screen.slice(0, screen.length - text.length);
    retracted.push(text);
  });
  for (const event of events) {
    const piece = pieces.take(event);
    screen += piece;
    given += piece;
  }
  return { screen, retracted, given };
}

/** The main agent's whole blocks, which are what counts. */
function finalText(events: readonly ClaudeEvent[]): string {
  return events.map((event) =>
    event.type === "assistant_text" && event.parentToolUseId === null &&
      event.error === undefined
      ? event.text
      : ""
  ).join("");
}

/** Wire objects of a reply, written shortly: the tests below are about their order. */
function decode(...lines: readonly unknown[]): ClaudeEvent[] {
  const decoder = new EventDecoder();
  return lines.flat().flatMap((line) => {
    assert(isWireObject(line));
    return eventsOf(decoder.decode(line), "flat");
  });
}

function streamEvent(id: string, event: unknown, more: object = {}) {
  return { type: "stream_event", event, api_message_id: id, ...more };
}

/** The beginning of a reply that is streamed: some deltas of its first block. */
function deltas(id: string, index: number, ...texts: readonly string[]) {
  return [
    ...index > 0
      ? []
      : [streamEvent(id, { type: "message_start", message: { id } })],
    streamEvent(id, {
      type: "content_block_start",
      index,
      content_block: { type: "text", text: "" },
    }),
    ...texts.map((text) =>
      streamEvent(id, {
        type: "content_block_delta",
        index,
        delta: { type: "text_delta", text },
      })
    ),
  ];
}

function block(id: string, text: string) {
  return {
    type: "assistant",
    message: { id, model: "m", content: [{ type: "text", text }] },
    parent_tool_use_id: null,
  };
}

function stop(id: string, abandonedFrom?: number) {
  return [
    streamEvent(id, { type: "content_block_stop", index: 0 }),
    streamEvent(
      id,
      { type: "message_stop" },
      abandonedFrom === undefined
        ? {}
        : { abandoned_blocks: { from_block_index: abandonedFrom } },
    ),
  ];
}

const RESULT = {
  type: "result",
  subtype: "success",
  is_error: false,
  result: "",
  duration_ms: 1,
  duration_api_ms: 1,
  num_turns: 1,
  total_cost_usd: 0,
  usage: { input_tokens: 1, output_tokens: 1 },
};

const TABLE: readonly {
  readonly name: string;
  readonly events: readonly ClaudeEvent[];
  readonly screen: string;
  readonly retracted?: readonly string[];
  readonly given?: string;
}[] = [
  {
    name: "the same reply again, streamed: nothing is said twice",
    events: decode(
      deltas("a", 0, "One ", "two"),
      stop("a", 0),
      deltas("b", 0, "One", " two three"),
      block("b", "One two three"),
      stop("b"),
      RESULT,
    ),
    screen: "One two three",
    given: "One two three",
  },
  {
    name: "in other words: what differs is taken back where it begins to",
    events: decode(
      deltas("a", 0, "It is 4, I ", "think"),
      stop("a", 0),
      deltas("b", 0, "It is", " 5."),
      block("b", "It is 5."),
      stop("b"),
      RESULT,
    ),
    screen: "It is 5.",
    retracted: ["4, I think"],
    given: "It is 4, I think5.",
  },
  {
    name: "broken twice, then unstreamed",
    events: decode(
      deltas("a", 0, "One two "),
      stop("a", 0),
      deltas("b", 0, "One "),
      stop("b", 0),
      block("c", "One two three"),
      RESULT,
    ),
    screen: "One two three",
    given: "One two three",
  },
  {
    name: "broken again before any text",
    events: decode(
      deltas("a", 0, "One "),
      stop("a", 0),
      deltas("b", 0),
      stop("b", 0),
      deltas("c", 0, "One two"),
      block("c", "One two"),
      stop("c"),
      RESULT,
    ),
    screen: "One two",
    given: "One two",
  },
  {
    name: "broken, and shorter when it comes again",
    events: decode(
      deltas("a", 0, "One two"),
      stop("a", 0),
      block("b", "One"),
      RESULT,
    ),
    screen: "One",
    retracted: [" two"],
  },
  {
    name: "broken, and never comes again",
    events: decode(deltas("a", 0, "One two"), stop("a", 0), RESULT),
    screen: "",
    retracted: ["One two"],
  },
  {
    name: "a whole block is kept, the one that broke comes in another reply",
    events: decode(
      deltas("a", 0, "Kept. "),
      block("a", "Kept. "),
      deltas("a", 1, "Lo"),
      stop("a", 1),
      deltas("b", 0, "Lost."),
      block("b", "Lost."),
      stop("b"),
      RESULT,
    ),
    screen: "Kept. Lost.",
    given: "Kept. Lost.",
  },
  {
    name: "2.1.197: no closing events, the reply comes unstreamed",
    events: decode(
      deltas("a", 0, "One ", "tw"),
      block("b", "One two"),
      RESULT,
    ),
    screen: "One two",
    given: "One two",
  },
  {
    name: "2.1.197: no closing events, and other words",
    events: decode(deltas("a", 0, "One ", "tw"), block("b", "Uno"), RESULT),
    screen: "Uno",
    retracted: ["One tw"],
  },
  {
    name:
      "what comes after the reply that came again is new, though it be the same",
    events: decode(
      deltas("a", 0, "Same. Same. "),
      stop("a", 0),
      block("b", "Same. "),
      block("c", "Same. "),
      RESULT,
    ),
    screen: "Same. Same. ",
    retracted: ["Same. "],
  },
  {
    name: "two identical replies stay two",
    events: decode(
      deltas("a", 0, "Hi."),
      block("a", "Hi."),
      stop("a"),
      deltas("b", 0, "Hi."),
      block("b", "Hi."),
      stop("b"),
      RESULT,
    ),
    screen: "Hi.Hi.",
    given: "Hi.Hi.",
  },
  {
    name: "two identical replies stay two, also under one id",
    events: decode(block("a", "Hi."), RESULT, block("a", "Hi."), RESULT),
    screen: "Hi.Hi.",
  },
  {
    name: "two identical blocks of one reply stay two",
    events: decode(block("a", "Hi."), block("a", "Hi."), RESULT),
    screen: "Hi.Hi.",
  },
  {
    name: "partial messages are missing for one of the replies",
    events: decode(
      deltas("a", 0, "One. "),
      block("a", "One. "),
      stop("a"),
      block("b", "Two. "),
      deltas("c", 0, "Three."),
      block("c", "Three."),
      stop("c"),
      RESULT,
    ),
    screen: "One. Two. Three.",
    given: "One. Two. Three.",
  },
  {
    name: "the last deltas are missing: the whole block has the rest",
    events: decode(
      deltas("a", 0, "One "),
      block("a", "One two."),
      stop("a"),
      RESULT,
    ),
    screen: "One two.",
    given: "One two.",
  },
  {
    name: "a difference inside of a character takes the whole of it back",
    events: decode(
      deltas("a", 0, "x\u{1F600}"),
      stop("a", 0),
      block("b", "x\u{1F601}"),
      RESULT,
    ),
    screen: "x\u{1F601}",
    retracted: ["\u{1F600}"],
  },
];

for (const { name, events, screen, retracted = [], given } of TABLE) {
  Deno.test(`TextPieces: ${name}`, () => {
    const seen = watch(events);
    assertEquals(
      [seen.screen, seen.retracted],
      [screen, retracted],
    );
    if (given !== undefined) assertEquals(seen.given, given);
    assertEquals(seen.screen, finalText(events));
  });
}

Deno.test("TextPieces: without a handler a note says how much is taken back", () => {
  const pieces = new TextPieces();
  const events = decode(
    deltas("a", 0, "It is 4"),
    stop("a", 0),
    block("b", "It is 5"),
    RESULT,
  );
  assertEquals(
    events.map((event) => pieces.take(event)).join(""),
    `It is 4${retractionNote("4")}5`,
  );
  assertEquals(
    retractionNote("12"),
    "\n[The last 2 characters are taken back: the reply broke off and came again]\n",
  );
});
