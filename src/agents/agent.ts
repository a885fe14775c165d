/**
 * Agents in files.
 *
 * @module
 */

import { ClaudeStreamError, ConfigError } from "../errors.ts";
import { closest } from "../util/closest.ts";
import { thrownText } from "../util/faults.ts";
import type { TextIssue } from "../util/jsonc.ts";
import {
  AGENT_NAME,
  type AgentFile,
  agentFileOf,
  type AgentOptions,
  type AgentPolicy,
  type AgentVariable,
  filled,
} from "./agent_file.ts";

/** Folders that are searched for agents. */
export interface AgentPlaceOptions {
  /**
   * The folder whose `.claudestream/agents` is looked in first.
   *
   * @default the working directory
   */
  readonly cwd?: string;
  /**
   * Folders with agent files, in place of `.claudestream/agents` of `cwd` and of the home
   * folder. The first that has the agent counts.
   */
  readonly dirs?: readonly string[];
}

/** Values for the variables of an agent, by their names. */
export type AgentValues = Readonly<Record<string, string>>;

/** An agent that a list names. */
export interface AgentEntry {
  /** Its name: that of the file without its extension. */
  readonly name: string;
  /** The file. */
  readonly path: string;
}

/** Where agents are, in the working directory and the home folder. */
export const AGENT_FOLDER = ".claudestream/agents";

const EXTENSIONS = [".agent.jsonc", ".agent.json"] as const;

/** An agent file that cannot be used. `message` names each place. */
export class AgentFileError extends ClaudeStreamError {
  /** The name of the class. */
  override readonly name = "AgentFileError";
  /** The file. */
  readonly path: string;
  /** All that is wrong, in the order of the file. */
  readonly issues: readonly TextIssue[];

  /** Made by {@linkcode loadAgent}. */
  constructor(
    path: string,
    issues: readonly TextIssue[],
    details: { readonly cause?: unknown } = {},
  ) {
    const lines = issues.map(({ line, column, message }) =>
      `${path}:${line}:${column}: ${message}`
    );
    super("config", `Cannot use the agent:\n  ${lines.join("\n  ")}`, details);
    this.path = path;
    this.issues = issues;
  }
}

/** An agent: who it is, what it may, and what it is asked. Made by {@linkcode loadAgent}. */
export class Agent {
  readonly #file: AgentFile;
  /** Its name. */
  readonly name: string;
  /** The file that it is from. */
  readonly path: string;
  /** What it is for. */
  readonly description?: string;
  /** Version of the agent, in the author's own scheme. */
  readonly version?: string;

  /** Made by {@linkcode loadAgent}. */
  constructor(name: string, path: string, file: AgentFile) {
    this.#file = file;
    this.name = name;
    this.path = path;
    if (file.description !== undefined) this.description = file.description;
    if (file.version !== undefined) this.version = file.version;
  }

  /** What its file allows, as it is written there; `undefined` if it says nothing. */
  get policy(): AgentPolicy | undefined {
    return this.#file.policy;
  }

  /** Whether its file says what it is asked. */
  get hasPrompt(): boolean {
    return this.#file.prompt !== undefined;
  }

  /** Its variables, by their names. */
  get variables(): Readonly<Record<string, AgentVariable>> {
    return this.#file.variables;
  }

  /**
   * Returns the options for the agent's session. Add your own to them:
   * `new AsyncSession({ ...agent.options(), cwd })`.
   *
   * @throws {ConfigError} Variables are missing, unknown or none of their values: all of them
   * are named.
   */
  options(values: AgentValues = {}): AgentOptions {
    const all = this.#values(values);
    const { systemPrompt, ...options } = this.#file.options;
    if (systemPrompt === undefined) return options;
    if (typeof systemPrompt === "string") {
      return { ...options, systemPrompt: filled(systemPrompt, all) };
    }
    return typeof systemPrompt === "object" && "append" in systemPrompt &&
        typeof systemPrompt.append === "string"
      ? {
        ...options,
        systemPrompt: {
          ...systemPrompt,
          append: filled(systemPrompt.append, all),
        },
      }
      : { ...options, systemPrompt };
  }

  /**
   * Returns its prompt, with the variables filled in.
   *
   * @throws {ConfigError} As {@linkcode Agent.options}; or the file has no prompt.
   */
  prompt(values: AgentValues = {}): string {
    const { prompt } = this.#file;
    if (prompt === undefined) {
      throw new ConfigError(
        "agent",
        `The agent "${this.name}" has no prompt: add the field "prompt" to ${this.path}`,
      );
    }
    return filled(prompt, this.#values(values));
  }

  #values(given: AgentValues): AgentValues {
    const { variables } = this.#file;
    const names = Object.keys(variables);
    const wrong = Object.keys(given).flatMap((name) => {
      if (Object.hasOwn(variables, name)) return [];
      const near = closest(name, names);
      return near === undefined
        ? [`there is no variable "${name}"`]
        : [`there is no variable "${name}", did you mean "${near}"?`];
    });
    const values: Record<string, string> = {};
    for (const [name, variable] of Object.entries(variables)) {
      const value = given[name] ?? variable.default;
      if (typeof value !== "string") {
        wrong.push(
          value === undefined
            ? `the variable "${name}" is missing`
            : `the variable "${name}" is no text`,
        );
      } else if (variable.values?.includes(value) === false) {
        wrong.push(
          `the variable "${name}" can be ${
            variable.values.map((one) => JSON.stringify(one)).join(", ")
          }, got ${JSON.stringify(value)}`,
        );
      } else values[name] = value;
    }
    if (wrong.length === 0) return values;
    throw new ConfigError(
      "agent",
      `Cannot use the agent "${this.name}": ${wrong.join("; ")}`,
      {
        hint: names.length === 0
          ? "It has no variables"
          : `Its variables: ${
            Object.entries(variables).map(([name, { description }]) =>
              description === undefined ? name : `${name} (${description})`
            ).join(", ")
          }`,
      },
    );
  }
}

/**
 * Loads an agent from its file, `.claudestream/agents/NAME.agent.jsonc`: JSON with comments.
 * The file says who the agent is (`model`, `systemPrompt`, …), what it may (`policy`,
 * `builtinTools`, `limits`, `budget`) and what it is asked (`prompt`); texts have
 * `{{variables}}`. It cannot name programs, servers or variables of the environment, nor
 * switch questions off: that is up to the caller. Needs `--allow-read`.
 *
 * @param name The name of an agent, or the path of a file: one with a `/`, or that ends with
 * `.json` or `.jsonc`.
 * @throws {AgentFileError} If the file cannot be used: all that is wrong, with line and column.
 * @throws {ConfigError} If there is no such agent; the message names the folders that were searched.
 *
 * @example
 * ```ts ignore
 * import { AsyncSession, loadAgent } from "@claudestream/core";
 *
 * const agent = await loadAgent("reviewer");
 * await using session = new AsyncSession(agent.options());
 * const { text } = await session.ask(agent.prompt({ path: "src/main.ts" }));
 * console.log(text);
 * ```
 */
export async function loadAgent(
  name: string,
  options: AgentPlaceOptions = {},
): Promise<Agent> {
  const path = await pathOf(name, options);
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (cause) {
    throw new ConfigError(
      "agent",
      `Cannot read the agent ${path}: ${thrownText(cause)}`,
      { cause },
    );
  }
  // Only who loads an agent pays for what reads it.
  const { readJsonc } = await import("../util/jsonc.ts");
  const reading = readJsonc(text);
  if ("issue" in reading) {
    throw new AgentFileError(path, [reading.issue], { cause: reading.cause });
  }
  const file = agentFileOf(reading.document);
  if ("length" in file) throw new AgentFileError(path, file);
  return new Agent(file.name ?? nameOf(path), path, file);
}

/**
 * Lists the agents that {@linkcode loadAgent} finds, by name. Does not look into the files.
 * Needs `--allow-read`.
 */
export async function listAgents(
  options: AgentPlaceOptions = {},
): Promise<readonly AgentEntry[]> {
  const found = new Map<string, AgentEntry>();
  for (const dir of dirsOf(options)) {
    for (const file of await filesIn(dir)) {
      const name = nameOf(file);
      if (!found.has(name)) found.set(name, { name, path: `${dir}/${file}` });
    }
  }
  return [...found.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

async function pathOf(
  name: string,
  options: AgentPlaceOptions,
): Promise<string> {
  if (typeof name === "string" && /[/\\]|\.jsonc?$/.test(name)) return name;
  const agents = await listAgents(options);
  const agent = agents.find((one) => one.name === name);
  if (agent !== undefined) return agent.path;
  if (typeof name !== "string" || !AGENT_NAME.test(name)) {
    throw new ConfigError(
      "agent",
      `Cannot load an agent: expected a name or a path, got ${
        typeof name === "string" ? JSON.stringify(name) : typeof name
      }`,
    );
  }
  const near = closest(name, agents.map((one) => one.name));
  throw new ConfigError(
    "agent",
    `Cannot find the agent "${name}": there is no ${name}${EXTENSIONS[0]} in ${
      dirsOf(options).join(", ")
    }`,
    near === undefined ? {} : { hint: `Did you mean "${near}"?` },
  );
}

function dirsOf({ cwd, dirs }: AgentPlaceOptions): readonly string[] {
  if (dirs !== undefined) return dirs;
  const home = homeFolder();
  return [cwd ?? ".", ...home === undefined ? [] : [home]]
    .map((folder) => `${folder}/${AGENT_FOLDER}`);
}

/** The home folder; `undefined` if it is not known, or may not be. */
export function homeFolder(): string | undefined {
  return variable("HOME") ?? variable("USERPROFILE");
}

function variable(name: string): string | undefined {
  // To read it without the permission would ask the person at the terminal.
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) || undefined : undefined;
}

async function filesIn(dir: string): Promise<readonly string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(dir));
    return entries
      .filter(({ name, isDirectory }) =>
        !isDirectory && EXTENSIONS.some((end) => name.endsWith(end)) &&
        AGENT_NAME.test(name)
      )
      .map(({ name }) => name)
      // If an agent has two files, the one with comments comes first.
      .sort((a, b) => a < b ? 1 : -1);
  } catch (error) {
    if (
      error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory
    ) return [];
    throw error;
  }
}

/** `/a/b/reviewer.agent.jsonc` → `reviewer` */
function nameOf(path: string): string {
  return path.replace(/^.*[/\\]/, "").replace(/(\.agent)?\.jsonc?$/, "");
}
