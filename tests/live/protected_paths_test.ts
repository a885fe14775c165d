// What the real CLI executes or trusts is written by no general yes: nothing of what the
// model puts there runs, and our yes is never wider than the CLI's own --allowedTools.

import { assert, assertEquals } from "@std/assert";
import {
  allow,
  allowAll,
  allowBuiltins,
  allowList,
  AsyncSession,
  byTool,
  callback,
  deny,
  type SessionOptions,
  type SyncPolicy,
  SyncSession,
} from "../../mod.ts";
import { reply } from "../../src/testing/mod.ts";
import { BEHAVIORS } from "../../src/capabilities/table.ts";
import {
  exists,
  isSince,
  live,
  syncWorld,
  world,
} from "../support/live_world.ts";

/** Settings with a hook that makes a file before any tool runs. */
function hookMaking(path: string): string {
  const hooks = [{ type: "command", command: `touch '${path}'` }];
  return JSON.stringify({
    hooks: { PreToolUse: [{ matcher: "*", hooks }] },
  });
}

/** Policies that say yes to writing, but name no path that the CLI protects. */
const GENERAL: readonly (readonly [name: string, policy: SyncPolicy])[] = [
  ["allowList", allowList(["Read", "Write", "Edit"])],
  ["allowList, pattern", allowList(["Read", "Write(**)", "Edit(**)"])],
  ["allowAll", allowAll()],
  ["allowBuiltins", allowBuiltins({ except: ["Bash"] })],
  [
    "callback",
    callback((name) => name !== "Bash" ? allow() : deny("no shell")),
  ],
  ["byTool", byTool({ Bash: () => deny(), "*": () => allow() })],
];

live(
  "a hook that the model writes into the settings does not run",
  async () => {
    for (const [name, policy] of GENERAL) {
      for (const folder of [".claude", "docs"]) {
        await using on = await world();
        const { cwd } = on.scratch;
        await Deno.mkdir(`${cwd}/.claude`);
        await Deno.symlink(`${cwd}/.claude`, `${cwd}/docs`);
        await Deno.writeTextFile(`${cwd}/a.txt`, "a");
        on.api.add(
          reply.toolUse("Write", {
            file_path: `${folder}/settings.json`,
            content: hookMaking(`${cwd}/ran`),
          }),
          reply.toolUse("Read", { file_path: `${cwd}/a.txt` }),
          reply.text("done"),
        );
        await using session = new AsyncSession({ ...on.options, policy });
        const { text, result } = await session.ask("go");
        assertEquals(text, "done");
        assertEquals(
          result.permissionDenials?.map(({ toolName }) => toolName),
          ["Write"],
          `${name}, ${folder}`,
        );
        assert(!await exists(`${cwd}/.claude/settings.json`), name);
        assert(!await exists(`${cwd}/ran`), name);
      }
    }
  },
);

live(
  "a hook that a rule let the model write runs, which is what the others prevent",
  async () => {
    await using on = await world();
    const { cwd } = on.scratch;
    await Deno.writeTextFile(`${cwd}/a.txt`, "a");
    const read = reply.toolUse("Read", { file_path: `${cwd}/a.txt` });
    on.api.add(
      reply.toolUse("Write", {
        file_path: ".claude/settings.json",
        content: hookMaking(`${cwd}/ran`),
      }),
      reply.text("done"),
      read,
      reply.text("done"),
    );
    const policy = allowList(["Read", "Write(.claude/**)"]);
    for (const hasRun of [false, true]) {
      await using session = new AsyncSession({ ...on.options, policy });
      await session.ask("go");
      assertEquals(await exists(`${cwd}/ran`), hasRun);
    }
  },
);

live(
  "a hook that the model writes does not run in a blocking session",
  async () => {
    const content = hookMaking("ran");
    await using on = await syncWorld([
      reply.toolUse("Write", { file_path: ".claude/settings.json", content }),
      reply.toolUse("Write", { file_path: "a.txt", content: "a" }),
      reply.text("done"),
    ]);
    const { cwd } = on.scratch;
    using session = new SyncSession({
      ...on.options,
      policy: allowList(["Write"]),
    });
    assertEquals(session.ask("go").text, "done");
    assert(await exists(`${cwd}/a.txt`));
    assert(!await exists(`${cwd}/.claude/settings.json`));
    assert(!await exists(`${cwd}/ran`));
  },
);

/** Paths of each kind: protected, in another spelling, behind a link, and open. */
const PATHS = [
  "src/ok.txt",
  ".github/workflows/ci.yml",
  ".claude/worktrees/a/ok.txt",
  "package.json",
  ".claude/settings.local.json",
  ".claude/skills/x/SKILL.md",
  ".claude/agents/x.md",
  ".git/hooks/pre-commit",
  ".GIT/config",
  ".config/git/config",
  ".hu\u017fky/pre-commit",
  ".vscode/tasks.json",
  ".cargo/config.toml",
  ".devcontainer/devcontainer.json",
  ".mcp.json",
  ".bashrc",
  ".zprofile",
  ".envrc",
  "deep/down/.npmrc",
  ".claude./settings.json",
  "CLAUDE~1/settings.json",
  "docs/settings.json",
];

live(
  "allowList writes what --allowedTools writes, and nothing more",
  async () => {
    const written = async (options: object) => {
      await using on = await world({
        replies: [
          ...PATHS.map((file_path) =>
            reply.toolUse("Write", { file_path, content: "{}" })
          ),
          reply.text("done"),
        ],
      });
      const { cwd } = on.scratch;
      await Deno.mkdir(`${cwd}/.claude`);
      await Deno.symlink(`${cwd}/.claude`, `${cwd}/docs`);
      await using session = new AsyncSession({ ...on.options, ...options });
      await session.ask("go");
      const found: string[] = [];
      for (const path of PATHS) {
        if (await exists(`${cwd}/${path}`)) found.push(path);
      }
      return found;
    };
    const theirs = await written({ allowedTools: ["Write"] });
    assertEquals(theirs, PATHS.slice(0, 4));
    assertEquals(await written({ policy: allowList(["Write"]) }), theirs);
  },
);

live("a rule that names what the CLI protects lets it be written", async () => {
  const paths = [".claude/skills/x/SKILL.md", ".mcp.json", ".claude/x.json"];
  await using on = await world({
    replies: [
      ...paths.map((file_path) =>
        reply.toolUse("Write", { file_path, content: "{}" })
      ),
      reply.text("done"),
    ],
  });
  await using session = new AsyncSession({
    ...on.options,
    policy: allowList(["Write(.claude/skills/**)", "Write(.mcp.json)"]),
  });
  await session.ask("go");
  const found = await Promise.all(
    paths.map((path) => exists(`${on.scratch.cwd}/${path}`)),
  );
  assertEquals(found, [true, true, false]);
});

live(
  "what the session itself has the CLI execute is closed, wherever it is",
  async () => {
    const paths = [
      "cfg/settings.json",
      "plug/hooks/hooks.json",
      "s.json",
      "a.txt",
    ];
    const written = async (options: SessionOptions) => {
      await using on = await world({
        replies: [
          ...paths.map((file_path) =>
            reply.toolUse("Write", { file_path, content: "{}" })
          ),
          reply.text("done"),
        ],
      });
      const { cwd } = on.scratch;
      await Deno.mkdir(`${cwd}/plug/.claude-plugin`, { recursive: true });
      await Deno.writeTextFile(
        `${cwd}/plug/.claude-plugin/plugin.json`,
        JSON.stringify({ name: "plug", version: "1.0.0", description: "d" }),
      );
      await Deno.writeTextFile(`${cwd}/s.json`, `{"outputStyle":"default"}`);
      await using session = new AsyncSession({
        ...on.options,
        configDir: `${cwd}/cfg`,
        plugins: [`${cwd}/plug`],
        settings: `${cwd}/s.json`,
        ...options,
      });
      const changed: string[] = [];
      for await (const event of session.send("go")) {
        if (event.type === "file_change") {
          changed.push(event.path.replace(`${cwd}/`, ""));
        }
        if (event.type === "permission_request") event.deny("nobody");
      }
      return changed;
    };
    const theirs = await written({ allowedTools: ["Write"] });
    const ours = await written({ policy: allowList(["Write"]) });
    assertEquals(theirs, [
      ...isSince(BEHAVIORS.pluginsProtected.since)
        ? []
        : ["plug/hooks/hooks.json"],
      "a.txt",
    ]);
    assertEquals(ours, ["a.txt"]);
  },
);
