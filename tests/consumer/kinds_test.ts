// A scenario of each kind.

import {
  askUser,
  AsyncSession,
  ProcessExitError,
} from "jsr:@claudestream/core";
import {
  collect,
  expectTurn,
  FakeClock,
  MemoryClaude,
  step,
} from "jsr:@claudestream/core/testing";
import { assertEquals, assertRejects } from "jsr:@std/assert@^1";

Deno.test("a call that the policy leaves open is answered by a listener", async () => {
  const claude = new MemoryClaude(step.conversation([[
    step.toolCall("Bash", { command: "make" }, { asks: true }),
    step.text("Built."),
  ]]));
  await using session = new AsyncSession({
    spawn: claude.spawn,
    policy: askUser(),
  });
  session.on("permission_request", (request) => request.allow());
  (await expectTurn(session.send("Build it"))).denied([]).text("Built.");
});

Deno.test("the model asks a person", async () => {
  const options = [{ label: "red" }, { label: "blue" }];
  const claude = new MemoryClaude(step.conversation([[
    step.question([{ question: "Which colour?", options }]),
    // What the model sees of the answer.
    step.when("tool_result", { contains: '"Which colour?"="blue"' }, [
      step.text("Blue it is."),
    ]),
  ]]));
  await using session = new AsyncSession({
    spawn: claude.spawn,
    onQuestion: () => ({ "Which colour?": "blue" }),
  });
  assertEquals((await session.ask("Paint it")).text, "Blue it is.");
});

Deno.test("a turn is interrupted, and the next one runs", async () => {
  const claude = new MemoryClaude(step.conversation([
    [step.text("One"), step.silence()],
    [step.text("Two")],
  ]));
  await using session = new AsyncSession({ spawn: claude.spawn });
  const turn = session.send("Count");
  session.on("assistant_text", () => turn.interrupt());
  (await expectTurn(turn)).failed("interrupted");
  assertEquals((await session.ask("Go on")).text, "Two");
});

Deno.test("a message is pushed while a tool runs", async () => {
  const claude = new MemoryClaude(step.conversation([[
    step.toolCall("Read", { file_path: "a.ts" }, {
      running: [step.awaitPrompt()],
    }),
    step.when("prompt", /tests/, [step.text("I leave the tests alone.")]),
  ]]));
  await using session = new AsyncSession({ spawn: claude.spawn });
  const turn = session.send("Refactor it");
  session.push("Leave the tests alone");
  assertEquals((await collect(turn)).text, "I leave the tests alone.");
});

Deno.test("a used-up plan is waited for, in no time", async () => {
  const clock = new FakeClock("2026-05-01T10:00:00Z");
  const resetsAt = clock.date() / 1000 + 3600;
  const claude = new MemoryClaude(
    step.conversation([[step.rateLimited({ resetsAt })], [step.text("Here.")]]),
    { clock },
  );
  await using session = new AsyncSession({
    spawn: claude.spawn,
    clock,
    waitForReset: { maxMs: 2 * 3_600_000 },
  });
  session.on("rate_limit_wait", ({ waitMs }) => clock.advance(waitMs));
  assertEquals((await session.ask("Are you there?")).text, "Here.");
});

Deno.test("claude dies, and the session goes on with the next process", async () => {
  const claude = new MemoryClaude({
    processes: [
      { turns: [[step.text("I be"), step.stderr("oops\n"), step.exit(1)]] },
      { turns: [[step.text("Back.")]] },
    ],
  });
  await using session = new AsyncSession({
    spawn: claude.spawn,
    recover: { attempts: 1 },
  });
  const error = await assertRejects(
    () => session.ask("Begin"),
    ProcessExitError,
  );
  assertEquals(error.exitCode, 1);
  assertEquals((await session.ask("Again")).text, "Back.");
});

Deno.test("a stream breaks: the step behind it is the second attempt", async () => {
  const claude = new MemoryClaude(step.conversation([[
    step.brokenStream("The answer is fo"),
    step.text("The answer is forty-two."),
  ]]));
  await using session = new AsyncSession({ spawn: claude.spawn });
  let shown = "";
  for await (const piece of session.send("And?").textStream()) shown += piece;
  assertEquals(shown, "The answer is forty-two.");
});
