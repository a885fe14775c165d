// Messages that are built for tests are those that the CLI writes.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { encodeMessage } from "../../src/messages/encode.ts";
import { KINDS, type Message, readMessage } from "../../src/messages/mod.ts";
import { isWireObject } from "../../src/util/json.ts";
import { event, MemoryClaude, step } from "../../src/testing/mod.ts";
import { AsyncSession, type Decision } from "../../mod.ts";
import { readTranscripts } from "../support/transcripts.ts";

/** Encodes a message, whatever its type. */
function encoded(message: Message) {
  const { type, ...fields } = message;
  return encodeMessage(type, fields as never);
}

Deno.test("what is read from a line, encoded and read again, is the same: every line of every transcript", () => {
  const seen = new Set<string>();
  for (const { name, lines } of readTranscripts()) {
    for (const line of lines) {
      const raw: unknown = JSON.parse(line);
      if (!isWireObject(raw)) continue;
      const message = readMessage(raw);
      if (message.type === "unknown") continue;
      seen.add(message.type);
      const again = readMessage(encoded(message));
      assertEquals(again, message, name);
    }
  }
  const missing = Object.keys(KINDS).filter((type) => !seen.has(type));
  // As many kinds as the transcripts have; see transcripts_test.ts for the others.
  assert(seen.size > 40, `only ${seen.size}, without ${missing}`);
});

Deno.test("a message that no CLI writes cannot be built by accident", () => {
  assertThrows(
    () => event.message("api_retry", { attempt: "one" } as never),
    TypeError,
    "attempt",
  );
  assertThrows(
    () => step.message("api_retry", { atempt: 1 } as never),
    TypeError,
    'it has no field "atempt"',
  );
  assertThrows(
    () => step.message("invented" as never, {} as never),
    TypeError,
    'there is no message "invented"',
  );
});

Deno.test("events are what a session delivers", async () => {
  const call = event.toolUse("Read", { file_path: "a" });
  const built = [
    event.systemInit({ cwd: "/x" }),
    event.thinking("hm"),
    call,
    event.toolResult(call, "alpha", { isError: false }),
    event.assistantText("It says alpha."),
    event.result({ text: "It says alpha." }),
  ];
  const claude = new MemoryClaude(step.conversation([[
    step.thinking("hm"),
    step.toolCall("Read", { file_path: "a" }, { output: "alpha" }),
    step.text("It says alpha."),
  ]]));
  await using session = new AsyncSession({
    spawn: claude.spawn,
    partials: false,
  });
  const types = new Set(built.map(({ type }) => type));
  const lived = (await Array.fromAsync(session.send("x")))
    .filter(({ type }) => types.has(type as never));
  assertEquals(lived.map(({ type }) => type), built.map(({ type }) => type));
  for (const [at, one] of built.entries()) {
    const other = lived[at];
    assert(other !== undefined && isWireObject(one.raw));
    const names = Object.keys(one).filter((name) => !(name in other));
    assertEquals(names, [], one.type);
  }
  assertEquals(event.toolResult(call, "alpha").toolName, "Read");
  assertEquals(event.result({ text: "yes" }).text, "yes");
  assertEquals(event.result({ costUsd: 0.5 }).costUsd, 0.5);
  assertEquals(event.textDelta("x").text, "x");
  assertEquals(event.thinkingDelta("x").thinking, "x");
  assertEquals(
    event.assistantText("no", { error: "rate_limit" }).error,
    "rate_limit",
  );
  assertEquals(
    event.assistantText("x", { parentToolUseId: "t" }).parentToolUseId,
    "t",
  );
});

Deno.test("a permission request tells what was decided", () => {
  const decisions: Decision[] = [];
  const request = event.permissionRequest("Bash", { command: "ls" }, {
    title: "Run it?",
    answered: (decision) => decisions.push(decision),
  });
  assertEquals([request.toolName, request.kind, request.title], [
    "Bash",
    "execute",
    "Run it?",
  ]);
  request.allow();
  request.deny("no");
  assertEquals(decisions.map(({ behavior }) => behavior), ["allow", "deny"]);
});

Deno.test("a message step is read as that message", async () => {
  const claude = new MemoryClaude(step.conversation([[
    step.message("api_retry", {
      attempt: 3,
      maxRetries: 10,
      retryDelayMs: 5,
      errorStatus: 529,
      error: "overloaded",
    }),
    step.text("x"),
  ]]));
  await using session = new AsyncSession({ spawn: claude.spawn });
  const events = await Array.fromAsync(session.send("x"));
  const retry = events.find((one) => one.type === "api_retry");
  assertEquals(retry?.attempt, 3);
});
