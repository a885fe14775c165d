/** Answers the requests of the host that have little or no effect. */

import { REQUESTS } from "../../capabilities/table.ts";
import { initializePayload, MODELS } from "./catalog.ts";
import { resolveModel } from "./launch.ts";
import type { PlayerOutput } from "./output.ts";
import type { Json, JsonObject } from "../scenario.ts";
import type { Stage } from "./wire.ts";

/** Returns a successful `control_response`; the payload may be absent. */
export function success(
  stage: Stage,
  id: Json | undefined,
  response?: JsonObject,
  beside: JsonObject = {},
): PlayerOutput[] {
  return stage.line({
    type: "control_response",
    response: { subtype: "success", request_id: id, response, ...beside },
  });
}

/** Returns a `control_response` with an error. */
export function failure(
  stage: Stage,
  id: Json | undefined,
  error: string,
  errorCode?: string,
): PlayerOutput[] {
  return stage.line({
    type: "control_response",
    response: {
      subtype: "error",
      request_id: id,
      error,
      error_code: errorCode,
    },
  });
}

const MODES = [
  "acceptEdits",
  "auto",
  "bypassPermissions",
  "default",
  "dontAsk",
  "plan",
];

/** Returns the answer to `initialize`, after the host's servers were greeted. */
export function answerInitialize(
  stage: Stage,
  id: Json | undefined,
): PlayerOutput[] {
  const payload = stage.cli.answer("initialize", {
    ...initializePayload(
      stage.cli.number,
      stage.pid,
      stage.permissionMode,
      stage.turnRunning,
    ),
    ...(stage.hooks.length > 0 ? { hooks_applied: true } : {}),
    ...stage.script.initialize,
  });
  const beside = {
    pending_permission_requests: [],
    pending_user_dialog_requests: [],
  };
  return success(stage, id, payload, beside);
}

/** Returns the answer to any request that the player does not handle itself. */
export function answerRequest(
  stage: Stage,
  id: Json | undefined,
  request: JsonObject,
): PlayerOutput[] {
  const subtype = request["subtype"];
  if (!stage.cli.has(REQUESTS[String(subtype)]?.since)) {
    return unsupported(stage, id, subtype);
  }
  switch (subtype) {
    case "set_model":
      return setModel(stage, id, request["model"]);
    case "set_permission_mode":
      return setPermissionMode(stage, id, request["mode"]);
    case "set_max_thinking_tokens": {
      const tokens = request["max_thinking_tokens"];
      return tokens === null || Number.isInteger(tokens)
        ? success(stage, id)
        : failure(stage, id, `${subtype}: the number must be an integer`);
    }
    case "mcp_status":
      return success(stage, id, {
        mcpServers: stage.servers.map(({ name }) => ({
          name,
          status: "connected",
          scope: "dynamic",
          source: "sdk",
          transport: "sdk",
        })),
      });
    case "mcp_set_servers":
      return success(stage, id, { added: [], removed: [], errors: {} });
    case "mcp_reconnect":
    case "mcp_toggle":
      return failure(stage, id, `Server not found: ${request["serverName"]}`);
    case "get_context_usage":
      return success(stage, id, {
        categories: [],
        totalTokens: 2167,
        maxTokens: 1000000,
        rawMaxTokens: 1000000,
        percentage: 0,
        model: stage.model,
      });
    case "list_models":
      return success(stage, id, { models: MODELS });
    case "get_session_cost":
      return success(stage, id, { text: "Estimated cost: scripted" });
    case "get_usage":
      return success(stage, id, {
        session: stage.used,
        subscription_type: null,
        rate_limits_available: false,
        rate_limits: null,
        behaviors: null,
      });
    case "get_settings":
      return success(stage, id, {
        effective: {},
        sources: stage.settings,
        applied: { model: stage.model, effort: "medium" },
      });
    case "get_binary_version":
      return success(stage, id, { version: stage.cli.number });
    case "stop_task":
    case "background_tasks":
      return success(stage, id, {});
    case "rename_session":
      return [
        ...stage.system("session_title_changed", { title: request["title"] }),
        ...success(stage, id),
      ];
    case "generate_session_title":
      return success(stage, id, { title: null });
    case "rewind_files":
      return failure(stage, id, "File rewinding is not enabled.");
    case "mcp_message":
      return success(stage, id);
    case "apply_flag_settings":
    case "seed_read_state":
    case "set_has_subscribers":
    case "set_prompt_suggestions_paused":
      return success(stage, id);
    default:
      return unsupported(stage, id, subtype);
  }
}

/** Returns the answer to a request that this version does not know. */
function unsupported(
  stage: Stage,
  id: Json | undefined,
  subtype: Json | undefined,
): PlayerOutput[] {
  return failure(
    stage,
    id,
    `Unsupported control request subtype: ${subtype}`,
    "unsupported_request",
  );
}

function setModel(
  stage: Stage,
  id: Json | undefined,
  wanted: Json | undefined,
): PlayerOutput[] {
  if (typeof wanted !== "string" && wanted !== null) {
    const error = "set_model: model must be a string";
    return failure(stage, id, error, "invalid_request");
  }
  const model = resolveModel(wanted ?? "default");
  const changed = model !== stage.model;
  stage.model = model;
  const name = wanted === null || wanted === model
    ? model
    : `${wanted} (${model})`;
  const note = `<local-command-stdout>Set model to \`${name}\`` +
    "</local-command-stdout>";
  const told = changed && stage.prompts.length > 0
    ? stage.user(note, { isReplay: true })
    : [];
  return [
    ...told,
    ...(stage.cli.isOldest
      ? success(stage, id)
      : success(stage, id, stage.cli.answer("set_model", { model }))),
  ];
}

function setPermissionMode(
  stage: Stage,
  id: Json | undefined,
  wanted: Json | undefined,
): PlayerOutput[] {
  const mode = wanted === "manual" ? "default" : wanted;
  if (typeof mode !== "string" || !MODES.includes(mode)) {
    const error = "Cannot set permission mode: must be one of " +
      MODES.join(", ");
    return failure(stage, id, error, "invalid_mode");
  }
  if (mode === "bypassPermissions" && !stage.launch.mayBypass) {
    const error = "Cannot set permission mode to bypassPermissions: " +
      "the session was not launched for it";
    return failure(stage, id, error, "bypass_not_launched");
  }
  const changed = mode !== stage.permissionMode;
  stage.permissionMode = mode;
  const status = { status: null, permissionMode: mode };
  return [
    ...success(stage, id, { mode }),
    ...(changed ? stage.system("status", status) : []),
  ];
}
