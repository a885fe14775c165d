// Stored sessions as text: they fit the width, and nothing in them acts on a terminal.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { ClaudeEvent } from "../../events/mod.ts";
import type { SessionInfo } from "../../transcripts/info.ts";
import { widthOf } from "../text/terminal.ts";
import {
  factsText,
  listText,
  matchText,
  talkText,
  uniqueLength,
} from "./session_text.ts";

/** What a terminal obeys. */
const ACTING = /(?![\n])[\p{Cc}\p{Bidi_Control}]/u;
/** What a model or a tool may have written. */
const NASTY = "a\x1b[2J\u202eb\u200b\nc";

function session(id: string, fields: Partial<SessionInfo> = {}): SessionInfo {
  return {
    id,
    label: "A label",
    modifiedAt: new Date(2026, 10, 30, 14, 5),
    sizeBytes: 1,
    path: `/p/${id}.jsonl`,
    ...fields,
  };
}

Deno.test("a list fits into 40, 80 and 200 columns, and marks what would act", () => {
  const long = session("0b5f1c9e-1", {
    label: `${NASTY} ${"漢字 and words ".repeat(30)}`,
    tag: "release",
    cwd: "/work/demo",
  });
  for (const columns of [40, 80, 200]) {
    const text = listText([long, session("9a3f1c9e-2")], columns, true);
    const lines = text.trimEnd().split("\n");
    assertEquals(lines.length, 2);
    for (const line of lines) assert(widthOf(line) <= columns, line);
    assert(
      lines[0]?.startsWith("0b5f1c9e  2026-11-30 14:05  #rel"),
      text,
    );
    if (columns > 40) assertStringIncludes(text, "a␛[2J");
    assert(!ACTING.test(text), text);
  }
  assertEquals(
    listText([session("9a3f1c9e-2")], 80, false),
    "9a3f1c9e  2026-11-30 14:05  A label\n",
  );
});

Deno.test("ids are shown as far as they differ", () => {
  assertEquals(uniqueLength([]), 8);
  assertEquals(uniqueLength(["abcdefghij", "abcdefgzij"]), 8);
  assertEquals(uniqueLength(["abcdefghij", "abcdefghik"]), 10);
  assertEquals(uniqueLength(["same-id-twice", "same-id-twice"]), 8);
});

Deno.test("facts, matches and talk hold nothing that a terminal obeys", () => {
  const event = (fields: object) => fields as ClaudeEvent;
  const texts = [
    factsText(session("0b5f1c9e-1", { title: NASTY, cwd: NASTY })),
    matchText({
      session: session("0b5f1c9e-1"),
      event: event({ type: "assistant_text", text: NASTY }),
      excerpt: NASTY,
    }, 80),
    talkText(event({ type: "user_replay", content: NASTY }), 80),
    talkText(event({ type: "assistant_text", text: NASTY }), 80),
    talkText(
      event({ type: "tool_use", name: NASTY, input: { command: NASTY } }),
      80,
    ),
    talkText(event({ type: "tool_result", isError: true, text: NASTY }), 80),
  ];
  for (const text of texts) {
    assert(text.includes("a␛[2J"), text);
    assert(!ACTING.test(text), text);
  }
  assertEquals(
    talkText(event({ type: "user_replay", content: "a\nb" }), 80),
    "\n> a\n> b\n",
  );
  assertEquals(talkText(event({ type: "system_init" }), 80), "");
});
