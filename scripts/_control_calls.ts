/**
 * Every control request that we make, with every field that it can have, and those that we
 * answer.
 *
 * @module
 */

import { applySettingsCall } from "../src/control/apply_flag_settings.ts";
import { backgroundTasksCall } from "../src/control/background_tasks.ts";
import type { ControlCall } from "../src/control/call.ts";
import { cancelMessageCall } from "../src/control/cancel_async_message.ts";
import { exportConversationCall } from "../src/control/export_conversation.ts";
import { fileSuggestionsCall } from "../src/control/file_suggestions.ts";
import { generateTitleCall } from "../src/control/generate_session_title.ts";
import { contextUsageCall } from "../src/control/get_context_usage.ts";
import { sessionCostCall } from "../src/control/get_session_cost.ts";
import { settingsCall } from "../src/control/get_settings.ts";
import { taskOutputCall } from "../src/control/get_task_output.ts";
import { planUsageCall } from "../src/control/get_usage.ts";
import { interruptCall } from "../src/control/interrupt.ts";
import { permissionRulesCall } from "../src/control/list_permission_rules.ts";
import { mcpCallCall } from "../src/control/mcp_call.ts";
import { mcpReadResourceCall } from "../src/control/mcp_read_resource.ts";
import { mcpReconnectCall } from "../src/control/mcp_reconnect.ts";
import { mcpSetServersCall } from "../src/control/mcp_set_servers.ts";
import { mcpStatusCall } from "../src/control/mcp_status.ts";
import { mcpToggleCall } from "../src/control/mcp_toggle.ts";
import { readFileCall } from "../src/control/read_file.ts";
import { reloadOutputStylesCall } from "../src/control/reload_output_styles.ts";
import { reloadPluginsCall } from "../src/control/reload_plugins.ts";
import { reloadSkillsCall } from "../src/control/reload_skills.ts";
import { renameSessionCall } from "../src/control/rename_session.ts";
import { rewindFilesCall } from "../src/control/rewind_files.ts";
import { setThinkingCall } from "../src/control/set_max_thinking_tokens.ts";
import { mcpSetModeCall } from "../src/control/set_mcp_permission_mode_override.ts";
import { setModelCall } from "../src/control/set_model.ts";
import { setPermissionModeCall } from "../src/control/set_permission_mode.ts";
import { sideQuestionCall } from "../src/control/side_question.ts";
import { stopTaskCall } from "../src/control/stop_task.ts";
import { saveSettingsCall } from "../src/control/update_settings.ts";
import { elicitation } from "../src/events/elicitation_request.ts";
import { toolRequest } from "../src/events/permission_request.ts";
import { userDialog } from "../src/events/user_dialog_request.ts";
import { launchOf } from "../src/options/args.ts";
import { WirePaths } from "./_wire_paths.ts";

/** What we ask, by the functions of src/control. */
export const CALLS: readonly ControlCall<unknown>[] = [
  applySettingsCall({}),
  backgroundTasksCall("toolu_1"),
  cancelMessageCall("uuid"),
  contextUsageCall({ detail: "full" }),
  exportConversationCall(),
  fileSuggestionsCall("query"),
  generateTitleCall("description", true),
  interruptCall({ cancelQueued: true }),
  mcpCallCall("mcp__server__tool", {}),
  mcpReadResourceCall("server", "ui://page"),
  mcpReconnectCall("server"),
  mcpSetModeCall("server", "auto"),
  mcpSetServersCall({}),
  mcpStatusCall(),
  mcpToggleCall("server", true),
  permissionRulesCall(),
  planUsageCall({ behaviors: true }),
  readFileCall("file", { maxBytes: 1, encoding: "utf-8" }),
  reloadOutputStylesCall(),
  reloadPluginsCall(),
  reloadSkillsCall(),
  renameSessionCall("title"),
  rewindFilesCall("uuid", { dryRun: true }),
  saveSettingsCall("user", {}),
  sessionCostCall(),
  setModelCall("model"),
  setPermissionModeCall("plan"),
  setThinkingCall({ budgetTokens: 1024, display: "omitted" }),
  settingsCall(),
  sideQuestionCall("question"),
  stopTaskCall("task"),
  taskOutputCall("task"),
];

/** Too long for an argument, so that it goes into the handshake. */
const LONG = "/plugin".repeat(2_000);

/** The fields of the handshake, of options that have one. */
export const HANDSHAKE: readonly string[] = [
  ...Object.keys(
    launchOf({
      agentProgressSummaries: true,
      agents: { a: { description: "d", prompt: "p" } },
      dialogKinds: ["kind"],
      forwardSubagentText: true,
      keepTasks: true,
      managedSettings: {},
      mcpServers: { server: { command: "c" } },
      outputSchema: { type: "object" },
      planModeInstructions: "text",
      plugins: [LONG],
      promptSuggestions: true,
      skills: ["skill"],
      systemPrompt: {
        text: "text",
        append: "text",
        excludeDynamicSections: true,
        snapshot: true,
      },
      title: "title",
      toolAliases: {},
    }).initialize,
  ),
  // src/host/mod.ts
  "hooks",
  "sdkMcpServers",
];

/** What the CLI asks us (src/decode/line.ts), with the fields that are read. */
export const ASKED: Readonly<Record<string, WirePaths>> = {
  can_use_tool: new WirePaths().addSchema(toolRequest),
  elicitation: new WirePaths().addSchema(elicitation),
  hook_callback: new WirePaths().add("callback_id", "tool_use_id")
    .addOpen("input"),
  mcp_message: new WirePaths().add("server_name").addOpen("message"),
  request_user_dialog: new WirePaths().addSchema(userDialog),
};
