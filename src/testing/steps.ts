/**
 * Functions that build the steps of a {@linkcode Scenario}: the namespace `step` of
 * `@claudestream/core/testing`.
 *
 * @module
 */

import type {
  ApiErrorStep,
  BackgroundStep,
  BrokenStreamStep,
  DeltaOptions,
  GrandchildStep,
  Heard,
  Ignored,
  JsonObject,
  PlainStep,
  ProcessScript,
  PromptScript,
  RedactedThinkingStep,
  RefusalStep,
  RequestStep,
  ResultStep,
  Scenario,
  ScriptedSignal,
  ScriptedToolCall,
  ScriptedUsage,
  SpoilStep,
  Step,
  TextMatch,
  TextStep,
  ThinkingStep,
  ToolCallsStep,
  TurnScript,
  WhenStep,
} from "./scenario.ts";
import { encodeMessage, type MessageFields } from "../messages/encode.ts";
import type { AskedQuestion } from "../messages/builtin_inputs.ts";
import type { Message, Notice } from "../messages/mod.ts";
import { asTextMatch } from "./text_match.ts";

/**
 * Returns a scenario of one process that plays these turns.
 *
 * @param turns A list of steps for each turn
 * @param process Other fields of the process
 * @example Two turns
 * ```ts
 * import { step } from "@claudestream/core/testing";
 *
 * const scenario = step.conversation([[step.text("Hello.")], [step.text("Bye.")]]);
 * ```
 */
export function conversation(
  turns: readonly TurnScript[],
  process: ProcessScript = {},
): Scenario {
  return { processes: [{ turns, ...process }] };
}

/** A block of text, in one delta or in several. */
export function text(value: string, options: DeltaOptions = {}): TextStep {
  return { do: "text", text: value, ...options };
}

/**
 * A block of text in which `{prompt}`, `{prompts}` (all so far), `{turn}`,
 * `{answer}` (the last answer of the host) and `{session}` are filled in.
 */
export function echo(
  template: string = "{prompts}",
  options: DeltaOptions = {},
): TextStep {
  return { do: "text", text: template, template: true, ...options };
}

/** A block of thinking. */
export function thinking(
  value: string,
  options: DeltaOptions & { readonly signature?: string } = {},
): ThinkingStep {
  return { do: "thinking", text: value, ...options };
}

/** A block of encrypted thinking. */
export function redactedThinking(
  data: string = "ZW5jcnlwdGVk",
): RedactedThinkingStep {
  return { do: "redacted_thinking", data };
}

/** A call of one tool, which ends the message. */
export function toolCall(
  name: string,
  input: JsonObject,
  options: Omit<ScriptedToolCall, "name" | "input"> = {},
): ToolCallsStep {
  return { do: "tool_calls", calls: [{ name, input, ...options }] };
}

/**
 * The model asks a person, with the tool `AskUserQuestion`. The answers are the result of the call,
 * as the real CLI words it; {@linkcode when} tests them as `"tool_result"`.
 *
 * @param questions What is asked, and what to choose from.
 * @param options What happens meanwhile, or if the answer is refused.
 * @example
 * ```ts
 * import { AsyncSession } from "@claudestream/core";
 * import { MemoryClaude, step } from "@claudestream/core/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const question = "Which colour?";
 * const claude = new MemoryClaude(step.conversation([[
 *   step.question([{ question, options: [{ label: "red" }, { label: "blue" }] }]),
 *   step.when("tool_result", { contains: '"Which colour?"="blue"' }, [step.text("Blue it is.")]),
 * ]]));
 * await using session = new AsyncSession({
 *   spawn: claude.spawn,
 *   onQuestion: () => ({ [question]: "blue" }),
 * });
 * assertEquals((await session.ask("Paint it")).text, "Blue it is.");
 * ```
 */
export function question(
  questions: readonly AskedQuestion[],
  options: Pick<ScriptedToolCall, "id" | "running" | "refused"> = {},
): ToolCallsStep {
  const input = {
    // The real tool requires all of these.
    questions: questions.map((one) => ({
      ...one,
      header: one.header ?? one.question.slice(0, 12),
      options: one.options.map((option) => ({
        description: option.label,
        ...option,
      })),
      multiSelect: one.multiSelect ?? false,
    })),
  };
  return toolCall("AskUserQuestion", input, {
    asks: true,
    request: { requires_user_interaction: true },
    ...options,
  });
}

/** Calls of several tools in one message. */
export function toolCalls(
  calls: readonly ScriptedToolCall[],
  options: { readonly overlap?: boolean } = {},
): ToolCallsStep {
  return { do: "tool_calls", calls, ...options };
}

/** Announces another attempt to reach the API. */
export function apiRetry(
  options: Omit<Extract<PlainStep, { do: "api_retry" }>, "do"> = {},
): PlainStep {
  return { do: "api_retry", ...options };
}

/** Reports the state of a rate limit. */
export function rateLimit(info: JsonObject = {}): PlainStep {
  return { do: "rate_limit", info };
}

/**
 * A line of any shape, also one that no CLI writes; `uuid` and `session_id` are added
 * unless `bare`. Of a message that there is, {@linkcode message} makes the line.
 */
export function line(
  value: JsonObject,
  options: { readonly bare?: boolean; readonly paddingBytes?: number } = {},
): PlainStep {
  return { do: "line", line: value, ...options };
}

/**
 * A message of the CLI under our names, such as `("api_retry", { attempt: 1, … })`: it
 * must be one that is decoded as this message.
 *
 * @param type Its type.
 * @param fields What it says; all that the type needs, but `sessionId` and `uuid`.
 * @throws {TypeError} A field is missing, unknown or of another type.
 */
export function message<T extends Notice["type"]>(
  type: T,
  fields: MessageFields<T & Message["type"]>,
): PlainStep {
  return line(
    encodeMessage(type as T & Message["type"], fields) as JsonObject,
  );
}

/** Text on stdout, unchanged: noise, a broken line, or half a line. */
export function write(value: string): PlainStep {
  return { do: "write", text: value };
}

/** Bytes on stdout, unchanged. */
export function writeBytes(bytes: Uint8Array): PlainStep {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return { do: "write_bytes", base64: btoa(binary) };
}

/** Text on stderr, repeated up to `bytes` bytes if given. */
export function stderr(value: string, bytes?: number): PlainStep {
  return {
    do: "stderr",
    text: value,
    ...(bytes === undefined ? {} : { bytes }),
  };
}

/** A `control_request` to the host. */
export function request(
  value: JsonObject,
  options: Omit<RequestStep, "do" | "request"> = {},
): RequestStep {
  return { do: "request", request: value, ...options };
}

/** A request for the hook with this id. */
export function hookCallback(
  callbackId: string,
  input: JsonObject,
  options: Omit<RequestStep, "do" | "request"> = {},
): RequestStep {
  const subtype = "hook_callback";
  return request({ subtype, callback_id: callbackId, input }, options);
}

/** Withdraws an open request; without an id the last one. */
export function cancelRequest(id?: string): PlainStep {
  return { do: "cancel", ...(id === undefined ? {} : { id }) };
}

/** Writes lines in pieces of `bytes` bytes from here on; 0 ends this. */
export function inChunks(bytes: number): PlainStep {
  return { do: "chunks", bytes };
}

/** Corrupts the next line of stdout, or the next one of a type. */
export function spoil(how: SpoilStep["how"], type?: string): SpoilStep {
  return { do: "spoil", how, ...(type === undefined ? {} : { type }) };
}

/** A pause in real time; tests use {@linkcode gate} instead. */
export function pause(ms: number): PlainStep {
  return { do: "pause", ms };
}

/** Waits until the test releases the gate. */
export function gate(name: string): PlainStep {
  return { do: "gate", name };
}

/** In a turn: waits until one more prompt has come, as `push` sends it. */
export function awaitPrompt(): PlainStep {
  return { do: "await_prompt" };
}

/** Reports to the test that this place was reached, without waiting. */
export function mark(name: string): PlainStep {
  return { do: "mark", name };
}

/** Waits forever. A deaf process does not react to its input either. */
export function silence(options: { readonly deaf?: boolean } = {}): PlainStep {
  return { do: "silence", ...options };
}

/** Ends the process immediately. */
export function exit(code: number): PlainStep {
  return { do: "exit", code };
}

/** Ends the process by a signal. */
export function kill(signal: ScriptedSignal): PlainStep {
  return { do: "kill", signal };
}

/** Signals, or the end of input, have no effect from here on. */
export function ignore(what: Ignored): PlainStep {
  return { do: "ignore", what };
}

/** Starts a process that outlives this one, unless `cleanedUp`. */
export function grandchild(
  options: Omit<GrandchildStep, "do"> = {},
): GrandchildStep {
  return { do: "grandchild", ...options };
}

/** Writes a file into the folder of the handle. */
export function file(name: string, text: string): PlainStep {
  return { do: "file", name, text };
}

/** Closes stdout and continues. */
export function closeStdout(): PlainStep {
  return { do: "close_stdout" };
}

/** Reads no more input. */
export function stopReading(): PlainStep {
  return { do: "stop_reading" };
}

/** Token counts and cost of the next message. */
export function usage(value: ScriptedUsage): PlainStep {
  return { do: "usage", usage: value };
}

/** Starts a task in parallel to the conversation. */
export function background(
  description: string,
  steps: readonly PlainStep[],
  options: Omit<BackgroundStep, "do" | "description" | "steps"> = {},
): BackgroundStep {
  return { do: "background", description, steps, ...options };
}

/** A result with another subtype or with other fields. */
export function result(
  subtype: string = "success",
  fields: JsonObject = {},
): ResultStep {
  return { do: "result", subtype, fields };
}

/** A final failure of the API: the assistant line that reports it, and its result. */
export function apiError(
  status: number | null,
  error: string,
  value: string,
  options: Pick<ApiErrorStep, "errorType" | "terminalReason" | "limit"> = {},
): ApiErrorStep {
  return { do: "api_error", status, error, text: value, ...options };
}

/** Ends the turn without a result. */
export function noResult(): Step {
  return { do: "no_result" };
}

/**
 * A turn for matching prompts, for `onPrompt` of a process.
 *
 * @param prompt The text of the prompt, or a regular expression
 * @param turn The turn to play
 * @example
 * ```ts
 * import { step } from "@claudestream/core/testing";
 *
 * const scenario = step.conversation([], {
 *   onPrompt: [
 *     step.onPrompt(/weather/i, [step.text("Sunny.")]),
 *     step.onPrompt("bye", [step.text("Bye.")]),
 *   ],
 * });
 * console.assert(scenario.processes.length === 1);
 * ```
 */
export function onPrompt(
  prompt: TextMatch | RegExp,
  turn: TurnScript,
  options: Pick<PromptScript, "times"> = {},
): PromptScript {
  return { prompt: asTextMatch(prompt), turn, ...options };
}

/**
 * Chooses between two sequences of steps, depending on a text that the stand-in received.
 *
 * @param heard The text to test
 * @param is The condition: a text, or a regular expression
 * @param then Steps if the condition is met
 * @param otherwise Steps if it is not met
 */
export function when<S extends Step, O extends Step = S>(
  heard: Heard,
  is: TextMatch | RegExp,
  then: readonly S[],
  otherwise: readonly O[] = [],
): WhenStep<S | O> {
  return { do: "when", heard, is: asTextMatch(is), then, otherwise };
}

/** The model refuses to answer, which ends the turn. */
export function refusal(text?: string): RefusalStep {
  return { do: "refusal", ...(text === undefined ? {} : { text }) };
}

/** The stream of a reply breaks off after a text; the next steps are the second attempt. */
export function brokenStream(value: string): BrokenStreamStep {
  return { do: "broken_stream", text: value };
}

/** A limit of the account is reached, which ends the turn. `resetsAt` is in seconds since 1970. */
export function rateLimited(
  options: { readonly resetsAt?: number; readonly rateLimitType?: string } = {},
): ApiErrorStep {
  return apiError(429, "rate_limit", "You've hit your limit", {
    errorType: "rate_limit_error",
    limit: { status: "rejected", rateLimitType: "five_hour", ...options },
  });
}

/** The API stays overloaded, which ends the turn. */
export function overloaded(): ApiErrorStep {
  return apiError(529, "server_error", "API Error: 529 Overloaded", {
    errorType: "overloaded_error",
  });
}

/** The conversation exceeds the context of the model, which ends the turn. */
export function contextOverflow(): ApiErrorStep {
  return apiError(400, "invalid_request", "Prompt is too long", {
    errorType: "invalid_request_error",
    terminalReason: "prompt_too_long",
  });
}
