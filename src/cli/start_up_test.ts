// Keeps what only some runs need out of the start of all: which modules a command loads before its process runs.

import { assert, assertEquals } from "@std/assert";
import { graphOf } from "../../tests/support/module_graph.ts";
import type { AsyncSession } from "../session/async_session.ts";
import { Conductor } from "./conductor.ts";
import { exactWidthOf } from "./text/exact_width.ts";
import type { SignalWatch } from "./interrupt.ts";
import type { Output } from "./output/output.ts";
import { widthOf } from "./text/terminal.ts";

/** Loaded when a person reads the answer, or a tool needs it; never to start a process. */
const LATE =
  /string-width|highlight\.js|marked@|\/diff@|cfworker|momoa|\/(render|lookalikes|one_line|marked_text|live_status|exact_width|text_presenter|presenters|activity)\.ts$/;

for (const command of ["ask", "stream", "send", "events"]) {
  Deno.test(`${command} loads what shows the answer after its process has started`, async () => {
    const graph = await graphOf(
      new URL(`./commands/${command}.ts`, import.meta.url),
    );
    assert(graph.length > 50, `only ${graph.length} modules were found`);
    assertEquals(graph.filter((url) => LATE.test(url)), []);
  });
}

Deno.test("--help, --version and the first sign of life load no library for the screen", async () => {
  for (const name of ["main", "help", "version", "live/activity"]) {
    const graph = await graphOf(new URL(`./${name}.ts`, import.meta.url));
    assertEquals(
      graph.filter((url) => /string-width|marked@|highlight\.js/.test(url)),
      [],
      name,
    );
  }
});

Deno.test("a module that lays out texts for a person makes their width exact", async () => {
  for (
    const name of [
      "text/render",
      "live/figures_line",
      "live/live_status",
      "editor/editor_view",
      "editor/prompt_reader",
      "repl/facts_text",
      "sessions/session_picker",
      "sessions/session_text",
      "markdown/wrap",
      "question/question_text",
      "text/waiting_text",
    ]
  ) {
    const graph = await graphOf(new URL(`./${name}.ts`, import.meta.url));
    assert(
      graph.some((url) => url.endsWith("/exact_width.ts")),
      `src/cli/${name}.ts measures texts and does not import exact_width.ts`,
    );
  }
});

Deno.test("the short way of widthOf is exact, alone and beside others", () => {
  for (let code = 0x20; code <= 0xffff; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const char = String.fromCharCode(code);
    for (const text of [char, `a${char}`, `1${char}b`, `${char}${char}`]) {
      assertEquals(widthOf(text), exactWidthOf(text), JSON.stringify(text));
    }
  }
});

Deno.test("the first sign of life needs only few modules", async () => {
  const graph = new Set([
    ...await graphOf(new URL("../../cli.ts", import.meta.url)),
    ...await graphOf(new URL("./live/activity.ts", import.meta.url)),
  ]);
  // A session has more than 200.
  assert(graph.size <= 60, [...graph].join("\n"));
  assertEquals([...graph].filter((url) => /\/session\//.test(url)), []);
});

Deno.test("a turn sends its prompt, and then loads what shows the answer", async () => {
  const order: string[] = [];
  const turn = {
    async *[Symbol.asyncIterator]() {},
    text: () => Promise.resolve(""),
    result: () => Promise.resolve(undefined),
  };
  const session = {
    send() {
      order.push("send");
      return turn;
    },
    on: () => ({ [Symbol.dispose]() {} }),
    tasks: new Set(),
    claudeVersion: undefined,
  } as unknown as AsyncSession;
  const watch = {
    begin: () => ({ isInterrupted: false, [Symbol.dispose]() {} }),
  } as unknown as SignalWatch;
  const output = { terminals: { stderr: false } } as unknown as Output;
  const conductor = new Conductor({ output, flags: {} }, session, watch, []);
  const presenter = {
    view: "flat" as const,
    take: () => Promise.resolve(),
    interlude: () => Promise.resolve(false),
    end: () => Promise.resolve(),
  };
  const code = await conductor.turn("hi", {
    view: "flat",
    load() {
      order.push("load");
      return Promise.resolve(presenter);
    },
  });
  assertEquals([code, order], [0, ["send", "load"]]);
});
