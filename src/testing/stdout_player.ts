/**
 * Plays what a CLI wrote, if its input was not recorded: the stdout of `claude`, saved to a
 * file. Pure: it has no I/O and no clock.
 *
 * @module
 */

import { type RecordedLine, wireValue } from "../observe/recording.ts";
import { isWireObject, type WireObject } from "../util/json.ts";
import type { PlayerOutput } from "./player/output.ts";
import type { Playing } from "./replay_player.ts";

/** Lines that open a turn if none is open: of a CLI that told why it cannot begin, a result. */
const OPENING: ReadonlySet<unknown> = new Set([
  "assistant",
  "stream_event",
  "result",
]);

const UUIDS = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Whether a line of the CLI begins a turn. */
export function opensTurn(line: WireObject): boolean {
  return OPENING.has(line.type) ||
    (line.type === "system" && line.subtype === "init");
}

/**
 * Plays the lines in their order. Each turn waits for a prompt; what the prompt says, and whatever
 * else the session sends, is taken without a look.
 */
export class StdoutPlayer implements Playing {
  readonly #lines: readonly {
    readonly text: string;
    readonly value: unknown;
  }[];
  /** The answer to the handshake, if the CLI gave one. */
  readonly #welcome: WireObject | undefined;
  readonly #tellsOfPrompts: boolean;
  readonly #namesPrompts: boolean;
  readonly #outbox: PlayerOutput[] = [];
  #at = 0;
  /** Ids of the prompts that no turn has taken. */
  readonly #prompts: string[] = [];
  /** The prompts of the recording, as the session knows them; the CLI may refer to them by id. */
  readonly #ids = new Map<string, string>();
  /** Number of announced prompts whose turn has not begun. */
  #announced = 0;
  #isStarted = false;
  #isInTurn = false;
  #isInputOver = false;
  #isOver = false;

  constructor(lines: readonly RecordedLine[]) {
    const all = lines.flatMap((line) =>
      "in" in line ? [{ text: String(line.in), value: wireValue(line.in) }] : []
    );
    this.#welcome = all.map(({ value }) => answerIn(value)).find((answer) =>
      answer !== undefined && "commands" in answer
    );
    // Answers belong to requests that this session has not made.
    this.#lines = all.filter(({ value }) => answerIn(value) === undefined);
    const objects = all.map(({ value }) => value).filter(isWireObject);
    this.#tellsOfPrompts = objects.some(({ type }) =>
      type === "command_lifecycle"
    );
    this.#namesPrompts = objects.some((line) =>
      line.type === "system" && line.user_message_uuids !== undefined
    );
  }

  /** There is nothing to compare with. */
  get difference(): undefined {
    return undefined;
  }

  next(): PlayerOutput | undefined {
    if (this.#isOver) return undefined;
    const ready = this.#outbox.shift();
    if (ready !== undefined) return this.#given(ready);
    // A session without a handshake begins with its first prompt.
    if (!this.#isStarted && this.#prompts.length === 0) return this.#waiting();
    const line = this.#lines[this.#at];
    if (line === undefined) {
      // A turn without an end is that of a process that died in it.
      if (this.#isInTurn) return this.#given(EXIT);
      if (this.#prompts.length > 0) {
        this.#outbox.push({ do: "exit", code: 1, signal: null });
        return { do: "stderr", text: NO_MORE, bytes: NO_MORE.length };
      }
      return this.#waiting();
    }
    const { text, value } = line;
    if (isWireObject(value) && !this.#follow(value)) return this.#waiting();
    this.#at++;
    return {
      do: "line",
      line: text.replace(UUIDS, (id) => this.#ids.get(id) ?? id),
    };
  }

  /** Takes the prompts that a line is about. Returns `false` if they have not come. */
  #follow(line: WireObject): boolean {
    if (line.type === "result") {
      if (!this.#isInTurn && !this.#begin(line)) return false;
      this.#isInTurn = false;
    } else if (line.type === "command_lifecycle") {
      const id = String(line.command_uuid);
      if (this.#ids.has(id)) return true;
      const own = this.#prompts.shift();
      // One that was sent while a turn ran: the reader of that turn may send none.
      const isLate = this.#isInTurn || this.#announced > 0;
      if (own === undefined && !isLate) return false;
      this.#ids.set(id, own ?? id);
      this.#announced++;
    } else if (!this.#isInTurn && opensTurn(line)) {
      return this.#isInTurn = this.#begin(line);
    }
    return true;
  }

  /** Begins a turn. Returns `false` if its prompt has not come. */
  #begin(line: WireObject): boolean {
    if (this.#announced > 0) {
      this.#announced--;
      return true;
    }
    const ids = Array.isArray(line.user_message_uuids)
      ? line.user_message_uuids.map(String)
      : [];
    // The CLI began it by itself, if it is one that names prompts.
    const isOwn = this.#tellsOfPrompts || this.#isOfCli() ||
      (this.#namesPrompts && ids.length === 0);
    if (isOwn) return true;
    const own = this.#prompts.shift();
    if (own === undefined) return false;
    for (const id of ids) if (!this.#ids.has(id)) this.#ids.set(id, own);
    return true;
  }

  /** Whether the turn at hand has an end that says so: one of a task in the background, say. */
  #isOfCli(): boolean {
    const end = this.#lines.slice(this.#at).map(({ value }) => value)
      .find((value) => isWireObject(value) && value.type === "result");
    return isWireObject(end) && isWireObject(end.origin);
  }

  receive(text: string): void {
    const line: unknown = JSON.parse(text);
    if (!isWireObject(line)) return;
    if (line.type === "user") this.#prompts.push(String(line.uuid));
    if (line.type !== "control_request") return;
    const { request_id } = line;
    const request = isWireObject(line.request) ? line.request : {};
    const { subtype, ...fields } = request;
    if (subtype === "initialize") this.#isStarted = true;
    const answer = subtype === "initialize"
      ? this.#welcome ?? {}
      : isOrder(subtype)
      ? fields
      : undefined;
    const response = answer !== undefined
      ? { subtype: "success", request_id, response: answer }
      : {
        subtype: "error",
        request_id,
        error:
          `Cannot answer ${subtype}: the recording has only what the CLI wrote`,
      };
    this.#outbox.push({
      do: "line",
      line: JSON.stringify({ type: "control_response", response }),
    });
  }

  endInput(): void {
    this.#isInputOver = true;
  }

  resume(): void {}

  signal(name: "SIGTERM" | "SIGINT"): void {
    const code = name === "SIGTERM" ? 143 : 130;
    this.#outbox.push({ do: "exit", code, signal: name });
  }

  #given(output: PlayerOutput): PlayerOutput {
    if (output.do === "exit") this.#isOver = true;
    return output;
  }

  #waiting(): PlayerOutput | undefined {
    return this.#isInputOver ? this.#given(EXIT) : undefined;
  }
}

/** Whether a request is an order, whose answer holds nothing. */
function isOrder(subtype: unknown): boolean {
  return subtype === "interrupt" || String(subtype).startsWith("set_");
}

/** How the process ended is in no stdout. */
const EXIT: PlayerOutput = { do: "exit", code: 0, signal: null };

const NO_MORE = "The session sent more prompts than the recording has turns\n";

/** What a response of the CLI holds; `undefined` for any other line. */
function answerIn(line: unknown): WireObject | undefined {
  if (!isWireObject(line) || line.type !== "control_response") return undefined;
  const { response } = line;
  const answer = isWireObject(response) ? response.response : undefined;
  return isWireObject(answer) ? answer : {};
}
