/**
 * Kinds of composite options about permissions, tools, agents and settings. Pure.
 *
 * @module
 */

import {
  anyOf,
  asJson,
  fields,
  JSON_OBJECT,
  type Kind,
  listOf,
  namedOf,
  OBJECT,
  oneOf,
  POSITIVE,
  TEXT,
  TEXTS,
  YES_OR_NO,
} from "../checks/kinds.ts";
import { ConfigError } from "../errors.ts";
import { RULES, SKILL_NAMES, TOOL_NAMES, WORD } from "./flag_lists.ts";
import { also, EFFORT, kind, PATH } from "./option_kinds.ts";
import {
  type AgentSpec,
  PERMISSION_MODES,
  type SandboxSettings,
  type ToolConfig,
} from "./option_types.ts";
import { isJson } from "./places.ts";

/** A permission mode. */
export const PERMISSION_MODE: Kind = oneOf(...PERMISSION_MODES);

/** The option `permissionPromptTool`. To the CLI "stdio" means the host; use a policy instead. */
export const PROMPT_TOOL: Kind = kind(
  "the name of an MCP tool, such as mcp__server__tool; for this process there is policy",
  (value) => WORD.fits(value) && value !== "stdio",
);

/** The option `builtinTools`. */
export const BUILTIN_TOOL_NAMES: Kind = anyOf(
  `${TOOL_NAMES.expected}; or "default"`,
  [oneOf("default"), TOOL_NAMES],
  true,
);

/** The option `skills`. */
export const SKILLS: Kind = anyOf(
  `${SKILL_NAMES.expected}; or "all"`,
  [oneOf("all"), SKILL_NAMES],
  true,
);

/** The option `toolAliases`. */
export const ALIASES: Kind = {
  expected: "an object of names of tools",
  fits: (value) =>
    OBJECT.fits(value) && Object.values(value as object).every(TEXT.fits),
  parts: { named: TEXT },
};

/** The option `toolConfig`. */
export const TOOL_CONFIG: Kind = fields<ToolConfig>({
  askUserQuestion: fields<NonNullable<ToolConfig["askUserQuestion"]>>({
    previewFormat: oneOf("markdown", "html"),
  }),
});

/** The fields of a kind of subagent. */
export const AGENT: { readonly [K in keyof AgentSpec]-?: Kind } = {
  description: TEXT,
  prompt: TEXT,
  tools: RULES,
  disallowedTools: RULES,
  model: TEXT,
  mcpServers: listOf(
    anyOf("a name or a server", [TEXT, OBJECT]),
    "a list of names and servers",
  ),
  skills: SKILL_NAMES,
  initialPrompt: TEXT,
  maxTurns: POSITIVE,
  background: YES_OR_NO,
  omitClaudeMd: YES_OR_NO,
  memory: oneOf("user", "project", "local"),
  effort: kind(
    `${EFFORT.expected}, or a whole number`,
    (value) => Number.isSafeInteger(value) || EFFORT.fits(value),
  ),
  permissionMode: PERMISSION_MODE,
};

/**
 * The option `agents`. The CLI silently drops all agents because of one unknown value; and a
 * misspelled name may be the one that should have restricted the agent.
 */
export const AGENTS: Kind = asJson(namedOf(
  fields<AgentSpec>(AGENT, ["description", "prompt"]),
));

type Network = NonNullable<SandboxSettings["network"]>;
type Filesystem = NonNullable<SandboxSettings["filesystem"]>;

/** The option `sandbox`. The CLI passes over a name that it does not know, and confines nothing. */
export const SANDBOX: Kind = asJson(fields<SandboxSettings>(
  {
    enabled: YES_OR_NO,
    failIfUnavailable: YES_OR_NO,
    autoAllowBashIfSandboxed: YES_OR_NO,
    allowUnsandboxedCommands: YES_OR_NO,
    excludedCommands: TEXTS,
    network: fields<Network>({
      allowedDomains: TEXTS,
      deniedDomains: TEXTS,
      allowUnixSockets: TEXTS,
      allowAllUnixSockets: YES_OR_NO,
      allowLocalBinding: YES_OR_NO,
      httpProxyPort: POSITIVE,
      socksProxyPort: POSITIVE,
    }),
    filesystem: fields<Filesystem>({
      allowWrite: TEXTS,
      denyWrite: TEXTS,
      denyRead: TEXTS,
      allowRead: TEXTS,
    }),
  },
  [],
  { say: "; others go into settings" },
));

/** The option `settings`: a path, JSON, or the settings themselves. */
export const SETTINGS: Kind = anyOf("a path, a file: URL, or an object", [
  also(PATH, (option, value) => {
    if (isJson(value as string | URL)) checkJsonText(option, `${value}`);
  }),
  JSON_OBJECT,
]);

function checkJsonText(option: string, text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    // The error quotes the text, which may contain a secret, so neither its message nor the error
    // itself is shown.
    const [at = ""] = /at position \d+|at line \d+|line \d+ column \d+/.exec(
      `${error}`,
    ) ?? [];
    throw new ConfigError(
      option,
      `Cannot use the option ${option}: expected a path or valid JSON${
        at === "" ? "" : `: it is none ${at}`
      }`,
    );
  }
}

/** The option `settingSources`. */
export const SETTING_SOURCES: Kind = listOf(
  oneOf("user", "project", "local"),
  "a list of user, project or local",
  true,
);
