// `sessions` and `--resume`: what is printed, the last line of stderr, the exit code.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { answer, prompt, ScratchConfig } from "../sessions/fixtures/scratch.ts";
import { sessionInfo } from "../sessions/mod.ts";
import { ScriptedClaude, step } from "../testing/mod.ts";
import { type Outcome, run, Running } from "./fixtures/child.ts";

const PARSER = "aaaa1111-0000-4000-8000-000000000000";
const OTHER = "bbbb2222-0000-4000-8000-000000000000";
const FOREIGN = "bbbb3333-0000-4000-8000-000000000000";
const TITLE = { type: "custom-title", customTitle: "Parser" };

/** Two sessions of `/work/demo`, and one of another directory. */
async function scratch(): Promise<ScratchConfig> {
  const config = await ScratchConfig.create();
  await config.write(PARSER, [
    prompt("1", null, "write a parser"),
    answer("2", "1", "Here it is: \x1b[2J."),
    TITLE,
  ], { ms: 3_000 });
  await config.write(OTHER, [
    prompt("1", null, "what is a monad?"),
    answer("2", "1", "A burrito."),
  ], { ms: 2_000 });
  await config.write(FOREIGN, [
    { ...prompt("1", null, "of another place"), cwd: "/work/other" },
  ], { project: "/work/other", ms: 1_000 });
  return config;
}

/** A call: the words, and what comes of it. */
interface Row {
  readonly words: readonly string[];
  readonly code: number;
  /** A line of stdout each; absent for an empty stdout. */
  readonly stdout?: readonly RegExp[];
  /** The last line of stderr; absent for an empty stderr. */
  readonly stderr?: RegExp;
  /** What is to be true afterwards. */
  readonly then?: (config: ScratchConfig) => Promise<void>;
}

const TIME = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d`;
const parser = new RegExp(`^aaaa1111  ${TIME}  Parser$`);
const other = new RegExp(`^bbbb2222  ${TIME}  what is a monad\\?$`);

const ROWS: readonly Row[] = [
  { words: [], code: 0, stdout: [parser, other] },
  { words: ["list", "BURRITO"], code: 0, stderr: /no such session of this/ },
  { words: ["list", "monad"], code: 0, stdout: [other] },
  {
    words: ["list", "--limit", "1"],
    code: 0,
    stdout: [parser],
    stderr: /raise --limit/,
  },
  {
    words: ["list", "--all"],
    code: 0,
    stdout: [/Parser \(\/work\/demo\)$/, /monad/, /^bbbb3333 .*\/work\/other/],
  },
  {
    words: ["--json", "--limit=1", "-q"],
    code: 0,
    stdout: [/^\[\{"schemaVersion":1,"id":"aaaa1111-[^\]]*\}\]$/],
  },
  {
    words: ["show", "parser"],
    code: 0,
    stdout: [
      /^title +Parser$/,
      new RegExp(`^id +${PARSER}$`),
      /^directory +\/work\/demo$/,
      new RegExp(`^written +${TIME}$`),
      /^claude +2\.1\.332$/,
      /^file +\//,
      /^$/,
      /^> write a parser$/,
      /^$/,
      /^Here it is: ␛\[2J\.$/,
    ],
  },
  {
    words: ["show", "last", "--json"],
    code: 0,
    stdout: [/^\{"schemaVersion":1,"id":"aaaa1111-.*"subagents":\[\]\}$/],
  },
  { words: ["show", "bbbb2"], code: 0, stdout: [/^title|^id/] },
  {
    words: ["show", "bbbb"],
    code: 0,
    // Of this directory there is one with that beginning.
    stdout: [/^id +bbbb2222/],
  },
  {
    words: ["show", "bbbb", "--all"],
    code: 2,
    stderr: /Name it by its id/,
  },
  { words: ["show", "bbbb3"], code: 0, stdout: [/^id +bbbb3333/] },
  {
    words: ["show", "parsre"],
    code: 2,
    stderr: /Did you mean aaaa1111-\S+ \("Parser"\)\?/,
  },
  {
    words: ["show", "no such title"],
    code: 2,
    stderr: /See what there is with: claudestream sessions list --all/,
  },
  {
    words: ["search", "burrito"],
    code: 0,
    stdout: [/^bbbb2222 {2}claude {2}A burrito\.$/],
  },
  { words: ["search", "another place"], code: 0, stderr: /--all searches all/ },
  {
    words: ["search", "another place", "--all", "--json"],
    code: 0,
    stdout: [/^\[\{"schemaVersion":1,"session":\{"id":"bbbb3333.*"excerpt":/],
  },
  {
    words: ["rename", "bbbb2222", "On", "monads"],
    code: 0,
    stderr: /^claudestream: renamed: bbbb2222-\S+ On monads$/,
    then: async (config) => {
      assertEquals((await sessionInfo(OTHER, config)).title, "On monads");
    },
  },
  {
    words: ["rename", "parser", ""],
    code: 0,
    stderr: /renamed: \S+ write a parser$/,
  },
  {
    words: ["tag", "last", "release", "--json"],
    code: 0,
    stdout: [/"tag":"release"/],
    then: async (config) => {
      assertEquals((await sessionInfo(PARSER, config)).tag, "release");
    },
  },
  {
    words: ["fork", "Parser", "Another try"],
    code: 0,
    stdout: [/^[\da-f-]{36}$/],
    then: async (config) => {
      const { id } = await sessionInfo("Another try", config);
      assert(id !== PARSER);
      assertEquals((await sessionInfo(PARSER, config)).title, "Parser");
    },
  },
  {
    words: ["export", "last", "--format=jsonl"],
    code: 0,
    stdout: [/"write a parser"/, /Here it is: \\u001b\[2J/, /"Parser"/],
  },
  {
    words: ["export", "last", "--format", "docx"],
    code: 2,
    stderr: /"docx" as --format: expected markdown, html or jsonl/,
  },
  { words: ["delete", "last"], code: 2, stderr: /--yes/ },
  {
    words: ["delete", "last", "bbbb2222", "--yes"],
    code: 0,
    stderr: /^claudestream: deleted: bbbb2222-/,
    then: async (config) => {
      assertEquals((await sessionInfo("last", config)).id, FOREIGN);
    },
  },
  {
    words: ["delete", "last", "no such", "--yes"],
    code: 2,
    stderr: /sessions list --all/,
    // All names are looked up before anything is deleted.
    then: async (config) => {
      assertEquals((await sessionInfo("last", config)).id, PARSER);
    },
  },
  {
    words: ["lst"],
    code: 2,
    stderr: /There are: list, show, search, rename, tag, fork, export, delete/,
  },
  { words: ["show"], code: 2, stderr: /SESSION is an id/ },
  { words: ["list", "--yes"], code: 2, stderr: /belongs to sessions delete/ },
];

function checkOutcome(outcome: Outcome, row: Row): void {
  const { code, stdout, stderr } = outcome;
  assertEquals(code, row.code, stderr);
  const told = stderr.trimEnd().split("\n").at(-1) ?? "";
  if (row.stderr === undefined) assertEquals(stderr, "");
  else assert(row.stderr.test(told), stderr);
  const lines = stdout.split("\n");
  assertEquals(row.stdout === undefined, stdout === "", stdout);
  for (const [at, pattern] of (row.stdout ?? []).entries()) {
    assert(pattern.test(lines[at] ?? ""), `${pattern}: ${stdout}`);
  }
  assert(!stdout.includes("\x1b"), stdout);
}

for (const row of ROWS) {
  Deno.test(`sessions ${row.words.join(" ")}: exit code ${row.code}`, async () => {
    await using config = await scratch();
    const { configDir } = config;
    const args = ["--config-dir", configDir, "--cwd", "/work/demo"];
    const outcome = await run(undefined, ["sessions", ...row.words, ...args]);
    checkOutcome(outcome, row);
    await row.then?.(config);
  });
}

Deno.test("sessions export -o: the file is for the user alone", async () => {
  await using config = await scratch();
  const { configDir } = config;
  const path = `${configDir}/out.html`;
  const { code, stdout } = await run(undefined, [
    ..."sessions export Parser --all --format html -o".split(" "),
    path,
    "--config-dir",
    configDir,
  ]);
  assertEquals([code, stdout], [0, ""]);
  assertStringIncludes(await Deno.readTextFile(path), "<!DOCTYPE html>");
  if (Deno.build.os === "windows") return;
  assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
});

/** What `--resume` is given, and what the CLI is started with, or what is said. */
const RESUMED: readonly (readonly [readonly string[], string])[] = [
  [["--resume", "parser"], `--resume=${PARSER}`],
  [["--resume", "aaaa1"], `--resume=${PARSER}`],
  [["-r", OTHER, "--fork"], `--resume=${OTHER} --fork-session`],
  // A session of another directory.
  [["--resume", OTHER.slice(0, 8)], `--resume=${OTHER}`],
  // A wrapper may run the CLI elsewhere, which knows more.
  [["--resume", "last"], "--continue"],
  [["--resume", "nothing of the kind"], "--resume=nothing of the kind"],
  [["-c", "--fork-session"], "--continue --fork-session"],
];

for (const [flags, expected] of RESUMED) {
  Deno.test(`ask ${flags.join(" ")}: claude ${expected}`, async () => {
    await using config = await scratch();
    await using claude = await ScriptedClaude.create(
      step.conversation([[step.text("ok")]]),
    );
    const project = `${config.configDir}/place`;
    await Deno.mkdir(project);
    await move(config, project);
    const { code, stderr } = await new Running(claude, [
      "ask",
      "x",
      ...flags,
      `--config-dir=${config.configDir}`,
      `--cwd=${project}`,
    ]).end();
    assertEquals([code, stderr], [0, ""]);
    const args = claude.starts[0]?.arguments ?? [];
    assertEquals(
      args.filter((arg) => /^--(resume|continue|fork)/.test(arg)).sort(),
      expected.split(/ (?=--)/).sort(),
    );
  });
}

/** The sessions of `/work/demo` become those of another folder. */
async function move(config: ScratchConfig, project: string): Promise<void> {
  const { projectFolderName } = await import("../sessions/mod.ts");
  const root = `${config.configDir}/projects`;
  const folder = `${root}/${projectFolderName(project)}`;
  await Deno.rename(`${root}/-work-demo`, folder);
  for await (const { name } of Deno.readDir(folder)) {
    const text = await Deno.readTextFile(`${folder}/${name}`);
    await Deno.writeTextFile(
      `${folder}/${name}`,
      text.replaceAll('"/work/demo"', JSON.stringify(project)),
    );
  }
}

Deno.test("sessions: a folder without any is told so", async () => {
  const configDir = await Deno.makeTempDir();
  for (const more of [[], ["--all"]]) {
    const words = ["sessions", "--config-dir", configDir, ...more];
    const { code, stdout, stderr } = await run([], words);
    assertEquals([code, stdout], [0, ""]);
    assertStringIncludes(stderr, "there is no session");
  }
  await Deno.remove(configDir, { recursive: true });
});

/** What is refused before a process is started. */
const REFUSED: readonly (readonly [readonly string[], string])[] = [
  [["--resume", "parsre"], "Did you mean aaaa1111-0000"],
  [["--resume", PARSER.replace("1111", "1112")], "Did you mean aaaa1111-0000"],
  [["--resume", "nothing"], 'Cannot find the session "nothing": no such id'],
  [["--continue"], "Cannot find the last session: there is none in"],
  [["--fork"], "Cannot use --fork without a session to fork from"],
];

for (const [flags, said] of REFUSED) {
  Deno.test(`ask ${flags.join(" ")}: ${said}`, async () => {
    await using config = await scratch();
    const { code, stdout, stderr } = await run([], [
      "ask",
      "x",
      ...flags,
      `--config-dir=${config.configDir}`,
      `--cwd=${config.configDir}`,
      // A program, and no script that may run the CLI elsewhere. It is never started.
      `--claude-path=${Deno.execPath()}`,
    ]);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, said);
  });
}
