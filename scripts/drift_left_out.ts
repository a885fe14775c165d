/**
 * What the official SDK names and we do not have, with the reason. `deno task drift`
 * fails for what is in neither place, and for what is listed here and need not be.
 *
 * @module
 */

/** Lines of the CLI that are no events of their own. */
export const LINES_LEFT_OUT: Readonly<Record<string, string>> = {
  control_request: "an event for each of those that a caller answers",
  control_response: 'settles a request of ours; in the view "wire" only',
  keep_alive: "says nothing",
};

/** Options of the SDK that have another name here (FEATURES.md, table D). */
export const OPTIONS_RENAMED: Readonly<Record<string, string>> = {
  abortController: "signal",
  additionalDirectories: "addDirs",
  allowDangerouslySkipPermissions: "permissionMode",
  canUseTool: "policy",
  continue: "resume",
  executable: "claudePath",
  executableArgs: "claudePath",
  forkSession: "fork",
  includePartialMessages: "partials",
  maxBudgetUsd: "limits",
  maxTurns: "limits",
  pathToClaudeCodeExecutable: "claudePath",
  persistSession: "persist",
  tools: "builtinTools",
};

/** Options of the SDK that we do not have. */
export const OPTIONS_LEFT_OUT: Readonly<Record<string, string>> = {
  agent: "later: issue 4",
  agentProgressSummaries: "later: issue 4",
  agents: "later: issue 4",
  betas: "later: issue 4",
  debug: "later: issue 4",
  debugFile: "later: issue 4",
  enableFileCheckpointing: "later: issue 4",
  forwardSubagentText: "later: issue 4",
  hooks: "later: issue 4",
  includeHookEvents: "later: issue 4",
  loadTimeoutMs: "with the session store: later (FEATURES.md, A81)",
  managedSettings: "later: issue 4",
  maxThinkingTokens: "later: issue 4",
  mcpServers: "later: issue 4",
  mcpServersDelivery: "later: issue 4",
  onElicitation: "later: issue 4",
  onUserDialog: "later: issue 4",
  outputFormat: "later: issue 4",
  perTaskStopAffordance: "later: issue 4",
  permissionPromptToolName: "later: issue 4",
  permissionPrompts: "later: issue 4",
  planModeInstructions: "later: issue 4",
  pluginDelivery: "later: issue 4",
  plugins: "later: issue 4",
  projectConfigRoot: "later: issue 4",
  promptSuggestions: "later: issue 4",
  resumeDropsTurn: "later: issue 4",
  resumeSessionAt: "later: issue 4",
  sandbox: "later: issue 4",
  sessionStore: "later (FEATURES.md, A81)",
  sessionStoreFlush: "with the session store: later (FEATURES.md, A81)",
  skills: "later: issue 4",
  spawnClaudeCodeProcess: "later: issue 4",
  strictMcpConfig: "later: issue 4",
  supportedDialogKinds: "later: issue 4",
  taskBudget: "later: issue 4",
  thinking: "later: issue 4",
  toolAliases: "later: issue 4",
  toolConfig: "later: issue 4",
  verbatimPrompts: "later: issue 4",
};

/** Control requests of the SDK that we neither make nor answer. */
export const CONTROL_REQUESTS_LEFT_OUT: Readonly<Record<string, string>> = {
  apply_flag_settings: "later: issue 4",
  background_tasks: "later: issue 4",
  cancel_async_message: "later: issue 4",
  file_suggestions: "later: issue 4",
  get_binary_version: "later: issue 4",
  get_context_usage: "later: issue 4",
  get_hooks_listing: "later: issue 4",
  get_session_cost: "later: issue 4",
  get_settings: "later: issue 4",
  get_task_output: "later: issue 4",
  get_usage: "later: issue 4",
  list_models: "later: issue 4",
  list_permission_rules: "later: issue 4",
  mcp_call: "later: issue 4",
  mcp_read_resource: "later: issue 4",
  mcp_reconnect: "later: issue 4",
  mcp_set_servers: "later: issue 4",
  mcp_status: "later: issue 4",
  mcp_toggle: "later: issue 4",
  read_file: "later: issue 4",
  register_repo_root: "later: issue 4",
  reload_output_styles: "later: issue 4",
  reload_plugins: "later: issue 4",
  reload_skills: "later: issue 4",
  rename_session: "later: issue 4",
  rewind_files: "later: issue 4",
  seed_read_state: "later: issue 4",
  set_color: "later: issue 4",
  set_has_subscribers: "later: issue 4",
  set_max_thinking_tokens: "later: issue 4",
  set_model: "later: issue 4",
  set_permission_mode: "later: issue 4",
  stop_task: "later: issue 4",
  update_settings: "later: issue 4",
};
