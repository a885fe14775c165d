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
  loadTimeoutMs: "sessionStore",
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
  mcpServersDelivery: "automatic: always in the handshake, never as arguments",
  pluginDelivery:
    "automatic: flags, or the handshake where they would be too long",
  sessionStoreFlush: "a turn ends when it is stored",
};

/** Control requests of the SDK that we neither make nor answer. */
export const CONTROL_REQUESTS_LEFT_OUT: Readonly<Record<string, string>> = {
  get_hooks_listing: "the data of a dialog; control()",
  list_models: "the handshake says them; else control()",
  register_repo_root: "for hosts that clone by themselves; control()",
  seed_read_state: "for hosts that edit the context; control()",
  set_color: "of the terminal alone: the CLI refuses it",
  set_has_subscribers: "for hosts that hand the stream on; control()",
};

/** Fields of messages, `message.field`. They are in `raw`. */
export const MESSAGE_FIELDS_LEFT_OUT: Readonly<Record<string, string>> = {
  "assistant.user_message_uuid": "the last of userMessageUuids",
  "result.user_message_uuid": "the last of userMessageUuids",
  "stream_event.user_message_uuid*":
    "the assistant message and the result have them; a delta is read at a thousand a second",
  "stream_event.resume_reason": "the assistant message and the result have it",
  "result.first_*": "the CLI measures its own remote transport",
  "result.request_sent_wall_ms":
    "the CLI measures itself; ttftMs and timeToRequestMs are typed",
  "result.time_origin_ms": "the CLI measures itself",
  "result.time_to_request_from_spawn_ms": "the CLI measures itself",
  "result.warm_spare_claimed": "of processes that a host keeps warm for others",
  "user.client_composed": "of a prompt that is sent: the echo repeats it",
  "user.inline_pastes": "of a prompt that is sent: the echo repeats it",
  "user.pasted_content": "of a prompt that is sent: the echo repeats it",
  "user.priority": "of a prompt that is sent: the echo repeats it",
  "user.shouldQuery": "of a prompt that is sent: the echo repeats it",
  "system/compact_boundary.compact_metadata.preserved_segment":
    "preserved_messages says the same and more, says the SDK",
};

/** Fields of control requests, `request.field`. */
export const REQUEST_FIELDS_LEFT_OUT: Readonly<Record<string, string>> = {
  "initialize.sdkMcpServerConfigs":
    "for hosts with rules of their own for tools; a policy is ours",
  "initialize.sdkMcpServerManifests*":
    "saves the handshake of a server in another process; ours are in this one",
  "mcp_call.check_permissions": "for pages that a host renders; control()",
  "mcp_call.expires_at": "of hosts with files of a cloud session; control()",
  "mcp_call.input_files": "of hosts with files of a cloud session; control()",
  "mcp_call.output_files": "of hosts with files of a cloud session; control()",
  "mcp_call.result_not_for_model": "for pages that a host renders; control()",
  "mcp_call.timeout_ms":
    "timeoutMs withdraws the request; the field makes it one of a cloud session",
  "mcp_status.liveReply": "of cloud sessions",
  "reload_plugins.add_plugins": "plugins are an option of the start; control()",
  "reload_plugins.hold_on_cache_impact":
    "for dialogs that ask first; control()",
  "reload_plugins.refuse_if_busy": "for dialogs that ask first; control()",
  "rename_session.session_id":
    "a session of ours is one conversation; control()",
};

/** Fields of the answers to control requests, `request.field`. */
export const ANSWER_FIELDS_LEFT_OUT: Readonly<Record<string, string>> = {
  "get_context_usage.agents.*":
    "where it is; name, tokens and source are typed",
  "get_context_usage.categories.color": "of the picture in the terminal",
  "get_context_usage.categories.isDeferred": "kind says it",
  "get_context_usage.deferredBuiltinTools":
    "detail of the CLI's own prompt; control()",
  "get_context_usage.gridRows": "of the picture in the terminal",
  "get_context_usage.mcpInstructions":
    "detail of the CLI's own prompt; control()",
  "get_context_usage.mcpTools.isLoaded":
    "detail of the CLI's own prompt; control()",
  "get_context_usage.messageBreakdown": "a shape that changes; control()",
  "get_context_usage.skills.*":
    "sums of the list that is typed, and where each is",
  "get_context_usage.slashCommands": "sums; control()",
  "get_context_usage.systemPromptSections":
    "detail of the CLI's own prompt; control()",
  "get_context_usage.systemTools": "detail of the CLI's own prompt; control()",
  "initialize.fast_mode_disabled_reason": "system_init has it",
  "initialize.fast_mode_state": "system_init has it",
  "initialize.hook_on_failure_supported":
    "a hook that guards answers for itself where the CLI does not",
  "initialize.hooks_applied": "of hosts that shake hands again",
  "initialize.mcp_servers_applied": "of hosts that shake hands again",
  "initialize.plugins_applied": "of hosts that shake hands again",
  "initialize.sdk_mcp_manifests_parked": "answers sdkMcpServerManifests",
  "list_permission_rules.state.errors": "get_settings and doctor say them",
  "list_permission_rules.state.rules.description":
    "words for people; control()",
  "list_permission_rules.state.rules.editability":
    "of the dialog in the terminal",
  "list_permission_rules.state.rules.notInEffect": "managedOnly says it",
  "list_permission_rules.state.withheld": "of cloud sessions",
  "reload_plugins.cache_impact": "answers hold_on_cache_impact",
  "reload_plugins.held": "answers hold_on_cache_impact",
  "reload_plugins.mcpServers.tools._meta": "for pages that a host renders",
};

/** Fields of the option `agents`. */
export const AGENT_FIELDS_LEFT_OUT: Readonly<Record<string, string>> = {
  "agents.autoCompactWindow": "new and not seen; settings",
  "agents.criticalSystemReminder_EXPERIMENTAL": "experimental, says the SDK",
  "agents.observer": "new and not seen: agents that watch others",
  "agents.observerMessage": "new and not seen: agents that watch others",
};

/** Fields of what a hook is called with, `event.field`. They are in `raw`. */
export const HOOK_INPUTS_LEFT_OUT: Readonly<Record<string, string>> = {};

/** Fields of what a hook answers, `event.field`. */
export const HOOK_OUTPUTS_LEFT_OUT: Readonly<Record<string, string>> = {
  "PreSkillShellCommand.updatedInput":
    "never applied (protocol/README.md, section 12)",
};

/** Tools whose inputs have no type here: `input` is the object as it came. */
export const TOOL_INPUTS_LEFT_OUT: Readonly<Record<string, string>> = {
  Artifact: "of claude.ai",
  ClaudeDesign: "of claude.ai",
  CronCreate: "a tool of few calls: its input comes as it is, without a type",
  CronDelete: "a tool of few calls: its input comes as it is, without a type",
  CronList: "a tool of few calls: its input comes as it is, without a type",
  EnterPlanMode: "empty",
  EnterWorktree:
    "a tool of few calls: its input comes as it is, without a type",
  ExitWorktree: "a tool of few calls: its input comes as it is, without a type",
  ListMcpResources:
    "a tool of few calls: its input comes as it is, without a type",
  Mcp: "any tool of an MCP server: the server says its schema",
  Monitor: "a tool of few calls: its input comes as it is, without a type",
  OfferChromeSetup: "of the terminal",
  Projects: "of claude.ai",
  ProposeGoal: "of the terminal",
  ProposeSkills: "of the terminal",
  PushNotification:
    "a tool of few calls: its input comes as it is, without a type",
  ReadMcpResource:
    "a tool of few calls: its input comes as it is, without a type",
  ReadMcpResourceDir:
    "a tool of few calls: its input comes as it is, without a type",
  ReadNotifications: "empty",
  RefreshMcpTools:
    "a tool of few calls: its input comes as it is, without a type",
  RemoteTrigger: "of claude.ai",
  ReportFindings: "of one command of the CLI",
  ScheduleWakeup:
    "a tool of few calls: its input comes as it is, without a type",
  SendFeedback: "of the terminal",
  ShowOnboardingRolePicker: "empty",
  TaskGet: "a tool of few calls: its input comes as it is, without a type",
  TaskList: "empty",
  Workflow: "a tool of few calls: its input comes as it is, without a type",
};

/** Fields of the inputs of tools, `tool.field`. */
export const TOOL_FIELDS_LEFT_OUT: Readonly<Record<string, string>> = {
  "Agent.team_name": "ignored, says the SDK",
  "ExitPlanMode.*": "any other key: schemas here take them all",
};

/** Methods of the query object that have another name here. */
export const METHODS_RENAMED: Readonly<Record<string, string>> = {
  accountInfo: "account",
  applyFlagSettings: "applySettings",
  backgroundTasks: "tasks.background",
  getContextUsage: "contextUsage",
  initializationResult: "start",
  mcpServerStatus: "mcp.status",
  readMcpResource: "mcp.readResource",
  reconnectMcpServer: "mcp.reconnect",
  reloadOutputStyles: "reload",
  reloadPlugins: "reload",
  reloadSkills: "reload",
  setMaxThinkingTokens: "setThinking",
  setMcpPermissionModeOverride: "mcp.setMode",
  setMcpServers: "mcp.set",
  stopTask: "tasks.stop",
  streamInput: "push",
  supportedAgents: "agents",
  supportedCommands: "commands",
  supportedModels: "models",
  toggleMcpServer: "mcp.toggle",
  updateSettings: "saveSettings",
  usage_EXPERIMENTAL_MAY_CHANGE_DO_NOT_RELY_ON_THIS_API_YET: "planUsage",
};

/** Methods of the query object that we do not have. */
export const METHODS_LEFT_OUT: Readonly<Record<string, string>> = {
  reinitialize: "of hosts that shake hands again; a restart is ours",
  seedReadState: "for hosts that edit the context; control()",
};

/** Messages of the CLI that no declaration names. Those that come are the event `unknown`. */
export const CLI_MESSAGES_LEFT_OUT: Readonly<Record<string, string>> = {
  api_metrics:
    "between parts of the CLI; not seen on stdout (the event unknown, if it comes)",
  attachment:
    "between parts of the CLI; not seen on stdout (the event unknown, if it comes)",
  bash_command:
    "between parts of the CLI; not seen on stdout (the event unknown, if it comes)",
  compact_progress:
    "between parts of the CLI; not seen on stdout (the event unknown, if it comes)",
  hint_clears:
    "between parts of the CLI; not seen on stdout (the event unknown, if it comes)",
  open_message_selector:
    "between parts of the CLI; not seen on stdout (the event unknown, if it comes)",
  os_notification:
    "between parts of the CLI; not seen on stdout (the event unknown, if it comes)",
  queued_notification:
    "between parts of the CLI; not seen on stdout (the event unknown, if it comes)",
  refusal_continuation:
    "between parts of the CLI; not seen on stdout (the event unknown, if it comes)",
  response_length:
    "between parts of the CLI; not seen on stdout (the event unknown, if it comes)",
  session_notice:
    "between parts of the CLI; not seen on stdout (the event unknown, if it comes)",
  set_expanded_view:
    "between parts of the CLI; not seen on stdout (the event unknown, if it comes)",
  set_in_progress_tool_use_ids:
    "between parts of the CLI; not seen on stdout (the event unknown, if it comes)",
  stream_mode:
    "between parts of the CLI; not seen on stdout (the event unknown, if it comes)",
  tombstone:
    "between parts of the CLI; not seen on stdout (the event unknown, if it comes)",
  "system/agents_killed":
    "of transcripts and the terminal; not seen on stdout (the event unknown, if it comes)",
  "system/api_error":
    "of transcripts and the terminal; not seen on stdout (the event unknown, if it comes)",
  "system/away_summary":
    "of transcripts and the terminal; not seen on stdout (the event unknown, if it comes)",
  "system/bridge_*": "of the remote control",
  "system/checkpoint_done": "of cloud sessions and their hosts",
  "system/cloud_session_*": "of cloud sessions and their hosts",
  "system/dev_intent": "marked internal; tells a host of an app that is built",
  "system/feedback_draft_queued": "marked internal; tells a host of a draft",
  "system/file_attachments_missing": "of cloud sessions and their hosts",
  "system/file_snapshot":
    "of transcripts and the terminal; not seen on stdout (the event unknown, if it comes)",
  "system/inherited_asks_settled": "of cloud sessions and their hosts",
  "system/instruction_size_warning":
    "marked internal; a warning for the terminal",
  "system/late_allow_not_run": "of cloud sessions and their hosts",
  "system/local_command":
    "of transcripts and the terminal; not seen on stdout (the event unknown, if it comes)",
  "system/memory_saved":
    "of transcripts and the terminal; not seen on stdout (the event unknown, if it comes)",
  "system/model_consent_fallback": "of a dialog of the terminal",
  "system/peer_message_hold": "marked internal; messages of other sessions",
  "system/per_turn_effort_changed":
    "marked internal; system_init says the effort",
  "system/permission_check_status":
    "marked internal; a long check of the mode auto",
  "system/permission_retry":
    "of transcripts and the terminal; not seen on stdout (the event unknown, if it comes)",
  "system/placed": "of plugins that draw in a host's window",
  "system/rewind_stand_in":
    "of transcripts and the terminal; not seen on stdout (the event unknown, if it comes)",
  "system/scheduled_task_fire":
    "of transcripts and the terminal; not seen on stdout (the event unknown, if it comes)",
  "system/session_metadata": "of cloud sessions and their hosts",
  "system/shell_cwd": "marked internal; for hosts that ask for it",
  "system/start_folder": "of cloud sessions and their hosts",
  "system/stop_hook_summary":
    "of transcripts and the terminal; not seen on stdout (the event unknown, if it comes)",
  "system/task_summary":
    "of transcripts and the terminal; not seen on stdout (the event unknown, if it comes)",
  "system/thinking":
    "of transcripts and the terminal; not seen on stdout (the event unknown, if it comes)",
  "system/tool_host_result": "of cloud sessions and their hosts",
  "system/turn_began_before_init": "of cloud sessions and their hosts",
  "system/turn_duration":
    "of transcripts and the terminal; not seen on stdout (the event unknown, if it comes)",
  "system/turn_handoff_available": "of cloud sessions and their hosts",
  "system/turn_starting": "of cloud sessions and their hosts",
  "system/ui_*": "of plugins that draw in a host's window",
  "system/upgrade_relay_marker": "of cloud sessions and their hosts",
  "system/voice_call_talk": "of the voice mode",
};

/** Control requests of the CLI that no declaration names. Those that we could make go with control(). */
export const CLI_REQUESTS_LEFT_OUT: Readonly<Record<string, string>> = {
  "*chrome*": "of the browser extension",
  add_directory: "the CLI of a host; options have addDirs",
  channel_enable: "of channels; control()",
  claim_session: "of cloud sessions and their hosts",
  "claude_*": "the sign-in of a host; control()",
  code_change_published: "a message: its schema is cut in two",
  comparison_fork: "of cloud sessions and their hosts",
  decide_held_peer_message: "messages of other sessions; control()",
  dictate: "of the voice mode",
  end_session: "written where a session is closed, without call",
  error: "an answer",
  error_during_execution: "a result",
  fork_conversation: "the option fork",
  "get_cloud_*": "of cloud sessions and their hosts",
  get_memory_dialog: "the data of a dialog; control()",
  get_plan: "the data of a dialog; control()",
  get_sandbox_dialog: "the data of a dialog; control()",
  get_skills_dialog: "the data of a dialog; control()",
  get_status: "the data of a dialog; control()",
  get_workspace_diff: "the data of a dialog; control()",
  host_auth_token_refresh: "the sign-in of a host; control()",
  list_cloud_sessions: "of cloud sessions and their hosts",
  list_directory: "the data of a dialog; control()",
  log_host_events: "of the vendor's own hosts",
  mcp_authenticate: "the sign-in of a host; control()",
  mcp_clear_auth: "the sign-in of a host; control()",
  mcp_oauth_callback_url: "the sign-in of a host; control()",
  mcp_tasks_changed: "of cloud sessions and their hosts",
  message_rated: "of the vendor's own hosts",
  oauth_token_refresh:
    "the sign-in of a host: the CLI asks only those that said so",
  poll_event: "of cloud sessions and their hosts",
  prompt_draft_activity: "of cloud sessions and their hosts",
  register_device_hooks: "of cloud sessions and their hosts",
  reload_connectors: "of cloud sessions and their hosts",
  "remote_*": "of cloud sessions and their hosts",
  rewind_conversation: "of the terminal; control()",
  set_cwd: "of cloud sessions and their hosts",
  set_message_waiting: "of cloud sessions and their hosts",
  set_peer_delivery: "of cloud sessions and their hosts",
  set_proactivity_level: "of cloud sessions and their hosts",
  set_prompt_suggestions_paused: "of cloud sessions and their hosts",
  stage_file: "of cloud sessions and their hosts",
  start_shell_task: "of the terminal; control()",
  "submit_*": "feedback to the vendor",
  success: "an answer, or a result",
  terminated: "a state",
  turn_handoff: "of cloud sessions and their hosts",
  "ui_*": "of plugins that draw in a host's window",
  ultrareview_launch: "of claude.ai",
  update_cloud_session: "of cloud sessions and their hosts",
  update_queued_message: "of the terminal; control()",
  upload_device_hook_template: "of cloud sessions and their hosts",
  vcs_state_changed: "a message: its schema is cut in two",
};
