// A flag of `claude` or of the SDKs is taken, or told what it is called here.

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  OPTIONS_LEFT_OUT,
  OPTIONS_RENAMED,
} from "../../../scripts/drift_left_out.ts";
import { OPTION_NAMES } from "../../options/table.ts";
import { isCommand } from "./command_names.ts";
import { ELSEWHERE, explained } from "./elsewhere.ts";
import { CLAUDE_FLAGS, HIDDEN_CLAUDE_FLAGS } from "../fixtures/claude_flags.ts";
import { FLAG_LIST } from "./flags.ts";
import { parse } from "./parse.ts";
import { UnknownFlagError, UsageError } from "../failure/usage_error.ts";

/** Names of the Python SDK that are other ones than those of the TypeScript SDK. */
const PYTHON = [
  "add_dirs",
  "can_use_tool",
  "cli_path",
  "continue_conversation",
  "enable_file_checkpointing",
  "max_buffer_size",
  "permission_prompt_tool_name",
  "user",
];

/** What the command line says to a flag, or that it takes it. */
function said(flag: string): { message: string; hint: string } | "taken" {
  try {
    parse(["send", "x", flag]);
    return "taken";
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    // A value is wanted, or the flag belongs to another command.
    if (!error.message.startsWith("Unknown flag")) return "taken";
    const { message, hint = "" } = error instanceof UnknownFlagError
      ? explained(error)
      : error;
    return { message, hint };
  }
}

const WRITTEN = [
  ...CLAUDE_FLAGS,
  ...HIDDEN_CLAUDE_FLAGS,
  ...[...OPTION_NAMES, ...Object.keys(OPTIONS_RENAMED)].map((name) =>
    `--${name}`
  ),
  ...Object.keys(OPTIONS_LEFT_OUT).map((name) => `--${name}`),
  ...PYTHON.map((name) => `--${name}`),
  // llm, mods, aichat, gh
  "--jq",
  "--template",
  "--no-stream",
  "--role",
  "--usage",
];

for (const flag of WRITTEN) {
  Deno.test(`send ${flag}: taken, or told where it is`, () => {
    const answer = said(flag);
    if (answer === "taken") return;
    assertMatch(
      answer.message,
      /^Unknown flag "[^"]+": (here it is "|it is no flag here|there is none like it here)/,
    );
    if (answer.message.includes("here it is")) return;
    assert(answer.hint !== "");
    const [, name] = /the option (\w+)/.exec(answer.hint) ?? [];
    assert(name === undefined || OPTION_NAMES.has(name), answer.hint);
  });
}

Deno.test("a flag is known however it is written", () => {
  for (const flag of ["--maxTurns", "--max_turns", "--MaxTurns"]) {
    assertEquals(said(flag), {
      message: `Unknown flag "${flag}": here it is "--max-turns"`,
      hint: "",
    });
  }
  for (
    const flag of ["--allowedTools", "--allowed-tools", "--allowed_tools=Read"]
  ) {
    const answer = said(flag);
    assert(answer !== "taken");
    assert(answer.message.endsWith('here it is "--allow RULES"'));
  }
});

Deno.test("a name that the table gives exists", () => {
  const flags = new Set(
    FLAG_LIST.flatMap(([, { name, alias = "" }]) => [
      `--${name}`,
      `--no-${name}`,
      `-${alias}`,
    ]),
  );
  for (const place of ELSEWHERE) {
    if ("option" in place) {
      const [name = ""] = place.option.split(".");
      assert(OPTION_NAMES.has(name), place.option);
      continue;
    }
    const text = "here" in place
      ? `${place.here} ${place.note ?? ""}`
      : place.not;
    // What is claude's own is named as such.
    const ours = text.replace(/claude --\S+/g, "");
    for (const [flag] of ours.matchAll(/(?<![\w-])--?[a-zA-Z][\w-]*/g)) {
      assert(flags.has(flag), `${flag} in "${text}"`);
    }
    for (const [, command = ""] of text.matchAll(/claudestream ([a-z]+)/g)) {
      assert(isCommand(command), `${command} in "${text}"`);
    }
    for (const [, name = ""] of text.matchAll(/the option (\w+)/g)) {
      assert(OPTION_NAMES.has(name), name);
    }
  }
});

Deno.test("no option of the library is said to be nowhere", () => {
  for (const name of OPTION_NAMES) {
    const answer = said(`--${name}`);
    // Variables are given by the shell.
    if (answer === "taken" || name === "env") continue;
    assert(
      !answer.message.includes("there is none like it"),
      `${name} is an option now: mend PLACES in src/cli/flags/elsewhere.ts`,
    );
  }
});
