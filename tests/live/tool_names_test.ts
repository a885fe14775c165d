// The names of the real CLI's tools: all are known here, and a rule by either name of a
// tool holds.

import { assert, assertEquals } from "@std/assert";
import {
  allow,
  allowBuiltins,
  AsyncSession,
  byTool,
  denyAll,
  isToolUse,
  type SessionOptions,
  type SyncPolicy,
  SyncSession,
  toolKind,
} from "../../mod.ts";
import { OPTIONS } from "../../src/capabilities/table.ts";
import { reply } from "../../src/testing/mod.ts";
import { BUILTIN_TOOLS } from "../../src/messages/builtin_tools.ts";
import { live, syncWorld, world } from "../support/live_world.ts";

live("each tool of system_init is known, with its kind", async () => {
  const rows: readonly SessionOptions[] = [
    {},
    { builtinTools: [...BUILTIN_TOOLS] },
    { permissionMode: "plan" },
    { restricted: true },
    { prompts: "none" },
  ];
  for (const row of rows) {
    await using on = await world({ replies: [reply.text("hi")] });
    await using session = new AsyncSession({
      ...on.options,
      policy: denyAll(),
      ...row,
    });
    await session.ask("x");
    const unknown = session.tools?.filter((name) => !BUILTIN_TOOLS.has(name));
    assertEquals(unknown, [], JSON.stringify(row));
    assert((session.tools ?? []).length > 0, JSON.stringify(row));
  }
  assertEquals(toolKind("Monitor"), "execute");
}, OPTIONS.restricted[0]);

const AGENT = { description: "d", prompt: "dig", subagent_type: "Explore" };

/** Policies that let no subagent run, by either name. */
const NO_AGENTS: readonly SyncPolicy[] = ["Task", "Agent"].flatMap((name) => [
  byTool({ [name]: denyAll("no agents"), "*": () => allow() }),
  byTool({ [`${name}*`]: denyAll("no agents"), "*": () => allow() }),
  allowBuiltins({ except: [name] }),
]);

live("no subagent runs under a policy that denies Task, or Agent", async () => {
  for (const policy of NO_AGENTS) {
    for (const name of ["Task", "Agent"]) {
      await using on = await world({
        replies: [reply.toolUse(name, AGENT), reply.text("done")],
      });
      await using session = new AsyncSession({ ...on.options, policy });
      const seen: string[] = [];
      for await (const event of session.send("go")) {
        if (event.type === "task_started") seen.push("a subagent runs");
        if (event.type === "permission_request") event.deny("nobody");
        if (isToolUse(event, "Task")) seen.push(event.input.prompt);
        if (event.type === "tool_result" && event.isError) seen.push("refused");
      }
      // `allowBuiltins` leaves it to the CLI, which starts subagents without asking.
      if (policy.name === "allowBuiltins") assertEquals(seen[0], "dig");
      else assertEquals(seen, ["dig", "refused"], policy.toolNames?.join());
    }
  }
});

live("no subagent runs in a blocking session, either", async () => {
  await using on = await syncWorld([
    reply.toolUse("Task", AGENT),
    reply.toolUse("Agent", AGENT),
    reply.text("done"),
  ]);
  using session = new SyncSession({
    ...on.options,
    policy: byTool({ Task: denyAll("no agents"), "*": () => allow() }),
  });
  const behaviors = [...session.send("go")].flatMap((event) =>
    event.type === "permission_decision" ? [event.behavior] : []
  );
  assertEquals(behaviors, ["deny", "deny"]);
});

live("options and matchers take either name of a tool", async () => {
  for (const name of ["Task", "Agent"]) {
    for (const called of ["Task", "Agent"]) {
      await using on = await world({
        replies: [reply.toolUse(called, AGENT), reply.text("done")],
      });
      const seen: string[] = [];
      await using session = new AsyncSession({
        ...on.options,
        policy: denyAll(),
        hooks: {
          PreToolUse: [{
            matcher: name,
            run: ({ toolName }) => {
              seen.push(toolName);
            },
          }],
        },
      });
      await session.ask("go");
      assertEquals(seen, ["Agent"], `${name}, ${called}`);
    }
    await using on = await world({ replies: [reply.text("done")] });
    await using session = new AsyncSession({
      ...on.options,
      disallowedTools: [name],
    });
    await session.ask("go");
    assertEquals(
      session.tools?.filter((tool) => tool === "Task" || tool === "Agent"),
      [],
    );
  }
});
