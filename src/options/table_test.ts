// Every option in its place, and the arguments short whatever the options.

import { MemorySessionStore } from "../stores/memory_store.ts";
import { assert, assertEquals } from "@std/assert";

import type { SessionOptions } from "./session_options.ts";
import { allowAll } from "../permissions/policy.ts";
import { launchOf, MAX_ARGUMENTS_LENGTH } from "./args.ts";
import { checkOptions } from "./check_options.ts";

import { type Launch, library } from "./launch.ts";
import { ENTRIES } from "./table.ts";

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
  [{}, {}],
  [{ model: "sonnet" }, { args: ["--model=sonnet"] }],
  [{ model: "-x" }, { args: ["--model=-x"] }],
  [{ fallbackModel: ["a", "b"] }, { args: ["--fallback-model=a,b"] }],
  [{ fallbackModel: "a" }, { args: ["--fallback-model=a"] }],
  [{ effort: "high" }, { args: ["--effort=high"] }],
  [{ systemPrompt: "be brief" }, {
    initialize: { systemPrompt: ["be brief"] },
  }],
  [{ systemPrompt: ["a", "b"] }, { initialize: { systemPrompt: ["a", "b"] } }],
  [{ systemPrompt: { append: "x" } }, {
    initialize: { appendSystemPrompt: "x" },
  }],
  [{ addDirs: ["/a", new URL("file:///b%20c")] }, {
    args: [
      "--add-dir=/a",
      "--add-dir=/b c",
    ],
  }],
  [{ resume: "last" }, { args: ["--continue"] }],
  [{ resume: "abc", fork: true }, { args: ["--resume=abc", "--fork-session"] }],
  [{ sessionStore: new MemorySessionStore() }, { args: ["--session-mirror"] }],
  [{ title: "t" }, { initialize: { title: "t" } }],
  [{ persist: false }, { args: ["--no-session-persistence"] }],
  [{ persist: true }, {}],
  [{ policy: allowAll() }, {
    args: ["--permission-prompt-tool=stdio"],
    env: {
      CLAUDE_CODE_SIMPLE: undefined,
    },
  }],
  [{ permissionMode: "plan" }, { args: ["--permission-mode=plan"] }],
  [{ permissionMode: "bypassPermissions" }, {
    args: [
      "--permission-mode=bypassPermissions",
      "--allow-dangerously-skip-permissions",
    ],
  }],
  [{ allowedTools: ["Read", "Bash(git *)"] }, {
    args: [
      "--allowedTools=Read,Bash(git *)",
    ],
  }],
  [{ builtinTools: [] }, { args: ["--tools="] }],
  [{ builtinTools: "default" }, { args: ["--tools=default"] }],
  [{ replayUserMessages: true }, { args: ["--replay-user-messages"] }],
  [{ settings: "/s.json" }, { args: ["--settings=/s.json"] }],
  [{ settingSources: [] }, { args: ["--setting-sources="] }],
  [{ partials: true }, { args: ["--include-partial-messages"] }],
  [{ partials: false }, {}],
  [{ limits: { maxTurns: 3, maxBudgetUsd: 0.5 } }, {
    args: [
      "--max-turns=3",
      "--max-budget-usd=0.5",
    ],
  }],
  [{ configDir: "/c" }, { env: { CLAUDE_CONFIG_DIR: "/c" } }],
  [{ env: { A: "1", B: undefined } }, { env: { A: "1", B: undefined } }],
  [{ extraArgs: ["--of-a-newer-cli"] }, { args: ["--of-a-newer-cli"] }],
  [{ sessionId: ID }, { args: [`--session-id=${ID}`] }],
  [{ safeMode: true }, { args: ["--safe-mode"] }],
  [{ isolated: false }, {}],
  [{ isolated: true }, {
    args: ["--setting-sources=", "--strict-mcp-config"],
    env: {
      CLAUDE_CODE_DISABLE_CLAUDE_MDS: "1",
      CLAUDE_CODE_DISABLE_AUTO_MEMORY: "1",
    },
  }],
  [{ strictMcp: true }, { args: ["--strict-mcp-config"] }],
  [{ mcpConfigFiles: ["/a", "/b"] }, {
    args: ["--mcp-config=/a", "--mcp-config=/b"],
  }],
  [{ mcpServers: { a: { command: "x" } } }, {
    args: ["--await-initialize"],
    initialize: {
      mcpServers: { a: { type: "stdio", args: [], command: "x" } },
    },
  }],
  [{ dialogKinds: ["x"] }, { initialize: { supportedDialogKinds: ["x"] } }],
  [{ onQuestion: () => undefined }, {
    args: ["--permission-prompt-tool=stdio"],
  }],
  [{ onPlan: () => undefined }, { args: ["--permission-prompt-tool=stdio"] }],
  [{ hooks: {} }, { env: { CLAUDE_CODE_SIMPLE: undefined } }],
  [{ auth: "any" }, {}],
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
  [{ extraArgs: { newer: true, x: "-y" } }, { args: ["--newer", "--x=-y"] }],
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

Deno.test("every option that leaves this process has a row in TABLE", () => {
  const rows = new Set(TABLE.flatMap(([options]) => Object.keys(options)));
  const lacking = Object.entries(ENTRIES).filter(([name, { place }]) =>
    place !== library && !rows.has(name)
  );
  assertEquals(
    lacking.map(([name]) => name),
    [],
    "add rows to TABLE in src/options/table_test.ts",
  );
});

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
    ...Object.assign(
      {},
      ...TABLE.map(([options]) => options)
        // It takes the place of two others.
        .filter((options) => !("isolated" in options)),
    ),
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

Deno.test("the flags of temporary files count as arguments", () => {
  const settings = { env: { A: "a" } };
  const dirs = Array.from({ length: 600 }, (_, index) => `/srv/work/${index}`);
  let longest = 0;
  for (let count = 300; count < dirs.length; count++) {
    const { args, files } = launchOf({
      settings,
      addDirs: dirs.slice(0, count),
    });
    const length = args.join(" ").length + files.length * 120;
    assert(length < MAX_ARGUMENTS_LENGTH, `${count}: ${length} characters`);
    longest = Math.max(longest, length);
  }
  assert(longest > MAX_ARGUMENTS_LENGTH - 200, "the limit was not approached");
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
