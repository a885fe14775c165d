/**
 * Requests of the CLI to its host, and answers of the CLI to requests of the host.
 *
 * @module
 */

import type { JsonObject, ScriptedAnswer } from "../../src/testing/mod.ts";

/** A question of the model. */
export const ASK = {
  subtype: "can_use_tool",
  tool_name: "AskUserQuestion",
  input: {
    questions: [{
      question: "Which colour?",
      header: "Colour",
      options: [{ label: "Red" }, { label: "Blue" }],
      multiSelect: false,
    }],
  },
  tool_use_id: "t",
  requires_user_interaction: true,
};

/** A form of an MCP server. */
export const ELICIT = {
  subtype: "elicitation",
  mcp_server_name: "demo",
  message: "Your name?",
  mode: "form",
  requested_schema: { type: "object" },
  property_order: ["name"],
};

/** A dialog of the CLI. */
export const DIALOG = {
  subtype: "request_user_dialog",
  dialog_kind: "colour",
  payload: { of: "sky" },
};

/** Control requests with which a host changes a session. */
const CHANGES = [
  "set_model",
  "set_permission_mode",
  "set_max_thinking_tokens",
  "apply_flag_settings",
  "update_settings",
  "cancel_async_message",
  "generate_session_title",
  "rewind_files",
  "interrupt",
  "background_tasks",
  "mcp_toggle",
  "mcp_reconnect",
  "mcp_set_servers",
  "mcp_call",
  "set_mcp_permission_mode_override",
];

/** What the answers to all of them have. */
const RESPONSE: JsonObject = {
  mode: "plan",
  cancelled: false,
  title: null,
  canRewind: true,
  added: [],
  removed: [],
  errors: {},
};

/** A successful answer to each of them. */
export const CHANGES_ANSWERED: Readonly<Record<string, ScriptedAnswer>> = Object
  .fromEntries(
    CHANGES.map((subtype) => [
      subtype,
      {
        answer: "success",
        response: subtype === "interrupt" ? {} : RESPONSE,
      },
    ]),
  );
