// The choice of a session: filter, keys, and what is drawn at each width.

import { assert, assertEquals } from "@std/assert";
import type { SessionInfo } from "../../transcripts/info.ts";
import { lineWidth } from "../live/live_region.ts";
import { KeyReader } from "../question/keys.ts";
import { renderSpans } from "../text/terminal.ts";
import { PICKER_KEYS, SessionPicker } from "./session_picker.ts";

function session(id: string, label: string, more = {}): SessionInfo {
  return {
    id,
    label,
    modifiedAt: new Date(2026, 0, 5, 13, 7),
    sizeBytes: 1,
    path: "",
    ...more,
  };
}

const SESSIONS = [
  session("aaa", "Plan the trip", { firstPrompt: "a long way", tag: "home" }),
  session("bbb", "漢字 👩‍👩‍👧 \x1b[2J\nnext", { cwd: "/x", gitBranch: "main" }),
  ...Array.from({ length: 30 }, (_, at) => session(`c${at}`, `Number ${at}`)),
];

/** Types keys; returns the picker, and how the choice ended. */
function typed(keys: string) {
  const picker = new SessionPicker(SESSIONS);
  const reader = new KeyReader(new Set(Object.keys(PICKER_KEYS)));
  const events = reader.take(keys).map((key) => picker.take(key));
  return { picker, event: events.at(-1) };
}

Deno.test("SessionPicker: which one keys select, and how they end it", () => {
  const rows: readonly (readonly [string, string | undefined, string?])[] = [
    ["", "aaa"],
    ["\x1b[B\x1b[B\x1b[A", "bbb"],
    ["\x1b[A", "aaa"],
    ["\x1b[6~", "c8"],
    ["\x1b[6~\x1b[5~", "aaa"],
    ["\x1b[6~\x1b[6~\x1b[6~\x1b[6~\x0e", "c29"],
    ["TRIP pl", "aaa"],
    ["home", "aaa"],
    ["long", "aaa"],
    ["main", "bbb"],
    ["bb\x7f", "bbb"],
    ["number 29", "c29"],
    ["none of this", undefined],
    ["none of this\r", undefined],
    ["none of this\x15", "aaa"],
    ["\x1b[B\r", "bbb", "taken"],
    ["\x03", "aaa", "left"],
    ["\x04", "aaa", "left"],
    ["\x07", "aaa", "left"],
  ];
  for (const [keys, id, end] of rows) {
    const { picker, event } = typed(keys);
    assertEquals([picker.selected?.id, event], [id, end], JSON.stringify(keys));
  }
});

for (const columns of [20, 40, 80, 200]) {
  for (const rows of [4, 10, 24]) {
    Deno.test(`SessionPicker: fits ${columns} × ${rows}`, () => {
      for (
        const keys of ["", "\x1b[B", "\x1b[6~\x1b[6~", "zzz", "漢".repeat(300)]
      ) {
        const { lines, cursor } = typed(keys).picker.view(columns, rows);
        assert(lines.length <= rows, keys);
        assert(cursor.row < lines.length && cursor.column < columns, keys);
        for (const line of lines) {
          assert(lineWidth(line) < columns, renderSpans(line, false));
          // deno-lint-ignore no-control-regex
          assert(!/[\x00-\x1f]/.test(renderSpans(line, false)), keys);
        }
      }
    });
  }
}

Deno.test("SessionPicker: what is drawn", () => {
  const { lines } = typed("\x1b[B").picker.view(60, 9);
  assertEquals(lines.map((line) => renderSpans(line, false)), [
    "Type to filter, ↑ ↓ select, Enter takes it, Ctrl-C leaves",
    "> ",
    "  2026-01-05 13:07  #home Plan the trip",
    "▶ 2026-01-05 13:07  漢字 👩‍👩‍👧 ␛[2J next",
    "  2026-01-05 13:07  Number 0",
    "bbb · /x · main",
  ]);
});
