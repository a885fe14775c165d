// Which variables a process gets, and what variables of ours do. These tests change the
// variables of their own process, which all tests of a parallel run share.

import { assert, assertEquals } from "@std/assert";
import {
  AsyncSession,
  type SessionOptions,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";
import { readRecording } from "../../src/observe/recording.ts";
import { REMOVED } from "../../src/options/environment.ts";
import { machineOf } from "../../src/process/machine.ts";
import { ScriptedClaude, step } from "../../src/testing/mod.ts";

/** A value that looks like nothing: the name of its variable says that it is secret. */
const TOKEN = "my-own-value-4711";

/** Asks with each kind of session; returns how each process was started. */
async function started(options: SessionOptions) {
  const starts = [];
  for (const Session of [AsyncSession, SyncSession]) {
    await using claude = await ScriptedClaude.create(
      step.conversation([[step.text("ok")]]),
    );
    const session = new Session(
      { ...options, claudePath: claude.command } as SyncSessionOptions,
    );
    assertEquals((await session.ask("hi")).text, "ok");
    await session.close();
    const [start] = claude.starts;
    assert(start !== undefined);
    starts.push(start);
  }
  return starts;
}

Deno.test("the variables of the child: all of ours but those of an outer session", async () => {
  const before = Deno.env.toObject();
  try {
    for (const name of REMOVED) Deno.env.set(name, "1");
    // Deno itself would take those two for its own.
    Deno.env.delete("NODE_OPTIONS");
    Deno.env.delete("NODE_CHANNEL_FD");
    Deno.env.set("CLAUDESTREAM_TEST_KEPT", "1");
    Deno.env.set("CLAUDESTREAM_TEST_DROPPED", "1");
    const env = { ADDED: "1", CLAUDESTREAM_TEST_DROPPED: undefined };
    const wanted = Object.keys({ ...Deno.env.toObject(), ADDED: "1" })
      .filter((name) => !REMOVED.includes(name))
      .filter((name) => name !== "CLAUDESTREAM_TEST_DROPPED");
    assert(wanted.includes("CLAUDESTREAM_TEST_KEPT"));
    for (const { environmentNames } of await started({ env })) {
      const ours = ownNames(environmentNames);
      assertEquals(ours, ownNames(wanted));
    }
    const { PATH = "", HOME = "" } = before;
    const bare = { clearEnv: true, env: { PATH, HOME, ADDED: "1" } };
    for (const { environmentNames } of await started(bare)) {
      const names = ownNames(environmentNames);
      assertEquals(
        names.filter((name) => !["ADDED", "HOME", "PATH"].includes(name)),
        [],
      );
    }
  } finally {
    for (const name of Object.keys(Deno.env.toObject())) {
      if (before[name] === undefined) Deno.env.delete(name);
      else Deno.env.set(name, before[name]);
    }
    for (const [name, value] of Object.entries(before)) {
      Deno.env.set(name, value);
    }
  }
});

/** Without those that the launch sets of its own. */
function ownNames(names: readonly string[]): string[] {
  const launch =
    /^(CLAUDE_CODE_|CLAUDE_AGENT_|CLAUDESTREAM_LINEAGE$|PWD$|SHLVL$|_$|OLDPWD$)/;
  return names.filter((name) => !launch.test(name)).sort();
}

Deno.test("with auth the other one's variables do not reach the process", async () => {
  const names = {
    subscription: [
      "ANTHROPIC_API_KEY",
      "ANTHROPIC_AUTH_TOKEN",
      "CLAUDE_CODE_USE_BEDROCK",
    ],
    "api-key": ["CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_AUTH_TOKEN"],
    any: [],
  } as const;
  const all = [...new Set(Object.values(names).flat())];
  const before = all.map((name) => [name, Deno.env.get(name)] as const);
  for (const name of all) Deno.env.set(name, "set");
  try {
    for (const [auth, removed] of Object.entries(names)) {
      const account = auth === "api-key"
        ? { apiKeySource: "ANTHROPIC_API_KEY" }
        : { tokenSource: "claude.ai" };
      await using claude = await ScriptedClaude.create({
        ...step.conversation([], { initialize: { account } }),
        environment: all,
      });
      await using session = new AsyncSession({
        claudePath: claude.command,
        auth: auth as keyof typeof names,
      });
      await session.start();
      const [start] = claude.starts;
      const left = all.filter((name) => start?.environment[name] === "set");
      assertEquals(
        left,
        all.filter((name) => !removed.includes(name as never)),
      );
    }
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
});

Deno.test({
  name: "machineOf takes the inherited folder, where the child inherits it",
  fn() {
    const before = Deno.env.get("CLAUDE_CONFIG_DIR");
    Deno.env.set("CLAUDE_CONFIG_DIR", "/inherited");
    try {
      assertEquals(machineOf({}).trusted, ["/inherited"]);
      assertEquals(machineOf({ keepEnv: ["HOME"] }).trusted, []);
      assertEquals(machineOf({ clearEnv: true }).trusted, []);
    } finally {
      if (before === undefined) Deno.env.delete("CLAUDE_CONFIG_DIR");
      else Deno.env.set("CLAUDE_CONFIG_DIR", before);
    }
  },
});

Deno.test("CLAUDESTREAM_TRACE is a recording of every session", async () => {
  const path = await Deno.makeTempFile();
  Deno.env.set("CLAUDESTREAM_TRACE", path);
  try {
    for (const Session of [AsyncSession, SyncSession]) {
      await using claude = await ScriptedClaude.create(step.conversation([]));
      const session = new Session({
        claudePath: claude.command,
        env: { MY_TOKEN: TOKEN },
      });
      await session.ask(`hi ${TOKEN}`);
      await session.close();
    }
    const text = await Deno.readTextFile(path);
    assert(!text.includes(TOKEN));
    const processes = readRecording(text);
    assertEquals(processes.map((lines) => Object.keys(lines.at(-1) ?? {})[2]), [
      "exit",
      "exit",
    ]);
  } finally {
    Deno.env.delete("CLAUDESTREAM_TRACE");
    await Deno.remove(path);
  }
});
