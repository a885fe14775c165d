// The line editor of the repl: each key does what it does in a shell, and nothing that was
// typed or pasted is lost.

import { assertEquals } from "@std/assert";
import { KeyReader } from "../question/keys.ts";
import { EDITOR_KEYS, type EditorEvent, LineEditor } from "./line_editor.ts";

/** Types keys; `|` in the result is the cursor. */
function typed(
  keys: string,
  history: readonly string[] = [],
): readonly [text: string, events: readonly EditorEvent[]] {
  const editor = new LineEditor(history);
  const reader = new KeyReader(new Set(Object.keys(EDITOR_KEYS)));
  const events: EditorEvent[] = [];
  for (const key of reader.take(keys)) {
    const act = key.type === "sequence" ? EDITOR_KEYS[key.text] : undefined;
    const event = act === undefined ? editor.take(key) : editor.act(act);
    if (event !== undefined) events.push(event);
  }
  const { text, cursor } = editor;
  return [`${text.slice(0, cursor)}|${text.slice(cursor)}`, events];
}

const HISTORY = ["old", "two\nlines"];

/** Every key that the editor knows, and what comes of it. */
const ROWS: Readonly<
  Record<
    string,
    readonly [keys: string, text: string, events?: readonly EditorEvent[]]
  >
> = {
  "text": ["añ漢👩‍👩‍👧", "añ漢👩‍👩‍👧|"],
  "left over an emoji of several parts": ["a👩‍👩‍👧\x1b[D", "a|👩‍👩‍👧"],
  "right": ["ab\x1b[D\x1b[D\x1b[C", "a|b"],
  "right over an emoji": ["👩‍👩‍👧b\x01\x06", "👩‍👩‍👧|b"],
  "at both ends": ["\x1b[D\x1b[C\x7f\x1b[3~", "|"],
  "backspace": ["a漢\x7f", "a|"],
  "backspace over a line break": ["a\nb\x1b[D\x7f", "a|b"],
  "delete": ["ab\x1b[D\x1b[3~", "a|"],
  "Ctrl-D deletes": ["ab\x1b[D\x04", "a|"],
  "Ctrl-D leaves": ["\x04", "|", ["leave"]],
  "home, end": ["ab\x1b[Hx\x1b[Fy", "xaby|"],
  "Ctrl-A, Ctrl-E of a line": ["ab\ncd\x01x\x05y", "ab\nxcdy|"],
  "words": ["one two\x1b[1;5Dx\x1b[1;5C", "one xtwo|"],
  "Ctrl-W": ["one two \x17", "one |"],
  "Ctrl-U, Ctrl-K": ["one two\x1bb\x15\x0b", "|"],
  "Ctrl-U of a line": ["ab\ncd\x15", "ab\n|"],
  "Ctrl-J": ["a\nb", "a\nb|"],
  "a backslash at the end": ["a\\\rb", "a\nb|"],
  "Enter": ["a\r", "a|", ["submit"]],
  "Tab": ["a\t", "a|", ["complete"]],
  "Ctrl-C, Ctrl-Z": ["a\x03\x1a", "a|", ["interrupt", "suspend"]],
  "a paste": ["\x1b[200~a\r\nb\rc\t\x1b[201~", "a\nb\nc\t|"],
  "up, down in the text": ["abc\nd\x1b[Ax\x1b[B", "axbc\nd|"],
  "history": ["\x1b[A", "two\nlines|"],
  "history, further": ["\x1b[A\x1b[A\x1b[A\x1b[A", "old|"],
  "history and back": ["draft\x1b[A\x1b[B", "draft|"],
  "Alt-Enter": ["a\x1b\rb\x1b\nc", "a\nb\nc|"],
  "Alt-D, Alt-Backspace, Ctrl-Y": [
    "one two three\x1bb\x1bb\x1bd\x1b\x7f\x19",
    "one | three",
  ],
  "Ctrl-K, Ctrl-Y twice": ["ab cd\x01\x0b\x19\x19", "ab cdab cd|"],
  "Ctrl-O": ["ab\x0f", "ab|", ["edit"]],
  "combining marks": ["e\u0301x\x7f\x7f", "|"],
  "Ctrl-R": ["draft\x12L", "two\nlines|"],
  "Ctrl-R, older ones": ["\x12l\x12", "old|"],
  "Ctrl-R beyond the oldest": ["\x12l\x12\x12\x12", "old|"],
  "Ctrl-R, a letter less": ["\x12lx\x7f", "two\nlines|"],
  "Ctrl-R of nothing, Ctrl-G": ["draft\x12zzz\x07!", "draft!|"],
  "Ctrl-R, Ctrl-C takes back": ["draft\x12old\x03!", "draft!|"],
  "Ctrl-R, an arrow takes what was found": ["\x12old\x1b[Dx", "olx|d"],
  "Ctrl-R, Enter sends": ["\x12old\r", "old|", ["submit"]],
  "Ctrl-P, Ctrl-N": ["x\x10\x10\x10\x0e\x0e", "x|"],
};
for (const [name, [keys, text, events = []]] of Object.entries(ROWS)) {
  Deno.test(`LineEditor: ${name}`, () => {
    assertEquals(typed(keys, HISTORY), [text, events]);
  });
}

Deno.test("LineEditor: every key of the table does something, or is told of", () => {
  for (const [sequence, act] of Object.entries(EDITOR_KEYS)) {
    const editor = new LineEditor(["older"], "some words\nand a line\nmore");
    for (let at = 0; at < 9; at++) editor.act("left");
    editor.act("delete_word");
    const before = [editor.text, editor.cursor, editor.search];
    const event = editor.act(act);
    const isSame = JSON.stringify(before) ===
      JSON.stringify([editor.text, editor.cursor, editor.search]);
    const isIdle = act === "redraw" || act === "cancel";
    assertEquals(isSame && event === undefined, isIdle, sequence);
  }
});
