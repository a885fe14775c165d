// Every option of FEATURES.md, table D, in its place; and what must not be.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../errors.ts";
import type { SessionOptions } from "./session_options.ts";
import { allowAll } from "../permissions/policy.ts";
import { launchOf, MAX_ARGUMENTS_LENGTH } from "./args.ts";
import { checkOptions } from "./check_options.ts";
import { checkSignIn } from "./environment.ts";
import type { Launch } from "./launch.ts";

const ID = "cccccccc-1111-4111-8111-111111111111";
const BASE = launchOf({}).args;

function launch(options: SessionOptions): Launch {
  checkOptions(options);
  return launchOf(options);
}

const AGENT = { description: "d", prompt: "p" };

/** What each option comes to, besides what every process gets. */
const TABLE: readonly [
  SessionOptions,
  Partial<Launch> & { readonly args?: readonly string[] },
][] = [
  [{ thinking: "adaptive" }, { args: ["--thinking=adaptive"] }],
  [{ thinking: "off" }, { args: ["--thinking=disabled"] }],
  [{ thinking: { budgetTokens: 3000, display: "omitted" } }, {
    args: ["--max-thinking-tokens=3000", "--thinking-display=omitted"],
  }],
  [{ thinking: { display: "summarized" } }, {
    args: ["--thinking=adaptive", "--thinking-display=summarized"],
  }],
  [{ betas: ["a", "b"] }, { args: ["--betas=a", "--betas=b"] }],
  [
    {
      systemPrompt: {
        append: "x",
        excludeDynamicSections: true,
        snapshot: false,
      },
    },
    {
      initialize: {
        appendSystemPrompt: "x",
        excludeDynamicSections: true,
        systemPromptSnapshot: false,
      },
    },
  ],
  [{ systemPrompt: { text: "x", append: "y" } }, {
    initialize: { systemPrompt: ["x"], appendSystemPrompt: "y" },
  }],
  [{
    systemPrompt: { file: "/a", appendFile: new URL("file:///b%20c") },
  }, {
    args: ["--system-prompt-file=/a", "--append-system-prompt-file=/b c"],
  }],
  [{ subagentSystemPrompt: { append: "x" } }, {
    files: [{ flag: "--append-subagent-system-prompt-file", content: "x" }],
  }],
  [{ planModeInstructions: "p" }, {
    initialize: { planModeInstructions: "p" },
  }],
  [{ outputSchema: { type: "object" } }, {
    initialize: { jsonSchema: { type: "object" } },
  }],
  [{ outputRetries: 2 }, { env: { MAX_STRUCTURED_OUTPUT_RETRIES: "3" } }],
  [{ promptSuggestions: true }, { initialize: { promptSuggestions: true } }],
  [{ sendUserMessage: true }, { args: ["--brief"] }],
  [{ autoCompact: 200_000 }, { args: ["--autocompact=200000"] }],
  [{ autoCompact: "auto" }, { args: ["--autocompact=auto"] }],
  [{ files: [{ id: "file_a", path: "a b.txt" }, { id: "f", path: "x:y" }] }, {
    args: ["--file=file_a:a b.txt", "--file=f:x:y"],
  }],
  [
    { record: "/r.ndjson", costLog: "/c", logger: console, spawn: (s) => s },
    {},
  ],
  [{ projectConfigRoot: "/r" }, { args: ["--project-config-root=/r"] }],
  [{ extraArgs: { chrome: true, x: "-y" } }, { args: ["--chrome", "--x=-y"] }],
  [{ debug: true }, { args: ["--debug"] }],
  [{ debug: false }, {}],
  [{ debug: "!hooks" }, { args: ["--debug=!hooks"] }],
  [{ debugFile: "/d.log" }, { args: ["--debug-file=/d.log"] }],
  [{ fromPr: 12 }, { args: ["--from-pr=12"] }],
  [{ resume: ID, resumeAt: ID, resumeDropsTurn: ID }, {
    args: [
      `--resume=${ID}`,
      `--resume-session-at=${ID}`,
      `--resume-drops-turn=${ID}`,
    ],
  }],
  [{ checkpoints: true }, {
    env: { CLAUDE_CODE_ENABLE_SDK_FILE_CHECKPOINTING: "true" },
  }],
  [{ checkpoints: false }, {}],
  [{ worktree: true }, { args: ["--worktree"] }],
  [{ worktree: "w" }, { args: ["--worktree=w"] }],
  [{ permissionPromptTool: "mcp__a__b" }, {
    args: ["--permission-prompt-tool=mcp__a__b"],
  }],
  [{ prompts: "none" }, { args: ["--permission-prompts=none"] }],
  [{ toolAliases: { Bash: "mcp__a__b" } }, {
    initialize: { toolAliases: { Bash: "mcp__a__b" } },
  }],
  [{ toolConfig: { askUserQuestion: { previewFormat: "html" } } }, {
    env: { CLAUDE_CODE_QUESTION_PREVIEW_FORMAT: "html" },
  }],
  [{ bare: true, safeMode: true, restricted: true }, {
    args: ["--bare", "--safe-mode", "--restricted"],
  }],
  [{ agent: "a", agents: { a: AGENT } }, {
    args: ["--agent=a"],
    initialize: { agents: { a: AGENT } },
  }],
  [{ agentProgressSummaries: true, forwardSubagentText: true }, {
    initialize: { agentProgressSummaries: true, forwardSubagentText: true },
  }],
  [{ keepTasks: true }, { initialize: { perTaskStopAffordance: true } }],
  [{ allowedTools: ["=Bsh", "=Bsh(x *)"] }, {
    args: ["--allowedTools=Bsh,Bsh(x *)"],
  }],
  [{ disallowedTools: ["=Raed"] }, { args: ["--disallowedTools=Raed"] }],
  [
    {
      agents: { a: { ...AGENT, tools: ["=Raed"], disallowedTools: ["=Tsk"] } },
    },
    {
      initialize: {
        agents: { a: { ...AGENT, tools: ["Raed"], disallowedTools: ["Tsk"] } },
      },
    },
  ],
  [{ allowedTools: ["Read"], skills: ["pdf"] }, {
    args: ["--allowedTools=Read,Skill(pdf)"],
    initialize: { skills: ["pdf"] },
  }],
  [{ skills: "all" }, { args: ["--allowedTools=Skill"] }],
  [{ skills: [] }, { initialize: { skills: [] } }],
  [{
    plugins: [
      "/p",
      new URL("file:///q"),
      { path: "/r", mcp: false },
      { url: "https://x/z.zip" },
    ],
  }, {
    args: [
      "--plugin-dir=/p",
      "--plugin-dir=/q",
      "--plugin-dir-no-mcp=/r",
      "--plugin-url=https://x/z.zip",
    ],
  }],
  [{ slashCommands: false }, { args: ["--disable-slash-commands"] }],
  [{ hookEvents: true }, { args: ["--include-hook-events"] }],
  [{ limits: { taskBudgetTokens: 50 } }, { args: ["--task-budget=50"] }],
  [{ settings: { env: { TOKEN: "secret" } } }, {
    files: [{ flag: "--settings", content: `{"env":{"TOKEN":"secret"}}` }],
  }],
  [{ settings: ` {"a": 1}` }, {
    files: [{ flag: "--settings", content: `{"a":1}` }],
  }],
  [{ sandbox: { enabled: true }, settings: { sandbox: { x: 1 }, a: 1 } }, {
    files: [{
      flag: "--settings",
      content: `{"sandbox":{"x":1,"enabled":true},"a":1}`,
    }],
  }],
  [{ settings: { sandbox: { x: 1 } }, sandbox: { enabled: true } }, {
    files: [{
      flag: "--settings",
      content: `{"sandbox":{"x":1,"enabled":true}}`,
    }],
  }],
  [{ managedSettings: { a: 1 } }, {
    args: ["--await-initialize", "--managed-settings-in-initialize"],
    initialize: { managedSettings: { a: 1 } },
  }],
];

Deno.test("launchOf puts the options of table D where they belong", () => {
  for (const [options, wanted] of TABLE) {
    const { args, env, initialize, files } = launch(options);
    assertEquals({ args, env, initialize, files }, {
      env: {},
      initialize: {},
      files: [],
      ...wanted,
      args: [...BASE, ...wanted.args ?? []],
    }, JSON.stringify(options));
  }
});

/** All options at once that can be, each as large as it likes. */
function everything(): SessionOptions {
  const long = "x".repeat(1 << 20);
  const many = Array.from({ length: 500 }, (_, index) => `name${index}`);
  return {
    ...Object.assign({}, ...TABLE.map(([options]) => options)),
    systemPrompt: { text: long, append: long },
    subagentSystemPrompt: { append: long },
    planModeInstructions: long,
    outputSchema: { type: "object", description: long },
    agents: Object.fromEntries(
      many.map((name) => [name, { ...AGENT, prompt: long.slice(0, 999) }]),
    ),
    allowedTools: many.map((name) => `Bash(${name} *)`),
    disallowedTools: many.map((name) => `mcp__${name}__x`),
    addDirs: many.map((name) => `/srv/work/${name}`),
    plugins: many.map((name) => `/srv/plugins/${name}`),
    skills: many,
    settings: { env: { LONG: long }, permissions: { deny: ["WebFetch"] } },
    sandbox: { enabled: true },
    managedSettings: { env: { LONG: long } },
    title: long,
    policy: allowAll(),
    // With it no policy would be asked.
    bare: false,
    permissionPromptTool: undefined,
    prompts: undefined,
    fromPr: undefined,
    permissionMode: "plan",
    slashCommands: true,
  } as SessionOptions;
}

Deno.test("the arguments stay short whatever the options", () => {
  const options = everything();
  const { args, initialize, files } = launch(options);
  const length = args.join(" ").length;
  assert(length < MAX_ARGUMENTS_LENGTH, `${length} characters`);
  const settings = JSON.parse(
    files.find(({ flag }) => flag === "--settings")?.content ?? "",
  );
  assertEquals(settings.permissions.allow.length, 1000);
  assertEquals(settings.permissions.deny.length, 501);
  assertEquals(settings.permissions.additionalDirectories.length, 500);
  assertEquals((initialize.plugins as unknown[]).length, 500);
  assert(args.includes("--await-initialize"));
  assertEquals(args.filter((text) => text === "--await-initialize").length, 1);
});

Deno.test("the arguments stay short whatever is taken of them", () => {
  const all = Object.entries(everything());
  // A linear congruential generator: the same picks with each run.
  let seed = 1;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  let longest = 0;
  for (let round = 0; round < 200; round++) {
    const share = random();
    const some = Object.fromEntries(all.filter(() => random() < share));
    const { args, files } = launchOf(some as SessionOptions);
    const places = files.length * 120;
    longest = Math.max(longest, args.join(" ").length + places);
    // A value that is no flag never stands alone.
    const alone = args.filter((word) => !word.startsWith("-"));
    assertEquals(alone, [], Object.keys(some).join(", "));
  }
  assert(longest > 1_000, "nothing was picked");
  assert(longest < MAX_ARGUMENTS_LENGTH, `${longest} characters`);
});

Deno.test("names with = are taken as they are", () => {
  const { args } = launch({ builtinTools: ["=Raed", "Bash"] });
  assert(args.includes("--tools=Raed,Bash"), args.join(" "));
});

Deno.test("arguments that cannot be shortened are an error", () => {
  assertThrows(
    () => launch({ model: "x".repeat(9000) }),
    ConfigError,
    "the longest is --model",
  );
  assertThrows(
    () =>
      launch({
        settings: "/s.json",
        addDirs: Array(900).fill("/a/directory"),
      }),
    ConfigError,
    "more than 8000",
  );
});

Deno.test("no secret of the settings is on the command line", () => {
  for (
    const options of [
      { settings: { env: { A: "s3cret" } } },
      { settings: `{"env":{"A":"s3cret"}}` },
      { managedSettings: { env: { A: "s3cret" } } },
      { sandbox: { network: { allowedDomains: ["s3cret"] } } },
      {
        agents: {
          a: { ...AGENT, mcpServers: [{ m: { env: { A: "s3cret" } } }] },
        },
      },
    ]
  ) {
    assert(!launch(options).args.join(" ").includes("s3cret"));
  }
});

Deno.test("checkOptions refuses values that the CLI would pass over", () => {
  const rows: readonly [string, object][] = [
    ["thinking", { thinking: "much" }],
    ["thinking.budgetTokens", { thinking: { budgetTokens: 0 } }],
    ["thinking.display", { thinking: { display: "all" } }],
    ["betas", { betas: "x" }],
    ["systemPrompt", { systemPrompt: 5 }],
    ["systemPrompt.append", { systemPrompt: { append: 5 } }],
    ["systemPrompt.snapshot", { systemPrompt: { snapshot: "on" } }],
    ["subagentSystemPrompt", { subagentSystemPrompt: "x" }],
    ["outputSchema", { outputSchema: "x" }],
    ["outputSchema", { outputSchema: { type: "array" } }],
    ["outputSchema", { outputSchema: { type: "object", anyOf: [] } }],
    ["outputSchema", {
      outputSchema: { type: "object", properties: { a: { prefixItems: [] } } },
    }],
    ["outputRetries", { outputRetries: -1 }],
    ["autoCompact", { autoCompact: 5 }],
    ["debug", { debug: "" }],
    ["files", { files: "file_a:x" }],
    ["files", { files: [{ id: "a:b", path: "x" }] }],
    ["files", { files: [{ id: "a", path: "" }] }],
    ["record", { record: "" }],
    ["record", { record: { append: true } }],
    ["record.append", { record: { path: "x", append: 1 } }],
    ["record.secrets", { record: { path: "x", secrets: "y" } }],
    ["record", { record: new URL("https://x") }],
    ["costLog", { costLog: 5 }],
    ["costLog", { costLog: new URL("https://x") }],
    ["logger", { logger: { debug() {} } }],
    ["spawn", { spawn: "ssh" }],
    ["transport", { transport: "ssh" }],
    ["debugFile", { debugFile: new URL("https://x") }],
    ["extraArgs", { extraArgs: { "--x": true } }],
    ["extraArgs", { extraArgs: 5 }],
    ["extraArgs", { extraArgs: { settings: "x" } }],
    ["resumeAt", { resume: ID, resumeAt: "x" }],
    ["checkpoints", { checkpoints: "true" }],
    ["worktree", { worktree: "" }],
    ["fromPr", { fromPr: 1.5 }],
    ["prompts", { prompts: "nobody" }],
    ["toolAliases", { toolAliases: { Bash: 5 } }],
    [
      "toolConfig.askUserQuestion.previewFormat",
      { toolConfig: { askUserQuestion: { previewFormat: "pdf" } } },
    ],
    ["sandbox", { sandbox: true }],
    ["bare", { bare: "yes" }],
    ["keepEnv", { keepEnv: "PATH" }],
    ["builtinTools", { builtinTools: "Read" }],
    ["builtinTools", { builtinTools: [""] }],
    ["replayUserMessages", { replayUserMessages: 1 }],
    ["agents", { agents: [] }],
    ["agents.a", { agents: { a: "x" } }],
    ["agents.a.prompt", { agents: { a: { description: "d" } } }],
    ["agents.a.effort", { agents: { a: { ...AGENT, effort: "huge" } } }],
    ["agents.a.tools", { agents: { a: { ...AGENT, tools: "Read" } } }],
    ["skills", { skills: "pdf" }],
    ["plugins", { plugins: "x" }],
    ["plugins.0", { plugins: [{}] }],
    ["settings", { settings: `{"a":` }],
    ["settings", { settings: [] }],
    ["managedSettings", { managedSettings: "x" }],
    ["limits.taskBudgetTokens", { limits: { taskBudgetTokens: -1 } }],
    ["limits", { limits: 5 }],
    ["limits.maxBudgetUSD", { limits: { maxBudgetUSD: 5 } }],
    ["budget", { budget: 5 }],
    ["budget", { budget: null }],
    ["budget.stop", { budget: { stop: { costUsd: 5 } } }],
    ["recover", { recover: true }],
    ["recover.retries", { recover: { attempts: 1, retries: 2 } }],
    ["env", { env: { A: 5 } }],
    ["addDirs", { addDirs: "/tmp" }],
    ["fallbackModel", { fallbackModel: 5 }],
    ["signal", { signal: {} }],
    ["settingSources", { settingSources: true }],
    ["stderr", { stderr: "inherit" }],
    ["onWire", { onWire: true }],
    ["toolServerName", { toolServerName: "" }],
    ["toolConfig", { toolConfig: true }],
  ];
  for (const [option, options] of rows) {
    const error = assertThrows(() => checkOptions(options), ConfigError);
    assertEquals(error.option, option, error.message);
  }
});

Deno.test("checkOptions says what to write, and shows no variable", () => {
  const rows: readonly [unknown, string][] = [
    ["sonnet", `an object such as { model: "sonnet" }, got "sonnet"`],
    [{ limits: { maxTurn: 5 } }, `did you mean "limits.maxTurns"?`],
    [{ recover: true }, "expected an object with attempts, got true"],
    [
      { env: { TOKEN: "s3cret", PORT: 5 } },
      "got an object with TOKEN: a text, PORT: a number",
    ],
    [{ env: ["A=1"] }, "got a list of 1: a text"],
    [{ env: { "A=B": "1" } }, "names without ="],
    [{ env: { A: "x\0y" } }, "no NUL"],
    [{ model: "a\0b" }, "option model"],
  ];
  for (const [options, part] of rows) {
    const { message } = assertThrows(
      () => checkOptions(options as SessionOptions),
      ConfigError,
    );
    assert(message.includes(part), message);
    assert(!message.includes("s3cret"), message);
  }
});

Deno.test("checkOptions refuses options that contradict each other", () => {
  const policy = allowAll();
  const rows: readonly [string, SessionOptions][] = [
    ["permissionPromptTool", { permissionPromptTool: "x", policy }],
    ["permissionPromptTool", { permissionPromptTool: "x", prompts: "none" }],
    ["prompts", { prompts: "host" }],
    ["resumeAt", { resumeAt: ID }],
    ["resumeDropsTurn", { resume: ID, resumeDropsTurn: ID }],
    ["fromPr", { fromPr: 1, resume: ID }],
    ["systemPrompt.text", { systemPrompt: { text: "a", file: "b" } }],
    ["systemPrompt.append", { systemPrompt: { append: "a", appendFile: "b" } }],
    ["systemPrompt.excludeDynamicSections", {
      systemPrompt: { text: "a", excludeDynamicSections: true },
    }],
    ["permissionMode", {
      restricted: true,
      permissionMode: "bypassPermissions",
    }],
    ["skills", { skills: "all", slashCommands: false }],
    ["skills", { skills: ["a"], builtinTools: ["Read"] }],
    ["keepEnv", { keepEnv: ["PATH"], clearEnv: true }],
    ["sandbox", { sandbox: {}, settings: "/s.json" }],
    ["allowedTools", { allowedTools: ["Bash"], disallowedTools: ["Bash"] }],
    ["allowedTools", { allowedTools: ["Task"], disallowedTools: ["Agent"] }],
    ["allowedTools", { allowedTools: ["=Bsh"], disallowedTools: ["=Bsh"] }],
  ];
  for (const [option, options] of rows) {
    const error = assertThrows(() => checkOptions(options), ConfigError);
    assertEquals(error.option, option, error.message);
  }
});

Deno.test("an error about the settings does not show them", () => {
  const error = assertThrows(
    () => checkOptions({ settings: `{"env": {"TOKEN": "s3cret"}` }),
    ConfigError,
  );
  assert(!error.message.includes("s3cret"));
});

Deno.test("bare needs more than the token of a subscription", () => {
  const token = { CLAUDE_CODE_OAUTH_TOKEN: "t" };
  assertThrows(() => checkSignIn({ bare: true }, token), ConfigError);
  checkSignIn({}, token);
  checkSignIn({ bare: true }, {});
  checkSignIn({ bare: true }, { ...token, ANTHROPIC_API_KEY: "k" });
  // The settings may name a program that gives a key.
  checkSignIn({ bare: true, settings: "/s.json" }, token);
});
