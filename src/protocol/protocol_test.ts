// The protocol line by line, without I/O: handshake, turns, requests and their order.

import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  ControlError,
  DeadlineError,
  ProcessExitError,
  ProtocolError,
  StartupError,
  StateError,
} from "../errors.ts";
import type { Question } from "../decode/line.ts";
import type { WireObject } from "../messages/_define.ts";
import { type Output, Protocol } from "./mod.ts";
import { next, TRANSITIONS } from "./state.ts";

const SESSION = "11111111-1111-4111-8111-111111111111";

function init(...ids: string[]): string {
  return JSON.stringify({
    type: "system",
    subtype: "init",
    session_id: SESSION,
    uuid: "i",
    cwd: "/w",
    tools: ["Bash"],
    mcp_servers: [],
    model: "m",
    permissionMode: "default",
    user_message_uuids: ids,
  });
}

function result(more: WireObject = {}): string {
  return JSON.stringify({
    type: "result",
    subtype: "success",
    session_id: SESSION,
    uuid: "r",
    is_error: false,
    result: "ok",
    total_cost_usd: 0.5,
    duration_ms: 5,
    usage: { input_tokens: 1, output_tokens: 2 },
    ...more,
  });
}

function ask(id: string, subtype = "can_use_tool"): string {
  return JSON.stringify({
    type: "control_request",
    request_id: id,
    request: {
      subtype,
      tool_name: "Bash",
      input: { command: "ls" },
      tool_use_id: "t",
    },
  });
}

function reply(id: string, more: WireObject = {}): string {
  return JSON.stringify({
    type: "control_response",
    response: { subtype: "success", request_id: id, ...more },
  });
}

/** A process that was started and has not answered the handshake. */
function starting(
  options: ConstructorParameters<typeof Protocol>[0] = {},
): Protocol {
  const protocol = new Protocol(options);
  protocol.start("start", {}, 1000);
  return protocol;
}

function started(
  options: ConstructorParameters<typeof Protocol>[0] = {},
): Protocol {
  const protocol = starting(options);
  protocol.receive(reply("start", { response: {} }));
  return protocol;
}

/** The outputs of one kind. */
function only<D extends Output["do"]>(
  outputs: readonly Output[],
  kind: D,
): Extract<Output, { do: D }>[] {
  return outputs.filter((output): output is Extract<Output, { do: D }> =>
    output.do === kind
  );
}

function written(outputs: readonly Output[]): WireObject[] {
  return only(outputs, "write").map(({ line }) => JSON.parse(line));
}

const EXIT = { code: 1, signal: null, stderrTail: "Error: out of luck\n" };

Deno.test("start writes the handshake", () => {
  const protocol = new Protocol();
  const outputs = protocol.start("a", { title: "t" }, 1000);
  assertEquals(written(outputs), [{
    type: "control_request",
    request_id: "a",
    request: { subtype: "initialize", title: "t" },
  }]);
  assertEquals(protocol.state, "idle");
});

Deno.test("send writes the prompt with its id, and only one at a time", () => {
  const protocol = started();
  const [line] = written(protocol.send({ id: "p1", content: "hi" }));
  assertEquals(line?.type, "user");
  assertEquals(line?.uuid, "p1");
  assertEquals(line?.message, { role: "user", content: "hi" });
  const error = assertThrows(
    () => protocol.send({ id: "p2", content: "x" }),
    StateError,
  );
  assertEquals(error.code, "session_busy");
});

Deno.test("a prompt waits until the handshake is answered, and one that is left does not go out", () => {
  const protocol = starting();
  assertEquals(written(protocol.send({ id: "p1", content: "hi" })), []);
  protocol.push({ id: "m1", content: "too" }, {});
  assertEquals(
    only(protocol.leave("p1"), "end_turn").map(({ id }) => id),
    ["p1"],
  );
  protocol.send({ id: "p2", content: "again" });
  const outputs = protocol.receive(reply("start", { response: {} }));
  assertEquals(written(outputs).map(({ uuid }) => uuid), ["m1", "p2"]);
  assertEquals(protocol.state, "running");
});

Deno.test("a turn ends with the result that names its prompt", () => {
  const protocol = started();
  protocol.send({ id: "p1", content: "hi" });
  protocol.receive(init("p1"));
  const foreign = protocol.receive(
    result({ user_message_uuids: ["other"], origin: { kind: "x" } }),
  );
  assertEquals(only(foreign, "end_turn"), []);
  const [end] = only(
    protocol.receive(result({ user_message_uuids: ["p0", "p1"] })),
    "end_turn",
  );
  assertEquals(end?.id, "p1");
  assertEquals(end?.end.result?.result, "ok");
  assertEquals(protocol.state, "idle");
});

Deno.test("late news of a prompt are none of the next turn's", () => {
  const protocol = started();
  const news = (id: string, state: string) =>
    only(
      protocol.receive(JSON.stringify({
        type: "command_lifecycle",
        command_uuid: id,
        state,
        session_id: SESSION,
        uuid: "l",
      })),
      "emit",
    ).map(({ turnId }) => turnId);
  protocol.send({ id: "p1", content: "hi" });
  assertEquals(news("p1", "started"), ["p1"]);
  protocol.receive(init("p1"));
  protocol.receive(result({ user_message_uuids: ["p1"] }));
  protocol.send({ id: "p2", content: "hi" });
  assertEquals(news("p1", "completed"), [undefined]);
  assertEquals(news("p2", "queued"), ["p2"]);
});

Deno.test("without ids a result ends the turn unless it has an origin", () => {
  const protocol = started();
  protocol.send({ id: "p1", content: "hi" });
  const background = result({ origin: { kind: "task-notification" } });
  assertEquals(only(protocol.receive(background), "end_turn"), []);
  assertEquals(only(protocol.receive(result()), "end_turn").length, 1);
});

Deno.test("a result between turns ends nothing", () => {
  const protocol = started();
  const outputs = protocol.receive(result());
  assertEquals(outputs.map((output) => output.do), ["emit"]);
  assertEquals(protocol.state, "idle");
});

Deno.test("a result that cannot be read still ends the turn", () => {
  const protocol = started();
  protocol.send({ id: "p1", content: "hi" });
  protocol.receive(init("p1"));
  const outputs = protocol.receive(
    result({ total_cost_usd: "much", user_message_uuids: ["p1"] }),
  );
  const [end] = only(outputs, "end_turn");
  const error = end?.end.result === undefined ? end?.end.error : undefined;
  assert(error instanceof ProtocolError);
  assertEquals(error.issues[0]?.path, "total_cost_usd");
  assertEquals(protocol.state, "idle");
});

Deno.test("after a turn was left the next prompt waits for its end", () => {
  const protocol = started();
  protocol.send({ id: "p1", content: "hi" });
  protocol.receive(init("p1"));
  protocol.leave("p1");
  assertEquals(protocol.state, "draining");
  assertEquals(protocol.send({ id: "p2", content: "again" }), []);
  assertThrows(() => protocol.send({ id: "p3", content: "x" }), StateError);
  const outputs = protocol.receive(result({ user_message_uuids: ["p1"] }));
  assertEquals(only(outputs, "end_turn").map(({ id }) => id), ["p1"]);
  assertEquals(written(outputs).map(({ uuid }) => uuid), ["p2"]);
  assertEquals(protocol.state, "running");
});

Deno.test("a prompt that waits when the session is closed is over at once", () => {
  const protocol = started();
  protocol.send({ id: "p1", content: "hi" });
  protocol.leave("p1");
  protocol.send({ id: "p2", content: "again" });
  const [ended] = only(protocol.close(), "end_turn");
  assertEquals(ended?.id, "p2");
  assert(ended?.end.error instanceof StateError);
  assertEquals(protocol.turns.hasWaiting, false);
  const exit = { code: 0, signal: null, stderrTail: "" };
  assertEquals(only(protocol.end(exit), "end_turn").map(({ id }) => id), [
    "p1",
  ]);
});

Deno.test("a prompt that was left while it waited never goes out", () => {
  const protocol = started();
  protocol.send({ id: "p1", content: "hi" });
  protocol.leave("p1");
  protocol.send({ id: "p2", content: "again" });
  protocol.leave("p2");
  const outputs = protocol.receive(result({ user_message_uuids: ["p1"] }));
  assertEquals(written(outputs), []);
  assertEquals(protocol.state, "idle");
});

Deno.test("an interruption before the turn's init waits for it", () => {
  const protocol = started();
  protocol.send({ id: "p1", content: "hi" });
  assertEquals(protocol.request("i1", "interrupt", {}, 1000), []);
  const outputs = protocol.receive(init("p1"));
  assertEquals(written(outputs).map((line) => line.request_id), ["i1"]);
  const [settled] = only(
    protocol.receive(reply("i1", { response: { still_queued: [] } })),
    "settle",
  );
  assertEquals(settled?.outcome, { ok: true, response: { still_queued: [] } });
});

Deno.test("an interruption that waits goes out with the end of the turn", () => {
  const protocol = started();
  protocol.send({ id: "p1", content: "hi" });
  protocol.request("i1", "interrupt", {}, 1000);
  const outputs = protocol.receive(result({ user_message_uuids: ["p1"] }));
  assertEquals(written(outputs).map((line) => line.request_id), ["i1"]);
});

Deno.test("an interruption that waits goes out when its prompt is dropped", () => {
  const protocol = started();
  protocol.send({ id: "p1", content: "hi" });
  protocol.request("i1", "interrupt", {}, 1000);
  const outputs = protocol.receive(JSON.stringify({
    type: "command_lifecycle",
    command_uuid: "p1",
    state: "cancelled",
    session_id: SESSION,
    uuid: "l",
  }));
  assertEquals(written(outputs).map((line) => line.request_id), ["i1"]);
  assertEquals(only(outputs, "end_turn").map(({ id }) => id), ["p1"]);
});

Deno.test("an interruption that waits and was given up never goes out", () => {
  const ways: readonly ((protocol: Protocol) => Output[])[] = [
    (protocol) => protocol.abandon("i1", "enough"),
    (protocol) => protocol.expire("i1"),
  ];
  for (const giveUp of ways) {
    const protocol = started();
    protocol.send({ id: "p1", content: "hi" });
    protocol.request("i1", "interrupt", {}, 1000);
    const outputs = giveUp(protocol);
    assertEquals(only(outputs, "settle").map(({ id }) => id), ["i1"]);
    // The CLI never heard of it.
    assertEquals(written(outputs), []);
    assertEquals(written(protocol.receive(init("p1"))), []);
  }
});

Deno.test("each interruption waits for the init, and one that was given up takes no other one along", () => {
  const protocol = started();
  protocol.send({ id: "p1", content: "hi" });
  assertEquals(protocol.request("i1", "interrupt", {}, 1000), []);
  protocol.leave("p1");
  assertEquals(protocol.request("i2", "interrupt", {}, 1000), []);
  protocol.abandon("i1", "enough");
  const outputs = protocol.receive(init("p1"));
  assertEquals(written(outputs).map((line) => line.request_id), ["i2"]);
});

Deno.test("a permission request is asked, answered once, and withdrawn", () => {
  const protocol = started();
  const [asked] = only(protocol.receive(ask("q1")), "ask");
  assert(asked?.question.kind === "permission");
  assertEquals(asked.question.request, {
    toolName: "Bash",
    kind: "execute",
    input: { command: "ls" },
    toolUseId: "t",
  });
  const answer = protocol.answer("q1", { response: { behavior: "allow" } });
  assertEquals(written(answer), [{
    type: "control_response",
    response: {
      subtype: "success",
      request_id: "q1",
      response: { behavior: "allow" },
    },
  }]);
  assertEquals(protocol.answer("q1", { response: { behavior: "allow" } }), []);

  protocol.receive(ask("q2"));
  const cancel = JSON.stringify({
    type: "control_cancel_request",
    request_id: "q2",
  });
  assertEquals(only(protocol.receive(cancel), "withdraw").length, 1);
  assertEquals(only(protocol.receive(cancel), "withdraw").length, 0);
  assertEquals(protocol.answer("q2", { response: { behavior: "allow" } }), []);
});

Deno.test("a request of an unknown kind gets an error reply, and is an unknown event", () => {
  const protocol = started();
  const unknown = protocol.receive(ask("q1", "invented"));
  assertEquals(written(unknown).map((line) => line.response), [{
    subtype: "error",
    request_id: "q1",
    error: "Unsupported control request subtype: invented",
  }]);
  assertEquals(only(unknown, "emit")[0]?.frame.events[0]?.type, "unknown");
});

/** Requests of each kind that do not fit, and the field that does not. */
const BROKEN: {
  readonly [K in Question["kind"]]: readonly (readonly [WireObject, string])[];
} = {
  permission: [
    [{ subtype: "can_use_tool", tool_name: 5, input: {} }, "tool_name"],
    [{ subtype: "can_use_tool", tool_name: "Bash" }, "input"],
  ],
  hook: [
    [{ subtype: "hook_callback", input: {} }, "callback_id"],
    [{ subtype: "hook_callback", callback_id: "h", input: 1 }, "input"],
  ],
  mcp: [
    [{ subtype: "mcp_message", message: {} }, "server_name"],
    [{ subtype: "mcp_message", server_name: "s", message: "m" }, "message"],
  ],
  elicitation: [
    [{ subtype: "elicitation", message: "m" }, "mcp_server_name"],
    [
      { subtype: "elicitation", mcp_server_name: "s", message: 1 },
      "message",
    ],
  ],
  dialog: [
    [{ subtype: "request_user_dialog", payload: {} }, "dialog_kind"],
    [
      { subtype: "request_user_dialog", dialog_kind: "d", payload: "p" },
      "payload",
    ],
  ],
};

for (const [kind, requests] of Object.entries(BROKEN)) {
  Deno.test(`a request that does not fit is refused, and is an unknown event: ${kind}`, () => {
    const protocol = started();
    for (const [request, path] of requests) {
      const line = { type: "control_request", request_id: "q", request };
      const outputs = protocol.receive(JSON.stringify(line));
      assertEquals(only(outputs, "ask"), []);
      const [reply] = written(outputs).map(({ response }) =>
        response as WireObject
      );
      assertEquals([reply?.subtype, reply?.request_id], ["error", "q"]);
      const refusal = `${reply?.error}`;
      assert(refusal.startsWith(`Cannot read the request: ${path}: `), refusal);
      const event = only(outputs, "emit")[0]?.frame.events[0];
      assert(event?.type === "unknown");
      assertEquals(event.issues?.[0]?.path, path);
    }
  });
}

Deno.test("an elicitation and a dialog are read before they are asked", () => {
  const protocol = started();
  const asked = (request: WireObject) => {
    const line = { type: "control_request", request_id: "q", request };
    const [ask] = only(protocol.receive(JSON.stringify(line)), "ask");
    return ask?.question;
  };
  const elicitation = asked({
    subtype: "elicitation",
    mcp_server_name: "s",
    message: "m",
    mode: "url",
    elicitation_id: "e",
  });
  assert(elicitation?.kind === "elicitation");
  assertEquals(elicitation.request, {
    serverName: "s",
    message: "m",
    mode: "url",
    elicitationId: "e",
  });
  const dialog = asked({
    subtype: "request_user_dialog",
    dialog_kind: "d",
    payload: { a: 1 },
    tool_use_id: "t",
  });
  assert(dialog?.kind === "dialog");
  assertEquals(dialog.request, {
    dialogKind: "d",
    payload: { a: 1 },
    toolUseId: "t",
  });
});

Deno.test("replies settle requests, whatever their order, once", () => {
  const protocol = started();
  protocol.request("a", "set_model", { model: "x" }, 1000);
  protocol.request("b", "mcp_status", {}, 1000);
  assertEquals(only(protocol.receive(reply("b")), "settle")[0]?.outcome, {
    ok: true,
    response: {},
  });
  const refused = JSON.stringify({
    type: "control_response",
    response: {
      subtype: "error",
      request_id: "a",
      error: "no such model",
      error_code: "invalid",
    },
  });
  const outcome = only(protocol.receive(refused), "settle")[0]?.outcome;
  assert(outcome !== undefined && !outcome.ok);
  assert(outcome.error instanceof ControlError);
  assertEquals(outcome.error.subtype, "set_model");
  assertEquals(outcome.error.errorCode, "invalid");
  assertEquals(only(protocol.receive(refused), "settle"), []);
  assertEquals(only(protocol.receive(reply("never")), "settle"), []);
});

Deno.test("expire settles a request with a DeadlineError, unless it was settled", () => {
  const protocol = started();
  protocol.request("a", "mcp_status", {}, 250);
  const outcome = only(protocol.expire("a"), "settle")[0]?.outcome;
  assert(outcome !== undefined && !outcome.ok);
  assert(outcome.error instanceof DeadlineError);
  assertEquals(outcome.error.timeoutMs, 250);
  assertEquals(protocol.expire("a"), []);
  assertEquals(only(protocol.receive(reply("a")), "settle"), []);
});

Deno.test("the end of the process fails everything that waits", () => {
  const protocol = started();
  protocol.receive(reply("start"));
  protocol.send({ id: "p1", content: "hi" });
  protocol.receive(init("p1"));
  protocol.receive(ask("q1"));
  protocol.request("a", "mcp_status", {}, 1000);
  const outputs = protocol.end({ ...EXIT, code: 137, signal: "SIGKILL" });
  assertEquals(outputs.map((output) => output.do), [
    "withdraw",
    "settle",
    "end_turn",
  ]);
  const { end } = only(outputs, "end_turn")[0] ?? {};
  assert(end?.result === undefined);
  assert(end?.error instanceof ProcessExitError);
  assertEquals(end.error.exitCode, 137);
  assertEquals(end.error.signal, "SIGKILL");
  assertEquals(end.error.sessionId, SESSION);
  assertEquals(end.error.stderrTail, EXIT.stderrTail);
  assertEquals(protocol.state, "ended");
  assertThrows(() => protocol.send({ id: "p2", content: "x" }), StateError);
  assertThrows(() => protocol.request("b", "x", {}, 1), StateError);
});

Deno.test("a process that gives up before its first turn is a StartupError", () => {
  const protocol = started();
  protocol.send({ id: "p1", content: "hi" });
  const { end } = only(protocol.end(EXIT), "end_turn")[0] ?? {};
  assert(end?.result === undefined);
  assert(end?.error instanceof StartupError);
  assertEquals(end.error.reason, "exited");
  assertEquals(end.error.exitCode, 1);
  assert(end.error.message.includes("out of luck"));
});

Deno.test("a process that ends well and never answers the handshake is a StartupError, too", () => {
  const rows: readonly [stderr: string, said: string, hint: string][] = [
    ["", "exit code 0", "doctor"],
    ["one\n\n  \ntwo\n", "exit code 0: one; two", "doctor"],
    ["error: unknown option '--foo'", "unknown option", "extraArgs"],
    ["error: option '--a <b>' argument 'c' is invalid.", "--a", "extraArgs"],
  ];
  for (const [stderrTail, said, hint] of rows) {
    const outputs = starting().end({ code: 0, signal: null, stderrTail });
    const [settled] = only(outputs, "settle");
    assert(settled?.outcome.ok === false);
    const { error } = settled.outcome;
    assert(error instanceof StartupError);
    assert(error.message.includes(said), error.message);
    assert(error.hint?.includes(hint), error.hint);
  }
  // One that did answer has just ended.
  const ready = starting();
  ready.send({ id: "p1", content: "hi" });
  ready.receive(reply("start"));
  const outputs = ready.end({ code: 0, signal: null, stderrTail: "" });
  const { end } = only(outputs, "end_turn")[0] ?? {};
  assert(end?.error instanceof ProcessExitError);
});

Deno.test("a session that cannot be resumed says so", () => {
  const line = result({
    subtype: "error_during_execution",
    is_error: true,
    errors: ["No conversation found with session ID: x"],
  });
  const protocol = starting({ resume: { id: "r", cwd: "/w" } });
  protocol.send({ id: "p1", content: "hi" });
  const { end } = only(protocol.receive(line), "end_turn")[0] ?? {};
  assert(end?.result === undefined);
  assert(end?.error instanceof StartupError);
  assertEquals(end.error.reason, "session_not_found");
  assertEquals(end.error.code, "session_not_found");

  // The CLI says in words only whether it is the session or the message that is not there.
  const at = starting({ resume: { id: "r", cwd: "/w", at: "m" } });
  at.send({ id: "p1", content: "hi" });
  const { end: refused } = only(at.receive(line), "end_turn")[0] ?? {};
  assert(refused?.error instanceof StartupError);
  assertEquals(refused.error.reason, "resume_refused");
  assertEquals(refused.error.code, "startup");
  assert(refused.error.hint?.includes("resumeAt"));

  const warm = starting({ resume: { id: "r", cwd: "/w" } });
  warm.receive(line);
  const settled = only(warm.end(EXIT), "settle")[0]?.outcome;
  assert(settled?.ok === false);
  assert(settled.error instanceof StartupError);
  assertEquals(settled.error.reason, "session_not_found");
});

Deno.test("after close everything that waits fails with session_closed", () => {
  const protocol = started();
  protocol.send({ id: "p1", content: "hi" });
  protocol.close();
  const { end } = only(
    protocol.end({ code: 0, signal: null, stderrTail: "" }),
    "end_turn",
  )[0] ?? {};
  assert(end?.result === undefined);
  assert(end?.error instanceof StateError);
  assertEquals(end.error.code, "session_closed");
});

Deno.test("lines that are no messages are events and end nothing", () => {
  const protocol = started();
  protocol.send({ id: "p1", content: "hi" });
  for (const line of ["no JSON", "[]", "5", `{"type":5}`, "{}"]) {
    const outputs = protocol.receive(line);
    assertEquals(outputs.map((output) => output.do), ["emit"], line);
    assertEquals(only(outputs, "emit")[0]?.frame.events[0]?.type, "unknown");
  }
  assertEquals(protocol.receive("  "), []);
  assertEquals(protocol.state, "running");
});

Deno.test("a move outside of the table is an error that names state and input", () => {
  let refused = 0;
  for (const state of ["new", "idle", "running", "closing", "ended"] as const) {
    for (
      const input of [
        "start",
        "send",
        "leave",
        "result",
        "close",
        "end",
      ] as const
    ) {
      const to = TRANSITIONS[state][input];
      if (to !== undefined) {
        assertEquals(next(state, input), to);
        continue;
      }
      const error = assertThrows(() => next(state, input), StateError);
      assertEquals([error.state, error.operation], [state, input]);
      refused++;
    }
  }
  assert(refused > 5);
});

Deno.test("what is said when the handshake settles comes before the first prompt", () => {
  const protocol = starting();
  protocol.send({ id: "p1", content: "/command" });
  const answered = protocol.receive(reply("start", { response: {} }));
  const kinds = answered.map((output) => output.do);
  assertEquals(kinds.filter((kind) => kind !== "emit"), ["settle", "write"]);
});
