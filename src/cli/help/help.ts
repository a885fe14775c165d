/**
 * The texts of `help`. Pure.
 *
 * @module
 */

import { closest } from "../../util/closest.ts";
import {
  type CommandName,
  COMMANDS,
  isCommand,
} from "../flags/command_names.ts";
import type { FlagSpec } from "../flags/flag_spec.ts";
import { flagsOf } from "../flags/parse.ts";
import { TOPICS } from "./topics.ts";
import { UsageError } from "../failure/usage_error.ts";

/** What the overview begins with. */
export const OVERVIEW = `Talk to Claude Code from the command line.

Examples
  claudestream send "explain this repo"
  git diff | claudestream ask "write a commit message"
  claudestream stream "write a poem" -m opus
  claudestream send "run the tests and fix what fails" --allow Edit --allow 'Bash(deno *)'
  claudestream events "debug this" | jq -r 'select(.type == "tool_use").name'
  claudestream repl --continue
  claudestream demo
`;

/** Usage and examples of each command. */
export const USAGE: Readonly<
  Record<CommandName, { readonly usage: string; readonly examples: string }>
> = {
  send: {
    usage: "send PROMPT… [flags]",
    examples: `  claudestream send "explain this file" --model sonnet
  cat error.log | claudestream send "what went wrong?"
  claudestream send --json "count to three" > events.ndjson
`,
  },
  stream: {
    usage: "stream PROMPT… [flags]",
    examples: `  claudestream stream "write a poem" -m opus
  claudestream stream --continue "and now in French"
`,
  },
  ask: {
    usage: "ask PROMPT… [flags]",
    examples: `  claudestream ask "a name for a cat" > name.txt
  git diff | claudestream ask "write a commit message"
  claudestream ask --json "what is 2+2?" | jq .costUsd
  claudestream ask "invent a person" --schema 'name, age int'
  claudestream ask "what is in it?" -a photo.png -a report.pdf
  claudestream ask "a Python script that sorts lines" -x -o sort.py
  claudestream ask "hello" --dry-run | jq .args
`,
  },
  agent: {
    usage: "agent [list | info NAME | validate [NAME…] | run NAME [PROMPT…]]",
    examples: `  claudestream agent
  claudestream agent info reviewer
  claudestream agent validate reviewer .claudestream/agents/*.jsonc
  claudestream agent run reviewer --var path=src/main.ts
  git diff | claudestream agent run reviewer --var path=@name.txt "Mind the tests"
  claudestream ask --agent reviewer --var path=src/main.ts --json

An agent is a file .claudestream/agents/NAME.agent.jsonc of this folder or of the
home folder; NAME can also be the path of one. What the words and a pipe say
comes after what the agent asks. Flags count before what the file says.
`,
  },
  batch: {
    usage: "batch FILE [flags]",
    examples: `  claudestream batch questions.jsonl --out answers.jsonl
  claudestream batch rows.jsonl --prompt 'Translate: {{text}}' --jobs 8 --out fr.jsonl
  claudestream batch rows.jsonl --schema 'name, age int' --budget 5 --rate 30/m --out people.jsonl
  claudestream batch rows.jsonl --out part-1.jsonl --shard 1/4
  jq -Rc '{prompt: .}' lines.txt | claudestream batch - --out answers.jsonl

A line of FILE is an object: {"prompt": "…"}, with "id", "model", "effort",
"systemPrompt", "schema" and "maxTurns" if wanted; with --prompt it is any
object. To go on after an end of any kind, run the same command again.
`,
  },
  events: {
    usage: "events PROMPT… [flags]",
    examples: `  claudestream events "debug this" | jq -c .type
  claudestream events "debug this" --filter tool_use,result
  claudestream events "debug this" --raw
  claudestream events "debug this" --control | jq -c 'select(.type == "control")'
`,
  },
  repl: {
    usage: "repl [flags]",
    examples: `  claudestream repl -m sonnet
  claudestream repl --resume 0b5f1c9e-7d1a-4c55-9d57-3f0c8a1b2c3d
  claudestream repl --resume          # choose a session
  claudestream repl < prompts.txt     # :commands work there, too

Within it :help lists the :commands and keys.
`,
  },
  record: {
    usage: "record FILE PROMPT… [flags]",
    examples: `  claudestream record bug.ndjson "fix the test" --allow Edit
`,
  },
  replay: {
    usage: "replay FILE [flags]",
    examples: `  claudestream replay bug.ndjson
  claudestream replay bug.ndjson --speed 4
  claudestream replay bug.ndjson --fast --as stream
  claudestream replay bug.ndjson --json | jq -c .type
`,
  },
  sessions: {
    usage: "sessions [ACTION] [SESSION] [flags]",
    examples: `  claudestream sessions
  claudestream sessions list parser --all --limit 20
  claudestream sessions show last --no-pager
  claudestream sessions search "race condition"
  claudestream sessions rename last "Move to the new parser"
  claudestream sessions tag last release
  claudestream sessions fork last "Another try"
  claudestream sessions export last --format html -o session.html
  claudestream sessions delete 0b5f1c9e --yes

SESSION is an id, the beginning of one (4 characters and more), a title, or last.
An empty title or tag ("") takes back the one that was there.
`,
  },
  config: {
    usage: "config [show | path | edit | get KEY | set KEY VALUE…]",
    examples: `  claudestream config
  claudestream config set model sonnet
  claudestream config set allow Read 'Bash(git *)'
  claudestream config set configDir '~/.claude-work' --profile work
  claudestream send "hello" --profile work
  claudestream config set maxBudgetUsd 2 --project
  claudestream config edit
  claudestream config get model

Flags count before variables (CLAUDESTREAM_MAX_TURNS), these before a profile,
the project's file .claudestream/config.jsonc, and your own file. All settings,
and what a project's file may do: claudestream help settings
`,
  },
  models: {
    usage: "models [flags]",
    examples: `  claudestream models
  claudestream models --json | jq -r '.[].value'
`,
  },
  completions: {
    usage: "completions bash|zsh|fish|powershell",
    examples: `  source <(claudestream completions bash)
  source <(claudestream completions zsh)
  source <(claudestream completions bash key-binding)
  claudestream completions fish > ~/.config/fish/completions/claudestream.fish
  claudestream completions powershell | Out-String | Invoke-Expression
`,
  },
  doctor: {
    usage: "doctor [flags]",
    examples: `  claudestream doctor
  claudestream doctor --json | jq '.checks[] | select(.status != "ok")'
  claudestream doctor --cwd ../other --claude-path ~/bin/claude
`,
  },
  demo: {
    usage: "demo [flags]",
    examples: `  claudestream demo
  claudestream demo --fast
`,
  },
  schema: {
    usage: "schema [--type EVENT]",
    examples: `  claudestream schema > events.schema.json
  claudestream schema --type result | jq .required
`,
  },
  man: {
    usage: "man",
    examples: `  claudestream man > ~/.local/share/man/man1/claudestream.1
  claudestream man | man -l -
`,
  },
  help: {
    usage: "help [COMMAND | TOPIC]",
    examples: `  claudestream help stream
  claudestream help permissions
`,
  },
};

/**
 * Returns the help for a command or a topic, or the overview.
 *
 * @throws {UsageError} If there is no such command or topic.
 */
export function helpText(topic: string | undefined): string {
  if (topic === undefined) return overview();
  if (isCommand(topic)) return commandHelp(topic);
  const text = Object.hasOwn(TOPICS, topic) ? TOPICS[topic] : undefined;
  if (text !== undefined) return text;
  const names = [...Object.keys(COMMANDS), ...Object.keys(TOPICS)];
  const near = closest(topic, names);
  throw new UsageError(
    `Unknown topic ${JSON.stringify(topic)}${
      near === undefined ? "" : `, did you mean "${near}"?`
    }`,
    `There are: ${names.join(", ")}`,
  );
}

function overview(): string {
  const commands = Object.entries(COMMANDS);
  return `${OVERVIEW}
Commands
${table(commands)}
Topics
${
    table([
      ["exit-codes", "What the exit codes mean"],
      ["permissions", "Which tools may run, and who is asked"],
      ["prompt", "Where the prompt comes from"],
      ["settings", "What a configuration can hold"],
    ])
  }
The flags of a command: claudestream COMMAND --help
`;
}

function commandHelp(command: CommandName): string {
  const { usage, examples } = USAGE[command];
  return `${COMMANDS[command]}.

Examples
${examples}
Usage
  claudestream ${usage}

Flags
${table(flagsOf(command).map((spec) => [flagText(spec), spec.help]))}`;
}

/** A flag as it is written. */
export function flagText({ name, alias, value, negatable }: FlagSpec): string {
  const short = alias === undefined ? "    " : `-${alias}, `;
  const long = negatable === true && value === undefined
    ? `--[no-]${name}`
    : `--${name}`;
  return `${short}${long}${value === undefined ? "" : ` ${value}`}`;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`)
    .join("");
}
