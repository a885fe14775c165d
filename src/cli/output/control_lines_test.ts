// `events --control`: what is told of the exchange, in which order, and without secrets.

import { assert, assertEquals } from "@std/assert";
import type { ClaudeEvent } from "../../events/mod.ts";
import { AsyncSession } from "../../session/async_session.ts";
import { ScriptedClaude, step } from "../../testing/mod.ts";
import { ControlLines } from "./control_lines.ts";
import { asking, environment, run, Running } from "../fixtures/child.ts";
import type { Presenter } from "./presenters.ts";

interface Line {
  readonly type: string;
  readonly direction?: string;
  readonly message?: {
    readonly type: string;
    readonly request_id?: string;
    readonly request?: {
      readonly subtype: string;
      readonly tool_name?: string;
    };
    readonly response?: { readonly request_id: string };
  };
}

function lines(stdout: string): readonly Line[] {
  return stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
}

Deno.test("events --control: each request and its answer, in both directions, between the events", async () => {
  const { code, stdout, stderr } = await run([asking], [
    "events",
    "x",
    "--control",
  ]);
  assertEquals(code, 0, stderr);
  const all = lines(stdout);
  const control = all.filter(({ type }) => type === "control");
  const requests = control.filter(({ message }) => message?.request);
  const subtypes = requests.map(({ direction, message }) =>
    `${direction} ${message?.request?.subtype}`
  );
  assertEquals(subtypes.slice(0, 1), ["out initialize"]);
  assert(
    subtypes.some((each) => each.startsWith("in ")),
    `claude asks nothing: ${subtypes}`,
  );
  for (const { direction, message } of requests) {
    const answer = control.find((line) =>
      line.message?.response?.request_id === message?.request_id
    );
    assertEquals(answer?.direction, direction === "in" ? "out" : "in");
    assert(all.indexOf(answer!) > 0);
  }
  const place = (test: (line: Line) => boolean) => all.findIndex(test);
  const call = place(({ type }) => type === "tool_use");
  const asked = place(({ message }) => message?.request?.tool_name === "Bash");
  const told = place(({ type }) => type === "permission_request");
  const result = place(({ type }) => type === "tool_result");
  const places = [call, asked, told, result];
  assertEquals(places, places.toSorted((a, b) => a - b));
  const plain = await run([asking], ["events", "x"]);
  assertEquals(
    all.filter(({ type }) => type !== "control").map(({ type }) => type),
    lines(plain.stdout).map(({ type }) => type),
  );
});

Deno.test("events --control: no secret; each filter lets control lines through", async () => {
  await using claude = await ScriptedClaude.create(
    step.conversation([[step.text("Hi.")]]),
  );
  const running = new Running(
    claude,
    [
      "events",
      "x",
      "--control",
      "--filter=result",
      "--append-system-prompt=the key is hush-hush-7731",
    ],
    undefined,
    { ...environment(claude), SHOP_API_KEY: "hush-hush-7731" },
  );
  const { code, stdout, stderr } = await running.end();
  assertEquals(code, 0, stderr);
  assert(!stdout.includes("hush-hush"), stdout);
  assert(stdout.includes("the key is "), stdout);
  const types = new Set(lines(stdout).map(({ type }) => type));
  assertEquals([...types].sort(), ["control", "result"]);
});

Deno.test("events --control --raw is refused", async () => {
  const { code, stderr } = await run([], ["events", "x", "--control", "--raw"]);
  assertEquals(code, 2);
  assert(stderr.includes("Cannot use --control with --raw"), stderr);
});

Deno.test("a control line stands between its neighbours however late these are read, and waits for no event", async () => {
  await using claude = await ScriptedClaude.create(
    step.conversation([[step.text("Hi.")]]),
  );
  const printed: string[] = [];
  const control = new ControlLines((text) => {
    const { message } = JSON.parse(text);
    printed.push(message.type);
    return Promise.resolve();
  });
  await using session = new AsyncSession({ claudePath: claude.path });
  control.watch(session);
  const inner: Presenter<"flat"> = {
    view: "flat",
    take: (event) => Promise.resolve(void printed.push(event.type)),
    interlude: () => Promise.resolve(false),
    end: () => Promise.resolve(),
  };
  const presenter = control.around(inner);
  const events: ClaudeEvent[] = [];
  const wire = (name: string) => {
    const line = JSON.stringify({ type: `control_${name}` });
    control.wire("in", line, () => line);
  };
  session.on("system_init", () => wire("after_init"));
  session.on("result", () => wire("after_result"));
  for await (const event of session.send("x")) events.push(event);
  // Everything has come before anything is taken.
  assertEquals(printed.filter((type) => type.startsWith("control_")), []);
  for (const event of events) {
    await presenter.take(event);
    // A session pauses between two lines, too.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await presenter.end(undefined);
  const after = (type: string) => printed[printed.lastIndexOf(type) + 1];
  assertEquals(after("system_init"), "control_after_init");
  assertEquals(after("result"), "control_after_result");
  // Nothing is taken: printed as soon as this task has ended.
  wire("alone");
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(printed.at(-1), "control_alone");
});
