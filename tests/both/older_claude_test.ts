// What an older CLI is started with, through both drivers.

import { assert, assertEquals } from "@std/assert";
import { AsyncSession, SyncSession } from "../../mod.ts";
import { ScriptedClaude, step } from "../../src/testing/mod.ts";

const SERVERS = {
  notes: {
    type: "stdio",
    command: "notes-server",
    args: [],
    env: { TOKEN: "s3cret" },
  },
} as const;

/** The arguments about MCP servers, with what is in the file, and who may read it. */
async function told(claude: ScriptedClaude): Promise<unknown> {
  const [start] = claude.starts;
  assert(start !== undefined && !start.arguments.join().includes("s3cret"));
  const path = start.arguments.find((one) => one.startsWith("--mcp-config="))
    ?.slice("--mcp-config=".length);
  return {
    waits: start.arguments.includes("--await-initialize"),
    file: path && JSON.parse(await Deno.readTextFile(path)),
    mode: path && ((await Deno.stat(path)).mode ?? 0) & 0o777,
    path,
  };
}

Deno.test("servers go through the handshake, and to an older CLI through a file", async () => {
  for (const version of ["2.1.330", "2.1.197"] as const) {
    for (const Session of [AsyncSession, SyncSession]) {
      await using claude = await ScriptedClaude.create({
        version,
        processes: [{ forEveryPrompt: [step.text("x")] }],
      });
      const session = new Session({
        claudePath: claude.command,
        mcpServers: SERVERS,
      });
      try {
        await session.ask("go");
        const { path, ...rest } = await told(claude) as { path?: string };
        assertEquals(
          rest,
          version === "2.1.330"
            ? { waits: true, file: undefined, mode: undefined }
            : { waits: false, file: { mcpServers: SERVERS }, mode: 0o600 },
        );
        await session.close();
        if (path === undefined) continue;
        assertEquals(await Deno.stat(path).catch(() => undefined), undefined);
      } finally {
        await session.close();
      }
    }
  }
});

Deno.test("a hook that denies a call and stops: an older CLI is interrupted, a newer one stops itself", async () => {
  for (const version of ["2.1.209", "2.1.210"] as const) {
    for (const Session of [AsyncSession, SyncSession]) {
      for (const stops of [true, false]) {
        await using claude = await ScriptedClaude.create({
          version,
          processes: [{
            turns: [[
              step.toolCall("Bash", { command: "ls" }, { output: "never" }),
              step.text("x"),
            ]],
          }],
        });
        const session = new Session({
          claudePath: claude.command,
          hooks: {
            PreToolUse: [{
              run: () => ({
                ...stops ? { continue: false, stopReason: "enough" } : {},
                hookSpecificOutput: {
                  hookEventName: "PreToolUse",
                  permissionDecision: "deny",
                } as const,
              }),
            }],
          },
        });
        await session.send("go").result();
        await session.close();
        const interrupts = claude.received.filter(({ request }) =>
          (request as { subtype?: string } | undefined)?.subtype === "interrupt"
        );
        assertEquals(
          interrupts.length,
          stops && version === "2.1.209" ? 1 : 0,
          `${version} ${stops}`,
        );
      }
    }
  }
});
