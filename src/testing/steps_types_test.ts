// The builders follow the types of messages and steps: `deno check` is the test of what is refused.

import { assertEquals, assertThrows } from "@std/assert";
import {
  AsyncSession,
  type ClaudeEvent,
  type SessionOptions,
} from "../../mod.ts";
import { event, MemoryClaude, parseScenario, type Step, step } from "./mod.ts";

const RETRY = {
  attempt: 1,
  maxRetries: 3,
  retryDelayMs: 5,
  errorStatus: 529,
  error: "overloaded",
} as const;

Deno.test("a message that no CLI writes does not compile, and is refused as it is built", () => {
  const { error, ...short } = RETRY;
  const wrong: readonly (() => unknown)[] = [
    // @ts-expect-error There is no such message.
    () => step.message("invented", {}),
    // @ts-expect-error There is no such field.
    () => step.message("api_retry", { ...RETRY, atempt: 1 }),
    // @ts-expect-error A field has another type.
    () => step.message("api_retry", { ...RETRY, attempt: "one" }),
    // @ts-expect-error A field is missing.
    () => step.message("api_retry", short),
    // @ts-expect-error There is no such message.
    () => event.message("invented", {}),
    // @ts-expect-error A field has another type.
    () => event.message("api_retry", { attempt: "one" }),
    // @ts-expect-error There is no such field.
    () => event.message("api_retry", { atempt: 1 }),
  ];
  for (const build of wrong) {
    assertThrows(build, TypeError, "Cannot encode", String(build));
  }
  assertEquals(error, "overloaded");
});

Deno.test("a step of a wrong shape does not compile, and no file takes it", () => {
  const { text } = step.text("x");
  const wrong: readonly (() => unknown)[] = [
    // @ts-expect-error There is no such builder.
    () => step.txet("x"),
    // @ts-expect-error A text is a string.
    () => step.text(5),
    // @ts-expect-error There is no such option.
    () => step.text("x", { delta: 3 }),
    // @ts-expect-error A call has an input.
    () => step.toolCall("Bash"),
    // @ts-expect-error There is no such option of a call.
    () => step.toolCall("Bash", {}, { ouput: "x" }),
    // @ts-expect-error There is no such signal.
    () => step.kill("SIGFOO"),
    // @ts-expect-error There is no such fault of a line.
    () => step.spoil("twise"),
    // @ts-expect-error This can be ignored by no process.
    () => step.ignore("sigkill"),
    // @ts-expect-error There is no such text to test.
    () => step.when("prompts", "x", []),
    // @ts-expect-error A text is a block, which only the model writes.
    () => step.background("x", [step.text(text)]),
    // @ts-expect-error The same, while a tool runs.
    () => step.toolCall("Bash", {}, { running: [step.text(text)] }),
    // @ts-expect-error There is no such count.
    () => step.usage({ tokens: 5 }),
    // @ts-expect-error A turn is a list of steps.
    () => step.conversation([step.text(text)]),
  ];
  // Without a type check the steps are built; a file does not take them either.
  for (const build of wrong) {
    assertThrows(
      () => {
        const turn = [build() as Step];
        parseScenario(JSON.stringify(step.conversation([turn])));
      },
      Error,
      undefined,
      String(build),
    );
  }
});

/** Returns the events of a turn that plays these steps. */
async function played(
  steps: readonly Step[],
  options: SessionOptions = {},
): Promise<readonly ClaudeEvent[]> {
  const { spawn } = new MemoryClaude(step.conversation([steps]));
  await using session = new AsyncSession({ ...options, spawn });
  return await Array.fromAsync(session.send("x"));
}

Deno.test("the escape hatch writes a line of any shape as it is", async () => {
  const line = { type: "invented", odd: [{ deep: null }], number: 5 };
  const bare = await played([step.line(line, { bare: true }), step.text("y")]);
  assertEquals(
    bare.filter(({ type }) => type === "unknown").map(({ raw }) => raw),
    [line],
  );
  // Without `bare` it has what every line of the CLI has.
  const [full] = (await played([step.line(line), step.text("y")]))
    .filter(({ type }) => type === "unknown");
  const { uuid, session_id, ...rest } = full?.raw as Record<string, unknown>;
  assertEquals(rest, line);
  assertEquals([typeof uuid, typeof session_id], ["string", "string"]);
});

Deno.test("the escape hatch writes text and bytes as they are", async () => {
  const line = '{"type":"invented","text":"ä"}\n';
  for (
    const steps of [
      [step.write(line)],
      [step.write(line.slice(0, 9)), step.write(line.slice(9))],
      [step.writeBytes(new TextEncoder().encode(line))],
      // A character in two halves.
      [
        step.writeBytes(new TextEncoder().encode(line).slice(0, 28)),
        step.writeBytes(new TextEncoder().encode(line).slice(28)),
      ],
    ]
  ) {
    const events = await played([...steps, step.text("y")]);
    assertEquals(
      events.filter(({ type }) => type === "unknown").map(({ raw }) => raw),
      [JSON.parse(line)],
    );
  }
});
