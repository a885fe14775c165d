// Command lines are read as meant, and wrong ones are refused with what was meant.

import { assertEquals, assertThrows } from "@std/assert";
import { FLAG_LIST, type Flags } from "./flags.ts";
import { type Invocation, parse } from "./parse.ts";
import { UsageError } from "../failure/usage_error.ts";

function run(args: readonly string[]): Invocation {
  const request = parse(args);
  if (request.do !== "run") throw new Error(`Not a run: ${request.do}`);
  return request;
}

const FLAGS:
  readonly (readonly [readonly string[], Flags, readonly string[]])[] = [
    [["x"], {}, ["x"]],
    [["-m", "opus", "x", "y"], { model: "opus" }, ["x", "y"]],
    [["x", "-mopus"], { model: "opus" }, ["x"]],
    [["x", "-m=opus"], { model: "opus" }, ["x"]],
    [["--model=a=b", "x"], { model: "a=b" }, ["x"]],
    [["--model", "=sonet", "x"], { model: "sonet" }, ["x"]],
    [["--model", "gpt-oss", "x"], { model: "gpt-oss" }, ["x"]],
    [["--model", "claude-sonnet-4-6", "x"], { model: "claude-sonnet-4-6" }, [
      "x",
    ]],
    [["--model", "-5", "x"], { model: "-5" }, ["x"]],
    [["-s", "- be brief", "x"], { systemPrompt: "- be brief" }, ["x"]],
    [["-s=--json", "x"], { systemPrompt: "--json" }, ["x"]],
    [["-m", "a", "-m", "b"], { model: "b" }, []],
    [["-cq", "x"], { continue: true, quiet: true }, ["x"]],
    [["-qm", "opus", "x"], { quiet: true, model: "opus" }, ["x"]],
    [["--no-footer", "x"], { footer: false }, ["x"]],
    [["--footer", "x"], { footer: true }, ["x"]],
    [["--no-color", "x"], { color: "never" }, ["x"]],
    [["--color", "always", "x"], { color: "always" }, ["x"]],
    [["--no-stdin", "x"], { stdin: false }, ["x"]],
    [["--json-output", "x"], { json: true }, ["x"]],
    [["--allow", "Read", "--allow=Bash(a, b)"], {
      allow: ["Read", "Bash(a, b)"],
    }, []],
    [["--timeout", "5"], { timeoutMs: 5000 }, []],
    [["--timeout", "500ms"], { timeoutMs: 500 }, []],
    [["--timeout", "1.5m"], { timeoutMs: 90_000 }, []],
    [["--timeout", "1h"], { timeoutMs: 3_600_000 }, []],
    [["--max-turns", "3"], { maxTurns: 3 }, []],
    [["--max-budget-usd", ".5"], { maxBudgetUsd: 0.5 }, []],
    [["007", "-", "-1", "1e3"], {}, ["007", "-", "-1", "1e3"]],
    [["--permission-mode", "manual"], { permissionMode: "manual" }, []],
  ];

for (const [args, flags, words] of FLAGS) {
  Deno.test(`parse reads: send ${args.join(" ")}`, () => {
    const request = run(["send", ...args]);
    assertEquals(request.flags, flags);
    assertEquals(request.words, words);
    assertEquals(request.literal, []);
  });
}

const ERRORS: readonly (readonly [readonly string[], string])[] = [
  [["send", "--permission-mode", "yolo"], "expected default, acceptE"],
  [[], "Cannot start: no command"],
  [["snd"], 'Unknown command "snd", did you mean "send"?'],
  [["version"], 'here it is "claudestream --version"'],
  [["chat"], 'here it is "claudestream repl"'],
  [["what is this"], 'Unknown command "what is this"'],
  [["send", "--modle", "x"], 'Unknown flag "--modle", did you mean "--model"?'],
  [["send", "-model", "x"], 'Unknown flag "-model", did you mean "--model"?'],
  [["send", "-z"], 'Unknown flag "-z"'],
  [["send", "-qz"], 'Unknown flag "-z" in "-qz"'],
  [["send", "--model"], "Cannot use --model: its value is missing"],
  [["send", "--model", "--json"], "Cannot use --model: its value is missing"],
  [["send", "-m", "-q"], "Cannot use --model: its value is missing"],
  [["send", "--model="], 'Cannot use "" as --model: expected a text'],
  [["ask", "--json=text,"], '"text," as --json: expected names of fields'],
  [["send", "-q=yes"], "Cannot give -q a value: it takes none"],
  [["send", "--no-footer=1"], "Cannot give --no-footer a value: it takes none"],
  [["send", "--no-json"], 'Unknown flag "--no-json"'],
  [["ask", "--raw", "x"], 'Cannot use --raw with "ask"'],
  [["repl", "--json"], 'Cannot use --json with "repl"'],
  [["ask", "--footer"], 'Cannot use --footer with "ask"'],
  [["send", "--timeout", "0"], 'Cannot use "0" as --timeout'],
  [["send", "--timeout", "1h30m"], "one number and its unit, ms, s, m or h"],
  [["send", "--timeout", "5 m"], 'Cannot use "5 m" as --timeout'],
  [["send", "--timeout", "-5"], 'Cannot use "-5" as --timeout'],
  [["send", "--timeout", "999h"], "expected at most 24 days"],
  [["send", "--max-turns", "1.5"], 'Cannot use "1.5" as --max-turns'],
  [["send", "--max-turns", "0x10"], 'Cannot use "0x10" as --max-turns'],
  [["send", "--max-budget-usd", "free"], 'Cannot use "free"'],
  [["send", "--color", "sometimes"], "expected auto, always or never"],
  [["send", "--permission-mode", "plann"], 'did you mean "plan"?'],
];

for (const [args, message] of ERRORS) {
  Deno.test(`parse refuses: ${args.join(" ")}`, () => {
    assertThrows(() => parse(args), UsageError, message);
  });
}

Deno.test("parse takes everything behind -- as words", () => {
  const request = run(["send", "a", "--", "--json", "-", "--help"]);
  assertEquals(request.words, ["a"]);
  assertEquals(request.literal, ["--json", "-", "--help"]);
  assertEquals(request.flags, {});
});

Deno.test("parse finds the command behind flags", () => {
  assertEquals(run(["-m", "opus", "ask", "x"]).command, "ask");
});

Deno.test("parse gives help before any complaint", () => {
  assertEquals(parse(["--help"]), { do: "help", topic: undefined });
  assertEquals(parse(["ask", "--bogus", "-h"]), { do: "help", topic: "ask" });
  assertEquals(parse(["ask", "-qh"]), { do: "help", topic: "ask" });
  // A request for help with it says that there is no such command.
  assertEquals(parse(["strem", "--help"]), { do: "help", topic: "strem" });
  assertEquals(parse(["help", "exit-codes"]), {
    do: "help",
    topic: "exit-codes",
  });
});

Deno.test("parse gives the version", () => {
  for (const args of [["-V"], ["send", "--version"]]) {
    assertEquals(parse(args), { do: "version", flags: { version: true } });
  }
  assertEquals(parse(["--version", "--json"]), {
    do: "version",
    flags: { version: true, json: true },
  });
});

Deno.test("a model that is nearly one of the usual names is a slip", () => {
  for (
    const [name, meant] of [["sonet", "sonnet"], ["opsu", "opus"]] as const
  ) {
    assertThrows(
      () => parse(["ask", "x", "--model", name]),
      UsageError,
      `did you mean "${meant}"?`,
    );
  }
});

/** Every flag that has few values, and a slip in one of them. */
const SLIPS: Readonly<Record<string, readonly [slip: string, meant: string]>> =
  {
    "permission-mode": ["acceptEdit", "acceptEdits"],
    effort: ["hihg", "high"],
    until: ["task", "tasks"],
    stats: ["jsn", "json"],
    format: ["markdwon", "markdown"],
    color: ["alway", "always"],
    as: ["steam", "stream"],
  };

Deno.test("each flag with few values takes all of them, and knows a slip and what is none", () => {
  const chosen = FLAG_LIST.filter(([, { values }]) => values !== undefined);
  assertEquals(
    chosen.map(([, { name }]) => name).sort(),
    Object.keys(SLIPS).sort(),
  );
  for (const [key, { name, values = [], also = [], commands }] of chosen) {
    const command = commands?.[0] ?? "send";
    const given = (value: string) => [command, "x", `--${name}=${value}`];
    for (const value of [...values, ...also]) {
      assertEquals(run(given(value)).flags[key], value);
    }
    const [slip, meant] = SLIPS[name] ?? ["", ""];
    assertThrows(
      () => parse(given(slip)),
      UsageError,
      `Cannot use "${slip}" as --${name}: did you mean "${meant}"?`,
    );
    assertThrows(
      () => parse(given("zzzzzzzz")),
      UsageError,
      `as --${name}: expected ${values[0]}`,
    );
  }
});
