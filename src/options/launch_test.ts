// What a launch must not have: secrets, too many characters, values that the CLI would pass over.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../errors.ts";
import type { SessionOptions } from "./session_options.ts";
import { allowAll } from "../permissions/policy.ts";
import { launchOf } from "./args.ts";
import { checkOptions } from "./check_options.ts";
import { checkSignIn } from "./environment.ts";
import type { Launch } from "./launch.ts";

const ID = "cccccccc-1111-4111-8111-111111111111";

function launch(options: SessionOptions): Launch {
  checkOptions(options);
  return launchOf(options);
}

const AGENT = { description: "d", prompt: "p" };

Deno.test("a long system prompt is not on the command line", () => {
  const { args } = launchOf({ systemPrompt: "x".repeat(1 << 20) });
  assert(args.join(" ").length < 200);
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
