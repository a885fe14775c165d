// Live control against the scripted Claude: what the real one cannot be made to do.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  AsyncSession,
  ControlError,
  DeadlineError,
  ProcessExitError,
  ProtocolError,
  type SessionOptions,
  StartupError,
  StateError,
} from "../../mod.ts";
import {
  type ProcessScript,
  type Scenario,
  type ScriptedAnswer,
  ScriptedClaude,
  step,
} from "../../src/testing/mod.ts";
import { CHANGES_ANSWERED } from "../support/host_requests.ts";

async function pair(
  script: ProcessScript,
  options: SessionOptions = {},
  scenario: Pick<Scenario, "version"> = {},
) {
  const claude = await ScriptedClaude.create({
    ...scenario,
    processes: [script],
  });
  const session = new AsyncSession({ claudePath: claude.command, ...options });
  return {
    claude,
    session,
    /** The control requests so far, without the handshake. */
    sent() {
      return claude.received.flatMap(({ type, request }) =>
        type === "control_request" ? [request as Record<string, unknown>] : []
      ).filter(({ subtype }) => subtype !== "initialize");
    },
    async [Symbol.asyncDispose]() {
      await session.close();
      await claude.close();
    },
  };
}

function answers(
  subtype: string,
  answer: ScriptedAnswer,
): ProcessScript {
  return { answers: { [subtype]: answer } };
}

Deno.test("a refused request is a ControlError with the CLI's words", async () => {
  await using on = await pair(answers("rename_session", {
    answer: "error",
    error: "title must be non-empty",
    errorCode: "invalid_request",
  }));
  const error = await assertRejects(
    () => on.session.renameSession("x"),
    ControlError,
  );
  assertEquals(
    [error.subtype, error.reason, error.errorCode],
    ["rename_session", "title must be non-empty", "invalid_request"],
  );
});

Deno.test("a subtype that the CLI does not know is refused like that", async () => {
  await using on = await pair({});
  const error = await assertRejects(
    () => on.session.control("brand_new", { a: 1 }),
    ControlError,
  );
  assertEquals(error.errorCode, "unsupported_request");
  assertEquals(on.sent(), [{ a: 1, subtype: "brand_new" }]);
});

Deno.test("no answer is a DeadlineError, and the session lives on", async () => {
  await using on = await pair(answers("get_settings", { answer: "none" }));
  await on.session.start();
  const error = await assertRejects(
    () => on.session.settings({ timeoutMs: 20 }),
    DeadlineError,
  );
  assertEquals([error.operation, error.timeoutMs], ["get_settings", 20]);
  assertEquals((await on.session.ask("hi")).result.isError, false);
});

Deno.test("the deadline of the session holds where a call names none", async () => {
  await using on = await pair(answers("get_settings", { answer: "none" }), {
    controlTimeoutMs: 20,
  });
  const error = await assertRejects(() => on.session.settings(), DeadlineError);
  assertEquals(error.timeoutMs, 20);
});

Deno.test("a deadline that no timer can hold is none", async () => {
  await using on = await pair(answers("get_session_cost", {
    answer: "success",
    response: { text: "$0" },
  }));
  const options = { timeoutMs: Infinity };
  assertEquals(await on.session.sessionCost(options), "$0");
});

Deno.test("an abort rejects with its reason and withdraws the request", async () => {
  await using on = await pair(answers("get_settings", { answer: "none" }));
  await on.session.start();
  const abort = new AbortController();
  const waiting = on.session.settings({ signal: abort.signal });
  // Another answer tells that the request has gone out.
  await on.session.tasks.stop("x");
  const reason = new Error("no longer");
  abort.abort(reason);
  assertEquals(await waiting.catch((error: unknown) => error), reason);
  await on.session.tasks.stop("y");
  const withdrawn = on.claude.received.filter(({ type }) =>
    type === "control_cancel_request"
  );
  const [request] = on.claude.received.filter((line) =>
    (line.request as { subtype?: string } | undefined)?.subtype ===
      "get_settings"
  );
  assertEquals(withdrawn.map((line) => line.request_id), [request?.request_id]);
});

Deno.test("a signal that has aborted sends nothing and starts nothing", async () => {
  await using on = await pair({});
  const signal = AbortSignal.abort(new Error("before"));
  await assertRejects(() => on.session.settings({ signal }), Error, "before");
  assertEquals(on.claude.starts, []);
  assertEquals(on.sent(), []);
});

Deno.test("everything that waits fails at once when the process dies", async () => {
  await using on = await pair({
    answers: {
      get_settings: { answer: "none" },
      get_usage: { answer: "none" },
    },
    turns: [[step.text("going"), step.kill("SIGKILL")]],
  });
  await on.session.start();
  const waiting = [on.session.settings(), on.session.planUsage()];
  const [settled] = await Promise.all([
    Promise.allSettled(waiting),
    on.session.ask("hi").catch(() => {}),
  ]);
  for (const outcome of settled) {
    assert(outcome.status === "rejected");
    assert(outcome.reason instanceof ProcessExitError, String(outcome.reason));
  }
  await assertRejects(() => on.session.settings(), StateError);
});

Deno.test("everything that waits fails when the session is closed", async () => {
  await using on = await pair(answers("get_settings", { answer: "none" }));
  await on.session.start();
  const waiting = on.session.settings().catch((error: unknown) => error);
  await on.session.tasks.stop("x");
  await on.session.close();
  assert(await waiting instanceof StateError);
});

Deno.test("an answer of another shape is a ProtocolError that says where", async () => {
  await using on = await pair(answers("get_context_usage", {
    answer: "success",
    response: { categories: "none" },
  }));
  const error = await assertRejects(
    () => on.session.contextUsage(),
    ProtocolError,
  );
  assert(error.issues.some(({ path }) => path === "categories"));
});

Deno.test("a wrong argument is never sent", async () => {
  await using on = await pair({});
  const { session } = on;
  const nothing = undefined as never;
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const wrong: readonly [() => Promise<unknown>, "TypeError" | "RangeError"][] =
    [
      [() => session.setModel(5 as never), "TypeError"],
      [() => session.setModel(""), "RangeError"],
      [() => session.setPermissionMode(nothing), "TypeError"],
      [() => session.setThinking("much" as never), "RangeError"],
      [() => session.setThinking({ budgetTokens: 0 }), "RangeError"],
      [() => session.setThinking({ display: "all" as never }), "RangeError"],
      [() => session.setEffort("huge" as never), "RangeError"],
      [() => session.applySettings([] as never), "TypeError"],
      [() => session.applySettings(circular), "TypeError"],
      [() => session.applySettings({ big: 1n }), "TypeError"],
      [() => session.saveSettings("project" as never, {}), "RangeError"],
      [() => session.contextUsage({ detail: "x" as never }), "RangeError"],
      [() => session.planUsage({ behaviors: 1 as never }), "TypeError"],
      [() => session.rewindFiles(nothing), "TypeError"],
      [() => session.rewindFiles("x", { dryRun: 1 as never }), "TypeError"],
      [() => session.readFile(""), "RangeError"],
      [() => session.readFile("x", { maxBytes: 1.5 }), "RangeError"],
      [() => session.readFile("x", { encoding: "x" as never }), "RangeError"],
      [() => session.suggestFiles(nothing), "TypeError"],
      [() => session.cancelMessage(nothing), "TypeError"],
      [() => session.sideQuestion(""), "RangeError"],
      [() => session.renameSession(""), "RangeError"],
      [() => session.generateTitle(""), "RangeError"],
      [() => session.reload({ skills: 1 as never }), "TypeError"],
      [() => session.interrupt({ cancelQueued: 1 as never }), "TypeError"],
      [() => session.control(""), "RangeError"],
      [() => session.control("x", [] as never), "TypeError"],
      [() => session.settings({ timeoutMs: 0 }), "RangeError"],
      [() => session.settings({ timeoutMs: "1" as never }), "TypeError"],
      [() => session.settings({ signal: 1 as never }), "TypeError"],
      [() => session.tasks.stop(""), "RangeError"],
      [() => session.tasks.output(nothing), "TypeError"],
      [() => session.tasks.background(""), "RangeError"],
      [() => session.mcp.reconnect(nothing), "TypeError"],
      [() => session.mcp.toggle("x", nothing), "TypeError"],
      [() => session.mcp.set([] as never), "TypeError"],
      [() => session.mcp.set({ a: { command: "" } }), "RangeError"],
      [() => session.mcp.set({ a: {} as never }), "TypeError"],
      [() => session.mcp.set({ a: { type: "sdk" } as never }), "TypeError"],
      [() => session.mcp.readResource("a", "https://x"), "RangeError"],
      [() => session.mcp.call("x", 5 as never), "TypeError"],
      [() => session.mcp.setMode("x", "plan" as never), "RangeError"],
    ];
  await session.start();
  for (const [make, name] of wrong) {
    const error = await make().then(
      () => undefined,
      (error: unknown) => error,
    );
    assert(error instanceof Error, make.toString());
    assertEquals(error.name, name, `${make}: ${error.message}`);
  }
  assertEquals(on.sent(), []);
});

Deno.test("each method writes what the CLI reads", async () => {
  await using on = await pair({
    answers: CHANGES_ANSWERED,
  });
  const { session } = on;
  await session.setModel();
  assertEquals(await session.setPermissionMode("plan"), "plan");
  await session.setThinking();
  await session.setThinking("off");
  await session.setThinking("adaptive");
  await session.setThinking({ budgetTokens: 2000, display: "omitted" });
  await session.setEffort("low");
  await session.setEffort();
  await session.saveSettings("local", { outputStyle: "x" });
  assertEquals(await session.cancelMessage("u"), false);
  assertEquals(await session.generateTitle("d"), null);
  await session.rewindFiles("u", { dryRun: true });
  assertEquals(await session.interrupt(), { stillQueued: [] });
  await session.interrupt({ cancelQueued: true });
  await session.tasks.background();
  await session.mcp.toggle("a", false);
  await session.mcp.reconnect("a");
  await session.mcp.set({ a: { command: "x", timeoutMs: 5 } });
  await session.mcp.call("mcp__a__b");
  await session.mcp.setMode("a");
  assertEquals(on.sent().map(({ subtype, ...rest }) => [subtype, rest]), [
    ["set_model", { model: null }],
    ["set_permission_mode", { mode: "plan" }],
    ["set_max_thinking_tokens", {
      max_thinking_tokens: null,
      thinking_display: null,
    }],
    ["set_max_thinking_tokens", { max_thinking_tokens: 0 }],
    ["set_max_thinking_tokens", { max_thinking_tokens: 31_999 }],
    ["set_max_thinking_tokens", {
      max_thinking_tokens: 2000,
      thinking_display: "omitted",
    }],
    ["apply_flag_settings", { settings: { effortLevel: "low" } }],
    ["apply_flag_settings", { settings: { effortLevel: null } }],
    ["update_settings", {
      source: "localSettings",
      settings: { outputStyle: "x" },
    }],
    ["cancel_async_message", { message_uuid: "u" }],
    ["generate_session_title", { description: "d", persist: false }],
    ["rewind_files", { user_message_id: "u", dry_run: true }],
    ["interrupt", {}],
    ["interrupt", { cancel_queued: true }],
    ["background_tasks", {}],
    ["mcp_toggle", { serverName: "a", enabled: false }],
    ["mcp_reconnect", { serverName: "a" }],
    ["mcp_set_servers", {
      servers: { a: { type: "stdio", args: [], command: "x", timeout: 5 } },
    }],
    ["mcp_call", { tool: "mcp__a__b", arguments: {}, soft_error_result: true }],
    ["set_mcp_permission_mode_override", { serverName: "a", mode: null }],
  ]);
});

Deno.test("an interrupt says which prompts wait still and which were taken back", async () => {
  await using on = await pair(answers("interrupt", {
    answer: "success",
    response: { still_queued: ["a"], cancelled: ["b"] },
  }));
  await on.session.start();
  assertEquals(await on.session.interrupt({ cancelQueued: true }), {
    stillQueued: ["a"],
    cancelled: ["b"],
  });
});

Deno.test("commands and tasks follow what the CLI says", async () => {
  const commands = [{ name: "new", description: "d" }];
  const task = {
    task_id: "t1",
    task_type: "local_bash",
    description: "sleep",
  };
  await using on = await pair({
    initialize: { commands: [{ name: "old" }] },
    turns: [[
      step.line({ type: "system", subtype: "commands_changed", commands }),
      step.line({
        type: "system",
        subtype: "background_tasks_changed",
        tasks: [task],
      }),
      step.text("ok"),
    ]],
  });
  assertEquals(await on.session.commands(), [{ name: "old" }]);
  assertEquals(on.session.tasks.size, 0);
  await on.session.ask("hi", { until: "turn" });
  assertEquals(await on.session.commands(), commands);
  assertEquals(on.session.tasks.get("t1")?.description, "sleep");
  assertEquals([...on.session.tasks].map(({ taskId }) => taskId), ["t1"]);
});

Deno.test("the settings are in a file that only this user can read, until the CLI has read it", async () => {
  let path = "";
  let seen: unknown;
  await using on = await pair({}, {
    settings: { env: { TOKEN: "s3cret" } },
    subagentSystemPrompt: { append: "be brief" },
    spawn: async (spec) => {
      assert(!spec.args.join(" ").includes("s3cret"));
      const flag = "--settings=";
      path = spec.args.find((text) => text.startsWith(flag))
        ?.slice(flag.length) ?? "";
      seen = JSON.parse(await Deno.readTextFile(path));
      if (Deno.build.os !== "windows") {
        const folder = path.replace(/\/[^/]*$/, "");
        assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
        assertEquals((await Deno.stat(folder)).mode! & 0o777, 0o700);
      }
      return spec;
    },
  });
  await on.session.start();
  assertEquals(seen, { env: { TOKEN: "s3cret" } });
  await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
});

Deno.test("an older CLI may read its settings again: they stay until its end", async () => {
  await using on = await pair({}, { settings: { env: { TOKEN: "s3cret" } } }, {
    version: "2.1.197",
  });
  await on.session.start();
  const [started] = on.claude.starts;
  const path = started?.arguments.find((text) => text.startsWith("--settings="))
    ?.slice("--settings=".length) ?? "";
  assertEquals(JSON.parse(await Deno.readTextFile(path)), {
    env: { TOKEN: "s3cret" },
  });
  await on.session.close();
  await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
});

Deno.test({
  name: "the files of a start that fails are gone",
  ignore: Deno.build.os === "windows",
  async fn() {
    const record = await Deno.makeTempFile();
    await using session = new AsyncSession({
      claudePath: [
        "/bin/sh",
        "-c",
        `printf "%s\\n" "$@" > ${record}; exit 3`,
        "sh",
      ],
      settings: { a: 1 },
    });
    await assertRejects(() => session.start(), StartupError);
    await session.close();
    const lines = (await Deno.readTextFile(record)).split("\n");
    await Deno.remove(record);
    const line = lines.find((text) => text.startsWith("--settings="));
    const path = line?.slice("--settings=".length) ?? "";
    assert(path !== "");
    await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
  },
});
