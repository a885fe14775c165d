// The real CLI and secrets: what is written for it, what it is started with, and what is
// kept of it.

import { assert, assertEquals } from "@std/assert";
import {
  AsyncSession,
  type SessionOptions,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";
import { reply } from "../../src/testing/mod.ts";
import { BEHAVIORS } from "../../src/capabilities/table.ts";
import { live, syncWorld, world } from "../support/live_world.ts";

const MARKER = "hush-4711-do-not-tell-anyone";

const DENIED = "Bash(curl *)";

/** The folders of ours among the temporary files of this program. */
function leftovers(): string[] {
  const folder = Deno.env.get("TMPDIR") ?? "/tmp";
  return [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.includes(`-${Deno.pid}-`));
}

/** What the CLI is started with that has to be in a file. */
const SETTINGS: SessionOptions = {
  settings: {
    permissions: { deny: [DENIED] },
    env: { SERVICE_TOKEN: MARKER },
  },
};

/** What each of the processes of a session is called with. */
function commandLines(pid: number): string {
  return new TextDecoder().decode(Deno.readFileSync(`/proc/${pid}/cmdline`));
}

/** The CLI looks at its settings again. */
function changeSettings(home: string): void {
  Deno.mkdirSync(`${home}/.claude`, { recursive: true });
  Deno.writeTextFileSync(
    `${home}/.claude/settings.json`,
    JSON.stringify({ permissions: { allow: ["Bash(ls *)"] } }),
  );
}

live(
  "the settings file is gone after the start, and its settings hold on",
  async () => {
    await using on = await world({
      replies: [reply.text("one"), reply.text("two"), reply.text("three")],
    });
    await using session = new AsyncSession({ ...on.options, ...SETTINGS });
    await session.start();
    assertEquals(leftovers(), []);
    assert(!commandLines(session.pid ?? 0).includes(MARKER));
    await session.ask("hi");
    changeSettings(on.scratch.home);
    await session.ask("hi again");
    const { sources } = await session.settings();
    const flags = sources.find(({ source }) => source === "flagSettings");
    assertEquals(flags?.settings.permissions, { deny: [DENIED] });
  },
  BEHAVIORS.settingsReadOnce,
);

live("the same in a blocking session", async () => {
  await using on = await syncWorld([reply.text("one")]);
  using session = new SyncSession({
    ...on.options,
    ...SETTINGS as SyncSessionOptions,
  });
  session.start();
  assertEquals(leftovers(), []);
  assert(!commandLines(session.pid ?? 0).includes(MARKER));
  changeSettings(on.scratch.home);
  session.ask("hi");
  const { sources } = session.settings();
  const flags = sources.find(({ source }) => source === "flagSettings");
  assertEquals(flags?.settings.permissions, { deny: [DENIED] });
}, BEHAVIORS.settingsReadOnce);

live(
  "the secrets of agents and of servers set later are in no recording",
  async () => {
    await using on = await world({ replies: [reply.text(`it is ${MARKER}`)] });
    const record = `${on.scratch.temporary}/recording.ndjson`;
    const server = {
      type: "stdio" as const,
      command: "true",
      args: ["--password", `${MARKER}-args`],
      env: { SERVICE_TOKEN: MARKER },
    };
    const logged: string[] = [];
    const take = (...words: unknown[]) => {
      logged.push(JSON.stringify(words));
    };
    await using session = new AsyncSession({
      ...on.options,
      record,
      logger: { debug: take, info: take, warn: take, error: take },
      partials: true,
      agents: {
        helper: {
          description: "helps",
          prompt: "Help.",
          mcpServers: [{ inner: server }],
        },
      },
    });
    await session.start();
    await session.mcp.set({
      later: { ...server, env: { OTHER_SECRET: "quiet-0815-please" } },
    });
    assert(!commandLines(session.pid ?? 0).includes(MARKER));
    await session.ask("hi");
    await session.close();
    for (const text of [await Deno.readTextFile(record), logged.join("\n")]) {
      assert(
        text.includes("mcp_set_servers") && text.includes("SERVICE_TOKEN"),
      );
      assert(!text.includes(MARKER), "the marker is in it");
      assert(!text.includes("quiet-0815"), "the later one is in it");
    }
  },
);
