// Agents in files with the real CLI: what the file says is in force, in both sessions.

import { assert, assertEquals } from "@std/assert";
import { AsyncSession, loadAgent, SyncSession } from "../../mod.ts";
import { block, reply } from "../../src/testing/mod.ts";
import { live, syncWorld, world } from "../support/live_world.ts";

const FILE = `{
  // What the model is told, and what it may.
  "model": "claude-haiku-4-5",
  "systemPrompt": { "append": "SPEAK OF {{subject}}" },
  "policy": { "allow": ["Bash(echo *)"], "otherwise": "deny" },
  "variables": { "subject": { "default": "trees" } },
  "prompt": "Tell of {{subject}}.",
}`;

const CALLS = [
  block.toolUse("Bash", { command: "echo fine" }),
  block.toolUse("Bash", { command: "touch denied" }),
];

async function agentIn(cwd: string) {
  const dir = `${cwd}/.claudestream/agents`;
  await Deno.mkdir(dir, { recursive: true });
  await Deno.writeTextFile(`${dir}/teller.agent.jsonc`, FILE);
  return await loadAgent("teller", { cwd, dirs: [dir] });
}

live(
  "an agent's file says model, prompts and policy of its session",
  async () => {
    await using on = await world({
      replies: ({ toolResults }) =>
        toolResults.length === 0 ? reply.message(CALLS) : reply.text("done"),
    });
    const agent = await agentIn(on.scratch.cwd);
    const values = { subject: "rivers" };
    await using session = new AsyncSession({
      ...on.options,
      ...agent.options(values),
    });
    const results: boolean[] = [];
    for await (const event of session.send(agent.prompt(values))) {
      if (event.type === "tool_result") results.push(event.isError);
    }
    assertEquals(results.sort(), [false, true]);
    const request = on.api.requests.find(({ messages }) =>
      JSON.stringify(messages).includes("Tell of rivers.")
    );
    assertEquals(request?.model, "claude-haiku-4-5");
    assert(JSON.stringify(request).includes("SPEAK OF rivers"));
  },
);

live("an agent's file says the same of a blocking session", async () => {
  await using on = await syncWorld([
    reply.message(CALLS),
    reply.text("done"),
  ]);
  const agent = await agentIn(on.scratch.cwd);
  {
    using session = new SyncSession({ ...on.options, ...agent.options() });
    const results: boolean[] = [];
    for (const event of session.send(agent.prompt())) {
      if (event.type === "tool_result") results.push(event.isError);
    }
    assertEquals(results.sort(), [false, true]);
  }
  const requests = JSON.stringify(await on.requests());
  assert(requests.includes("SPEAK OF trees"));
  assert(requests.includes("Tell of trees."));
});
