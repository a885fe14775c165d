// Every way to read a turn returns the same answer: over all transcripts, with partial messages
// and without, in both sessions and on the command line.

import { assert, assertEquals } from "@std/assert";
import { answerPresenter } from "../../src/cli/output/presenters.ts";
import { Renderer } from "../../src/cli/text/render.ts";
import type { Output } from "../../src/cli/output/output.ts";
import { EventDecoder } from "../../src/decode/decoder.ts";
import type { Frame } from "../../src/events/mod.ts";
import { isWireObject, type WireObject } from "../../src/messages/_define.ts";
import type { Result } from "../../src/messages/result.ts";
import { turnFailure } from "../../src/protocol/turn_failure.ts";
import { Blocking } from "../../src/session/blocking.ts";
import { loneTurn } from "../../src/session/fixtures/lone_turn.ts";
import { Promising } from "../../src/session/promising.ts";
import { SyncTurn } from "../../src/session/sync_turn.ts";
import { Turn } from "../../src/session/turn.ts";
import { readTranscripts } from "../support/transcripts.ts";

/** A turn of a transcript. */
interface Recorded {
  readonly frames: readonly Frame[];
  readonly result: Result;
}

/** The turns in these lines. A result that was held back is that of the oldest turn without. */
function turnsOf(lines: readonly WireObject[]): readonly Recorded[] {
  const decoder = new EventDecoder();
  const open: Frame[][] = [];
  let between: Frame[] = [];
  const turns: Recorded[] = [];
  for (const line of lines) {
    if (String(line.type).startsWith("control_")) continue;
    const frame = decoder.decode(line);
    const [event] = frame.events;
    if (event?.type === "system_init") {
      open.push(between);
      between = [];
    }
    if (event?.type === "result") {
      turns.push({ frames: [...open.shift() ?? [], frame], result: event });
    } else (open.at(-1) ?? between).push(frame);
  }
  return turns;
}

/** A screen from which text can be taken back. */
class Screen {
  text = "";

  readonly onRetract = (text: string): void => {
    assert(this.text.endsWith(text), `"${this.text}" has no "${text}"`);
    this.text = this.text.slice(0, this.text.length - text.length);
  };
}

/** A turn of an async session that is over, twice: one for each reader. */
async function readAsync({ frames, result }: Recorded) {
  const [first, second] = [0, 1].map(() => {
    const sink = loneTurn();
    const turn = new Turn(sink, "flat", new Promising());
    for (const frame of frames) sink.feed.push(frame);
    sink.settle({ result, context: {} });
    return turn;
  }) as [Turn, Turn];
  const screen = new Screen();
  const stream = second.textStream({ onRetract: screen.onRetract });
  for await (const piece of stream) screen.text += piece;
  return { text: await first.text(), screen: screen.text };
}

function readSync({ frames, result }: Recorded) {
  const [first, second] = [0, 1].map(() => {
    const sink = loneTurn();
    const turn = new SyncTurn(sink, "flat", new Blocking());
    for (const frame of frames) sink.feed.push(frame);
    sink.settle({ result, context: {} });
    return turn;
  }) as [SyncTurn, SyncTurn];
  const screen = new Screen();
  for (
    const piece of second.textStream({ onRetract: screen.onRetract })
  ) screen.text += piece;
  return { text: first.text(), screen: screen.text };
}

/** What `ask` prints, and what `send` does. */
async function readCommands({ frames, result }: Recorded) {
  let asked = "";
  const output = {
    stdout: (text: string) => {
      asked += text;
      return Promise.resolve();
    },
    stderr: () => Promise.resolve(),
    terminals: { stdin: false, stdout: false, stderr: false },
  } as unknown as Output;
  const presenter = await answerPresenter(output, {}, () => undefined);
  const renderer = new Renderer({
    detail: "brief",
    isOneStream: false,
    isLive: false,
    quiet: false,
    columns: () => 80,
  });
  const pieces = [];
  for (const event of frames.flatMap(({ events }) => events)) {
    await presenter.take(event);
    pieces.push(...renderer.take(event));
  }
  await presenter.end(result);
  pieces.push(...renderer.end(result));
  const sent = pieces.map((piece) => piece.to === "stdout" ? piece.text : "")
    .join("");
  return { asked, sent };
}

/** What is printed of a text: its line breaks at the end become one. */
function printed(text: string): string {
  const body = text.replace(/\n+$/, "");
  return body === "" ? "" : `${body}\n`;
}

const TRANSCRIPTS = readTranscripts().map(({ name, lines }) => {
  const objects = lines.map((line): unknown => JSON.parse(line))
    .filter(isWireObject);
  return { name, objects };
});

Deno.test("two readers of one turn get the same answer, of every transcript", async () => {
  let turns = 0;
  let streamed = 0;
  for (const { name, objects } of TRANSCRIPTS) {
    const recorded = turnsOf(objects);
    // What the same turns are without partial messages.
    const plain = turnsOf(
      objects.filter(({ type }) => type !== "stream_event"),
    );
    assertEquals(
      recorded.map(({ result }) => result.text),
      plain.map(({ result }) => result.text),
      name,
    );
    for (const [at, turn] of [...recorded, ...plain].entries()) {
      if (turnFailure(turn.result) !== undefined) continue;
      const { text } = turn.result;
      const where = `${name}, turn ${at}: "${text}"`;
      const read = await readAsync(turn);
      assertEquals(read.text, text, where);
      assert(read.screen.endsWith(text), `${where} is not in ${read.screen}`);
      // Nothing was shown, and there is an answer, or the other way round.
      assertEquals(read.screen === "", text === "", where);
      assertEquals(readSync(turn), read, where);
      const { asked, sent } = await readCommands(turn);
      assertEquals(asked, printed(text), where);
      assert(sent.endsWith(asked), `${where} is not in ${sent}`);
      turns++;
      if (text !== turn.result.result) streamed++;
    }
  }
  assert(turns > 300, `${turns} turns`);
  // There are some in which the CLI says something else.
  assert(streamed > 0);
});
