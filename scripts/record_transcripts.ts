/**
 * Records what the real CLI writes in situations that the recordings under
 * `tests/transcripts/` lacked: against the scripted Messages API on loopback, in an
 * empty home directory. The scratch directory is written as `/work/demo/<name>`, and
 * mirrored lines of a transcript that hold the CLI's own prompts are left out; nothing
 * else is changed.
 *
 *     deno run -A scripts/record_transcripts.ts [name …]
 *
 * @module
 */

import {
  type ApiRequest,
  block,
  MessagesApi,
  type MessagesApiOptions,
  type Reply,
  reply,
  Scratch,
} from "../src/testing/mod.ts";
import {
  CLAUDE_VERSION,
  realClaudePath,
} from "../tests/support/real_claude.ts";

interface Scenario {
  /** Lines for stdin: prompts as strings, anything else as it is. Each prompt waits for the result of the one before. */
  readonly input: readonly (string | Record<string, unknown>)[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly api?: MessagesApiOptions;
  /** Prepares the working directory. */
  readonly prepare?: (scratch: Scratch) => Promise<void>;
}

const STREAMS = [
  "-p",
  "--output-format=stream-json",
  "--input-format=stream-json",
  "--verbose",
];

const INITIALIZE = {
  type: "control_request",
  request_id: "req-1",
  request: { subtype: "initialize" },
};

function bash(command: string) {
  return reply.message([
    block.toolUse("Bash", { command, description: "demo" }),
  ]);
}

async function run(scratch: Scratch, ...command: readonly string[]) {
  const [program = "", ...args] = command;
  const { success } = await new Deno.Command(program, {
    args,
    cwd: scratch.cwd,
  }).output();
  if (!success) throw new Error(`Cannot run "${command.join(" ")}"`);
}

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "30-auth-status": {
    input: [INITIALIZE, "hi"],
    args: ["--enable-auth-status"],
    api: { replies: [reply.text("Hello")] },
  },
  "30-prompt-suggestion": {
    input: ["hi", "and now?", "more"],
    args: ["--prompt-suggestions=true"],
    env: { CLAUDE_CODE_ENABLE_PROMPT_SUGGESTION: "1" },
    api: {
      replies: [reply.text("One"), reply.text("Two"), reply.text("Three")],
      sideReplies: { prompt_suggestion: reply.text("run the tests") },
    },
  },
  "30-transcript-mirror": {
    input: ["hi"],
    args: ["--session-mirror"],
    api: { replies: [reply.text("Hello")] },
  },
  "30-keep-alive": {
    input: [INITIALIZE, "hi"],
    env: { CLAUDE_CODE_SDK_READS_STARTUP_MARKS: "1" },
    api: { replies: [reply.text("Hello")] },
  },
  "30-vcs-state": {
    input: ["commit"],
    args: ["--allowedTools=Bash"],
    prepare: async (scratch) => {
      await run(scratch, "git", "init", "-q", "-b", "main");
      await run(scratch, "git", "config", "user.name", "Ann");
      await run(scratch, "git", "config", "user.email", "ann@example.com");
      await Deno.writeTextFile(`${scratch.cwd}/a.txt`, "a\n");
      await run(scratch, "git", "add", "a.txt");
    },
    api: {
      replies: [bash("git commit -m first"), reply.text("Committed")],
    },
  },
  "30-code-change": {
    input: ["open a pull request"],
    args: ["--allowedTools=Bash"],
    prepare: async (scratch) => {
      await run(scratch, "git", "init", "-q", "-b", "main");
      // Stands in for GitHub's own tool, which would need an account.
      await Deno.writeTextFile(
        `${scratch.cwd}/gh`,
        "#!/bin/sh\necho https://github.com/example/demo/pull/7\n",
        { mode: 0o755 },
      );
    },
    api: {
      replies: [
        bash('PATH="$PWD:$PATH" gh pr create --fill'),
        reply.text("Opened"),
      ],
    },
  },
  "30-goal": {
    input: ["/goal the word done is said", "go on", "/goal clear"],
    api: {
      replies: [reply.text("done"), reply.text("done"), reply.text("ok")],
    },
  },
  "31-subagents-nested": {
    input: ["go"],
    args: [
      "--allowedTools=Bash,Write",
      "--include-partial-messages",
      "--forward-subagent-text",
    ],
    api: { replies: subagents },
  },
  "30-plugin-install": {
    input: ["hi"],
    env: { CLAUDE_CODE_SYNC_PLUGIN_INSTALL: "1" },
    prepare: async (scratch) => {
      await Deno.mkdir(`${scratch.home}/.claude`, { recursive: true });
      await Deno.writeTextFile(
        `${scratch.home}/.claude/settings.json`,
        JSON.stringify({
          extraKnownMarketplaces: {
            local: { source: { source: "directory", path: scratch.temporary } },
          },
          enabledPlugins: { "demo@local": true },
        }),
      );
    },
    api: { replies: [reply.text("Hello")] },
  },
};

/** A call of a subagent, with what it is to do. */
function agent(task: string, type: string = "general-purpose") {
  return block.toolUse("Agent", {
    description: `does ${task}`,
    prompt: `task ${task}`,
    subagent_type: type,
    run_in_background: false,
  });
}

/** Three subagents at once, of which the second has one of its own. */
function subagents(request: ApiRequest): Reply | undefined {
  const { kind, prompts, toolResults } = request;
  const isFirst = toolResults.length === 0;
  if (kind === "conversation") {
    return isFirst
      ? reply.message([
        block.text("Three at once."),
        agent("alpha"),
        agent("beta"),
        agent("gamma"),
      ])
      : reply.text("All done.");
  }
  const task = /task (\w+)/.exec(prompts.join("\n"))?.[1] ?? "none";
  if (!isFirst) return reply.text(`${task} is done`);
  switch (task) {
    case "beta":
      return reply.message([block.text("beta asks"), agent("delta")]);
    case "gamma":
      return reply.message([
        block.text("gamma writes"),
        block.toolUse("Write", { file_path: "gamma.txt", content: "gamma\n" }),
      ]);
    default:
      return reply.message([
        block.text(`${task} runs`),
        block.toolUse("Bash", {
          command: `echo ${task}`,
          description: `says ${task}`,
        }),
      ]);
  }
}

function asFolder(path: string): string {
  return path.replaceAll(/[^A-Za-z0-9]/g, "-");
}

/** A line without the copies of the CLI's own prompts that transcripts have; they are not ours to spread. */
function withoutPrompts(line: string): string {
  if (!line.includes('"transcript_mirror"')) return line;
  const mirror = JSON.parse(line);
  const kept = new Set(["user", "assistant", "last-prompt", "mode"]);
  mirror.entries = mirror.entries.filter((entry: { type: string }) =>
    kept.has(entry.type)
  );
  return JSON.stringify(mirror);
}

async function record(name: string, scenario: Scenario, claude: string) {
  await using scratch = await Scratch.create();
  await using api = await MessagesApi.start(scenario.api);
  await scenario.prepare?.(scratch);
  const child = new Deno.Command(claude, {
    args: [...STREAMS, ...scenario.args ?? []],
    cwd: scratch.cwd,
    clearEnv: true,
    env: {
      ...api.environment({ home: scratch.home, temporary: scratch.temporary }),
      ...scenario.env,
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), 40_000);
  const writer = child.stdin.getWriter();
  const pending = [...scenario.input];
  const send = async () => {
    for (;;) {
      const line = pending.shift();
      if (line === undefined) return await writer.close();
      const wire = typeof line !== "string" ? line : {
        type: "user",
        message: { role: "user", content: line },
        parent_tool_use_id: null,
        session_id: "",
      };
      await writer.write(
        new TextEncoder().encode(`${JSON.stringify(wire)}\n`),
      );
      if (typeof line === "string") return;
    }
  };
  await send();
  let text = "";
  let seen = 0;
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    text += decoder.decode(chunk, { stream: true });
    const results = text.split('"type":"result"').length - 1;
    while (seen < results) {
      seen++;
      // What comes after a result comes soon.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await send().catch(() => {});
    }
  }
  await child.status;
  clearTimeout(timer);
  const file = new URL(
    `../tests/transcripts/${CLAUDE_VERSION}_${name}.ndjson`,
    import.meta.url,
  );
  const place = `/work/demo/${name}`;
  await Deno.writeTextFile(
    file,
    text.split("\n").map(withoutPrompts).join("\n")
      .replaceAll(scratch.root, place)
      // The CLI names the folder of a project so.
      .replaceAll(asFolder(scratch.root), asFolder(place)),
  );
  const kinds = text.trim().split("\n").map((line) => {
    const { type, subtype } = JSON.parse(line);
    return subtype === undefined ? type : `${type}/${subtype}`;
  });
  // deno-lint-ignore no-console -- What a script prints is what it is for.
  console.log(name, kinds.join(" "));
}

if (import.meta.main) {
  const claude = realClaudePath();
  if (claude === undefined) {
    throw new Error(
      'Cannot record: there is no real CLI, run "deno task claude"',
    );
  }
  const names = Deno.args.length > 0 ? Deno.args : Object.keys(SCENARIOS);
  for (const name of names) {
    const scenario = SCENARIOS[name];
    if (scenario === undefined) {
      throw new Error(`Cannot record "${name}": unknown`);
    }
    await record(name, scenario, claude);
  }
}
