// Questions to people against the scripted Claude: who answers, what is written, and
// that nothing answers by itself.

import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  allow,
  allowAll,
  AsyncSession,
  callback,
  type ClaudeEvent,
  decodeEvents,
  deny,
  dialog,
  elicit,
  type HandlerFailure,
  type SessionOptions,
  StateError,
} from "../../mod.ts";
import {
  type JsonObject,
  ScriptedClaude,
  type Step,
  step,
} from "../../src/testing/mod.ts";
import { ASK, DIALOG, ELICIT } from "../support/host_requests.ts";

const BASH = {
  subtype: "can_use_tool",
  tool_name: "Bash",
  input: { command: "ls" },
  tool_use_id: "t",
};
async function pair(steps: readonly Step[], options: SessionOptions) {
  const claude = await ScriptedClaude.create(step.conversation([[...steps]]));
  const session = new AsyncSession({ claudePath: claude.command, ...options });
  return {
    claude,
    session,
    /** What was answered, by id. */
    answer(id = "one"): JsonObject | undefined {
      const line = claude.received.find(({ type, response }) =>
        type === "control_response" &&
        (response as JsonObject).request_id === id
      );
      const { response, error } = (line?.response ?? {}) as JsonObject;
      return error === undefined
        ? response as JsonObject | undefined
        : { error };
    },
    async [Symbol.asyncDispose]() {
      await session.close();
      await claude.close();
    },
  };
}

const ask = (request: JsonObject, id = "one") => step.request(request, { id });

/** What is answered if no one reads the events. */
async function unattended(
  request: JsonObject,
  options: SessionOptions,
): Promise<JsonObject | undefined> {
  await using on = await pair([ask(request)], options);
  await on.session.ask("go");
  return on.answer();
}

Deno.test("nobody answers: questions are denied, elicitations declined, dialogs cancelled", async () => {
  const options: SessionOptions = {
    policy: allowAll(),
    dialogKinds: ["colour"],
  };
  const denied = await unattended(ASK, options);
  assertEquals(denied?.behavior, "deny");
  assert(`${denied?.message}`.includes("onQuestion"));
  assertEquals(await unattended(ELICIT, options), { action: "decline" });
  assertEquals(await unattended(DIALOG, options), { behavior: "cancelled" });
});

Deno.test("an undeclared dialog is never cancelled in a person's name", async () => {
  assertEquals(await unattended(DIALOG, {}), {
    error: `No such dialog here: "colour"`,
  });
});

Deno.test("what cannot be read is refused, not answered", async () => {
  const options = { dialogKinds: ["colour"] };
  for (
    const request of [{ ...ELICIT, message: 1 }, { ...DIALOG, payload: "x" }]
  ) {
    const { error } = await unattended(request, options) ?? {};
    assert(`${error}`.startsWith("Cannot read the request"), `${error}`);
  }
});

Deno.test("handlers answer, at once and later", async () => {
  const options: SessionOptions = {
    onQuestion: ({ questions }, { signal }) => {
      assertEquals([questions.length, signal.aborted], [1, false]);
      return Promise.resolve({ "Which colour?": "Blue" });
    },
    onElicitation: ({ serverName }) => elicit.accept({ name: serverName }),
    onDialog: ({ payload }) => Promise.resolve(dialog.complete(payload.of)),
    dialogKinds: ["colour"],
    onPlan: ({ plan }) => plan === "good" ? allow() : deny("no"),
  };
  assertEquals(await unattended(ASK, options), {
    behavior: "allow",
    updatedInput: { ...ASK.input, answers: { "Which colour?": "Blue" } },
  });
  assertEquals(await unattended(ELICIT, options), {
    action: "accept",
    content: { name: "demo" },
  });
  assertEquals(await unattended(DIALOG, options), {
    behavior: "completed",
    result: "sky",
  });
  for (const [plan, behavior] of [["good", "allow"], ["bad", "deny"]]) {
    const request = { ...ASK, tool_name: "ExitPlanMode", input: { plan } };
    const answer = await unattended(request, options);
    assertEquals(answer?.behavior, behavior);
  }
});

Deno.test("handlers that throw or answer wrongly never answer yes, and it is told", async () => {
  const throws = () => {
    throw new Error("broken");
  };
  const cases: [JsonObject, SessionOptions, string][] = [
    [ASK, { onQuestion: throws }, "onQuestion"],
    [ASK, { onQuestion: () => Promise.reject(new Error("x")) }, "onQuestion"],
    [ASK, { onQuestion: () => ({}) }, "onQuestion"],
    [ELICIT, { onElicitation: throws }, "onElicitation"],
    [ELICIT, { onElicitation: () => true as never }, "onElicitation"],
    [
      ELICIT,
      { onElicitation: () => elicit.accept({ at: 1n }) },
      "onElicitation",
    ],
    [DIALOG, { onDialog: throws, dialogKinds: ["colour"] }, "onDialog"],
    [
      { ...ASK, tool_name: "ExitPlanMode", input: {} },
      { onPlan: () => true as never },
      "onPlan",
    ],
  ];
  for (const [request, options, handler] of cases) {
    await using on = await pair([ask(request)], options);
    const failures: HandlerFailure[] = [];
    using _ = on.session.on("handler_failed", (one) => failures.push(one));
    await on.session.ask("go");
    const { behavior, action } = on.answer() ?? {};
    assert(
      behavior === "deny" || behavior === "cancelled" || action === "decline",
      JSON.stringify(on.answer()),
    );
    assertEquals(failures.map((failure) => failure.handler), [handler]);
  }
});

Deno.test("what is left becomes an event that answers, once", async () => {
  const steps = [
    ask(ASK),
    ask(ELICIT, "two"),
    ask(DIALOG, "three"),
    ask(ELICIT, "four"),
    ask(DIALOG, "five"),
  ];
  await using on = await pair(steps, {
    policy: callback(() => allow()),
    onQuestion: () => undefined,
    onElicitation: () => Promise.resolve(undefined),
    dialogKinds: ["colour"],
  });
  const types: string[] = [];
  for await (const event of on.session.send("go")) {
    switch (event.type) {
      case "permission_request":
        // A plain yes is no answer to a question.
        event.allow();
        assertThrows(() => event.deny(), StateError);
        break;
      case "elicitation_request":
        if (event.requestId === "two") event.accept({ name: "Ann" });
        else on.session.respond(event.requestId, elicit.cancel());
        assertThrows(() => event.decline(), StateError);
        break;
      case "user_dialog_request":
        if (event.requestId === "three") event.complete({ colour: "blue" });
        else {
          assertThrows(
            () => on.session.respond(event.requestId, allow()),
            TypeError,
          );
          event.cancel();
        }
        break;
      default:
        continue;
    }
    types.push(event.type);
    assert(!("raw" in { ...event }) && !JSON.stringify(event).includes("fn"));
  }
  assertEquals(types, [
    "permission_request",
    "elicitation_request",
    "user_dialog_request",
    "elicitation_request",
    "user_dialog_request",
  ]);
  assertEquals(on.answer("one"), {
    behavior: "deny",
    message: "The questions were allowed, but not answered",
  });
  assertEquals(on.answer("two"), {
    action: "accept",
    content: { name: "Ann" },
  });
  assertEquals(on.answer("three"), {
    behavior: "completed",
    result: { colour: "blue" },
  });
  assertEquals(on.answer("four"), { action: "cancel" });
  assertEquals(on.answer("five"), { behavior: "cancelled" });
});

Deno.test("a listener of one kind of request does not stand for the others", async () => {
  await using on = await pair([ask(ELICIT), ask(BASH, "two")], {
    policy: callback(() => undefined),
  });
  using _ = on.session.on("permission_request", (event) => event.allow());
  await on.session.ask("go");
  assertEquals(on.answer("one"), { action: "decline" });
  assertEquals(on.answer("two")?.behavior, "allow");
});

Deno.test("a turn that is left answers no to what it had asked", async () => {
  await using on = await pair([ask(ELICIT), step.text("done")], {});
  for await (const event of on.session.send("go")) {
    if (event.type === "elicitation_request") break;
  }
  await on.session.close();
  assertEquals(on.answer(), { action: "decline" });
});

Deno.test("a withdrawn question aborts the handler, and its event answers no more", async () => {
  await using on = await pair([
    step.request(ELICIT, { id: "one", wait: false }),
    step.request({ ...ELICIT, mcp_server_name: "left" }, {
      id: "two",
      wait: false,
    }),
    step.mark("asked"),
    step.gate("go"),
    step.cancelRequest("one"),
    step.cancelRequest("two"),
    step.text("done"),
  ], {
    onElicitation: ({ serverName }, { signal }) =>
      serverName === "left" ? undefined : new Promise((resolve) => {
        signal.addEventListener("abort", () => resolve(elicit.decline()));
      }),
  });
  const events: ClaudeEvent[] = [];
  for await (const event of on.session.send("go")) {
    events.push(event);
    if (event.type === "elicitation_request") await on.claude.release("go");
  }
  const left = events.find((event) => event.type === "elicitation_request");
  assert(left?.type === "elicitation_request");
  assertThrows(() => left.accept(), StateError);
  assertEquals([on.answer("one"), on.answer("two")], [undefined, undefined]);
});

Deno.test("permissionTimeoutMs answers no to everything, and aborts", async () => {
  const reasons: unknown[] = [];
  const never = (_: unknown, { signal }: { readonly signal: AbortSignal }) =>
    new Promise<undefined>(() => {
      signal.addEventListener("abort", () => reasons.push(signal.reason));
    });
  const options: SessionOptions = {
    permissionTimeoutMs: 20,
    onQuestion: never,
    onElicitation: never,
    policy: callback((_name, _input, { signal }) =>
      new Promise<undefined>(() => {
        signal.addEventListener("abort", () => reasons.push(signal.reason));
      })
    ),
  };
  assertEquals((await unattended(ASK, options))?.behavior, "deny");
  const { message, behavior } = await unattended(BASH, options) ?? {};
  assertEquals(behavior, "deny");
  assert(`${message}`.includes("20 ms"));
  assertEquals(await unattended(ELICIT, options), { action: "decline" });
  assertEquals(reasons.map((reason) => (reason as Error).name), [
    "DeadlineError",
    "DeadlineError",
    "DeadlineError",
  ]);
});

Deno.test("an event that is answered in time is not answered by the limit", async () => {
  await using on = await pair([ask(BASH), step.gate("late")], {
    permissionTimeoutMs: 60_000,
    policy: callback(() => undefined),
  });
  const turn = on.session.send("go");
  for await (const event of turn) {
    if (event.type !== "permission_request") continue;
    event.allow();
    await on.claude.release("late");
  }
  // No timer is left behind either: the test would say so.
  assertEquals(on.answer()?.behavior, "allow");
});

Deno.test("requests in a log are events that cannot be answered", async () => {
  const lines = [ELICIT, DIALOG].map((request, index) =>
    JSON.stringify({
      type: "control_request",
      request_id: `${index}`,
      request,
    })
  );
  const events = await Array.fromAsync(
    decodeEvents(new Blob([`${lines.join("\n")}\n`]).stream()),
  );
  const [elicitation, shown] = events;
  assert(elicitation?.type === "elicitation_request");
  assertThrows(() => elicitation.accept(), StateError);
  assert(shown?.type === "user_dialog_request");
  assertThrows(() => shown.cancel(), StateError);
});
