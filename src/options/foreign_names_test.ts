// The names of the official SDKs lead to ours.

import { assert, assertStringIncludes, assertThrows } from "@std/assert";
import { ConfigError } from "../errors.ts";
import type { SessionOptions } from "./session_options.ts";
import { OPTION_NAMES } from "./table.ts";
import { checkOptions } from "./check_options.ts";

/** All fields of `Options` of the official TypeScript SDK 0.3.332. */
const TYPESCRIPT =
  "abortController additionalDirectories projectConfigRoot agent agents allowedTools canUseTool continue cwd disallowedTools toolAliases tools env executable executableArgs extraArgs fallbackModel enableFileCheckpointing toolConfig forkSession betas hooks onElicitation onUserDialog supportedDialogKinds perTaskStopAffordance persistSession sessionStore sessionStoreFlush loadTimeoutMs includeHookEvents includePartialMessages forwardSubagentText verbatimPrompts thinking effort maxThinkingTokens maxTurns maxBudgetUsd taskBudget mcpServers mcpServersDelivery model outputFormat pathToClaudeCodeExecutable permissionMode planModeInstructions allowDangerouslySkipPermissions permissionPromptToolName permissionPrompts plugins pluginDelivery promptSuggestions agentProgressSummaries resume sessionId resumeSessionAt resumeDropsTurn sandbox settings managedSettings settingSources skills debug debugFile stderr strictMcpConfig systemPrompt title spawnClaudeCodeProcess"
    .split(" ");

/** Fields of `ClaudeAgentOptions` of the Python SDK that are spelt otherwise here. */
const PYTHON =
  "add_dirs agent_progress_summaries allowed_tools can_use_tool cli_path continue_conversation disallowed_tools enable_file_checkpointing extra_args fallback_model fork_session forward_subagent_text include_hook_events include_partial_messages max_buffer_size max_budget_usd max_thinking_tokens max_turns mcp_servers output_format permission_mode permission_prompt_tool_name resume_drops_turn resume_session_at session_id session_store setting_sources strict_mcp_config system_prompt task_budget user"
    .split(" ");

function errorOf(options: object): ConfigError {
  return assertThrows(
    () => checkOptions(options as SessionOptions),
    ConfigError,
    undefined,
    JSON.stringify(options),
  );
}

Deno.test("every option of the official SDKs is one of ours, or its error says which", () => {
  for (const name of [...TYPESCRIPT, ...PYTHON]) {
    if (OPTION_NAMES.has(name)) continue;
    const { message, option } = errorOf({ [name]: 1 });
    assertStringIncludes(message, `Unknown option "${name}": here it is `);
    assert(option === name);
    // What it is here begins with an option of ours, or says that nothing is to be done.
    const [, first = ""] = /here it is (\w+)/.exec(message) ?? [];
    assert(OPTION_NAMES.has(first) || first === "done", message);
  }
});

Deno.test("values of the official SDK say what they are here", () => {
  const rows: readonly [object, string][] = [
    [
      { systemPrompt: { type: "preset", preset: "claude_code", append: "x" } },
      'add to it with { append: "…" }',
    ],
    [{ thinking: { type: "disabled" } }, '"adaptive", "off"'],
    [{ thinking: { type: "enabled", budgetTokens: 9 } }, "budgetTokens"],
    [{ tools: ["Bash"] }, "builtinTools"],
    [{ tools: { type: "preset", preset: "claude_code" } }, "builtinTools"],
    [{ hooks: { PreToolUse: [{ hooks: [() => ({})] }] } }, "run"],
    [{ mcpServers: { a: { type: "sdk", name: "a" } } }, "createMcpServer"],
    [{ plugins: [{ type: "local", path: "/p" }] }, "path"],
    [{ appendSystemPrompt: "x" }, "systemPrompt: { append }"],
    [{ "--max-turns": 3 }, "limits: { maxTurns }"],
  ];
  for (const [options, said] of rows) {
    assertStringIncludes(errorOf(options).message, said);
  }
});
