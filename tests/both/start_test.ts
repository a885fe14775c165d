// What a start can fail of, and what must not make it fail; in both sessions.

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import * as v from "valibot";
import {
  AsyncSession,
  ClaudeNotFoundError,
  createMcpServer,
  defineTool,
  type SessionOptions,
  StartupError,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";
import { ScriptedClaude, step } from "../../src/testing/mod.ts";

type Session = AsyncSession | SyncSession;

const SESSIONS: readonly (new (options: SyncSessionOptions) => Session)[] = [
  AsyncSession,
  SyncSession,
];

const MIB = 1024 * 1024;

/** Asks with each kind of session; gives what the last process was started with. */
async function asked(options: SessionOptions, prompt: string) {
  const seen = [];
  for (const Session of SESSIONS) {
    await using claude = await ScriptedClaude.create({
      processes: [{ turns: [[step.text("ok")]] }],
    });
    const session = new Session(
      { ...options, claudePath: claude.command } as SyncSessionOptions,
    );
    assertEquals((await session.ask(prompt)).text, "ok");
    await session.close();
    const [start] = claude.starts;
    assert(start !== undefined);
    seen.push({ start, received: claude.received });
  }
  return seen;
}

function promptOf(lines: readonly Readonly<Record<string, unknown>>[]) {
  const line = lines.find(({ type }) => type === "user");
  return (line?.message as { readonly content: unknown } | undefined)?.content;
}

Deno.test("a file that is no program says so", async () => {
  const folder = await Deno.makeTempDir({ prefix: "claudestream-start-" });
  const write = async (name: string, text: string, mode: number) => {
    await Deno.writeTextFile(`${folder}/${name}`, text, { mode });
    return `${folder}/${name}`;
  };
  const cases = [
    [folder, ClaudeNotFoundError, "cli_not_found", "no executable file"],
    [
      await write("plain", "#!/bin/sh\n", 0o644),
      ClaudeNotFoundError,
      "cli_not_found",
      "no executable file",
    ],
    [
      await write("page", "<!doctype html>\n<p>Not found</p>\n", 0o755),
      StartupError,
      "startup",
      "before the first turn with exit code",
    ],
    [
      await write("noshebang", "echo no claude >&2; exit 9\n", 0o755),
      StartupError,
      "startup",
      "with exit code 9: no claude",
    ],
    [
      await write("nointerpreter", "#!/nonexistent/sh\n", 0o755),
      StartupError,
      "spawn",
      "No such file or directory",
    ],
  ] as const;
  for (const Session of SESSIONS) {
    for (const [claudePath, Class, code, text] of cases) {
      const session = new Session({ claudePath });
      const error = await (async () => await session.start())().then(
        () => undefined,
        (error: unknown) => error,
      );
      await session.close();
      assertInstanceOf(error, Class, claudePath);
      assertEquals(error.code, code);
      assert(error.message.includes(text), error.message);
      assert(error.hint !== undefined, claudePath);
    }
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("prompts and system prompts of 1 MiB arrive whole", async () => {
  const prompt = `-${"ä台🙂".repeat(MIB / 9)}`;
  const systemPrompt = `--${"z".repeat(MIB)}`;
  for (const { start, received } of await asked({ systemPrompt }, prompt)) {
    assertEquals(promptOf(received), prompt);
    const length = start.arguments.join(" ").length;
    assert(length < 8_000, `${length} characters`);
    const handshake = received[0]?.request as Record<string, unknown>;
    const given = JSON.stringify(handshake).includes(systemPrompt);
    const file = start.arguments.find((word) =>
      word.startsWith("--system-prompt-file=")
    );
    assert(given || file !== undefined);
  }
});

Deno.test("100 tools and a system prompt of 1 MiB start", async () => {
  const tools = Array.from({ length: 100 }, (_, at) =>
    defineTool({
      name: `tool_${at}`,
      description: "d".repeat(500),
      input: v.object({ text: v.string() }),
      run: () => "done",
    }));
  const options = {
    systemPrompt: "z".repeat(MIB),
    mcpServers: { many: createMcpServer({ tools }) },
  };
  for (const { start } of await asked(options, "hi")) {
    const length = start.arguments.join(" ").length;
    assert(length < 8_000, `${length} characters`);
  }
});

Deno.test("values that begin with a dash stay values", async () => {
  const options = {
    model: "--model",
    systemPrompt: "--help",
    agent: "-p",
    title: "--resume",
  };
  for (const { start, received } of await asked(options, "--version")) {
    assertEquals(promptOf(received), "--version");
    assert(start.arguments.includes("--model=--model"));
    assert(start.arguments.includes("--agent=-p"));
    const flags = start.arguments.filter((word) => !word.startsWith("--"));
    // Only what the program is always started with stands alone.
    assertEquals(flags.filter((word) => word !== "-p"), []);
  }
});
