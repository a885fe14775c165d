// Policies and the real CLI: what must not happen has not happened on the disk.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  allow,
  allowAll,
  type AllowOptions,
  AsyncSession,
  byTool,
  callback,
  type ClaudeEvent,
  deny,
  firstOf,
  type PermissionDecision,
  readOnly,
  StartupError,
  writePaths,
} from "../../mod.ts";
import { block, reply } from "../../src/testing/mod.ts";
import { exists, live, world } from "../support/live_world.ts";
import { realClaudePath } from "../support/real_claude.ts";

function decisions(events: readonly ClaudeEvent[]) {
  return events.filter((event): event is PermissionDecision =>
    event.type === "permission_decision"
  );
}

live(
  "writePaths lets nothing be written outside, however it is asked for",
  async () => {
    const write = (file_path: string) =>
      reply.toolUse("Write", { file_path, content: "x" });
    const outside = `${
      Deno.env.get("TMPDIR") ?? "/tmp"
    }/${crypto.randomUUID()}`;
    const paths = [
      "src/in.txt",
      "src/new/deep.txt",
      "src/../up.txt",
      "src/out/through.txt",
      "src/out/../../beside.txt",
      "src/dangling.txt",
      "src-evil/x.txt",
      "~/home.txt",
      ` ${outside}`,
      "src/\u212Aelvin/x.txt",
      outside,
      "src/.git/hooks/pre-commit",
    ];
    await using on = await world({
      replies: [...paths.map(write), reply.text("done")],
    });
    const { cwd, home, root } = on.scratch;
    await Deno.mkdir(`${cwd}/src`);
    await Deno.mkdir(`${cwd}/src-evil`);
    await Deno.mkdir(`${root}/elsewhere`);
    await Deno.symlink(`${root}/elsewhere`, `${cwd}/src/out`);
    await Deno.symlink(`${root}/elsewhere`, `${cwd}/src/Kelvin`);
    await Deno.symlink(`${root}/elsewhere/new.txt`, `${cwd}/src/dangling.txt`);
    await using session = new AsyncSession({
      ...on.options,
      permissionMode: "bypassPermissions",
      policy: writePaths(["src"]),
    });
    const events = await Array.fromAsync(session.send("go"));
    assertEquals(
      decisions(events).map(({ behavior }) => behavior),
      ["allow", "allow", ...Array(10).fill("deny")],
    );
    assert(await exists(`${cwd}/src/in.txt`));
    assert(await exists(`${cwd}/src/new/deep.txt`));
    for (
      const path of [
        `${cwd}/up.txt`,
        `${root}/beside.txt`,
        `${cwd}/beside.txt`,
        `${cwd}/src-evil/x.txt`,
        `${home}/home.txt`,
        `${cwd}/src/.git`,
        outside,
      ]
    ) assert(!await exists(path), path);
    assertEquals(await Array.fromAsync(Deno.readDir(`${root}/elsewhere`)), []);
  },
);

live("cd moves where a path begins, and not what is open", async () => {
  await using on = await world({
    replies: [
      reply.toolUse("Bash", { command: "mkdir -p src other && cd other" }),
      reply.toolUse("Write", { file_path: "src/a.txt", content: "x" }),
      reply.toolUse("Write", { file_path: "../src/a.txt", content: "x" }),
      reply.text("done"),
    ],
  });
  await using session = new AsyncSession({
    ...on.options,
    policy: firstOf(writePaths(["src"]), byTool({ Bash: () => allow() })),
  });
  const events = await Array.fromAsync(session.send("go"));
  assertEquals(decisions(events).map(({ behavior }) => behavior), [
    "allow",
    "deny",
    "allow",
  ]);
  assert(await exists(`${on.scratch.cwd}/src/a.txt`));
  assert(!await exists(`${on.scratch.cwd}/other/src`));
});

live("a deny-list stops what the CLI would run without asking", async () => {
  await using on = await world({
    replies: [
      reply.toolUse("Bash", { command: "touch made.txt" }),
      reply.toolUse("Bash", { command: "echo fine" }),
      reply.text("done"),
    ],
  });
  await using session = new AsyncSession({
    ...on.options,
    allowedTools: ["Bash"],
    policy: byTool({
      Bash: ({ command }) =>
        `${command}`.startsWith("touch") ? deny("no touching") : undefined,
    }),
  });
  const events = await Array.fromAsync(session.send("go"));
  assertEquals(
    events.filter((e) => e.type === "tool_result").map((e) => e.isError),
    [true, false],
  );
  assert(!await exists(`${on.scratch.cwd}/made.txt`));
  assertEquals(decisions(events).map(({ behavior, by }) => [behavior, by]), [
    ["deny", "policy"],
    ["undecided", "policy"],
  ]);
});

live("parallel calls are decided one by one, and told in order", async () => {
  const commands = ["mkdir a", "mkdir b", "mkdir c", "mkdir d"];
  await using on = await world({
    replies: [
      reply.message(
        commands.map((command) => block.toolUse("Bash", { command })),
      ),
      reply.text("done"),
    ],
  });
  await using session = new AsyncSession({
    ...on.options,
    policy: callback((_name, { command }) =>
      command === "mkdir a"
        ? allow()
        : command === "mkdir b"
        ? deny("not b")
        : Promise.resolve(command === "mkdir c" ? undefined : allow())
    ),
  });
  const events: ClaudeEvent[] = [];
  for await (const event of session.send("go")) {
    events.push(event);
    if (event.type === "permission_request") event.deny("not c");
  }
  const calls = events.filter((event) => event.type === "tool_use");
  const told = decisions(events);
  const of = (index: number) =>
    told.filter(({ toolUseId }) => toolUseId === calls[index]?.toolUseId)
      .map(({ behavior, by }) => `${by} ${behavior}`);
  assertEquals([0, 1, 2, 3].map(of), [
    ["policy allow"],
    ["policy deny"],
    ["policy undecided", "consumer deny"],
    ["policy allow"],
  ]);
  const made = await Promise.all(
    ["a", "b", "c", "d"].map((name) => exists(`${on.scratch.cwd}/${name}`)),
  );
  assertEquals(made, [true, false, false, true]);
  // Each decision is told before what came of it.
  for (const { toolUseId } of calls) {
    const at = (type: string) =>
      events.findLastIndex((event) =>
        event.type === type && "toolUseId" in event &&
        event.toolUseId === toolUseId
      );
    assert(at("permission_decision") < at("tool_result"));
  }
});

live("a policy holds in plan mode", async () => {
  await using on = await world({
    replies: [
      reply.toolUse("Bash", { command: "touch a.txt" }),
      reply.toolUse("Bash", { command: "echo fine" }),
      reply.text("done"),
    ],
  });
  await using session = new AsyncSession({
    ...on.options,
    permissionMode: "plan",
    policy: readOnly(),
  });
  const events = await Array.fromAsync(session.send("go"));
  assertEquals(decisions(events).map(({ behavior }) => behavior), [
    "deny",
    "allow",
  ]);
  assert(!await exists(`${on.scratch.cwd}/a.txt`));
});

live(
  "remember writes a rule where it says, and the next call is not asked about",
  async () => {
    const places: [
      NonNullable<AllowOptions["remember"]>,
      string | undefined,
    ][] = [
      ["session", undefined],
      ["local", "cwd/.claude/settings.local.json"],
      ["project", "cwd/.claude/settings.json"],
      ["user", "home/.claude/settings.json"],
    ];
    for (const byPolicy of [false, true]) {
      for (const [remember, file] of places) {
        const command = "touch a.txt";
        await using on = await world({
          replies: [
            reply.toolUse("Bash", { command }),
            reply.toolUse("Bash", { command }),
            reply.text("done"),
          ],
        });
        // The CLI takes rules of a project only where the project is trusted.
        await Deno.writeTextFile(
          `${on.scratch.home}/.claude.json`,
          JSON.stringify({
            projects: { [on.scratch.cwd]: { hasTrustDialogAccepted: true } },
          }),
        );
        let asked = 0;
        await using session = new AsyncSession({
          ...on.options,
          policy: callback(() =>
            byPolicy && asked++ === 0 ? allow({ remember }) : undefined
          ),
        });
        const events: ClaudeEvent[] = [];
        let requests = 0;
        for await (const event of session.send("go")) {
          events.push(event);
          if (event.type !== "permission_request") continue;
          requests++;
          event.allow({ remember });
        }
        assertEquals(requests, byPolicy ? 0 : 1, remember);
        assertEquals(
          decisions(events).map((e) => e.remember).filter(Boolean),
          [remember],
        );
        const written: string[] = [];
        for (const [, path] of places) {
          if (path === undefined) continue;
          const text = await Deno.readTextFile(`${on.scratch.root}/${path}`)
            .catch(() => "");
          if (text.includes("Bash(touch")) written.push(path);
        }
        assertEquals(written, file === undefined ? [] : [file], remember);
      }
    }
  },
);

live(
  "in mode dontAsk an allowed call runs, also where it cannot be remembered",
  async () => {
    for (const remember of [undefined, "session", "user"] as const) {
      await using on = await world({
        replies: [
          reply.toolUse("Bash", { command: "touch a.txt" }),
          reply.toolUse("Bash", { command: "touch b.txt" }),
          reply.text("done"),
        ],
      });
      await using session = new AsyncSession({
        ...on.options,
        permissionMode: "dontAsk",
        // What it leaves open the CLI denies in this mode.
        policy: callback((_name, { command }) =>
          command === "touch a.txt"
            ? allow(remember === undefined ? {} : { remember })
            : undefined
        ),
      });
      await session.ask("go");
      const made = await Promise.all(
        ["a.txt", "b.txt"].map((name) => exists(`${on.scratch.cwd}/${name}`)),
      );
      assertEquals(made, [true, false], remember);
    }
  },
);

live("a CLI without hooks ends the session at the first tool", async () => {
  const claudePath = realClaudePath();
  assert(claudePath !== undefined);
  for (const way of ["settings", "variable"] as const) {
    await using on = await world({
      replies: [
        reply.toolUse("Bash", { command: "echo one" }),
        reply.toolUse("Bash", { command: "touch two.txt" }),
        reply.text("done"),
      ],
    });
    if (way === "settings") {
      await Deno.mkdir(`${on.scratch.home}/.claude`);
      await Deno.writeTextFile(
        `${on.scratch.home}/.claude/settings.json`,
        JSON.stringify({ env: { CLAUDE_CODE_SIMPLE: "1" } }),
      );
    }
    await using session = new AsyncSession({
      ...on.options,
      ...way === "variable"
        ? { claudePath: ["env", "CLAUDE_CODE_SIMPLE=1", claudePath] }
        : {},
      allowedTools: ["Bash"],
      policy: callback(() => deny("never")),
    });
    const error = await assertRejects(() => session.ask("go"), StartupError);
    assertEquals(error.reason, "hooks_off");
    assert(error.hint?.includes("CLAUDE_CODE_SIMPLE"));
    assertEquals(session.state, "dead");
  }
});

live(
  "allowAll with bypass skips the CLI's own questions, and root needs a sandbox",
  async () => {
    const command = "touch a.txt";
    const policy = allowAll({ bypass: true });
    await using on = await world({
      replies: [reply.toolUse("Bash", { command }), reply.text("done")],
    });
    await using session = new AsyncSession({ ...on.options, policy });
    await session.ask("go");
    assertEquals(session.permissionMode, "bypassPermissions");
    assert(await exists(`${on.scratch.cwd}/a.txt`));
    if (Deno.uid() !== 0) return;
    await using other = new AsyncSession({
      ...on.options,
      env: { ...on.options.env, IS_SANDBOX: undefined },
      policy,
    });
    const error = await assertRejects(() => other.ask("go"), StartupError);
    assertEquals(error.reason, "exited");
    assert(error.stderrTail?.includes("root"), error.stderrTail);
  },
);
