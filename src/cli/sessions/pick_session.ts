/**
 * Lets a person at the terminal choose one of the past sessions.
 *
 * @module
 */

import { listSessions } from "../../sessions/mod.ts";
import type { SessionInfo } from "../../transcripts/info.ts";
import { onResize, RawMode } from "../editor/raw_mode.ts";
import type { Flags } from "../flags/flags.ts";
import type { InputLines } from "../input/input_lines.ts";
import { type Output, readEnv } from "../output/output.ts";
import { KeyReader } from "../question/keys.ts";
import { UsageError } from "../failure/usage_error.ts";
import { asksNobody, whyNobodyIsAsked } from "../flags/no_input.ts";
import { placeOf } from "./session_choice.ts";
import { PICKER_KEYS, SessionPicker } from "./session_picker.ts";

/** How many sessions can be chosen from; older ones are found by their names. */
const MOST = 500;

/** Whether a person can choose: at a terminal that can be drawn on. */
export function canPick({ terminals }: Output, flags: Flags): boolean {
  return terminals.stdin && terminals.stderr && !asksNobody(flags) &&
    readEnv("TERM") !== "dumb";
}

/**
 * Returns the session that a person chooses; `undefined` if they leave.
 *
 * @throws {UsageError} There is no terminal, or no session.
 */
export async function pickSession(
  output: Output,
  lines: InputLines,
  flags: Flags,
): Promise<SessionInfo | undefined> {
  if (!canPick(output, flags)) {
    throw new UsageError(
      `Cannot choose a session: ${
        asksNobody(flags)
          ? whyNobodyIsAsked(flags)
          : "there is no terminal to ask at"
      }`,
      "Name one: an id, the beginning of one, a title, or last; see them with: claudestream sessions list",
    );
  }
  const { sessions } = await listSessions({ ...placeOf(flags), limit: MOST });
  if (sessions.length === 0) {
    throw new UsageError(
      "Cannot choose a session: there is none of this directory",
      "See those of all with: claudestream sessions list --all",
    );
  }
  return await choose(new SessionPicker(sessions), output, lines);
}

async function choose(
  picker: SessionPicker,
  output: Output,
  lines: InputLines,
): Promise<SessionInfo | undefined> {
  const draw = () => {
    // Nothing awaits this promise.
    output.setInput(picker.view(output.columns, output.rows - 1))
      .catch(() => {});
  };
  const keys = new KeyReader(new Set(Object.keys(PICKER_KEYS)));
  const raw = new RawMode((isRaw) => Deno.stdin.setRaw(isRaw));
  raw.enter();
  const input = lines.capture();
  using _resizing = onResize(draw);
  try {
    for (;;) {
      draw();
      const piece = await input.read();
      // A key by itself: nothing else follows it.
      if (piece === undefined || piece === "\x1b") return undefined;
      for (const key of keys.take(piece)) {
        const event = picker.take(key);
        if (event === "left") return undefined;
        if (event === "taken") return picker.selected;
      }
    }
  } finally {
    await output.setInput(undefined);
    raw.leave();
    input.release("");
  }
}
