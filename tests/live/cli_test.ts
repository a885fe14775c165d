// The command line with the real CLI behind it: the four lines of the seed, and ask.

import { assert, assertEquals } from "@std/assert";
import { reply } from "../../src/testing/mod.ts";
import { CLAUDE_FLAGS, flagsIn } from "../../src/cli/fixtures/claude_flags.ts";
import { command as run } from "../support/live_command.ts";
import { BEHAVIORS } from "../../src/capabilities/table.ts";
import { asked, exists, isSince, live, world } from "../support/live_world.ts";
import {
  CLAUDE_VERSION,
  realClaudePath,
  realClaudeVersion,
} from "../support/real_claude.ts";

function lines(text: string): Record<string, unknown>[] {
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

live("claudestream send", async () => {
  await using on = await world({
    replies: (request) => reply.text(`I am ${request.model}.`),
  });
  const { code, out } = await run(on, [
    "send",
    "explain this file",
    "--model",
    "sonnet",
  ]);
  assertEquals(code, 0);
  assert(/^I am .*sonnet.*\.\n$/.test(out), out);
});

live("claudestream stream", async () => {
  await using on = await world({
    replies: [reply.text(["Roses ", "are ", "red."])],
  });
  const { code, out } = await run(on, ["stream", "write a poem", "-m", "opus"]);
  assertEquals([code, out], [0, "Roses are red.\n"]);
  assert(on.api.scripted[0]?.model.includes("opus"));
});

live("claudestream events, typed and raw", async () => {
  await using on = await world({ replies: () => reply.text("It works.") });
  const typed = await run(on, ["events", "debug this"]);
  assertEquals(typed.code, 0);
  const types = lines(typed.out).map(({ type }) => type);
  for (const type of ["system_init", "assistant_text", "result"]) {
    assert(types.includes(type), `${types}`);
  }
  const raw = await run(on, ["events", "debug this", "--raw"]);
  assertEquals(raw.code, 0);
  const last = lines(raw.out).findLast(({ type }) => type === "result");
  assertEquals(last?.result, "It works.");
  assert(last !== undefined && "total_cost_usd" in last);
});

live("claudestream repl", async () => {
  await using on = await world({
    replies: (request) => reply.text(request.prompts.join(" and ")),
  });
  const { code, out } = await run(on, ["repl", "-m", "sonnet"], "one\ntwo\n");
  assertEquals(code, 0);
  assertEquals(out, "one\none and two\n");
});

live("claudestream ask, with a pipe and without a sign-in", async () => {
  await using on = await world({
    replies: (request) => reply.text(request.prompts.join("|")),
  });
  const { code, out } = await run(on, ["ask", "review"], "the diff\n");
  assertEquals([code, out], [0, "review\n\nthe diff\n"]);

  const env = on.api.environment({
    home: on.scratch.home,
    temporary: on.scratch.temporary,
    credential: "none",
  });
  const out4 = await run({ ...on, options: { ...on.options, env } }, [
    "ask",
    "hi",
  ]);
  assertEquals([out4.code, out4.out], [4, ""]);
  assert(out4.err.includes("claude auth login"), out4.err);
});

live(
  "claude --help lists the flags that the command line knows of",
  async () => {
    await using on = await world();
    const { stdout } = await new Deno.Command(realClaudePath() ?? "", {
      args: ["--help"],
      clearEnv: true,
      env: on.options.env as Record<string, string>,
    }).output();
    const flags = flagsIn(new TextDecoder().decode(stdout));
    // An older CLI has fewer, and none that the newest has not.
    const known = isSince(CLAUDE_VERSION)
      ? CLAUDE_FLAGS
      : CLAUDE_FLAGS.filter((flag) => flags.includes(flag));
    assertEquals(flags, known);
    assert(flags.includes("--output-format"));
  },
);

live("claudestream --version --json asks the real claude", async () => {
  await using on = await world();
  const { code, out } = await run(on, ["--version", "--json"]);
  const { claude } = JSON.parse(out);
  assertEquals([code, claude], [0, {
    path: realClaudePath(),
    version: realClaudeVersion(),
  }]);
});

live("claudestream repl tells what /clear and /compact did", async () => {
  await using on = await world({
    replies: () => reply.text("It is a long story. ".repeat(50)),
  });
  const { code, out, err } = await run(
    on,
    ["repl"],
    "one\ntwo\n/compact\nthree\n/clear\n/compact\n",
  );
  assertEquals(code, 0);
  assert(
    /the conversation was compacted: [\d,]+ tokens became [\d,]+\n/.test(err),
    err,
  );
  assertEquals(
    err.includes("the conversation was cleared: a new session begins\n"),
    isSince(BEHAVIORS.resetEvent.since),
    err,
  );
  // The CLI says so itself.
  assert(out.endsWith("Not enough messages to compact.\n"), out);
  assert(!err.includes("not compacted"), err);
  assert(!err.includes("without any text"), err);
  const said = out.split("\n").filter((line) => line !== "");
  assertEquals(
    said.length,
    isSince(BEHAVIORS.silentCommands.since)
      ? 4
      : 4 + said.filter((line) => line === "(no content)").length,
  );
});

live(
  "claudestream: a wrong key fails at once, and says which key",
  async () => {
    await using on = await world({ replies: () => reply.failure(401) });
    for (const command of ["ask", "send", "stream", "events"]) {
      const before = asked(on.api).length;
      const { code, err } = await run(on, [command, "hi"]);
      assertEquals([code, asked(on.api).length - before], [4, 1], command);
      assert(err.includes("Check the API key of ANTHROPIC_API_KEY"), err);
      assert(!err.includes("retry 1 of"), err);
    }
  },
);

live(
  "claudestream: --deny wins over --allow, and readonly only reads",
  async () => {
    await using on = await world({
      replies: ({ prompts, toolResults }) => {
        if (toolResults.length > 0) return reply.text("done");
        const { path } = JSON.parse(prompts.at(-1) ?? "");
        return path.endsWith("secret.txt")
          ? reply.toolUse("Read", { file_path: path })
          : reply.toolUse("Bash", { command: `touch ${path}` });
      },
    });
    const secret = `${on.scratch.home}/secret.txt`;
    await Deno.writeTextFile(secret, "42");
    const rows:
      readonly (readonly [readonly string[], path: string, boolean])[] = [
        [["--allow", "all"], `${on.scratch.cwd}/one`, true],
        [["--allow", "all", "--deny", "Bash"], `${on.scratch.cwd}/two`, false],
        [
          ["--allow=all", "--deny=Bash(touch *)"],
          `${on.scratch.cwd}/three`,
          false,
        ],
        [["--allow", "readonly"], `${on.scratch.cwd}/four`, false],
        [["--allow", "readonly"], secret, true],
        [["--allow", "none"], secret, false],
      ];
    for (const [flags, path, runs] of rows) {
      const { code, out } = await run(on, [
        "events",
        JSON.stringify({ path }),
        ...flags,
      ]);
      assertEquals(code, 0);
      const result = lines(out).find(({ type }) => type === "tool_result");
      assertEquals(result?.isError, !runs, flags.join(" "));
      if (path !== secret) assertEquals(await exists(path), runs);
    }
  },
);
