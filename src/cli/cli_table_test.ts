// Every command and every exit code that it can return: what makes it, the last line of stderr,
// and stdout. A new command or a new code without a row fails.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  type Scenario,
  ScriptedClaude,
  step,
  type TurnScript,
} from "../testing/mod.ts";
import { type CommandName, COMMANDS } from "./flags/command_names.ts";
import { EXIT } from "./failure/exit_code.ts";
import { asking, environment, Running } from "./fixtures/child.ts";

type Code = keyof typeof EXIT;

/** How each code comes about in a command that sends a prompt. */
interface Cause {
  readonly scenario: Scenario | readonly TurnScript[] | undefined;
  readonly flags?: readonly string[];
  /** Sent while the turn waits at the gate "open". */
  readonly signal?: Deno.Signal;
  /** What the last line of stderr contains. Absent if claudestream writes nothing there. */
  readonly told?: string | RegExp;
}

const OPEN: readonly TurnScript[] = [[step.gate("open")]];
const CAUSES: { readonly [C in Code]: Cause } = {
  done: { scenario: [[step.text("Hello.")]] },
  failed: {
    scenario: [[step.apiError(500, "server_error", "Oh no")]],
    told: "",
  },
  usage: { scenario: [], flags: ["--bogus-flag"], told: "behind --" },
  start: {
    scenario: undefined,
    flags: ["--claude-path=/no/claude"],
    told: "Check --claude-path",
  },
  auth: {
    scenario: [[step.apiError(401, "authentication_failed", "Invalid key")]],
    told: "claude auth login",
  },
  limit: {
    scenario: [[step.result("error_max_turns", {
      is_error: true,
      terminal_reason: "max_turns",
    })]],
    told: "--max-turns",
  },
  denied: {
    scenario: [asking],
    flags: ["--fail-on-deny"],
    told: "Allow it with --allow",
  },
  schema: {
    scenario: [[step.text("No.")]],
    flags: ["--schema=name,"],
    told: "",
  },
  deferred: {
    scenario: [[step.result("success", { terminal_reason: "tool_deferred" })]],
    told: "--allow TOOL",
  },
  later: { scenario: [[step.overloaded()]], told: "Try again later" },
  timeout: {
    scenario: OPEN,
    flags: ["--timeout=500ms"],
    told: "No end of the turn within",
  },
  hangUp: { scenario: OPEN, signal: "SIGHUP", told: /SIGHUP$/ },
  interrupted: { scenario: OPEN, signal: "SIGINT", told: "interrupted" },
  terminated: { scenario: OPEN, signal: "SIGTERM", told: /SIGTERM$/ },
};

const EVERY = Object.keys(EXIT) as Code[];
const without = (...codes: Code[]) =>
  EVERY.filter((code) => !codes.includes(code));

/** A row for a command that does not send one prompt. */
interface Row {
  readonly args: readonly string[];
  readonly code: Code;
  readonly scenario?: Scenario | readonly TurnScript[];
  readonly stdout?: string;
  readonly told?: string;
}

/** The codes of a command that sends a prompt, by `CAUSES`; of any other, its rows. */
const TABLE: {
  readonly [C in CommandName]:
    | { readonly args: readonly string[]; readonly codes: readonly Code[] }
    | { readonly rows: readonly Row[]; readonly elsewhere?: string };
} = {
  // Only ask and batch have --schema.
  send: { args: ["send", "x"], codes: without("schema") },
  stream: { args: ["stream", "x"], codes: without("schema") },
  events: { args: ["events", "x"], codes: without("schema") },
  ask: { args: ["ask", "x"], codes: EVERY },
  record: { args: ["record", "FOLDER/r", "x"], codes: without("schema") },
  agent: {
    args: ["agent", "run", "FOLDER/a.jsonc", "x"],
    codes: without("schema"),
  },
  batch: {
    rows: [
      {
        args: ["batch", "FOLDER/in"],
        scenario: [[step.text("Hi.")]],
        code: "done",
        stdout: '"status":"done"',
        told: "1 done",
      },
      { args: ["batch"], code: "usage", told: "As in: claudestream batch" },
    ],
    elsewhere: "cli_batch_test.ts",
  },
  repl: {
    rows: [
      { args: ["repl"], scenario: [], code: "done" },
      { args: ["repl", "--bogus"], code: "usage", told: "behind --" },
      {
        args: ["repl", "--claude-path=/no/claude"],
        code: "start",
        told: "Check --claude-path",
      },
    ],
    elsewhere: "cli_repl_test.ts",
  },
  replay: {
    rows: [
      { args: ["replay", "/no/file"], code: "usage", told: "there is no" },
      { args: ["replay"], code: "usage", told: "" },
    ],
    elsewhere: "cli_replay_test.ts",
  },
  sessions: {
    rows: [
      {
        args: ["sessions", "list", "--config-dir=FOLDER"],
        code: "done",
        told: "there is no session",
      },
      { args: ["sessions", "lst"], code: "usage", told: "There are: list" },
      {
        args: ["sessions", "show", "zzzz", "--config-dir=FOLDER"],
        code: "usage",
        told: "sessions list --all",
      },
    ],
  },
  config: {
    rows: [
      { args: ["config", "path"], code: "done", stdout: "config.jsonc" },
      { args: ["config", "get", "model"], code: "failed", told: "is not set" },
      { args: ["config", "gte"], code: "usage", told: "There are: show" },
    ],
  },
  models: {
    rows: [
      { args: ["models"], scenario: [], code: "done", stdout: "sonnet" },
      { args: ["models", "x"], code: "usage", told: "--model NAME" },
      {
        args: ["models", "--claude-path=/no/claude"],
        code: "start",
        told: "Check --claude-path",
      },
    ],
  },
  completions: {
    rows: [
      { args: ["completions", "bash"], code: "done", stdout: "complete -o" },
      { args: ["completions"], code: "usage", told: "There are: bash" },
    ],
  },
  doctor: {
    rows: [{ args: ["doctor", "x"], code: "usage", told: "" }],
    elsewhere: "../../tests/cli/doctor_test.ts",
  },
  demo: {
    rows: [
      { args: ["demo", "--fast"], code: "done", stdout: "a" },
      { args: ["demo", "--model=x"], code: "usage", told: "it belongs to" },
    ],
  },
  schema: {
    rows: [
      { args: ["schema", "--type=result"], code: "done", stdout: "$schema" },
      { args: ["schema", "--type=reslt"], code: "usage", told: "There are:" },
    ],
  },
  man: {
    rows: [
      { args: ["man"], code: "done", stdout: ".TH CLAUDESTREAM 1" },
      { args: ["man", "x"], code: "usage", told: "claudestream help ask" },
    ],
  },
  help: {
    rows: [
      { args: ["help"], code: "done", stdout: "Examples" },
      { args: ["help", "exti-codes"], code: "usage", told: "There are:" },
    ],
  },
};

async function play(
  args: readonly string[],
  scenario: Cause["scenario"],
  signal?: Deno.Signal,
) {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/in`, '{"prompt":"a"}\n');
    await Deno.writeTextFile(`${folder}/a.jsonc`, "{}");
    await using claude = scenario === undefined
      ? undefined
      : await ScriptedClaude.create(
        "processes" in scenario ? scenario : step.conversation(scenario),
      );
    const running = new Running(
      claude,
      args.map((word) => word.replace("FOLDER", folder)),
      undefined,
      { ...environment(claude), HOME: folder },
    );
    if (signal !== undefined) {
      await running.child.stdin.close();
      await claude?.reached("open");
      running.child.kill(signal);
      return await running.outcome();
    }
    return await running.end();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function check(
  { code, stdout, stderr }: { code: number; stdout: string; stderr: string },
  expected: {
    readonly code: Code;
    readonly stdout?: string;
    readonly told?: string | RegExp;
  },
): void {
  assertEquals(code, EXIT[expected.code], stderr);
  const last = stderr.trimEnd().split("\n").at(-1) ?? "";
  const { told } = expected;
  if (told === undefined) assert(!last.includes("claudestream: "), last);
  else if (told instanceof RegExp) assert(told.test(last), last);
  else {
    assert(last !== "", "stderr says nothing");
    assertStringIncludes(last, told);
  }
  assertStringIncludes(stdout, expected.stdout ?? "");
}

for (const entry of Object.values(TABLE)) {
  if ("codes" in entry) {
    for (const code of entry.codes) {
      const { scenario, flags = [], signal, told } = CAUSES[code];
      Deno.test({
        name: `${entry.args.join(" ")}: exit code ${EXIT[code]} (${code})`,
        ignore: signal !== undefined && Deno.build.os === "windows",
        async fn() {
          const args = [...entry.args, ...flags];
          const outcome = await play(args, scenario, signal);
          check(outcome, { code, ...told === undefined ? {} : { told } });
        },
      });
    }
    continue;
  }
  for (const row of entry.rows) {
    Deno.test(`${row.args.join(" ")}: exit code ${EXIT[row.code]} (${row.code})`, async () => {
      check(await play(row.args, row.scenario), row);
    });
  }
}

Deno.test("each command has rows, and the files that have more of them are there", async () => {
  assertEquals(Object.keys(TABLE).sort(), Object.keys(COMMANDS).sort());
  for (const [name, entry] of Object.entries(TABLE)) {
    const isUsage = "codes" in entry
      ? entry.codes.includes("usage")
      : entry.rows.some(({ code }) => code === "usage");
    assert(isUsage, `${name} has no row for a wrong command line`);
    if ("rows" in entry && entry.elsewhere !== undefined) {
      const url = new URL(entry.elsewhere, import.meta.url);
      assertStringIncludes(await Deno.readTextFile(url), `"${name}`);
    }
  }
});

Deno.test("--stats json: one line on stderr", async () => {
  const { code, stdout, stderr } = await play(
    ["ask", "x", "--stats=json"],
    [[step.text("Hi.")]],
  );
  assertEquals([code, stdout], [0, "Hi.\n"]);
  const stats = JSON.parse(stderr);
  assertEquals([stats.schemaVersion, stats.type, stats.turns], [1, "stats", 1]);
  const bad = await play(["ask", "x", "--stats=xml"], []);
  assertEquals(bad.code, 2);
});

Deno.test("--wait-for-reset: waits for the end of a limit, and the turn continues", async () => {
  const resetsAt = Math.ceil(Date.now() / 1000) + 3;
  const turns = [[step.rateLimited({ resetsAt })], [step.text("Later.")]];
  const waits = await play(["ask", "x", "--wait-for-reset=1m"], turns);
  assertEquals([waits.code, waits.stdout], [0, "Later.\n"], waits.stderr);
  assert(Date.now() >= resetsAt * 1000, "It did not wait");
  const far = [[step.rateLimited({ resetsAt: resetsAt + 86_400 })]];
  const not = await play(["ask", "x", "--wait-for-reset=1m"], far);
  assertEquals(not.code, 75, not.stderr);
});
