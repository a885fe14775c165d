// Every option refuses nonsense with an error that names it and shows no secret.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { ConfigError } from "../errors.ts";
import type { SessionOptions } from "./session_options.ts";
import { ENTRIES, OPTION_NAMES } from "./table.ts";
import { isOf, spotsOf } from "../../tests/support/option_values.ts";
import { checkOptions } from "./check_options.ts";

Deno.test("checkOptions names the option that cannot be", () => {
  const wrong: [option: string, options: object, text: string][] = [
    ["modle", { modle: "x" }, `did you mean "model"?`],
    ["zzzzzz", { zzzzzz: 1 }, `Unknown option "zzzzzz"`],
    ["model", { model: "" }, "expected a text that is not empty"],
    ["model", { model: 5 }, "got 5"],
    ["sessionId", { sessionId: "abc" }, "expected a UUID"],
    ["fork", { fork: true }, "give resume as well"],
    ["sessionId", {
      resume: "x",
      sessionId: "cccccccc-1111-4111-8111-111111111111",
    }, "give fork: true as well"],
    ["maxLineBytes", { maxLineBytes: 0 }, "a number above 0"],
    ["closeTimeoutMs", { closeTimeoutMs: NaN }, "got NaN"],
    ["permissionMode", { permissionMode: "yolo" }, "one of default, accept"],
    ["closeTimeoutMs.termMs", { closeTimeoutMs: { termMs: 0 } }, "got 0"],
    ["closeTimeoutMs.eof", { closeTimeoutMs: { eof: 1 } }, "eofMs"],
    ["exitSignals", { exitSignals: true }, "false, or a list of SIGINT"],
    ["exitSignals", { exitSignals: ["SIGKILL"] }, "false, or a list of SIGINT"],
    ["limits.maxTurns", { limits: { maxTurns: 1.5 } }, "whole number"],
    ["effort", { effort: "huge" }, "one of low"],
    ["settingSources", { settingSources: ["all"] }, "user, project or local"],
    ["policy", { policy: () => true }, "a policy such as"],
    ["cwd", { cwd: new URL("https://example.com") }, "file: URL"],
    ["claudePath", { claudePath: [] }, "a path or a command"],
    ["allowedTools", { allowedTools: "Read" }, "a list of texts"],
    [
      "extraArgs",
      { extraArgs: ["--output-format=text"] },
      "always stream-json",
    ],
    ["extraArgs", { extraArgs: ["-p"] }, "always on"],
  ];
  for (const [option, options, text] of wrong) {
    const error = assertThrows(() => checkOptions(options), ConfigError, text);
    assertEquals(error.option, option);
    assertEquals(error.code, "config");
  }
});

const circular: Record<string, unknown> = {};
circular.self = circular;

/** Values that no option can have: what a cast or plain JavaScript lets through. */
const NONSENSE: readonly unknown[] = [
  Symbol("x"),
  10n,
  null,
  NaN,
  -1,
  [null],
  [circular],
];

Deno.test("checkOptions refuses nonsense as every option, and throws nothing else", () => {
  for (const name of OPTION_NAMES) {
    // The one value that is the caller's own.
    if (name === "toolContext") continue;
    for (const value of NONSENSE) {
      const options = { [name]: value } as SessionOptions;
      const error = assertThrows(
        () => checkOptions(options),
        ConfigError,
        undefined,
        `${name}: ${String(value)}`,
      );
      assertEquals(error.option.split(".")[0], name, error.message);
      assertStringIncludes(error.message, name);
    }
  }
});

Deno.test("checkOptions refuses unknown fields, with what may have been meant", () => {
  const rows: readonly [unknown, string][] = [
    [{ limits: { maxTurn: 1 } }, 'did you mean "limits.maxTurns"?'],
    [{ budget: { limitUsd: 1 } }, "an object with thresholds, stopAt"],
    [{ recover: { attempt: 1 } }, 'did you mean "recover.attempts"?'],
    [{ recover: {} }, "expected a whole number above 0"],
    [{ waitForReset: { message: "x" } }, "expected a number of milli"],
    [{ thinking: { budget: 1 } }, "an object with budgetTokens, display"],
    [{ systemPrompt: { apend: "x" } }, 'did you mean "systemPrompt.append"?'],
    [
      { agents: { a: { description: "d", prompt: "p", disalowedTools: [] } } },
      'did you mean "agents.a.disallowedTools"?',
    ],
    [{ record: { path: "x", apend: true } }, 'did you mean "record.append"?'],
    [{ sandbox: { enabld: true } }, 'did you mean "sandbox.enabled"?'],
    [{ sandbox: { network: { allowedDomain: [] } } }, "network.allowedDomains"],
    [
      { mcpServers: { a: { command: "x", arg: [] } } },
      'did you mean "mcpServers.a.args"?',
    ],
    [
      { mcpServers: { a: { type: "http", url: "http://h/", header: {} } } },
      'did you mean "mcpServers.a.headers"?',
    ],
    [{ toolConfig: { askUserQuestions: {} } }, '"toolConfig.askUserQuestion"?'],
    [{ toolConfig: { askUserQuestion: { format: "html" } } }, "previewFormat"],
  ];
  for (const [options, said] of rows) {
    const error = assertThrows(() => checkOptions(options as SessionOptions));
    assertInstanceOf(error, ConfigError);
    assertStringIncludes(error.message, said);
  }
});

Deno.test("the error of a variable names it, and shows no value", () => {
  const env = { SECRET: "hunter2", PORT: 8080 };
  const error = assertThrows(
    () => checkOptions({ env } as unknown as SessionOptions),
    ConfigError,
  );
  assertStringIncludes(error.message, "PORT");
  assertEquals(error.message.includes("hunter2"), false);
});

/** Options whose wrong values are shown: closed lists, numbers, switches, rules and names. */
const PUBLIC: ReadonlySet<string> = new Set(
  Object.entries(ENTRIES).flatMap(([name, { kind }]) =>
    kind.isPublic === true ? [name] : []
  ),
);

Deno.test("an option whose wrong values are shown takes no text of the caller's own", () => {
  // These are lists of rules and names that the model knows, too.
  const named = ["allowedTools", "disallowedTools", "builtinTools", "skills"];
  for (const name of PUBLIC) {
    const open = spotsOf(name).filter(({ kind }) => isOf(kind, "hunter2"));
    assert(
      open.length === 0 || named.includes(name),
      `a wrong value of ${name} may hold a secret: its kind must not be public`,
    );
  }
  assert(PUBLIC.size > 40);
});

Deno.test("the error of an option shows its value if it can hold no secret, and else never", () => {
  // No option takes it; as a list it is no rule and no path either.
  for (const value of ["not, 5 of (them", ["\0not, 5 of (them"]]) {
    for (const name of OPTION_NAMES) {
      let message = "";
      try {
        checkOptions({ [name]: value } as SessionOptions);
      } catch (error) {
        assertInstanceOf(error, ConfigError);
        message = error.message;
      }
      if (PUBLIC.has(name)) {
        assertStringIncludes(message, `got ${JSON.stringify(value)}`, name);
      } else assertEquals(message.includes("not, 5 of"), false, message);
    }
  }
});

Deno.test("what looks like a key is masked in every option, and what is long is not shown", () => {
  const key = `sk-ant-api03-${"x".repeat(40)}`;
  for (const name of OPTION_NAMES) {
    for (const value of [key, [key], [`Bash(${key}`]]) {
      try {
        checkOptions({ [name]: value } as SessionOptions);
      } catch (error) {
        assertEquals(`${error}`.includes(key), false, name);
      }
    }
  }
  const long = assertThrows(() =>
    checkOptions({ turnTimeoutMs: "5 ".repeat(300) } as never)
  );
  assertStringIncludes(`${long}`, "got a text of 600 characters");
});

Deno.test("a flag in extraArgs beside the option that stands for it is refused, in every form", () => {
  const rows: readonly (readonly [SessionOptions, string, string])[] = [
    [
      { model: "opus", extraArgs: ["--model", "haiku"] },
      '"--model"',
      "option model,",
    ],
    [{ model: "opus", extraArgs: ["--model=haiku"] }, '"--model"', "model,"],
    [{ model: "opus", extraArgs: { model: "haiku" } }, '"--model"', "model,"],
    [{ effort: "low", extraArgs: ["--effort=max"] }, '"--effort"', "effort,"],
    [
      { thinking: "off", extraArgs: { thinking: "adaptive" } },
      '"--thinking"',
      "thinking,",
    ],
    [
      { permissionMode: "plan", extraArgs: ["--permission-mode=auto"] },
      '"--permission-mode"',
      "permissionMode,",
    ],
    [{ resume: "last", extraArgs: ["-c"] }, '"--continue"', "resume,"],
    [{ resume: "an-id", extraArgs: ["-r", "x"] }, '"--resume"', "resume,"],
    [
      { settingSources: [], extraArgs: ["--setting-sources=user"] },
      '"--setting-sources"',
      "settingSources,",
    ],
    [
      { limits: { maxTurns: 3 }, extraArgs: { "max-turns": "9" } },
      '"--max-turns"',
      "limits,",
    ],
  ];
  for (const [options, flag, option] of rows) {
    const error = assertThrows(() => checkOptions(options), ConfigError);
    assertEquals(error.option, "extraArgs");
    assertStringIncludes(error.message, `Cannot pass ${flag} in extraArgs`);
    assertStringIncludes(error.message, option);
    // Each by itself will do.
    const { extraArgs, ...others } = options;
    checkOptions({ extraArgs: extraArgs ?? [] });
    checkOptions(others);
  }
  // These add up, and a value is no flag.
  checkOptions({ allowedTools: ["Read"], extraArgs: ["--allowedTools=Edit"] });
  checkOptions({ addDirs: ["/a"], extraArgs: ["--add-dir", "/b"] });
  checkOptions({ model: "opus", extraArgs: ["--chrome", "model"] });
});
