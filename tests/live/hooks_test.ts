// Hooks, questions and elicitations with the real CLI: what each answer does there.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  AsyncSession,
  callback,
  type ClaudeEvent,
  ControlError,
  type HandlerFailure,
  hook,
  type HookEvent,
  type HookOptions,
  type SessionOptions,
  type ToolResult,
} from "../../mod.ts";
import { BEHAVIORS, HOOKS } from "../../src/capabilities/table.ts";
import { type MessagesApiOptions, reply } from "../../src/testing/mod.ts";
import { asked, exists, isSince, live, world } from "../support/live_world.ts";

type Replies = MessagesApiOptions["replies"] & readonly unknown[];

/** One turn with these hooks: the events of it, and what the last request of the model held. */
async function turnWith(
  hooks: HookOptions,
  replies: Replies,
  options: SessionOptions = {},
) {
  const on = await world({ replies });
  const session = new AsyncSession({ ...on.options, ...options, hooks });
  const events: ClaudeEvent[] = await Array.fromAsync(session.send("go"));
  const results = events.filter((event): event is ToolResult =>
    event.type === "tool_result"
  );
  const seen = JSON.stringify(on.api.requests.at(-1)?.body.messages ?? []);
  return {
    ...on,
    session,
    events,
    results,
    seen,
    result: session.lastResult,
    made: (name: string) => exists(`${on.scratch.cwd}/${name}`),
    async [Symbol.asyncDispose]() {
      await session.close();
      await on[Symbol.asyncDispose]();
    },
  };
}

const makes = (name: string) =>
  reply.toolUse("Bash", { command: `touch ${name}` });

live("PreToolUse: allow spares the question, deny stops the call", async () => {
  const asked: string[] = [];
  await using on = await turnWith(
    {
      PreToolUse: [{
        matcher: "Bash",
        run: (input, { toolUseId, event }) => {
          assertEquals([toolUseId, event], [input.toolUseId, "PreToolUse"]);
          const command = `${input.toolInput.command}`;
          return command.includes("yes")
            ? hook.allow({ context: "a hook was here" })
            : hook.deny("not that one");
        },
      }],
    },
    [makes("yes"), makes("no"), reply.text("done")],
    {
      policy: callback((name, { command }) => {
        asked.push(`${name} ${command}`);
        return undefined;
      }),
    },
  );
  assertEquals(on.results.map(({ isError }) => isError), [false, true]);
  assert(on.results[1]?.text.includes("not that one"));
  assert(on.seen.includes("a hook was here"));
  assertEquals([await on.made("yes"), await on.made("no")], [true, false]);
  // The policy is asked in a hook of its own, beside this one.
  assertEquals(asked, ["Bash touch yes", "Bash touch no"]);
});

live("PreToolUse: allow can change the input", async () => {
  await using on = await turnWith(
    {
      PreToolUse: [{
        run: () => hook.allow({ input: { command: "touch other" } }),
      }],
    },
    [makes("given"), reply.text("done")],
  );
  assertEquals(on.results[0]?.isError, false);
  assertEquals([await on.made("given"), await on.made("other")], [false, true]);
});

live("PreToolUse: ask brings the question where none would come", async () => {
  const on = await world({ replies: [makes("a"), reply.text("done")] });
  await using _ = on;
  await using session = new AsyncSession({
    ...on.options,
    allowedTools: ["Bash"],
    policy: callback(() => undefined),
    hooks: { PreToolUse: [{ run: () => hook.ask("is this right") }] },
  });
  const reasons: (string | undefined)[] = [];
  for await (const event of session.send("go")) {
    if (event.type !== "permission_request") continue;
    reasons.push(event.decisionReason);
    event.allow();
  }
  assertEquals(reasons.length, 1);
  assert(reasons[0]?.includes("is this right"), reasons[0]);
  assert(await exists(`${on.scratch.cwd}/a`));
});

live(
  "PreToolUse: a throw and a wrong answer deny, whatever the CLI would do",
  async () => {
    const bad: HookOptions[] = [
      {
        PreToolUse: [{
          run: () => {
            throw new Error("broken hook");
          },
        }],
      },
      { PreToolUse: [{ run: () => Promise.reject(new Error("broken hook")) }] },
      { PreToolUse: [{ run: () => "broken hook" as never }] },
      {
        PreToolUse: [{
          run: () => ({ permissionDecision: "allow" }) as never,
        }],
      },
      { PreToolUse: [{ run: () => hook.context(1n as never) }] },
    ];
    for (const hooks of bad) {
      await using on = await turnWith(hooks, [makes("a"), reply.text("done")], {
        allowedTools: ["Bash"],
      });
      assertEquals(on.results[0]?.isError, true);
      assert(on.results[0]?.text.includes(`The hook "PreToolUse" failed`));
      assert(!await on.made("a"));
    }
  },
);

live("PreToolUse: stop ends the turn, and the tool still runs", async () => {
  await using on = await turnWith(
    { PreToolUse: [{ run: () => hook.stop("enough") }] },
    [makes("a"), reply.text("never")],
    { allowedTools: ["Bash"] },
  );
  assertEquals(on.result?.terminalReason, "hook_stopped");
  assert(await on.made("a"));
  // In the CLI's own words the two go together.
  await using denied = await turnWith(
    {
      PreToolUse: [{
        run: () => ({
          continue: false,
          stopReason: "enough",
          hookSpecificOutput: {
            permissionDecision: "deny",
            permissionDecisionReason: "enough",
          },
        }),
      }],
    },
    [makes("b"), reply.text("never")],
    { allowedTools: ["Bash"] },
  );
  assertEquals(
    denied.result?.terminalReason,
    isSince(BEHAVIORS.denialStops.since) ? "hook_stopped" : "aborted_tools",
  );
  // The model hears no more.
  assertEquals(denied.api.scripted.length, 1);
  assert(!await denied.made("b"));
});

live("PreToolUse: async and nothing are no opinion", async () => {
  await using on = await turnWith(
    {
      PreToolUse: [
        { run: () => hook.async({ timeoutMs: 1000 }) },
        { run: () => {} },
        { run: () => Promise.resolve(undefined) },
      ],
    },
    [makes("a"), reply.text("done")],
    { allowedTools: ["Bash"] },
  );
  assertEquals(on.results[0]?.isError, false);
  assert(await on.made("a"));
});

live(
  "PreToolUse: after timeoutMs the signal aborts and the tool is not called",
  async () => {
    const aborted = Promise.withResolvers<unknown>();
    await using on = await turnWith(
      {
        PreToolUse: [{
          timeoutMs: 300,
          run: (_, { signal }) =>
            new Promise((resolve) => {
              signal.addEventListener("abort", () => {
                aborted.resolve(signal.reason);
                // Too late: it is ignored.
                resolve(hook.allow());
              });
            }),
        }],
      },
      [makes("a"), reply.text("done")],
      { allowedTools: ["Bash"] },
    );
    assert(await aborted.promise instanceof DOMException);
    assertEquals(on.results[0]?.isError, true);
    assert(!await on.made("a"));
    assert(on.events.some(({ type }) => type === "request_cancelled"));
  },
);

live(
  "matchers: names are exact, patterns and a RegExp match parts",
  async () => {
    const called: string[] = [];
    const told = (name: string) => ({ run: () => void called.push(name) });
    await using _ = await turnWith(
      {
        PreToolUse: [
          { matcher: "Bash", ...told("exact") },
          { matcher: "Ba", ...told("part of a name") },
          { matcher: "^Ba", ...told("pattern") },
          { matcher: /Bas/, ...told("RegExp") },
          { matcher: "Write|Bash", ...told("list") },
          { matcher: /^bash$/, ...told("other case") },
          { matcher: "*", ...told("star") },
        ],
      },
      [makes("a"), reply.text("done")],
    );
    assertEquals(called.toSorted(), [
      "RegExp",
      "exact",
      "list",
      "pattern",
      "star",
    ]);
  },
);

live(
  "UserPromptSubmit: block sends nothing, context adds to the prompt",
  async () => {
    {
      await using on = await turnWith(
        { UserPromptSubmit: [{ run: () => hook.block("no prompts today") }] },
        [],
      );
      assertEquals([on.result?.isError, on.result?.numTurns], [false, 0]);
      assertEquals(asked(on.api).length, 0);
      const told = on.events.find(({ type }) => type === "informational");
      assert(JSON.stringify(told).includes("no prompts today"));
    }
    await using on = await turnWith(
      {
        UserPromptSubmit: [{
          run: ({ prompt }) => hook.context(`${prompt}: it is Monday`),
        }],
      },
      [reply.text("done")],
    );
    assert(on.seen.includes("go: it is Monday"));
  },
);

live(
  `UserPromptSubmit: onFailure "block" blocks, and without it the failure is told`,
  async () => {
    const run = () => {
      throw new Error("broken");
    };
    {
      await using on = await turnWith(
        { UserPromptSubmit: [{ run, onFailure: "block" }] },
        [],
      );
      assertEquals(asked(on.api).length, 0);
    }
    await using on = await world({ replies: [reply.text("done")] });
    await using session = new AsyncSession({
      ...on.options,
      hooks: { UserPromptSubmit: [{ run }] },
    });
    const failures: HandlerFailure[] = [];
    using _ = session.on("handler_failed", (failure) => failures.push(failure));
    assertEquals((await session.ask("go")).text, "done");
    assertEquals(failures.map(({ handler, isSilent }) => [handler, isSilent]), [
      ["UserPromptSubmit", true],
    ]);
    assertEquals(`${failures[0]?.error}`, "Error: broken");
  },
);

live(
  "PostToolUse: block and context reach the model, new output replaces the old",
  async () => {
    const replies = [makes("a"), reply.text("done")];
    const options = { allowedTools: ["Bash"] };
    {
      await using on = await turnWith(
        { PostToolUse: [{ run: () => hook.block("that was wrong") }] },
        replies,
        options,
      );
      assert(on.seen.includes("that was wrong"));
      assert(await on.made("a"));
    }
    {
      await using on = await turnWith(
        {
          PostToolUse: [{
            run: ({ durationMs, toolResponse }) =>
              hook.context(`took ${typeof durationMs}, ${typeof toolResponse}`),
          }],
        },
        replies,
        options,
      );
      assert(on.seen.includes("took number, object"));
    }
    await using on = await turnWith(
      {
        PostToolUse: [{
          run: ({ toolResponse }) => ({
            hookSpecificOutput: {
              updatedToolOutput: {
                ...toolResponse as Record<string, unknown>,
                stdout: "REPLACED",
              },
            },
          }),
        }],
      },
      replies,
      options,
    );
    assert(on.seen.includes("REPLACED"));
  },
);

live(
  "PostToolUseFailure and PostToolBatch: context reaches the model, block stops a batch",
  async () => {
    const fails = reply.toolUse("Bash", { command: "exit 3" });
    const options = { allowedTools: ["Bash"] };
    for (const event of ["PostToolUseFailure", "PostToolBatch"] as const) {
      await using on = await turnWith(
        { [event]: [{ run: () => hook.context("context arrived") }] },
        [fails, reply.text("done")],
        options,
      );
      assert(on.seen.includes("context arrived"), event);
    }
    await using failure = await turnWith(
      { PostToolUseFailure: [{ run: () => hook.block("block arrived") }] },
      [fails, reply.text("done")],
      options,
    );
    assert(failure.seen.includes("block arrived"));
    // After the last call of a reply there is something else to stop: the turn.
    await using batch = await turnWith(
      { PostToolBatch: [{ run: () => hook.block("no more") }] },
      [fails, reply.text("never")],
      options,
    );
    assertEquals(batch.result?.terminalReason, "hook_stopped");
  },
);

live(
  "Stop: block lets the model go on once more, and so does context",
  async () => {
    for (const answer of [hook.block("go on"), hook.context("go on")]) {
      const active: boolean[] = [];
      await using on = await turnWith(
        {
          Stop: [{
            run: ({ stopHookActive }) => {
              active.push(stopHookActive);
              return stopHookActive ? undefined : answer;
            },
          }],
        },
        [reply.text("first"), reply.text("second")],
      );
      assertEquals(active, [false, true], answer.kind);
      assertEquals(on.result?.result, "second");
      assert(on.seen.includes("go on"));
    }
  },
);

live("PreModelSwitch: deny keeps the model", async () => {
  await using on = await world({ replies: (r) => reply.text(r.model) });
  await using session = new AsyncSession({
    ...on.options,
    hooks: {
      PreModelSwitch: [{ run: ({ toModel }) => hook.deny(`not ${toModel}`) }],
    },
  });
  const before = (await session.ask("which")).text;
  const error = await assertRejects(() => session.setModel("sonnet"));
  assert(error instanceof ControlError && error.reason.includes("not "));
  assertEquals((await session.ask("which")).text, before);
}, HOOKS.PreModelSwitch);

live("PreCompact: block keeps the conversation", async () => {
  await using on = await world({ replies: () => reply.text("hello") });
  const called: HookEvent[] = [];
  await using session = new AsyncSession({
    ...on.options,
    hooks: {
      PreCompact: [{
        run: ({ trigger, customInstructions }) => {
          called.push("PreCompact");
          assertEquals([trigger, customInstructions], ["manual", null]);
          return hook.block("keep it");
        },
      }],
      PostCompact: [{ run: () => void called.push("PostCompact") }],
    },
  });
  await session.ask("hi");
  await session.send("/compact").result();
  assertEquals(called, ["PreCompact"]);
});

live(
  "SubagentStart and SubagentStop: the agent is told, and its end is heard",
  async () => {
    const agent = {
      description: "d",
      prompt: "p",
      subagent_type: "helper",
      run_in_background: false,
    };
    await using on = await world({
      replies: (request) =>
        request.kind === "subagent"
          ? reply.text("sub done")
          : request.toolResults.length === 0
          ? reply.toolUse("Agent", agent)
          : reply.text("done"),
    });
    const seen: unknown[] = [];
    await using session = new AsyncSession({
      ...on.options,
      agents: { helper: { description: "helps", prompt: "You help." } },
      allowedTools: ["Agent"],
      hooks: {
        SubagentStart: [{
          run: ({ agentType, agentId }) => {
            seen.push(["start", agentType, agentId.length > 0]);
            return hook.context("told at the start");
          },
        }],
        SubagentStop: [{
          run: ({ agentType, lastAssistantMessage }) => {
            seen.push(["stop", agentType, lastAssistantMessage]);
          },
        }],
      },
    });
    await session.ask("go");
    assertEquals(seen, [
      ["start", "helper", true],
      ["stop", "helper", "sub done"],
    ]);
    const told = on.api.requests.filter(({ body }) =>
      JSON.stringify(body).includes("told at the start")
    );
    assertEquals(told.map(({ kind }) => kind), ["subagent"]);
  },
);

live(
  "TaskCreated and TaskCompleted tell of the task list of the model",
  async () => {
    await using on = await world({
      replies: [
        reply.toolUse("TaskCreate", { subject: "dig", description: "a hole" }),
        reply.toolUse("TaskUpdate", { taskId: "1", status: "completed" }),
        reply.text("done"),
      ],
    });
    const seen: unknown[] = [];
    await using session = new AsyncSession({
      ...on.options,
      allowedTools: ["TaskCreate", "TaskUpdate"],
      hooks: {
        TaskCreated: [{
          run: ({ hookEventName, taskId, taskSubject, taskDescription }) => {
            seen.push([hookEventName, taskId, taskSubject, taskDescription]);
          },
        }],
        TaskCompleted: [{
          run: ({ hookEventName, taskId, taskSubject }) => {
            seen.push([hookEventName, taskId, taskSubject]);
          },
        }],
      },
    });
    const events = await Array.fromAsync(session.send("go"));
    assertEquals(seen, [
      ["TaskCreated", "1", "dig", "a hole"],
      ["TaskCompleted", "1", "dig"],
    ]);
    const results = events.filter((event) => event.type === "tool_result");
    assertEquals(results.map(({ isError }) => isError), [false, false]);
  },
);

live(
  "a hook of an event that the CLI does not know takes no other hook with it",
  async () => {
    const called: string[] = [];
    const hooks: HookOptions = {
      PreNap: [{ run: (input) => void called.push(input.hookEventName) }],
      UserPromptSubmit: [{
        run: (input) => void called.push(input.hookEventName),
      }],
    };
    await using on = await turnWith(hooks, [reply.text("done")]);
    assertEquals(on.result?.isError, false);
    assertEquals(called, ["UserPromptSubmit"]);
    assertEquals(
      on.events.flatMap((event) => event.type === "warning" ? event.what : []),
      ["hooks.PreNap"],
    );
  },
);
