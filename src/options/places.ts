/**
 * Places of the options that are more than a flag or a field. Pure.
 *
 * @module
 */

import { literalName } from "../messages/builtin_tools.ts";
import { enforcedRule } from "../permissions/deny_rules.ts";
import { answerSchema } from "../structured/json_schema.ts";
import { externalServers } from "../tools/config.ts";
import { NO_HOOKS_VARIABLE, notFor } from "./environment.ts";
import {
  addPermissions,
  awaitInitialize,
  type Draft,
  field,
  flag,
  list,
  path,
  pathOf,
  type Place,
  variable,
} from "./launch.ts";
import type { SessionOptions } from "./session_options.ts";

/** The place of an option of several parts. */
type PlaceOf<K extends keyof SessionOptions> = Place<
  Exclude<SessionOptions[K], undefined>
>;

/** Arguments given by hand, as a list. */
export function argumentsOf(
  args: Exclude<SessionOptions["extraArgs"], undefined>,
): readonly string[] {
  if (Array.isArray(args)) return args;
  return Object.entries(args).map(([name, value]) =>
    value === true ? `--${name}` : `--${name}=${value}`
  );
}

/** Whether settings are in a file that the caller named. */
export function isSettingsFile(
  settings: SessionOptions["settings"],
): settings is string | URL {
  return settings instanceof URL ||
    (typeof settings === "string" && !isJson(settings));
}

/** Whether it is settings as JSON, not the name of a file. */
export function isJson(value: string | URL): value is string {
  return typeof value === "string" && value.trimStart().startsWith("{");
}

/** Whether it is a text, or a list of some. */
export function isTexts(value: unknown): value is string | readonly string[] {
  return typeof value === "string" || Array.isArray(value);
}

// The model

/** The option `fallbackModel`. */
export const placeModels: PlaceOf<"fallbackModel"> = (draft, value) =>
  list("--fallback-model")(draft, typeof value === "string" ? [value] : value);

/** The option `thinking`. */
export const placeThinking: PlaceOf<"thinking"> = (draft, value) => {
  if (value === "adaptive") draft.args.push("--thinking=adaptive");
  else if (value === "off") draft.args.push("--thinking=disabled");
  else {
    const { budgetTokens, display } = value;
    // With "--thinking=enabled" the CLI takes the largest budget, whatever this one is.
    draft.args.push(
      budgetTokens === undefined
        ? "--thinking=adaptive"
        : `--max-thinking-tokens=${budgetTokens}`,
    );
    if (display !== undefined) flag("--thinking-display")(draft, display);
  }
};

/** The option `systemPrompt`. */
export const placeSystemPrompt: PlaceOf<"systemPrompt"> = (draft, value) => {
  const { text, file, append, appendFile, excludeDynamicSections, snapshot } =
    isTexts(value) ? { text: value } : value;
  if (text !== undefined) {
    draft.initialize.systemPrompt = typeof text === "string" ? [text] : text;
  }
  if (file !== undefined) {
    path("systemPrompt.file", "--system-prompt-file")(draft, file);
  }
  if (append !== undefined) field("appendSystemPrompt")(draft, append);
  if (appendFile !== undefined) {
    path("systemPrompt.appendFile", "--append-system-prompt-file")(
      draft,
      appendFile,
    );
  }
  if (excludeDynamicSections !== undefined) {
    field("excludeDynamicSections")(draft, excludeDynamicSections);
  }
  if (snapshot !== undefined) field("systemPromptSnapshot")(draft, snapshot);
};

/** The option `subagentSystemPrompt`. */
export const placeSubagentPrompt: PlaceOf<"subagentSystemPrompt"> = (
  draft,
  { append },
) => {
  draft.files.push({
    flag: "--append-subagent-system-prompt-file",
    content: append,
  });
};

/** The option `outputSchema`. */
export const placeSchema: PlaceOf<"outputSchema"> = (draft, value) => {
  // With another dialect in $schema the CLI silently ignores the schema.
  draft.initialize.jsonSchema = answerSchema(value).schema;
};

/** The option `limits`. */
export const placeLimits: PlaceOf<"limits"> = (
  draft,
  { maxTurns, maxBudgetUsd, taskBudgetTokens },
) => {
  if (maxTurns !== undefined) flag("--max-turns")(draft, maxTurns);
  if (maxBudgetUsd !== undefined && maxBudgetUsd !== Infinity) {
    flag("--max-budget-usd")(draft, maxBudgetUsd);
  }
  if (taskBudgetTokens !== undefined) {
    flag("--task-budget")(draft, taskBudgetTokens);
  }
};

// The process

/** The option `env`. */
export const placeEnvironment: PlaceOf<"env"> = (draft, env) => {
  Object.assign(draft.env, env);
};

/** The option `auth`: removes the variables that would bill another account. */
export const placeAuth: PlaceOf<"auth"> = (draft, mode) => {
  for (const name of notFor(mode)) draft.env[name] = undefined;
};

/** The option `extraArgs`. */
export const placeExtraArgs: PlaceOf<"extraArgs"> = (draft, args) => {
  draft.args.push(...argumentsOf(args));
};

/** A flag without or with a value: `--debug`, `--debug=hooks`. */
export function switchOrText(name: string): Place<boolean | string> {
  return (draft, value) => {
    if (value === true) draft.args.push(name);
    else if (value !== false) draft.args.push(`${name}=${value}`);
  };
}

/** The option `addDirs`. */
export const placeFolders: PlaceOf<"addDirs"> = (draft, dirs) => {
  const paths = dirs.map((dir) => pathOf("addDirs", dir));
  if (draft.spill.settings) {
    addPermissions(draft, "additionalDirectories", paths);
  } else {
    // Use one flag for each path: the CLI would treat a comma-separated list as one path.
    draft.args.push(...paths.map((path) => `--add-dir=${path}`));
  }
};

/** The option `checkpoints`. */
export const placeCheckpoints: PlaceOf<"checkpoints"> = (draft, value) => {
  if (value) draft.env.CLAUDE_CODE_ENABLE_SDK_FILE_CHECKPOINTING = "true";
};

/** The option `resume`. */
export const placeResume: PlaceOf<"resume"> = (draft, id) => {
  draft.args.push(id === "last" ? "--continue" : `--resume=${id}`);
};

// Permissions and tools

/** Makes the CLI send questions for a person to this process. */
export const askHost: Place<unknown> = (draft) => {
  const argument = "--permission-prompt-tool=stdio";
  if (!draft.args.includes(argument)) draft.args.push(argument);
};

/**
 * Removes the variable that disables hooks: if the child inherited it, no hook would be called,
 * including the policy's.
 */
export const keepHooksOn: Place<unknown> = variable(
  NO_HOOKS_VARIABLE,
  () => undefined,
);

/** The option `policy`. */
export const placePolicy: PlaceOf<"policy"> = (draft, { bypass }) => {
  if (bypass === true) draft.args.push("--dangerously-skip-permissions");
  keepHooksOn(draft, undefined);
  askHost(draft, undefined);
};

/** The option `permissionMode`. */
export const placeMode: PlaceOf<"permissionMode"> = (draft, mode) => {
  draft.args.push(`--permission-mode=${mode}`);
  if (mode === "bypassPermissions") {
    draft.args.push("--allow-dangerously-skip-permissions");
  }
};

/** The option `allowedTools`. */
export const placeAllowed: PlaceOf<"allowedTools"> = (draft, rules) => {
  draft.allowed.push(...rules.map(literalName));
};

/** The option `disallowedTools`. */
export const placeDenied: PlaceOf<"disallowedTools"> = (draft, rules) => {
  const names = rules.map(enforcedRule);
  if (draft.spill.settings) addPermissions(draft, "deny", names);
  else list("--disallowedTools")(draft, names);
};

/** The option `isolated`. */
export const placeIsolated: PlaceOf<"isolated"> = (draft, isIsolated) => {
  if (!isIsolated) return;
  draft.args.push("--setting-sources=", "--strict-mcp-config");
  draft.env.CLAUDE_CODE_DISABLE_CLAUDE_MDS = "1";
  draft.env.CLAUDE_CODE_DISABLE_AUTO_MEMORY = "1";
};

/** The option `builtinTools`. */
export const placeBuiltins: PlaceOf<"builtinTools"> = (draft, tools) =>
  list("--tools")(
    draft,
    typeof tools === "string" ? [tools] : tools.map(literalName),
  );

/** The option `mcpServers`: those of other processes. */
export const placeServers: PlaceOf<"mcpServers"> = (draft, servers) => {
  const external = externalServers(servers);
  if (Object.keys(external).length === 0) return;
  draft.initialize.mcpServers = external;
  draft.servers = external;
  awaitInitialize(draft);
};

/** The option `toolConfig`. */
export const placeToolConfig: PlaceOf<"toolConfig"> = (
  draft,
  { askUserQuestion },
) => {
  const format = askUserQuestion?.previewFormat;
  if (format !== undefined) {
    draft.env.CLAUDE_CODE_QUESTION_PREVIEW_FORMAT = format;
  }
};

/** The option `skills`. */
export const placeSkills: PlaceOf<"skills"> = (draft, value) => {
  if (value === "all") draft.allowed.push("Skill");
  else {
    draft.initialize.skills = value;
    draft.allowed.push(...value.map((name) => `Skill(${name})`));
  }
};

/** The option `agents`, with the names of tools that are taken as they are. */
export const placeAgents: PlaceOf<"agents"> = (draft, agents) => {
  const places = Object.entries(agents).map(([name, agent]) => {
    const { tools, disallowedTools } = agent;
    return [name, {
      ...agent,
      ...tools === undefined ? {} : { tools: tools.map(literalName) },
      ...disallowedTools === undefined
        ? {}
        : { disallowedTools: disallowedTools.map(literalName) },
    }];
  });
  draft.initialize.agents = Object.fromEntries(places);
};

/** The option `plugins`: as flags, or in the handshake if they are too many. */
export const placePlugins: PlaceOf<"plugins"> = (draft, plugins) => {
  for (const plugin of plugins) {
    if (typeof plugin === "object" && "url" in plugin) {
      draft.args.push(`--plugin-url=${plugin.url}`);
      continue;
    }
    const { path, mcp = true } =
      typeof plugin === "object" && !(plugin instanceof URL)
        ? plugin
        : { path: plugin };
    placePlugin(draft, pathOf("plugins", path), mcp);
  }
};

function placePlugin(draft: Draft, folder: string, mcp: boolean): void {
  if (!draft.spill.handshake) {
    draft.args.push(
      `${mcp ? "--plugin-dir" : "--plugin-dir-no-mcp"}=${folder}`,
    );
    return;
  }
  awaitInitialize(draft);
  const others = draft.initialize.plugins as readonly unknown[] | undefined;
  draft.initialize.plugins = [
    ...others ?? [],
    { type: "local", path: folder, ...mcp ? {} : { skipMcpDiscovery: true } },
  ];
}

// Settings

/** The option `settings`. */
export const placeSettings: PlaceOf<"settings"> = (draft, value) => {
  if (isSettingsFile(value)) path("settings", "--settings")(draft, value);
  else {mergeSettings(
      draft,
      typeof value === "string" ? JSON.parse(value) : value,
    );}
};

/** The option `sandbox`: a part of the settings. */
export const placeSandbox: PlaceOf<"sandbox"> = (draft, value) => {
  draft.settings.sandbox = {
    ...draft.settings.sandbox as object | undefined,
    ...value,
  };
};

/** The option `managedSettings`. */
export const placeManagedSettings: PlaceOf<"managedSettings"> = (
  draft,
  value,
) => {
  awaitInitialize(draft);
  draft.args.push("--managed-settings-in-initialize");
  draft.initialize.managedSettings = value;
};

/** Takes over settings. Other options put their part there, before or after. */
function mergeSettings(
  draft: Draft,
  given: Readonly<Record<string, unknown>>,
): void {
  const { permissions, sandbox } = draft.settings;
  Object.assign(draft.settings, given);
  if (sandbox !== undefined) {
    draft.settings.sandbox = { ...given.sandbox ?? {}, ...sandbox };
  }
  for (const [key, values] of Object.entries(permissions ?? {})) {
    addPermissions(draft, key as "allow", values);
  }
}
