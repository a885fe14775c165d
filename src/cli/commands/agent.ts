import "../text/exact_width.ts";
import {
  type Agent,
  type AgentEntry,
  AgentFileError,
  listAgents,
  loadAgent,
} from "../../agents/agent.ts";
import type { AgentVariable } from "../../agents/agent_file.ts";
import { ConfigError } from "../../errors.ts";
import { placeOf } from "../agents/agent_choice.ts";
import { EXIT } from "../failure/exit_code.ts";
import { jsonLine, jsonList, picked } from "../output/json_line.ts";
import { oneLine } from "../text/one_line.ts";
import type { Output } from "../output/output.ts";
import { FLAGS, type Flags } from "../flags/flags.ts";
import type { Invocation } from "../flags/parse.ts";
import { styled, widthOf } from "../text/terminal.ts";
import { UsageError } from "../failure/usage_error.ts";
import { type Action, type Call, runAction } from "./_actions.ts";
import { stream } from "./stream.ts";

const LIST_FIELDS = [
  "name",
  "version",
  "description",
  "path",
  "isValid",
] as const;
const INFO_FIELDS = [
  "name",
  "version",
  "description",
  "path",
  "variables",
  "hasPrompt",
  "policy",
  "options",
] as const;
const ISSUE_FIELDS = ["name", "path", "isValid", "issues"] as const;

const ACTIONS: Readonly<Record<string, Action>> = {
  list: { usage: "", words: [0, 0], fields: LIST_FIELDS, run: list },
  info: { usage: "NAME", words: [1, 1], fields: INFO_FIELDS, run: info },
  validate: {
    usage: "[NAME…]",
    words: [0, Infinity],
    fields: ISSUE_FIELDS,
    run: validate,
  },
};

/** The names of the actions. */
export const AGENT_ACTIONS: readonly string[] = [
  "run",
  ...Object.keys(ACTIONS),
];

/** Flags that `agent list`, `info` and `validate` take. */
const LOOKING_FLAGS: ReadonlySet<string> = new Set([
  "cwd",
  "dir",
  "json",
  "color",
  "quiet",
]);

/** `agent`: runs an agent of a file, and looks at them. */
export async function agent(
  invocation: Invocation,
  output: Output,
): Promise<number> {
  const { words, flags, typed } = invocation;
  const [action = "list", name, ...prompt] = words;
  if (action === "run") {
    if (name === undefined) {
      throw new UsageError(
        "Cannot run an agent: none was named",
        "As in: claudestream agent run reviewer --var path=main.ts; see all with: claudestream agent list",
      );
    }
    // An agent of claude itself is none of a file: the error says what there is.
    await loadAgent(name, placeOf(flags));
    return await stream({
      ...invocation,
      words: prompt,
      flags: { ...flags, agent: name },
    }, output);
  }
  if (action === "list" || Object.hasOwn(ACTIONS, action)) {
    // A setting that only a run needs is no fault of who looks.
    const other = Object.keys(typed).find((key) => !LOOKING_FLAGS.has(key));
    if (other !== undefined) {
      throw new UsageError(
        `Cannot use --${
          FLAGS[other as keyof Flags].name
        } with "agent ${action}": it belongs to agent run`,
      );
    }
  }
  const actions = {
    table: { run: { usage: "NAME [PROMPT…]", words: [1, 1], run }, ...ACTIONS },
    first: "list",
    hint: "NAME is the name of an agent, or a file",
  } as const;
  return await runAction(actions, invocation, output);
}

function run(): never {
  throw new TypeError("agent run is no action that only looks");
}

/** What a list says of an agent. */
interface Row {
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  readonly path: string;
  readonly isValid: boolean;
}

async function list({ flags, output }: Call): Promise<void> {
  const agents = await listAgents(placeOf(flags));
  const rows = await Promise.all(agents.map(rowOf));
  if (flags.json !== undefined) {
    return await output.stdout(jsonList(rows, flags.json));
  }
  if (rows.length === 0) {
    return await output.stderr(
      "claudestream: there is no agent; one is a file such as .claudestream/agents/reviewer.agent.jsonc\n",
    );
  }
  const columns = output.terminals.stdout ? output.columns : 1000;
  const cells = rows.map(({ name, version = "", description = "", isValid }) =>
    [
      name,
      version,
      isValid
        ? description
        : `(cannot be used: see claudestream agent validate ${name})`,
    ].map((cell) => oneLine(cell, columns))
  );
  const [first = 0, second = 0] = [0, 1].map((at) =>
    Math.max(...cells.map((row) => widthOf(row[at] ?? "")))
  );
  const padded = (text: string, width: number) =>
    text + " ".repeat(width - widthOf(text));
  const room = Math.max(8, columns - first - second - 4);
  for (const [name = "", version = "", about = ""] of cells) {
    const line = `${padded(name, first)}  ${padded(version, second)}  ${
      oneLine(about, room)
    }`;
    await output.stdout(`${line.trimEnd()}\n`);
  }
}

async function rowOf({ name, path }: AgentEntry): Promise<Row> {
  try {
    const { version, description } = await loadAgent(path);
    return {
      name,
      ...version === undefined ? {} : { version },
      ...description === undefined ? {} : { description },
      path,
      isValid: true,
    };
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof AgentFileError)) {
      throw error;
    }
    return { name, path, isValid: false };
  }
}

async function info(
  { words: [name = ""], flags, output }: Call,
): Promise<void> {
  const agent = await loadAgent(name, placeOf(flags));
  const { policy: _policy, ...options } = agent.options(placeholders(agent));
  const facts = {
    name: agent.name,
    version: agent.version,
    description: agent.description,
    path: agent.path,
    variables: agent.variables,
    hasPrompt: agent.hasPrompt,
    policy: agent.policy,
    options,
  } satisfies Record<typeof INFO_FIELDS[number], unknown>;
  if (flags.json !== undefined) {
    return await output.stdout(jsonLine(picked(facts, flags.json)));
  }
  const { variables, options: _, policy, ...plain } = facts;
  const lines = [
    ...Object.entries(plain).filter(([, value]) => value !== undefined),
    ...Object.entries({ ...policy === undefined ? {} : { policy }, ...options })
      .map(([key, value]) => [
        key,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    ...Object.entries(variables).map(([key, variable]) => [
      `{{${key}}}`,
      variableText(variable),
    ]),
  ];
  for (const [key, value] of lines) {
    await output.stdout(`${key}: ${oneLine(String(value), 1000)}\n`);
  }
}

/** Values that stand for themselves, so that an agent can be looked at without any. */
function placeholders({ variables }: Agent): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, { default: usual, values }]) => [
      name,
      usual ?? values?.[0] ?? `{{${name}}}`,
    ]),
  );
}

function variableText(
  { description, default: usual, values }: AgentVariable,
): string {
  return [
    ...description === undefined ? [] : [description],
    ...values === undefined ? [] : [`one of ${values.join(", ")}`],
    usual === undefined ? "required" : `default: ${usual}`,
  ].join("; ");
}

async function validate({ words, flags, output }: Call): Promise<number> {
  const names = words.length > 0
    ? words
    : (await listAgents(placeOf(flags))).map(({ path }) => path);
  const checked = [];
  for (const name of names) {
    try {
      const agent = await loadAgent(name, placeOf(flags));
      checked.push({
        name: agent.name,
        path: agent.path,
        version: agent.version,
        isValid: true,
        issues: [],
      });
    } catch (error) {
      if (!(error instanceof AgentFileError)) throw error;
      const { path, issues } = error;
      checked.push({ name, path, isValid: false, issues });
    }
  }
  if (flags.json !== undefined) {
    await output.stdout(jsonList(checked, flags.json));
  } else {
    for (const { name, path, version, isValid, issues } of checked) {
      if (isValid) {
        const suffix = version === undefined ? "" : ` v${version}`;
        await output.stdout(`Valid: ${oneLine(name + suffix, 200)}\n`);
      }
      for (const { line, column, message } of issues) {
        await output.stderr(
          styled("red", `${path}:${line}:${column}:`),
          ` ${message}\n`,
        );
      }
    }
  }
  return checked.every(({ isValid }) => isValid) ? EXIT.done : EXIT.failed;
}
