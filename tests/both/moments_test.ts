// What depends on the moment at which something comes, by a transport that the test
// drives by hand.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
} from "@std/assert";
import {
  allowAll,
  AsyncSession,
  type ClaudeEvent,
  DeadlineError,
  StateError,
} from "../../mod.ts";
import {
  Hand,
  init,
  permission,
  reply,
  result,
  streamed,
} from "../support/hand.ts";

/** Takes all events of a reader. */
async function gathered(
  events: AsyncIterable<ClaudeEvent>,
): Promise<readonly ClaudeEvent[]> {
  return await Array.fromAsync(events);
}

/** Whatever is there already has been read. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10));
}

Deno.test("a session that failed hears no more of the process that is on its way out", async () => {
  const hands: Hand[] = [];
  const asked: unknown[] = [];
  const wires: unknown[] = [];
  await using session = new AsyncSession({
    recover: { attempts: 1 },
    turnTimeoutMs: 50,
    closeTimeoutMs: 50,
    policy: {
      ...allowAll(),
      decide: ({ toolName }) => {
        asked.push(toolName);
        return undefined;
      },
    },
    onWire: (_, line) => wires.push(line),
    transport: () => {
      const hand = new Hand({ obeys: hands.length > 0 });
      hands.push(hand);
      return hand.transport;
    },
  });
  const events = gathered(session.events());
  const turn = session.send("hi");
  await assertRejects(async () => {
    await settled();
    const [hand] = hands;
    hand?.say(init(await hand.prompt()));
    await turn.result();
  }, DeadlineError);
  const [hand] = hands;
  assert(hand !== undefined);
  await hand.until(() => hand.signals.length > 0);
  const before = wires.length;
  hand.say(reply("late"), permission("q1"), result(hand.prompts[0]?.uuid));
  await settled();
  hand.end({ code: 143, signal: "SIGTERM" });
  await session.close();
  const types = (await events).map(({ type }) => type);
  assertEquals(types.filter((type) => type === "assistant_text"), []);
  assertEquals(types.includes("session_restarted"), true);
  assertEquals([asked, wires.length], [[], before]);
});

Deno.test("stderr of a transport may break, and the session goes on", async () => {
  const hand = new Hand();
  await using session = new AsyncSession({ transport: hand.transport });
  const turn = session.send("hi");
  const id = await hand.prompt();
  hand.breakStderr(new Error("connection reset"));
  await settled();
  hand.say(init(id), reply("ok"), result(id));
  assertEquals((await turn.result()).subtype, "success");
});

Deno.test("a function of the caller's that throws while text is read is the reader's error alone", async () => {
  const hand = new Hand();
  await using session = new AsyncSession({ transport: hand.transport });
  const turn = session.send("hi");
  const id = await hand.prompt();
  const text = turn.textStream({
    onRetract() {
      throw new Error("mine");
    },
  });
  const reading = assertRejects(
    () => Array.fromAsync(text),
    Error,
    "mine",
  );
  const piece = (text: string, message: string) => [
    streamed({
      type: "message_start",
      message: { id: message, role: "assistant", model: "m", content: [] },
    }),
    streamed({
      type: "content_block_start",
      index: 0,
      content_block: { type: "text", text: "" },
    }),
    streamed({
      type: "content_block_delta",
      index: 0,
      delta: { type: "text_delta", text },
    }),
  ];
  hand.say(init(id), ...piece("Hello wor", "msg_1"));
  await settled();
  hand.say(
    streamed({ type: "message_stop" }, {
      abandoned_blocks: { api_message_id: "msg_1", from_block_index: 0 },
    }),
    ...piece("Other", "msg_2"),
  );
  await reading;
  hand.say(reply("Other", "msg_2"), result(id));
  assertEquals((await turn.result()).subtype, "success");
  assertEquals(session.state, "idle");
});

Deno.test("an answer that is given up with its last line waits for nothing", async () => {
  const hand = new Hand();
  await using session = new AsyncSession({ transport: hand.transport });
  const controller = new AbortController();
  session.on("session_state_changed", () => {
    controller.abort(new Error("enough"));
  });
  const answer = session.ask("hi", { signal: controller.signal });
  const id = await hand.prompt();
  hand.say(
    init(id),
    {
      type: "system",
      subtype: "background_tasks_changed",
      tasks: [{ task_id: "t1", task_type: "local_bash", description: "d" }],
    },
    result(id),
    { type: "system", subtype: "session_state_changed", state: "idle" },
  );
  await assertRejects(() => answer, Error, "enough");
});

Deno.test("to interrupt a turn that waits takes its prompt back, and leaves the one before alone", async () => {
  const hand = new Hand();
  await using session = new AsyncSession({
    transport: hand.transport,
    onBreak: "drain",
  });
  const first = session.send("A");
  const id = await hand.prompt();
  hand.say(init(id), reply("x"));
  for await (const _ of first) break;
  const second = session.send("B");
  assertEquals(await second.interrupt(), { stillQueued: [] });
  const error = await assertRejects(() => second.result());
  assertInstanceOf(error, StateError);
  assertEquals(error.code, "cancelled");
  hand.say(result(id));
  const third = session.send("C");
  const next = await hand.prompt(1);
  hand.say(init(next), reply("y", "msg_2"), result(next));
  assertEquals((await third.result()).subtype, "success");
  assertEquals(hand.prompts.length, 2);
  assertEquals(hand.requests.includes("interrupt"), false);
});

Deno.test("output of a transport that comes after the news of its end still counts", async () => {
  const hand = new Hand();
  await using session = new AsyncSession({ transport: hand.transport });
  const turn = session.send("hi");
  const id = await hand.prompt();
  hand.say(init(id));
  hand.exit();
  setTimeout(() => {
    hand.say(reply("x"), result(id));
    hand.end();
  }, 100);
  assertEquals((await turn.result()).subtype, "success");
});

Deno.test("a session that was closed before it began begins nothing", async () => {
  const record = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(record, "precious\n");
    const session = new AsyncSession({
      record,
      transport: new Hand().transport,
    });
    await session.close();
    const error = await assertRejects(() => session.start());
    assertInstanceOf(error, StateError);
    assertEquals(error.code, "session_closed");
    assertEquals(await Deno.readTextFile(record), "precious\n");
  } finally {
    await Deno.remove(record);
  }
});

Deno.test("what is decided in a turn that the CLI began by itself is told to the session, not to the next turn", async () => {
  const hand = new Hand();
  await using session = new AsyncSession({
    transport: hand.transport,
    policy: allowAll(),
  });
  const decided: unknown[] = [];
  session.on("permission_decision", ({ toolUseId }) => {
    decided.push(toolUseId);
  });
  const first = session.send("first");
  const id = await hand.prompt();
  hand.say(init(id), result(id), init());
  await first.result();
  const second = session.send("second");
  const events = gathered(second);
  const next = await hand.prompt(1);
  hand.say(reply("about the task"), permission("q1"));
  await hand.until(() =>
    hand.written.some(({ type }) => type === "control_response")
  );
  hand.say(
    { ...result(), origin: { kind: "task-notification" } },
    init(next),
    permission("q2"),
  );
  await hand.until(() =>
    hand.written.filter(({ type }) => type === "control_response").length === 2
  );
  hand.say(result(next));
  const own = (await events).flatMap((event) =>
    event.type === "permission_decision" ? [event.toolUseId] : []
  );
  assertEquals(own, ["toolu_q2"]);
  assertEquals(decided, ["toolu_q1", "toolu_q2"]);
});
