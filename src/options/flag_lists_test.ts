// What is a list, or a part of one, to the CLI: no value becomes another one.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertThrows,
} from "@std/assert";
import { ConfigError } from "../errors.ts";
import type { SessionOptions } from "./session_options.ts";
import { checkOptions } from "./check_options.ts";
import { launchOf } from "./args.ts";
import { OPTION_NAMES } from "./table.ts";
import { splitRules } from "./flag_lists.ts";

Deno.test("splitRules splits as CLI 2.1.332 was seen to", () => {
  const rows: readonly [string, readonly string[]][] = [
    ["Read,Write", ["Read", "Write"]],
    ["Read Write", ["Read", "Write"]],
    [" Read ", ["Read"]],
    ["Bash(git log, x),Read", ["Bash(git log, x)", "Read"]],
    ["Bash(a) Read", ["Bash(a)", "Read"]],
    ["Bash(a)Read", ["Bash(a)Read"]],
    ["Bash(a(b),Read", ["Bash(a(b)", "Read"]],
    ["Bash(a), b),Read", ["Bash(a)", "b)", "Read"]],
    ["Bash((a) c),Read", ["Bash((a)", "c)", "Read"]],
    ["Bash(echo \\), x),Read", ["Bash(echo \\)", "x)", "Read"]],
    ["Skill(x),Bash(*", ["Skill(x)", "Bash(*"]],
    ["Bash(a)(b, c),Read", ["Bash(a)(b, c)", "Read"]],
    ["Bash(,Read", ["Bash(,Read"]],
  ];
  for (const [value, parts] of rows) assertEquals(splitRules(value), parts);
});

/** Texts that are two things to one flag or another, or the beginning of one. */
const HOSTILE: readonly string[] = [
  "x),Bash(*",
  "x), Bash(*)",
  "x) Bash(* ",
  "x,Bash",
  "x Bash",
  "x\tBash",
  "x\nBash",
  "x\n--dangerously-skip-permissions",
  "x --dangerously-skip-permissions",
  "--dangerously-skip-permissions",
  "-x",
  "Bash(",
  "Bash(x",
  "Bash(x), y)",
  "Bash()",
  "Bash)",
  "*),Bash(*",
  "x\u2028Bash",
  "x\u00a0Bash",
  "",
  " ",
  "x\0",
  '{"mcpServers":{"x":{"command":"sh"}}}',
];

type Make = (text: string) => unknown;
type Row = readonly (readonly [make: Make, more?: SessionOptions])[];

/** In no argument, and in no list of one: a field of JSON, a variable, or never handed on. */
const ELSEWHERE: Row = [];

const one: Make = (text) => text;
const listed: Make = (text) => ["Read", text, "Write"];

const RESUMED = { resume: "a" };
const ID = "cccccccc-1111-4111-8111-111111111111";

/** Where a text can stand in the value of each option. */
const ROWS: { readonly [K in keyof Required<SessionOptions>]: Row } = {
  model: [[one]],
  fallbackModel: [[one], [listed]],
  effort: [[one]],
  thinking: [[one], [(display) => ({ display })], [(budgetTokens) => ({
    budgetTokens,
  })]],
  betas: [[listed]],
  systemPrompt: [[(file) => ({ file })], [(appendFile) => ({ appendFile })]],
  subagentSystemPrompt: ELSEWHERE,
  planModeInstructions: ELSEWHERE,
  outputSchema: ELSEWHERE,
  outputRetries: ELSEWHERE,
  promptSuggestions: [[one]],
  verbatim: [[one]],
  sendUserMessage: [[one]],
  autoCompact: [[one]],
  cwd: ELSEWHERE,
  addDirs: [[listed]],
  projectConfigRoot: [[one]],
  claudePath: ELSEWHERE,
  spawn: ELSEWHERE,
  transport: ELSEWHERE,
  env: ELSEWHERE,
  clearEnv: [[one]],
  keepEnv: ELSEWHERE,
  configDir: ELSEWHERE,
  // By hand, and whole: see the test below.
  extraArgs: ELSEWHERE,
  debug: [[one]],
  files: [[(id) => [{ id, path: "p" }]], [(path) => [{ id: "i", path }]]],
  debugFile: [[one]],
  resume: [[one]],
  fork: [[one]],
  sessionId: [[one]],
  fromPr: [[one]],
  resumeAt: [[one, RESUMED]],
  resumeDropsTurn: [[one, { ...RESUMED, resumeAt: ID }]],
  title: ELSEWHERE,
  persist: [[one]],
  checkpoints: [[one]],
  worktree: [[one]],
  policy: ELSEWHERE,
  onQuestion: ELSEWHERE,
  onPlan: ELSEWHERE,
  onElicitation: ELSEWHERE,
  onDialog: ELSEWHERE,
  dialogKinds: ELSEWHERE,
  permissionTimeoutMs: [[one]],
  hooks: ELSEWHERE,
  permissionPromptTool: [[one]],
  prompts: [[one]],
  skillShell: [[one]],
  permissionMode: [[one]],
  allowedTools: [[listed]],
  disallowedTools: [[listed]],
  builtinTools: [[one], [listed]],
  tools: ELSEWHERE,
  toolServerName: ELSEWHERE,
  toolContext: ELSEWHERE,
  mcpServers: ELSEWHERE,
  mcpConfigFiles: [[listed]],
  strictMcp: [[one]],
  toolAliases: ELSEWHERE,
  toolConfig: ELSEWHERE,
  sandbox: ELSEWHERE,
  bare: [[one]],
  restricted: [[one]],
  safeMode: [[one]],
  agent: [[one]],
  agents: ELSEWHERE,
  agentProgressSummaries: ELSEWHERE,
  forwardSubagentText: ELSEWHERE,
  keepTasks: ELSEWHERE,
  skills: [[one], [listed]],
  plugins: [
    [listed],
    [(path) => [{ path }]],
    [(path) => [{
      path,
      mcp: false,
    }]],
    [(url) => [{ url }]],
    [(text) => [{ url: `https://h/${text}` }]],
  ],
  slashCommands: [[one]],
  settings: [[one]],
  settingSources: [[one], [listed]],
  managedSettings: ELSEWHERE,
  partials: [[one]],
  replayUserMessages: [[one]],
  hookEvents: [[one]],
  limits: [[(maxTurns) => ({ maxTurns })]],
  budget: ELSEWHERE,
  recover: ELSEWHERE,
  failFastOn: ELSEWHERE,
  waitForReset: ELSEWHERE,
  auth: [[one]],
  onBreak: ELSEWHERE,
  onWire: ELSEWHERE,
  record: ELSEWHERE,
  logger: ELSEWHERE,
  costLog: ELSEWHERE,
  maxLineBytes: ELSEWHERE,
  validation: ELSEWHERE,
  verify: ELSEWHERE,
  startTimeoutMs: ELSEWHERE,
  turnTimeoutMs: ELSEWHERE,
  idleTimeoutMs: ELSEWHERE,
  controlTimeoutMs: ELSEWHERE,
  closeTimeoutMs: ELSEWHERE,
  exitSignals: ELSEWHERE,
  signal: ELSEWHERE,
  stderr: ELSEWHERE,
};

/** How the CLI takes apart the value of a flag; all others it takes whole. */
const SPLIT: Readonly<Record<string, (value: string) => readonly string[]>> = {
  "--allowedTools": splitRules,
  "--disallowedTools": splitRules,
  "--tools": splitRules,
  "--fallback-model": (value) => value.split(/[\s,]/),
  "--betas": (value) => value.split(/[\s,]/),
  "--setting-sources": (value) => value.split(/[\s,]/),
  // A path that is JSON is no path.
  "--mcp-config": (value) => value.trim().startsWith("{") ? [] : [value],
  "--settings": (value) => value.trim().startsWith("{") ? [] : [value],
  "--file": (value) => /^[^:,\s]+:/.test(value) ? [value] : [],
  "--plugin-url": (value) => value.split(/\s/),
};

/** The names of all flags, and how many values the CLI finds in each. */
function found({ args }: { readonly args: readonly string[] }) {
  return args.map((argument) => {
    const cut = argument.indexOf("=");
    if (cut < 0) return [argument, 0] as const;
    const name = argument.slice(0, cut);
    const value = argument.slice(cut + 1);
    return [name, (SPLIT[name] ?? (() => [value]))(value).length] as const;
  });
}

Deno.test("no text in an option becomes more than one value, or another flag", () => {
  assertEquals(
    new Set(Object.keys(ROWS)),
    OPTION_NAMES,
    "each option has a row",
  );
  let taken = 0;
  for (const [name, row] of Object.entries(ROWS)) {
    for (const [make, more = {}] of row) {
      // What a harmless text leads to, where the option takes any.
      const good = attempt({ ...more, [name]: make("x") });
      for (const text of HOSTILE) {
        // The one option that takes JSON, and puts it into a file.
        if (name === "settings" && text.startsWith("{")) continue;
        const launch = attempt({ ...more, [name]: make(text) });
        if (launch instanceof Error) continue;
        assert(
          !(good instanceof Error),
          `${name} takes ${JSON.stringify(text)}, and not a plain text`,
        );
        taken++;
        assertEquals(
          found(launch),
          found(good),
          `${name}: ${JSON.stringify(text)}`,
        );
      }
    }
  }
  assert(taken > 50, `${taken} are taken as they are: paths, names, ids`);
});

function attempt(options: Record<string, unknown>) {
  try {
    checkOptions(options as SessionOptions);
    return launchOf(options as SessionOptions);
  } catch (error) {
    assertInstanceOf(error, ConfigError);
    return error;
  }
}

Deno.test("an option that is ELSEWHERE puts no text of the caller's into an argument", () => {
  const text = "x),Bash(*";
  const samples: { readonly [name: string]: unknown } = {
    subagentSystemPrompt: { append: text },
    planModeInstructions: text,
    title: text,
    env: { X: text },
    configDir: text,
    cwd: text,
    keepEnv: [text],
    dialogKinds: [text],
    toolAliases: { Bash: text },
    agents: { [text]: { description: text, prompt: text } },
    managedSettings: { text },
    settings: { text },
    sandbox: { excludedCommands: [text] },
    mcpServers: { a: { command: text, args: [text] } },
    outputSchema: { type: "object", description: text },
    record: text,
    costLog: text,
  };
  for (const [name, value] of Object.entries(samples)) {
    const options = { [name]: value } as SessionOptions;
    checkOptions(options);
    assertEquals(
      launchOf(options).args.filter((argument) => argument.includes(text)),
      [],
      name,
    );
  }
});

Deno.test("rules, names of tools, of skills and of agents' tools: one each", () => {
  const agent = (more: object) => ({
    agents: { a: { description: "d", prompt: "p", ...more } },
  });
  const refused: readonly object[] = [
    { allowedTools: ["Bash(git *),Bash(*)"] },
    { disallowedTools: ["Bash(", "Read"] },
    { disallowedTools: ["Read Write"] },
    { disallowedTools: ["Bash(echo (a) b)"] },
    { builtinTools: ["Bash(git *)"] },
    { builtinTools: ["Read,Bash"] },
    { skills: ["pdf*"] },
    { skills: ["pdf)"] },
    { skills: [" pdf"] },
    agent({ tools: ["Read,Bash"] }),
    agent({ disallowedTools: ["Bash("] }),
    agent({ skills: ["x),Bash(*"] }),
    agent({ permissionMode: "yolo" }),
    agent({ effort: 3.5 }),
    { fallbackModel: "a,b" },
    { betas: ["a,b"] },
    { permissionPromptTool: "stdio" },
    { plugins: [{ path: "/p", url: "https://h/p.zip" }] },
    { plugins: [{ type: "local", path: "/p" }] },
    { extraArgs: { "chrome=--x": true } },
    { extraArgs: { "chrome --x": true } },
  ];
  for (const options of refused) {
    assertThrows(
      () => checkOptions(options as SessionOptions),
      ConfigError,
      undefined,
      JSON.stringify(options),
    );
  }
  const taken: readonly SessionOptions[] = [
    {
      allowedTools: [
        "Bash(git log --format='%h, %s')",
        "Bash(npm run test:*)",
        "Edit(src/a b/**)",
        "mcp__db",
        "mcp__db__*",
        "WebFetch(domain:example.com)",
        "Bash(echo $(date))",
      ],
    },
    { builtinTools: ["Bash", "mcp__x__y"] },
    { skills: ["pdf", "my plugin:review", "größe"] },
    agent({ tools: ["Bash(git *)", "Agent(reviewer)"], effort: 3 }),
  ];
  for (const options of taken) checkOptions(options);
});
