/**
 * Reads prompts at a terminal, with an editor.
 *
 * @module
 */

import type { InputLines } from "../input_lines.ts";
import type { Output } from "../output.ts";
import {
  type Key,
  KeyReader,
  PASTE_MARKS_OFF,
  PASTE_MARKS_ON,
} from "../question/keys.ts";
import { oneLine } from "../one_line.ts";
import { styled } from "../terminal.ts";
import { commonStart, complete, type ListFolder } from "./completion.ts";
import { editorView, sentLines } from "./editor_view.ts";
import type { History } from "./history.ts";
import { EDITOR_KEYS, LineEditor } from "./line_editor.ts";

/** What a {@linkcode PromptReader} stands on. */
export interface PromptReaderParts {
  readonly output: Output;
  readonly lines: InputLines;
  readonly history: History;
  readonly commands: readonly string[];
  readonly list: ListFolder;
  readonly setRaw: (isRaw: boolean) => void;
  /** Stops this program as Ctrl-Z does; returns when it is continued. */
  readonly suspend: (() => Promise<void>) | undefined;
  /** Ctrl-C was pressed: in raw mode it comes as a key. */
  readonly interrupt: () => void;
}

/** Reads one prompt after the other; between two of them the terminal is as it was. */
export class PromptReader {
  readonly #parts: PromptReaderParts;
  #editor = new LineEditor([]);

  constructor(parts: PromptReaderParts) {
    this.#parts = parts;
  }

  /**
   * Reads a prompt; `undefined` at Ctrl-D, and at the end of the input.
   *
   * @param signal Ends the wait: rejects with its reason.
   */
  async read(signal: AbortSignal): Promise<string | undefined> {
    const { output, lines, history } = this.#parts;
    const typed = lines.unfinished;
    lines.dropUnfinished();
    this.#editor = new LineEditor(history.prompts, typed);
    const input = lines.capture();
    const keys = new KeyReader(new Set(Object.keys(EDITOR_KEYS)));
    const leaveRaw = this.#enterRaw();
    let rest: readonly Key[] = [];
    try {
      for (;;) {
        this.#draw();
        const piece = await input.read(signal);
        if (piece === undefined) return undefined;
        const taken = keys.take(piece);
        for (const [at, key] of taken.entries()) {
          const event = await this.#take(key);
          if (event === undefined) continue;
          rest = taken.slice(at + 1);
          if (event === "leave") return undefined;
          const { text } = this.#editor;
          await output.setLive([]);
          await output.stderr(
            ...sentLines(text).flatMap((line) => [...line, "\n"]),
          );
          await history.add(text);
          return text;
        }
      }
    } finally {
      await output.setLive([]);
      leaveRaw();
      input.release(textOfKeys(rest));
    }
  }

  /** Takes the text back that is being written, after a Ctrl-C. */
  clear(): void {
    this.#editor = new LineEditor(this.#parts.history.prompts);
    this.#draw();
  }

  async #take(key: Key): Promise<"submit" | "leave" | undefined> {
    const event = key.type === "sequence"
      ? this.#editor.act(EDITOR_KEYS[key.text] ?? "redraw")
      : this.#editor.take(key);
    switch (event) {
      case "interrupt":
        this.#parts.interrupt();
        return undefined;
      case "complete":
        await this.#complete();
        return undefined;
      case "suspend":
        await this.#suspend();
        return undefined;
      default:
        return event;
    }
  }

  async #complete(): Promise<void> {
    const { output, commands, list } = this.#parts;
    const head = this.#editor.text.slice(0, this.#editor.cursor);
    const { from, candidates } = await complete(head, commands, list);
    const [only] = candidates;
    if (only === undefined) return;
    const start = commonStart(candidates);
    const isDone = candidates.length === 1 && !only.endsWith("/");
    if (start.length > head.length - from) {
      this.#editor.replace(from, isDone ? `${start} ` : start);
    } else if (candidates.length > 1) {
      const text = oneLine(candidates.join("  "), output.columns - 1);
      await output.stderr(styled("dim", `${text}\n`));
    }
  }

  async #suspend(): Promise<void> {
    const { suspend, output, setRaw } = this.#parts;
    if (suspend === undefined) return;
    await output.setLive([]);
    await output.writeStderr(PASTE_MARKS_OFF);
    setRaw(false);
    await suspend();
    setRaw(true);
    await output.writeStderr(PASTE_MARKS_ON);
  }

  #draw(): void {
    const { output } = this.#parts;
    const { text, cursor } = this.#editor;
    const view = editorView(text, cursor, output.columns, output.rows - 1);
    // Nothing waits for it.
    output.setLive(view.lines, view.cursor).catch(() => {});
  }

  /** Sets the terminal to single keys; returns what sets it back, also where the program ends. */
  #enterRaw(): () => void {
    const { setRaw } = this.#parts;
    setRaw(true);
    Deno.stderr.writeSync(new TextEncoder().encode(PASTE_MARKS_ON));
    const leave = (): void => {
      globalThis.removeEventListener("unload", leave);
      try {
        setRaw(false);
        Deno.stderr.writeSync(new TextEncoder().encode(PASTE_MARKS_OFF));
      } catch {
        // The terminal is gone: there is nothing left to set.
      }
    };
    globalThis.addEventListener("unload", leave);
    return leave;
  }
}

/** Keys that came with the Enter of a prompt belong to the next one. */
function textOfKeys(keys: readonly Key[]): string {
  return keys.map((key) =>
    key.type === "text"
      ? key.text
      : key.type === "paste"
      ? key.text.replace(/\r\n?/g, "\n")
      : key.type === "enter"
      ? "\n"
      : ""
  ).join("");
}
