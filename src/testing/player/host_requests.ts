/** Requests of a scripted Claude to its host: hooks, MCP, and others. */

import { isObject } from "./version.ts";
import type { HostAnswer, SubScript } from "./output.ts";
import type { Json, JsonObject } from "../scenario.ts";
import type { Stage } from "./wire.ts";

/** Sends a request and returns its id; the answer arrives under that key. */
export function* sendRequest(
  stage: Stage,
  request: JsonObject,
  id: string = stage.identifiers.uuid(),
): SubScript<string> {
  stage.openRequests.add(id);
  yield* stage.line({ type: "control_request", request_id: id, request });
  return id;
}

/** Waits for the answers to some requests, in any order. */
export function* awaitAnswers(
  ids: readonly string[],
): SubScript<ReadonlyMap<string, HostAnswer>> {
  const open = new Set(ids);
  const answers = new Map<string, HostAnswer>();
  while (open.size > 0) {
    const { key, value } = yield { do: "wait", keys: [...open] };
    open.delete(key);
    answers.set(key, value ?? { kind: "closed" });
  }
  return answers;
}

/** Sends a request and waits for its answer. */
export function* ask(
  stage: Stage,
  request: JsonObject,
  id?: string,
): SubScript<HostAnswer> {
  const sent = yield* sendRequest(stage, request, id);
  const answers = yield* awaitAnswers([sent]);
  return answers.get(sent) ?? { kind: "closed" };
}

/** The combined answer of the hooks of an event. */
export interface HookVerdict {
  readonly decision: "allow" | "deny" | "ask" | undefined;
  readonly reason: string;
  readonly updatedInput: JsonObject | undefined;
}

/** Calls all hooks of an event in parallel, and combines their answers. */
export function* callHooks(
  stage: Stage,
  event: string,
  fields: JsonObject,
  toolName?: string,
  toolUseId: string = stage.identifiers.uuid(),
): SubScript<HookVerdict> {
  const hooks = stage.hooks.filter((hook) =>
    hook.event === event && matches(hook.matcher, toolName)
  );
  const none = { decision: undefined, reason: "", updatedInput: undefined };
  if (hooks.length === 0) return none;
  const directory = stage.launch.workingDirectory;
  const sent: string[] = [];
  for (const hook of hooks) {
    sent.push(
      yield* sendRequest(stage, {
        subtype: "hook_callback",
        callback_id: hook.callbackId,
        input: {
          session_id: stage.launch.sessionId,
          transcript_path: `${directory}/.claude/${stage.launch.sessionId}`,
          cwd: directory,
          prompt_id: stage.promptId,
          permission_mode: stage.permissionMode,
          ...(event === "UserPromptSubmit"
            ? {}
            : { effort: { level: "medium" } }),
          hook_event_name: event,
          ...fields,
        },
        tool_use_id: toolUseId,
      }),
    );
  }
  const verdicts: HookVerdict[] = [];
  for (const answer of (yield* awaitAnswers(sent)).values()) {
    verdicts.push(readVerdict(answer) ?? none);
  }
  const updatedInput = verdicts.find((verdict) => verdict.updatedInput)
    ?.updatedInput;
  // The strictest answer wins.
  for (const decision of ["deny", "ask", "allow"] as const) {
    const found = verdicts.find((verdict) => verdict.decision === decision);
    if (found !== undefined) return { ...found, updatedInput };
  }
  return { ...none, updatedInput };
}

function readVerdict(answer: HostAnswer): HookVerdict | undefined {
  if (answer.kind !== "success" || !isObject(answer.response)) return undefined;
  const { decision, reason, hookSpecificOutput } = answer.response;
  const specific = isObject(hookSpecificOutput) ? hookSpecificOutput : {};
  const wanted = decision === "block" ? "deny" : specific["permissionDecision"];
  const input = specific["updatedInput"];
  const why = specific["permissionDecisionReason"] ?? reason;
  return {
    decision: wanted === "deny" || wanted === "allow" || wanted === "ask"
      ? wanted
      : undefined,
    reason: typeof why === "string" ? why : "",
    updatedInput: isObject(input) ? input : undefined,
  };
}

/** Whether a matcher applies: it is empty, `*`, or a pattern for the whole name of a tool. */
function matches(matcher: string | undefined, name: string | undefined) {
  if (!matcher || matcher === "*" || name === undefined) return true;
  try {
    return new RegExp(`^(?:${matcher})$`).test(name);
  } catch {
    return matcher === name;
  }
}

/** Reads the hooks from an `initialize` request. */
export function readHooks(hooks: Json | undefined): Stage["hooks"] {
  if (!isObject(hooks)) return [];
  const list: { event: string; matcher: string; callbackId: string }[] = [];
  for (const [event, matchers] of Object.entries(hooks)) {
    if (!Array.isArray(matchers)) continue;
    for (const matcher of matchers) {
      if (!isObject(matcher)) continue;
      const ids = matcher["hookCallbackIds"];
      if (!Array.isArray(ids)) continue;
      for (const callbackId of ids) {
        if (typeof callbackId !== "string") continue;
        const pattern = matcher["matcher"];
        list.push({
          event,
          matcher: typeof pattern === "string" ? pattern : "",
          callbackId,
        });
      }
    }
  }
  return list;
}

/** Sends a JSON-RPC message to a server in the host. */
export function* sendMcp(
  stage: Stage,
  server: string,
  message: JsonObject,
): SubScript<JsonObject | string> {
  const answer = yield* ask(stage, {
    subtype: "mcp_message",
    server_name: server,
    message: { ...message, jsonrpc: "2.0" },
  });
  if (answer.kind === "closed") return "The stream was closed";
  if (answer.kind === "error") return answer.error;
  if (!isObject(answer.response)) return {};
  const response = answer.response["mcp_response"];
  return isObject(response) ? response : {};
}

/** Initializes the servers of the host one after the other and lists their tools. */
export function* greetServers(
  stage: Stage,
  names: readonly string[],
  done: () => void,
): SubScript<void> {
  for (const name of names) {
    const hello = yield* sendMcp(stage, name, {
      method: "initialize",
      params: {
        protocolVersion: "2025-11-25",
        capabilities: {},
        clientInfo: { name: "claude-code", version: stage.cli.number },
      },
      id: 0,
    });
    if (typeof hello === "string") continue;
    yield* sendMcp(stage, name, { method: "notifications/initialized" });
    const list = yield* sendMcp(stage, name, { method: "tools/list", id: 1 });
    const tools: string[] = [];
    const result = typeof list === "string" ? undefined : list["result"];
    const found = isObject(result) ? result["tools"] : undefined;
    for (const tool of Array.isArray(found) ? found : []) {
      if (!isObject(tool) || typeof tool["name"] !== "string") continue;
      tools.push(mcpToolName(name, tool["name"]));
      stage.toolNames.set(mcpToolName(name, tool["name"]), {
        server: name,
        tool: tool["name"],
      });
    }
    stage.servers = [
      ...stage.servers.filter((server) => server.name !== name),
      { name, tools },
    ];
  }
  done();
}

/** Returns the name under which the model sees a tool of an MCP server. */
export function mcpToolName(server: string, tool: string): string {
  const plain = (name: string) => name.replaceAll(/[^A-Za-z0-9_-]/g, "_");
  return `mcp__${plain(server)}__${plain(tool)}`;
}
