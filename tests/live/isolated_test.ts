// What the option `isolated` switches off of the real CLI.

import { assert, assertEquals } from "@std/assert";
import {
  allow,
  AsyncSession,
  callback,
  resolveSettings,
  type SessionOptions,
  SyncSession,
} from "../../mod.ts";
import { reply } from "../../src/testing/mod.ts";
import { exists, live, syncWorld, world } from "../support/live_world.ts";

/** Puts something of each kind into the home and the project, which leaves a trace. */
async function litter(
  { home, cwd }: { readonly home: string; readonly cwd: string },
): Promise<void> {
  const hook = (name: string) => ({
    hooks: {
      UserPromptSubmit: [{
        hooks: [{ type: "command", command: `touch ${cwd}/${name}` }],
      }],
    },
  });
  const put = async (path: string, text: string) => {
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, text);
  };
  const json = (value: unknown) => JSON.stringify(value);
  await put(`${home}/.claude/settings.json`, json(hook("user-hook")));
  await put(`${home}/.claude/CLAUDE.md`, "MEMORY OF THE USER");
  await put(
    `${home}/.claude/agents/mine.md`,
    "---\nname: user-agent\ndescription: AGENT OF THE USER\n---\nx",
  );
  await put(`${cwd}/.claude/settings.json`, json(hook("project-hook")));
  await put(
    `${cwd}/.claude/settings.local.json`,
    json({ ...hook("local-hook"), enableAllProjectMcpServers: true }),
  );
  await put(`${cwd}/CLAUDE.md`, "MEMORY OF THE PROJECT");
  await put(
    `${cwd}/.mcp.json`,
    json({ mcpServers: { theirs: { command: "/bin/cat" } } }),
  );
  await put(
    `${cwd}/.claude/skills/theirs/SKILL.md`,
    "---\nname: theirs\ndescription: SKILL OF THE PROJECT\n---\nx",
  );
}

/** What leaves a trace in what the model is told. */
const TOLD = [
  "MEMORY OF THE USER",
  "MEMORY OF THE PROJECT",
  "AGENT OF THE USER",
  "SKILL OF THE PROJECT",
];
/** What leaves a file. */
const HOOKS = ["user-hook", "project-hook", "local-hook"];

async function traces(options: SessionOptions): Promise<readonly string[]> {
  await using on = await world({ replies: () => reply.text("done") });
  await litter(on.scratch);
  const found: string[] = [];
  {
    await using session = new AsyncSession({
      ...on.options,
      ...options,
      policy: callback(() => allow()),
    });
    await session.ask("hello");
    found.push(...session.mcpServers.map(({ name }) => `server ${name}`));
  }
  const told = JSON.stringify(on.api.requests);
  found.push(...TOLD.filter((text) => told.includes(text)));
  for (const hook of HOOKS) {
    if (await exists(`${on.scratch.cwd}/${hook}`)) found.push(hook);
  }
  return found.sort();
}

live("isolated: nothing of the user or the project has a say", async () => {
  // Without it all of them have, so that this would be seen.
  assertEquals(
    await traces({}),
    [...HOOKS, ...TOLD, "server theirs"].sort(),
  );
  assertEquals(await traces({ isolated: true }), []);
});

live("isolated: what the options name still holds", async () => {
  const found = await traces({
    isolated: true,
    systemPrompt: { append: "MEMORY OF THE USER" },
    mcpServers: { own: { command: "/bin/cat" } },
    agents: { own: { description: "AGENT OF THE USER", prompt: "x" } },
  });
  assertEquals(found, [
    "AGENT OF THE USER",
    "MEMORY OF THE USER",
    "server own",
  ]);
});

live("isolated: the same of a blocking session", async () => {
  await using on = await syncWorld([reply.text("done")]);
  await litter(on.scratch);
  {
    using session = new SyncSession({ ...on.options, isolated: true });
    session.ask("hello");
    assertEquals(session.mcpServers, []);
  }
  const told = JSON.stringify(await on.requests());
  assert(!TOLD.some((text) => told.includes(text)));
  for (const hook of HOOKS) {
    assertEquals(await exists(`${on.scratch.cwd}/${hook}`), false);
  }
});

live("resolveSettings reads what the CLI has in effect", async () => {
  await using on = await world({ replies: () => reply.text("done") });
  const { home, cwd } = on.scratch;
  const put = async (path: string, value: unknown) => {
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, JSON.stringify(value));
  };
  await put(`${home}/.claude/settings.json`, {
    env: { A: "user", B: "user" },
    permissions: { allow: ["Read", "Grep"], deny: ["WebFetch"] },
    cleanupPeriodDays: 9,
  });
  await put(`${cwd}/.claude/settings.json`, {
    env: { B: "project" },
    permissions: { allow: ["Read", "Edit"] },
    outputStyle: "default",
  });
  await put(`${cwd}/.claude/settings.local.json`, { cleanupPeriodDays: 5 });
  for (
    const how of [
      {},
      { settingSources: ["user"] },
      { isolated: true },
      {
        settings: { env: { A: "flag" }, permissions: { allow: ["Bash(ls)"] } },
      },
    ] as const
  ) {
    const found = await resolveSettings({
      ...how,
      cwd,
      configDir: `${home}/.claude`,
    });
    await using session = new AsyncSession({ ...on.options, ...how });
    const told = await session.settings();
    assertEquals(found.effective, told.effective, JSON.stringify(how));
    assertEquals(
      found.sources.map(({ source, settings }) => ({ source, settings })),
      told.sources,
      JSON.stringify(how),
    );
  }
});
