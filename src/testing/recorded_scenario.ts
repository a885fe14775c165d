/**
 * Converts a recording to a scenario for editing.
 *
 * @module
 */

import { type RecordedLine, wireValue } from "../observe/recording.ts";
import { isWireObject, type WireObject } from "../util/json.ts";
import { readRecordingFile } from "./input_file.ts";
import { opensTurn } from "./stdout_player.ts";
import type {
  Json,
  JsonObject,
  ProcessScript,
  Scenario,
  ScriptedToolCall,
  Step,
  TurnScript,
} from "./scenario.ts";

/**
 * Converts a recording to a scenario: a process for each that was started, a turn for each prompt,
 * and steps for the model's text, its tool calls with their results, and the end of the turn. Ids,
 * times, costs and deltas are left out, because the stand-in makes its own. Lines without a
 * matching step become a `line`.
 *
 * To play a recording unchanged, use `replay()` instead.
 *
 * @param path The recording.
 * @throws {Error} There is no such file.
 * @throws {SyntaxError} The file is not a recording, or has a newer format.
 *
 * @example Save it as a file
 * ```ts
 * import { recordedScenario } from "@claudestream/core/testing";
 *
 * function convert(recording: string, file: string): void {
 *   const scenario = recordedScenario(recording);
 *   Deno.writeTextFileSync(file, JSON.stringify(scenario, null, 2));
 * }
 * ```
 */
export function recordedScenario(path: string | URL): Scenario {
  const runs = readRecordingFile(path);
  const version = runs.flat().map(versionOf).find((one) => one !== undefined);
  return {
    processes: runs.map((lines) => new Converter(lines).process()),
    ...(version === undefined ? {} : { version }),
  };
}

function versionOf(line: RecordedLine): string | undefined {
  const value = "in" in line ? wireValue(line.in) : undefined;
  if (!isWireObject(value)) return undefined;
  const version = value["claude_code_version"];
  return typeof version === "string" ? version : undefined;
}

/** Lines that the stand-in writes itself. */
const OWN: ReadonlySet<string> = new Set([
  "stream_event",
  "command_lifecycle",
  "control_response",
  "control_cancel_request",
  "keep_alive",
  "system/init",
  "system/status",
  "system/thinking_tokens",
  "system/model_refusal_no_fallback",
  "system/background_tasks_changed",
  "system/permission_denied",
]);

/** Fields that differ from run to run. */
const VOLATILE: ReadonlySet<string> = new Set([
  "uuid",
  "session_id",
  "timestamp",
  "request_id",
]);

type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** Converts the lines of one process. */
class Converter {
  readonly #lines: readonly RecordedLine[];
  readonly #turns: Step[][] = [];
  /** Calls by id, to add their results. */
  readonly #calls = new Map<string, Draft<ScriptedToolCall>>();
  /** Requests for permission, by their id. */
  readonly #asked = new Map<string, Draft<ScriptedToolCall>>();
  /** Calls of the current message. */
  #open: Draft<ScriptedToolCall>[] | undefined;
  #message: unknown;
  #isOver = true;
  readonly #hasPrompts: boolean;

  constructor(lines: readonly RecordedLine[]) {
    this.#lines = lines;
    this.#hasPrompts = lines.some((line) => "out" in line);
  }

  process(): ProcessScript {
    for (const line of this.#lines) {
      if ("out" in line && isWireObject(line.out)) this.#out(line.out);
      else if ("in" in line) this.#in(wireValue(line.in));
      else if ("stderr" in line) {
        this.#add({ do: "stderr", text: `${line.stderr}\n` });
      } else if ("exit" in line && !line.exit.closed) {
        this.#add({ do: "exit", code: line.exit.code });
      }
    }
    return { turns: this.#turns as readonly TurnScript[] };
  }

  #add(step: Step): void {
    // Before the first prompt there is no turn to add it to.
    this.#turns.at(-1)?.push(step);
  }

  #out(line: WireObject): void {
    if (line["type"] === "user") {
      // A pushed prompt belongs to the running turn.
      if (!this.#isOver) this.#add({ do: "await_prompt" });
      else this.#turns.push([]);
      this.#isOver = false;
      return;
    }
    const response = line["response"];
    if (line["type"] !== "control_response" || !isWireObject(response)) return;
    const call = this.#asked.get(String(response["request_id"]));
    if (call !== undefined) call.asks = true;
  }

  #in(line: unknown): void {
    if (!isWireObject(line)) {
      this.#add({ do: "write", text: `${String(line)}\n` });
      return;
    }
    // A stdout has no prompts.
    if (this.#isOver && !this.#hasPrompts && opensTurn(line)) {
      this.#turns.push([]);
      this.#isOver = false;
    }
    const type = String(line["type"]);
    const name = type === "system" ? `${type}/${line["subtype"]}` : type;
    switch (name) {
      case "assistant":
        return this.#assistant(line);
      case "user":
        return this.#user(line);
      case "result":
        return this.#result(line);
      case "control_request":
        return this.#request(line);
      case "system/api_retry":
        return this.#add({
          do: "api_retry",
          ...numbers(line, {
            attempt: "attempt",
            maxRetries: "max_retries",
            delayMs: "retry_delay_ms",
          }),
          status: typeof line["error_status"] === "number"
            ? line["error_status"]
            : null,
          error: String(line["error"]),
        });
      case "rate_limit_event": {
        const info = line["rate_limit_info"];
        return this.#add({
          do: "rate_limit",
          ...(isWireObject(info) ? { info: info as JsonObject } : {}),
        });
      }
      default:
        if (!OWN.has(name)) {
          this.#add({ do: "line", line: without(line, VOLATILE) });
        }
    }
  }

  #assistant(line: WireObject): void {
    const message = line["message"];
    if (!isWireObject(message)) return;
    const content = Array.isArray(message["content"]) ? message["content"] : [];
    if (line["is_api_error_message"] === true || line["error"] !== undefined) {
      const [block] = content;
      const isRefusal = message["stop_reason"] === "refusal";
      const text = isWireObject(block) ? String(block["text"]) : "";
      const status = line["api_error_status"];
      this.#add(
        isRefusal ? { do: "refusal", text } : {
          do: "api_error",
          status: typeof status === "number" ? status : null,
          error: String(line["error"]),
          text,
        },
      );
      return;
    }
    // Lines of subagents are not converted.
    if (typeof line["parent_tool_use_id"] === "string") {
      this.#add({ do: "line", line: without(line, VOLATILE) });
      return;
    }
    if (message["id"] !== this.#message) this.#open = undefined;
    this.#message = message["id"];
    for (const block of content) {
      if (isWireObject(block)) this.#block(block);
    }
  }

  #block(block: WireObject): void {
    switch (block["type"]) {
      case "text":
        return this.#add({ do: "text", text: String(block["text"]) });
      case "thinking":
        return this.#add({ do: "thinking", text: String(block["thinking"]) });
      case "redacted_thinking":
        return this.#add({
          do: "redacted_thinking",
          data: String(block["data"]),
        });
      case "tool_use": {
        const input = block["input"];
        const call: Draft<ScriptedToolCall> = {
          name: String(block["name"]),
          input: isWireObject(input) ? input as JsonObject : {},
        };
        this.#calls.set(String(block["id"]), call);
        if (this.#open === undefined) {
          this.#open = [];
          this.#add({ do: "tool_calls", calls: this.#open });
        }
        this.#open.push(call);
      }
    }
  }

  #user(line: WireObject): void {
    const message = line["message"];
    if (!isWireObject(message) || !Array.isArray(message["content"])) return;
    for (const block of message["content"]) {
      if (!isWireObject(block) || block["type"] !== "tool_result") continue;
      const call = this.#calls.get(String(block["tool_use_id"]));
      if (call === undefined) continue;
      // Do not record the result of a refused call: the host decides again.
      if (isRefused(line)) continue;
      const content = block["content"];
      // The program's own tools produce their results again.
      if (call.name.startsWith("mcp__") && !call.asks) continue;
      if (typeof content === "string") call.output = content;
      else if (Array.isArray(content)) {
        call.output = content.filter(isWireObject) as unknown as JsonObject[];
      }
      if (block["is_error"] === true) call.isError = true;
      const result = line["tool_use_result"];
      if (isWireObject(result)) call.result = result as Json;
    }
  }

  #request(line: WireObject): void {
    const { request, request_id } = line;
    if (!isWireObject(request)) return;
    switch (request["subtype"]) {
      case "can_use_tool": {
        const call = this.#calls.get(String(request["tool_use_id"]));
        if (call === undefined) return;
        call.asks = true;
        this.#asked.set(String(request_id), call);
        return;
      }
      case "hook_callback":
      case "mcp_message":
        // The stand-in itself sends both, for the hooks and servers of the session.
        return;
      default:
        this.#add({ do: "request", request: request as JsonObject });
    }
  }

  #result(line: WireObject): void {
    this.#isOver = true;
    this.#open = undefined;
    const last = this.#turns.at(-1)?.at(-1);
    if (last?.do === "api_error" || last?.do === "refusal") return;
    const { subtype, is_error, result, structured_output } = line;
    const fields = {
      ...(structured_output === undefined
        ? {}
        : { structured_output: structured_output as Json }),
      ...(is_error === true && typeof result === "string" ? { result } : {}),
    };
    if (subtype === "success" && Object.keys(fields).length === 0) return;
    this.#add({ do: "result", subtype: String(subtype), fields });
  }
}

function isRefused(line: WireObject): boolean {
  const meta = line["tool_result_meta"];
  return Array.isArray(meta) &&
    meta.some((one) =>
      isWireObject(one) && one["non_execution_kind"] !== undefined
    );
}

function without(line: WireObject, names: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(
    Object.entries(line).filter(([name]) => !names.has(name)),
  ) as JsonObject;
}

function numbers<K extends string>(
  line: WireObject,
  names: Readonly<Record<K, string>>,
): Partial<Record<K, number>> {
  const found: Partial<Record<K, number>> = {};
  for (const [name, wire] of Object.entries<string>(names)) {
    const value = line[wire];
    if (typeof value === "number") found[name as K] = value;
  }
  return found;
}
