/**
 * Finds options that cannot be, before anything is started, and names the option that is meant. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import { check, shown } from "../checks/kinds.ts";
import { isWireObject } from "../messages/_define.ts";
import { closest } from "../util/closest.ts";
import { checkRules } from "./rules.ts";
import type { SessionOptions } from "./session_options.ts";
import { ENTRIES, OPTION_NAMES } from "./table.ts";

/**
 * Checks what can be checked without starting anything.
 *
 * @throws {ConfigError} With the name of the option.
 */
export function checkOptions(options: SessionOptions): void {
  if (!isWireObject(options)) {
    throw new ConfigError(
      "options",
      `Cannot read the options: expected an object such as { model: "sonnet" }, got ${
        shown(options)
      }`,
    );
  }
  const given = options as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(given)) {
    if (OPTION_NAMES.has(name)) continue;
    const own = ownName(name, OPTION_NAMES);
    if (own !== undefined) {
      throw new ConfigError(
        name,
        `Unknown option "${name}": here it is ${own}`,
      );
    }
    const near = closest(name, OPTION_NAMES);
    const hint = near === undefined ? "" : `, did you mean "${near}"?`;
    throw new ConfigError(name, `Unknown option "${name}"${hint}`);
  }
  for (const [name, { kind }] of Object.entries(ENTRIES)) {
    check(name, given[name], kind);
  }
  checkRules(options);
}

/** Texts for foreign names, to follow "here it is". */
const TYPESCRIPT: Readonly<Record<string, string>> = {
  abortController: "signal: controller.signal",
  additionalDirectories: "addDirs",
  allowDangerouslySkipPermissions:
    'permissionMode: "bypassPermissions", or policy: allowAll({ bypass: true })',
  canUseTool: "policy, such as callback((name, input) => …)",
  continue: 'resume: "last"',
  debugToStderr: "debug with stderr",
  enableFileCheckpointing: "checkpoints",
  executable:
    'claudePath as a command, such as ["deno", "run", "-A", "cli.js"]',
  executableArgs:
    'claudePath as a command, such as ["deno", "run", "-A", "cli.js"]',
  forkSession: "fork",
  includeHookEvents: "hookEvents",
  includePartialMessages: "partials",
  loadTimeoutMs: "sessionStore: { timeoutMs }",
  maxBudgetUsd: "limits: { maxBudgetUsd }",
  maxThinkingTokens: "thinking: { budgetTokens }",
  maxTurns: "limits: { maxTurns }",
  mcpServersDelivery: "done by itself: mcpServers goes through the handshake",
  onUserDialog: "onDialog",
  outputFormat: "outputSchema, or schema of ask()",
  pathToClaudeCodeExecutable: "claudePath",
  perTaskStopAffordance: "keepTasks",
  permissionPromptToolName: "permissionPromptTool",
  permissionPrompts: "prompts",
  persistSession: "persist",
  pluginDelivery: "done by itself: plugins goes where there is room",
  resumeSessionAt: "resumeAt",
  sessionStoreFlush: "done by itself: a turn ends when it is stored",
  spawnClaudeCodeProcess: "spawn",
  strictMcpConfig: "strictMcp",
  supportedDialogKinds: "dialogKinds",
  taskBudget: "limits: { taskBudgetTokens }",
  verbatimPrompts: "verbatim",
};

/**
 * Options of the Python SDK whose names are not just another spelling of one above or of an option
 * here.
 */
const PYTHON: Readonly<Record<string, string>> = {
  add_dirs: "addDirs",
  cli_path: "claudePath",
  continue_conversation: 'resume: "last"',
  max_buffer_size: "maxLineBytes",
  user: "spawn, which may start it as another user",
};

/** Names from older versions, flags of `claude`, and common mistakes. */
const OTHERS: Readonly<Record<string, string>> = {
  apiKey: "env: { ANTHROPIC_API_KEY }",
  appendSystemPrompt: "systemPrompt: { append }",
  bypassPermissions: 'permissionMode: "bypassPermissions"',
  customSystemPrompt: "systemPrompt",
  dangerouslySkipPermissions:
    'permissionMode: "bypassPermissions", or policy: allowAll({ bypass: true })',
  jsonSchema: "outputSchema, or schema of ask()",
  mcpConfig: "mcpServers, or mcpConfigFiles for files",
  name: "title",
  noSessionPersistence: "persist: false",
  permissionPromptTools: "permissionPromptTool",
  systemPromptFile: "systemPrompt: { file }",
  appendSystemPromptFile: "systemPrompt: { appendFile }",
  timeout: "turnTimeoutMs, or timeoutMs of ask() and send()",
  timeoutMs: "turnTimeoutMs, or timeoutMs of ask() and send()",
};

/** Returns the name of a foreign option in this library, or `undefined`. */
export function ownName(
  name: string,
  ownNames: ReadonlySet<string>,
): string | undefined {
  for (const names of [TYPESCRIPT, PYTHON, OTHERS]) {
    if (Object.hasOwn(names, name)) return names[name];
  }
  const camel = name.replace(/^-+/, "").replace(
    /[_-]([a-z])/g,
    (_, letter: string) => letter.toUpperCase(),
  );
  if (camel === name) return undefined;
  return ownNames.has(camel) ? camel : ownName(camel, ownNames);
}
