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
  enableFileCheckpointing: "checkpoints",
  executable: "claudePath",
  executableArgs: "claudePath",
  forkSession: "fork",
  includeHookEvents: "hookEvents",
  includePartialMessages: "partials",
  maxBudgetUsd: "limits",
  maxThinkingTokens: "thinking",
  maxTurns: "limits",
  onUserDialog: "onDialog",
  outputFormat: "outputSchema",
  pathToClaudeCodeExecutable: "claudePath",
  perTaskStopAffordance: "keepTasks",
  permissionPromptToolName: "permissionPromptTool",
  permissionPrompts: "prompts",
  persistSession: "persist",
  resumeSessionAt: "resumeAt",
  spawnClaudeCodeProcess: "spawn",
  strictMcpConfig: "strictMcp",
  supportedDialogKinds: "dialogKinds",
  taskBudget: "limits",
  tools: "builtinTools",
  verbatimPrompts: "verbatim",
};

/** Options of the SDK that we do not have. */
export const OPTIONS_LEFT_OUT: Readonly<Record<string, string>> = {
  loadTimeoutMs: "with the session store: later (FEATURES.md, A81)",
  mcpServersDelivery: "automatic: always in the handshake, never as arguments",
  pluginDelivery:
    "automatic: flags, or the handshake where they would be too long",
  sessionStore: "later (FEATURES.md, A81)",
  sessionStoreFlush: "with the session store: later (FEATURES.md, A81)",
};

/** Control requests of the SDK that we neither make nor answer. */
export const CONTROL_REQUESTS_LEFT_OUT: Readonly<Record<string, string>> = {
  get_binary_version: "the handshake says it; else control()",
  get_hooks_listing: "the data of a dialog; control()",
  list_models: "the handshake says them; else control()",
  register_repo_root: "for hosts that clone by themselves; control()",
  seed_read_state: "for hosts that edit the context; control()",
  set_color: "of the terminal alone: the CLI refuses it",
  set_has_subscribers: "for hosts that hand the stream on; control()",
};
