/**
 * Finds the agent that `--agent` names: an agent file of claudestream, or an agent that `claude`
 * itself knows.
 *
 * @module
 */

import {
  type Agent,
  AGENT_FOLDER,
  type AgentValues,
  homeFolder,
  listAgents,
  loadAgent,
} from "../../agents/agent.ts";
import type { AgentOptions } from "../../agents/agent_file.ts";
import type { SystemPrompt } from "../../options/option_types.ts";
import type { SessionOptions } from "../../options/session_options.ts";
import { firstOf } from "../../permissions/combine.ts";
import type { Policy } from "../../permissions/policy_types.ts";
import type { Flags } from "../flags/flags.ts";
import type { Output } from "../output/output.ts";
import { UsageError } from "../failure/usage_error.ts";

/** An agent file with the values of its variables. */
export interface ChosenAgent {
  readonly agent: Agent;
  readonly options: AgentOptions;
  /** What it asks, if its file says so. */
  readonly prompt: string | undefined;
}

/**
 * Returns the agent file that `--agent` names; `undefined` without one, and for an agent of claude.
 *
 * @param read Reads the file that a value with `@` names.
 * @throws {UsageError} `--var` names no variable.
 * @throws {ConfigError} The file or the values are wrong.
 */
export async function chosenAgent(
  flags: Flags,
  read: (flag: string, value: string) => Promise<string>,
): Promise<ChosenAgent | undefined> {
  const { agent: name, var: given = [] } = flags;
  if (name === undefined || !await isFile(name, flags)) {
    if (given.length === 0) return undefined;
    throw new UsageError(
      name === undefined
        ? "Cannot use --var without an agent"
        : `Cannot use --var: there is no agent file of the name "${name}"`,
      "Name one with --agent; see all with: claudestream agent list",
    );
  }
  const agent = await loadAgent(name, placeOf(flags));
  const values = await valuesOf(given, read);
  return {
    agent,
    options: agent.options(values),
    prompt: agent.hasPrompt ? agent.prompt(values) : undefined,
  };
}

/** Whether a name is that of an agent file. Without the permission to look, it is none. */
async function isFile(name: string, flags: Flags): Promise<boolean> {
  if (/[/\\]|\.jsonc?$/.test(name)) return true;
  const { state } = Deno.permissions.querySync({ name: "read" });
  if (state !== "granted") return false;
  const agents = await listAgents(placeOf(flags));
  return agents.some((agent) => agent.name === name);
}

/** Where agent files are looked for. */
export function placeOf(
  { cwd, dir }: Flags,
): { readonly cwd?: string; readonly dirs?: readonly string[] } {
  if (dir !== undefined) return { dirs: dir };
  return cwd === undefined ? {} : { cwd };
}

async function valuesOf(
  given: readonly string[],
  read: (flag: string, value: string) => Promise<string>,
): Promise<AgentValues> {
  const values: Record<string, string> = {};
  for (const text of given) {
    const at = text.indexOf("=");
    const name = text.slice(0, at).trim();
    if (at < 1 || name === "") {
      throw new UsageError(
        `Cannot use ${JSON.stringify(text)} as --var: expected NAME=VALUE`,
        "NAME=@FILE reads the value from a file",
      );
    }
    if (Object.hasOwn(values, name)) {
      throw new UsageError(`Cannot use --var ${name} twice`);
    }
    values[name] = await read(`--var ${name}`, text.slice(at + 1));
  }
  return values;
}

/**
 * Adds the options of an agent to those of the flags, which count before them. Rules of `--deny`
 * and the file's both hold.
 */
export function withAgent(
  chosen: ChosenAgent | undefined,
  options: SessionOptions,
): SessionOptions {
  if (chosen === undefined) return options;
  const { agent: _, ...own } = options;
  const { policy, systemPrompt, disallowedTools = [], ...file } =
    chosen.options;
  const denied = [...disallowedTools, ...own.disallowedTools ?? []];
  const prompt = joinedPrompt(systemPrompt, own.systemPrompt);
  const policies = [own.policy, policy].filter((each) => each !== undefined);
  const allowing = policies as [Policy, ...Policy[]];
  return {
    ...file,
    ...own,
    ...prompt === undefined ? {} : { systemPrompt: prompt },
    ...denied.length === 0 ? {} : { disallowedTools: denied },
    ...policies.length === 0 ? {} : { policy: firstOf(...allowing) },
    limits: { ...file.limits, ...own.limits },
  };
}

type PromptOption = SessionOptions["systemPrompt"];

/** `--system-prompt` replaces that of the file, `--append-system-prompt` comes after it. */
function joinedPrompt(file: PromptOption, flags: PromptOption): PromptOption {
  if (flags === undefined || file === undefined) return flags ?? file;
  const { text, append } = flags as SystemPrompt;
  if (text !== undefined) return flags;
  if (typeof file === "string" || Array.isArray(file)) {
    return { text: file, append } as SystemPrompt;
  }
  const before = (file as SystemPrompt).append;
  return {
    ...file as SystemPrompt,
    append: before === undefined ? append : `${before}\n\n${append}`,
  } as SystemPrompt;
}

/** Returns what the agent of `--agent` asks. Says so if it hides another one. */
export async function agentPrompt(
  flags: Flags,
  read: (flag: string, value: string) => Promise<string>,
  output: Output,
): Promise<string | undefined> {
  const chosen = await chosenAgent(flags, read);
  const note = await hidingNote(flags, chosen);
  if (note !== undefined && flags.quiet !== true) {
    await output.stderr(`claudestream: ${note}\n`);
  }
  return chosen?.prompt;
}

/**
 * Says that the agent of this folder hides one of the same name in the home folder: a folder of
 * somebody else could otherwise take the place of a known agent in silence.
 */
async function hidingNote(
  flags: Flags,
  chosen: ChosenAgent | undefined,
): Promise<string | undefined> {
  const home = homeFolder();
  if (chosen === undefined || flags.agent === undefined) return undefined;
  if (home === undefined || /[/\\]|\.jsonc?$/.test(flags.agent)) {
    return undefined;
  }
  const folder = `${home}/${AGENT_FOLDER}`;
  const { path } = chosen.agent;
  if (path.startsWith(`${folder}/`)) return undefined;
  const own = await listAgents({ dirs: [folder] });
  const hidden = own.find(({ name }) => name === flags.agent);
  if (hidden === undefined || await isSame(path, hidden.path)) return undefined;
  return `the agent "${flags.agent}" is that of this folder (${path}), not ${hidden.path}`;
}

async function isSame(a: string, b: string): Promise<boolean> {
  return await Deno.realPath(a) === await Deno.realPath(b);
}
