// A prompt that says nothing is refused wherever one can be given, before anything starts.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  AsyncSession,
  ConfigError,
  image,
  printPrompt,
  printPromptSync,
  SyncSession,
  text,
} from "../../mod.ts";
import { joinPrompt, planPrompt } from "../../src/cli/input/prompt.ts";
import { UsageError } from "../../src/cli/failure/usage_error.ts";
import { BLANKS } from "../../src/prompt/fixtures/blanks.ts";

const DOT = image(
  Uint8Array.fromBase64(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  ),
);

/** Never started: there is no such program. */
const OPTIONS = { claudePath: "/nonexistent/claude" };

Deno.test("both sessions and one-shots refuse a prompt that says nothing", async () => {
  await using session = new AsyncSession(OPTIONS);
  using blocking = new SyncSession(OPTIONS);
  for (const blank of BLANKS) {
    const prompts = [
      blank,
      [text(blank)],
      [text("see"), text(blank)],
      [DOT, text(blank)],
    ];
    for (const prompt of prompts) {
      const ways: readonly (() => unknown)[] = [
        () => session.send(prompt),
        () => session.push(prompt),
        () => blocking.send(prompt),
        () => blocking.push(prompt),
        () => blocking.ask(prompt),
        () => printPromptSync(prompt, OPTIONS),
      ];
      for (const way of ways) {
        assertThrows(way, TypeError, "expected something to read");
      }
      for (
        const way of [
          () => session.ask(prompt),
          () => printPrompt(prompt, OPTIONS),
        ]
      ) await assertRejects(way, TypeError, "expected something to read");
    }
  }
  assertEquals([session.state, blocking.state], ["new", "new"]);
});

Deno.test("the command line refuses it as an argument, from stdin and from both", () => {
  const sources = { literal: [], stdin: undefined };
  for (const blank of BLANKS) {
    assertThrows(
      () => planPrompt({ ...sources, words: [blank], kind: "terminal" }),
      UsageError,
      "there is none",
    );
    assertThrows(() => joinPrompt("", blank), UsageError, "there is none");
    const plan = planPrompt({ ...sources, words: [blank], kind: "data" });
    assertEquals(plan, { text: "", readsStdin: true });
    // What is there is enough.
    assertEquals(joinPrompt("see", blank), "see");
    assertEquals(joinPrompt("", `${blank}see`), `${blank}see`);
  }
});

Deno.test("an option of a turn that cannot be is a ConfigError, by its name and by its value", async () => {
  await using session = new AsyncSession(OPTIONS);
  using blocking = new SyncSession(OPTIONS);
  const bad: readonly Readonly<Record<string, unknown>>[] = [
    { timeout: 5 },
    { timeoutMs: "5" },
    { timeoutMs: -1 },
    { timeoutMs: NaN },
    { signal: "abort" },
    { verbatim: "yes" },
    { until: "never" },
  ];
  for (const options of bad) {
    const [option = ""] = Object.keys(options);
    const errors = [
      assertThrows(() => session.send("x", options), ConfigError),
      await assertRejects(() => session.ask("x", options), ConfigError),
      assertThrows(() => blocking.send("x", options), ConfigError),
      assertThrows(() => blocking.ask("x", options), ConfigError),
    ];
    for (const error of errors) {
      assertEquals([error.option, error.code], [option, "config"]);
    }
  }
  assertEquals([session.state, blocking.state], ["new", "new"]);
});
