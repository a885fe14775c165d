// A call of a tool that a hook or a policy left to a later process, with the real CLI.

import { BEHAVIORS } from "../../src/capabilities/table.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { TextLineStream } from "@std/streams";
import {
  allow,
  AsyncSession,
  callback,
  type ClaudeEvent,
  decided,
  defer as deferCall,
  type DeferredCall,
  deny,
  firstOf,
  hook,
  type SessionOptions,
  StartupError,
  SyncSession,
  TurnError,
} from "../../mod.ts";
import { deferred } from "../../src/sessions/mod.ts";
import { block, reply } from "../../src/testing/mod.ts";
import type { DeferringNews } from "../support/deferring_host.ts";
import { asked, live, syncWorld, world } from "../support/live_world.ts";

/** A hook that leaves each call to a later process. */
const DEFERS = {
  hooks: {
    PreToolUse: [{
      run: () => ({
        hookSpecificOutput: {
          hookEventName: "PreToolUse",
          permissionDecision: "defer",
        } as const,
      }),
    }],
  },
};

const CALL = reply.toolUse("Bash", { command: "echo from the call" });

/** Ends with a call that is left to a later process. Returns the session. */
async function defer(
  options: ConstructorParameters<typeof AsyncSession>[0] & object,
): Promise<string> {
  await using session = new AsyncSession({ ...options, ...DEFERS });
  const result = await session.send("call it").result();
  assertEquals(
    [result.terminalReason, result.isError],
    ["tool_deferred", false],
  );
  return result.sessionId ?? "";
}

live(
  "a resumed session with a deferred call answers the prompt, with ask and send",
  async () => {
    for (const again of [false, true]) {
      for (const use of ["ask", "send"] as const) {
        await using on = await world({
          replies: (request) =>
            request.toolResults.length === 0 && request.prompts.length === 1
              ? CALL
              : reply.text(`to: ${request.prompts.at(-1)}`),
        });
        const resume = await defer(on.options);
        await using session = new AsyncSession({
          ...on.options,
          ...again ? DEFERS : {},
          resume,
        });
        if (use === "ask") {
          assertEquals((await session.ask("the next")).text, "to: the next");
          continue;
        }
        const turn = session.send("the next");
        const events: ClaudeEvent[] = [];
        for await (const event of turn) events.push(event);
        assertEquals(await turn.text(), "to: the next");
        const types = events.map(({ type }) => type);
        assertEquals(types.filter((type) => type === "result").length, 1);
        assert(!types.includes("tool_result"), types.join());
      }
    }
  },
);

live(
  "blocking: a resumed session with a deferred call answers the prompt",
  async () => {
    await using on = await syncWorld([
      CALL,
      reply.text("about the call"),
      reply.text("about the prompt"),
    ]);
    const resume = await defer(on.options);
    using session = new SyncSession({ ...on.options, resume });
    assertEquals(session.ask("the next").text, "about the prompt");
  },
);

live(
  "a deferred call survives the death of its CLI, is listed, and is decided on by a resume",
  async () => {
    for (const isYes of [true, false]) {
      await using on = await world({
        replies: (request) =>
          request.toolResults.length === 0 && request.prompts.length === 1
            ? CALL
            : reply.text("went on"),
      });
      const configDir = `${on.scratch.home}/.claude`;
      let id = "";
      {
        await using session = new AsyncSession({ ...on.options, ...DEFERS });
        const result = await session.send("call it").result();
        id = result.sessionId ?? "";
        const { pid } = session;
        assert(pid !== undefined);
        // What it wrote is on disk by then: nothing of it is told to the CLI.
        const died = new Promise((resolve) => session.on("close", resolve));
        Deno.kill(pid, "SIGKILL");
        await died;
      }
      const [call, ...others] = await deferred(id, { configDir });
      assert(call !== undefined);
      assertEquals(others, []);
      assertEquals([call.toolName, call.input], [
        "Bash",
        { command: "echo from the call" },
      ]);
      const asked: unknown[] = [];
      {
        await using session = new AsyncSession({
          ...on.options,
          resume: id,
          policy: callback((_name, input, { toolUseId }) => {
            asked.push([toolUseId, input]);
            return isYes ? allow() : deny("not approved");
          }),
        });
        await session.ask("go on");
      }
      // Exactly that call, and only once.
      assertEquals(asked, [[call.toolUseId, call.input]]);
      assertEquals(await deferred(id, { configDir }), []);
      const results = on.api.requests.flatMap(({ toolResults }) => toolResults);
      const [result] = results;
      assertEquals(result?.toolUseId, call.toolUseId);
      assertEquals(result?.isError, !isYes);
      assert(result?.text.includes(isYes ? "from the call" : "not approved"));
    }
  },
  BEHAVIORS.deferredAsked,
);

/** A policy that leaves each call of the shell to a later process. */
const BASH_WAITS = callback((name) =>
  name === "Bash" ? deferCall() : undefined
);

/** The replies of a model that calls a tool once, and answers what it is told then. */
const callsOnce = {
  replies: (
    { toolResults, prompts }: {
      readonly toolResults: readonly unknown[];
      readonly prompts: readonly string[];
    },
  ) =>
    toolResults.length === 0 && prompts.length === 1
      ? CALL
      : reply.text(`to: ${prompts.at(-1)}`),
};

/** Asks, and expects the turn to end as deferred. Returns the session's id and the waiting calls. */
async function askDeferred(
  options: SessionOptions,
): Promise<{ readonly id: string; readonly calls: readonly DeferredCall[] }> {
  const { hooks } = options;
  await using session = new AsyncSession({
    ...hooks === undefined ? { policy: BASH_WAITS } : {},
    ...options,
  });
  const error = await assertRejects(() => session.ask("call it"), TurnError);
  assertEquals(error.code, "deferred");
  assertStringIncludes(error.message, '"Bash"');
  assert(session.id !== undefined);
  return { id: session.id, calls: session.deferred };
}

live(
  "defer() of a policy: the turn is deferred, and a resume decides on exactly that call",
  async () => {
    for (const isYes of [true, false]) {
      await using on = await world(callsOnce);
      const configDir = `${on.scratch.home}/.claude`;
      const decisions: string[] = [];
      const { id, calls } = await askDeferred(on.options);
      const [call, ...others] = calls;
      assert(call !== undefined);
      assertEquals(others, []);
      assertEquals(call.input, { command: "echo from the call" });
      const [listed] = await deferred(id, { configDir });
      assert(listed !== undefined);
      const { timestamp: _, ...known } = listed;
      assertEquals(known, { ...call });
      // Another machine, to which the transcripts and what a database kept of the call were copied.
      const elsewhere = await Deno.makeTempDir();
      await copied(configDir, `${elsewhere}/.claude`);
      const env = { ...on.options.env, HOME: elsewhere };
      await using session = new AsyncSession({
        ...on.options,
        env,
        resume: id,
        policy: firstOf(
          decided(
            JSON.parse(JSON.stringify(listed)),
            isYes ? allow() : deny("not approved"),
          ),
          BASH_WAITS,
        ),
      });
      session.on(
        "permission_decision",
        ({ behavior, toolUseId }) => decisions.push(`${toolUseId} ${behavior}`),
      );
      assertEquals((await session.ask("go on")).text, "to: go on");
      assertEquals(decisions, [
        `${call.toolUseId} ${isYes ? "allow" : "deny"}`,
      ]);
      assertEquals(session.deferred, []);
      const place = { configDir: `${elsewhere}/.claude` };
      assertEquals(await deferred(id, place), []);
      const results = on.api.requests.flatMap(({ toolResults }) => toolResults);
      assertEquals(results.map(({ toolUseId }) => toolUseId), [call.toolUseId]);
      assertStringIncludes(
        results[0]?.text ?? "",
        isYes ? "from the call" : "not approved",
      );
      await session.close();
      await Deno.remove(elsewhere, { recursive: true });
    }
  },
  BEHAVIORS.deferredAsked,
);

live(
  "a call that a policy deferred survives SIGKILL of the program and of the CLI",
  async () => {
    await using on = await world(callsOnce);
    const host = new URL("../support/deferring_host.ts", import.meta.url);
    const program = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        host.pathname,
        JSON.stringify(on.options),
      ],
      stdin: "null",
      stdout: "piped",
    }).spawn();
    const reader = program.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream()).getReader();
    const { value } = await reader.read();
    await reader.cancel();
    const { id, pid, code }: DeferringNews = JSON.parse(value ?? "");
    assertEquals(code, "deferred");
    program.kill("SIGKILL");
    Deno.kill(pid, "SIGKILL");
    await program.status;
    const configDir = `${on.scratch.home}/.claude`;
    const [call] = await deferred(id, { configDir });
    assert(call !== undefined);
    await using session = new AsyncSession({
      ...on.options,
      resume: id,
      policy: firstOf(decided(call, allow()), BASH_WAITS),
    });
    assertEquals((await session.ask("go on")).text, "to: go on");
    const results = on.api.requests.flatMap(({ toolResults }) => toolResults);
    assertEquals(results.map(({ toolUseId }) => toolUseId), [call.toolUseId]);
    assertStringIncludes(results[0]?.text ?? "", "from the call");
  },
  BEHAVIORS.deferredAsked,
);

/** Copies a folder. */
async function copied(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory, isFile } of Deno.readDir(from)) {
    if (isDirectory) await copied(`${from}/${name}`, `${to}/${name}`);
    else if (isFile) await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}

live(
  "a decision that is not about what waits: unknown, twice, another input, another tool",
  async () => {
    await using on = await world(callsOnce);
    const configDir = `${on.scratch.home}/.claude`;
    const { id, calls: [call] } = await askDeferred(on.options);
    assert(call !== undefined);
    const resumed = (about: DeferredCall) =>
      new AsyncSession({
        ...on.options,
        resume: id,
        policy: firstOf(decided(about, allow()), BASH_WAITS),
      });
    for (
      const [about, why] of [
        [{ ...call, input: { command: "rm -rf /" } }, "another input"],
        [{ ...call, toolName: "Write" }, "another tool"],
      ] as const
    ) {
      const { id: forked } = await askDeferred(on.options);
      const [waiting] = await deferred(forked, { configDir });
      assert(waiting !== undefined);
      const failures: unknown[] = [];
      const results: string[] = [];
      await using session = new AsyncSession({
        ...on.options,
        resume: forked,
        policy: decided(
          { ...about, toolUseId: waiting.toolUseId },
          allow(),
        ),
      });
      session.on("handler_failed", ({ error }) => failures.push(error));
      session.on("tool_result", ({ text }) => results.push(text ?? ""));
      await session.ask("go on");
      assertStringIncludes(`${failures[0]}`, why);
      assertStringIncludes(results.join(), why);
    }
    {
      // Of another session.
      await using session = resumed({ ...call, toolUseId: "toolu_other" });
      const error = await assertRejects(
        () => session.ask("go on"),
        StartupError,
      );
      assertEquals(error.reason, "deferred_missing");
      assertStringIncludes(error.message, "toolu_other");
    }
    const { id: again, calls: [twice] } = await askDeferred(on.options);
    assert(twice !== undefined);
    for (const isFirst of [true, false]) {
      await using session = new AsyncSession({
        ...on.options,
        resume: again,
        policy: decided(twice, allow()),
      });
      if (isFirst) await session.ask("go on");
      else {
        const error = await assertRejects(
          () => session.ask("go on"),
          StartupError,
        );
        assertEquals(error.reason, "deferred_missing");
      }
    }
  },
  BEHAVIORS.deferredAsked,
);

/** The two ways to leave each call of the shell to a later process. */
const WAYS: Readonly<Record<string, SessionOptions>> = {
  policy: { policy: firstOf(BASH_WAITS, callback(() => allow())) },
  hook: {
    hooks: {
      PreToolUse: [{
        run: ({ toolName }) =>
          toolName === "Bash" ? hook.defer() : hook.allow(),
      }],
    },
  },
};

for (const [by, answers] of Object.entries(WAYS)) {
  live(
    `two calls of one turn: one waits, and the other is told why not, with a ${by}`,
    async () => {
      await using on = await world({
        replies: [
          reply.message([
            block.toolUse("Bash", { command: "echo one" }),
            block.toolUse("Bash", { command: "echo two" }),
          ]),
          reply.text("about the call"),
          reply.text("about the prompt"),
        ],
      });
      const { id, calls } = await askDeferred({ ...on.options, ...answers });
      assertEquals(calls.map(({ input }) => input), [{ command: "echo one" }]);
      const configDir = `${on.scratch.home}/.claude`;
      const [call, ...others] = await deferred(id, { configDir });
      assert(call !== undefined);
      assertEquals([call.input, others], [{ command: "echo one" }, []]);
      await using session = new AsyncSession({
        ...on.options,
        resume: id,
        policy: decided(call, allow()),
      });
      assertEquals((await session.ask("go on")).text, "about the prompt");
      const told = asked(on.api)[1]?.toolResults.map(({ text }) => text) ??
        [];
      assertEquals(told.length, 2);
      assert(told.includes("one"), told.join());
      assertStringIncludes(told.join(), "another call");
    },
    BEHAVIORS.deferredAsked,
  );

  live(
    `a call of a subagent does not wait: it is denied, with a ${by}`,
    async () => {
      let hasCalled = false;
      await using on = await world({
        replies: ({ prompts, toolResults }) => {
          if (!prompts.join().includes("call it")) {
            return toolResults.length === 0
              ? reply.toolUse("Bash", { command: "echo sub" })
              : reply.text("sub done");
          }
          // A turn about the end of the subagent comes later.
          if (hasCalled) return reply.text("done");
          hasCalled = true;
          return reply.toolUse(
            "Agent",
            {
              description: "d",
              prompt: "do it",
              subagent_type: "general-purpose",
            },
          );
        },
      });
      await using session = new AsyncSession({
        ...on.options,
        policy: callback(() => allow()),
        ...answers,
      });
      await session.ask("call it", { until: "tasks" });
      assertEquals(session.deferred, []);
      const told = on.api.requests
        .filter(({ prompts }) => !prompts.join().includes("call it"))
        .flatMap(({ toolResults }) => toolResults.map(({ text }) => text));
      assertStringIncludes(told.join(), "a call of a subagent cannot wait");
    },
  );
}

live(
  "blocking: defer() of a policy, and the decision of a later session",
  async () => {
    await using on = await syncWorld([
      CALL,
      reply.text("about the call"),
      reply.text("about the prompt"),
    ]);
    let id = "";
    let calls: readonly DeferredCall[] = [];
    {
      using session = new SyncSession({ ...on.options, policy: BASH_WAITS });
      const error = assertThrows(() => session.ask("call it"), TurnError);
      assertEquals(error.code, "deferred");
      id = session.id ?? "";
      calls = session.deferred;
    }
    const [call] = calls;
    assert(call !== undefined);
    using session = new SyncSession({
      ...on.options,
      resume: id,
      policy: firstOf(decided(call, allow()), BASH_WAITS),
    });
    assertEquals(session.ask("the next").text, "about the prompt");
    const results = (await on.requests()).flatMap(({ toolResults }) =>
      toolResults
    );
    assertStringIncludes(results[0]?.text ?? "", "from the call");
    assertEquals(session.deferred, []);
  },
  BEHAVIORS.deferredAsked,
);
