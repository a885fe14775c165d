/**
 * The language in which a scripted Claude is told what to do: plain data, so
 * that a scenario can be written to a file and played in another process.
 *
 * The functions in `steps.ts` build these values.
 *
 * @module
 */

/** A value that JSON can hold. `undefined` members are left out. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json | undefined };

/** A signal that a step may name. */
export type ScriptedSignal =
  | "SIGABRT"
  | "SIGHUP"
  | "SIGINT"
  | "SIGKILL"
  | "SIGSEGV"
  | "SIGTERM";

/** Steps to play after a number of deltas, while the block is still open. */
export interface During {
  /** How many deltas come first. */
  readonly after: number;
  /** What happens then, a {@linkcode gate} for instance. */
  readonly steps: readonly PlainStep[];
}

/** How the text of a block is cut into deltas, and how quickly they come. */
export interface DeltaOptions {
  /**
   * The number of deltas of about the same length, or their texts.
   *
   * @default 1, or one for each repetition
   */
  readonly deltas?: number | readonly string[];
  /**
   * How often the text (or the list of deltas) is repeated. The repetition
   * happens in the process, so a small scenario can give a very long text.
   *
   * @default 1
   */
  readonly repeat?: number;
  /** Milliseconds between two deltas, also when deltas are not written. */
  readonly pauseMs?: number;
  /** Steps in the middle of the block. */
  readonly during?: During;
}

/** A block of text in the reply. */
export interface TextStep extends DeltaOptions {
  readonly do: "text";
  readonly text: string;
  /** Whether `{prompt}`, `{prompts}`, `{turn}`, `{answer}` are filled in. */
  readonly template?: boolean;
}

/** A block of thinking in the reply. */
export interface ThinkingStep extends DeltaOptions {
  readonly do: "thinking";
  readonly text: string;
  readonly signature?: string;
}

/** A block of encrypted thinking in the reply. */
export interface RedactedThinkingStep {
  readonly do: "redacted_thinking";
  readonly data: string;
}

/** One call of a tool, with what comes of it. */
export interface ScriptedToolCall {
  /** The tool as the model names it. */
  readonly name: string;
  readonly input: JsonObject;
  /** @default the next of `toolu_0001`, `toolu_0002`, … */
  readonly id?: string;
  /**
   * Whether the permission of the user is needed. The permission mode and the
   * lists of allowed tools are heeded as far as they name the whole tool.
   *
   * @default false
   */
  readonly asks?: boolean;
  /** Further fields of the `can_use_tool` request. */
  readonly request?: JsonObject;
  /**
   * The result that the model sees. `{input}` and `{input.key}` are filled in
   * with the input the tool ran with, when {@linkcode template} is set.
   *
   * A tool named `mcp__<server>__<tool>` without an output, whose server lives
   * in the host, is called there, and its answer is the result.
   *
   * @default "" (nothing)
   */
  readonly output?: string | readonly JsonObject[];
  /** Whether placeholders in the output are filled in. */
  readonly template?: boolean;
  /** Whether the result is an error. */
  readonly isError?: boolean;
  /** The structured result, `tool_use_result` on the wire. */
  readonly result?: Json;
  /** Number or texts of the deltas of the input. */
  readonly deltas?: number | readonly string[];
  /** What happens while the tool runs. */
  readonly running?: readonly PlainStep[];
}

/** The calls that end a message, and their results. */
export interface ToolCallsStep {
  readonly do: "tool_calls";
  readonly calls: readonly ScriptedToolCall[];
  /**
   * Whether all permissions are asked for at once, and the results come in the
   * order of the answers; else one call is through before the next one asks.
   */
  readonly overlap?: boolean;
}

/** A step that belongs to a message of the model. */
export type BlockStep =
  | TextStep
  | ThinkingStep
  | RedactedThinkingStep
  | ToolCallsStep;

/** A request to the host, and what to do with the answer. */
export interface RequestStep {
  readonly do: "request";
  /** The request without its envelope: `{ subtype: "hook_callback", … }`. */
  readonly request: JsonObject;
  /** @default a new UUID */
  readonly id?: string;
  /**
   * Whether the next step waits for the answer.
   *
   * @default true
   */
  readonly wait?: boolean;
  /** Steps when the answer is a success. */
  readonly onSuccess?: readonly PlainStep[];
  /** Steps when the answer is an error. */
  readonly onError?: readonly PlainStep[];
}

/** The end of a turn that is not a plain success. */
export interface ResultStep {
  readonly do: "result";
  /** @default "success" */
  readonly subtype?: string;
  /** Fields that replace or join those of the line. */
  readonly fields?: JsonObject;
}

/** An API failure: the assistant line that tells of it, and its result. */
export interface ApiErrorStep {
  readonly do: "api_error";
  readonly status: number | null;
  /** `assistant.error`, such as `"rate_limit"`. */
  readonly error: string;
  readonly text: string;
  /** @default "api_error" */
  readonly errorType?: string;
  /** @default "api_error" */
  readonly terminalReason?: string;
}

/** A step that is not a part of a message. */
export type PlainStep =
  | {
    readonly do: "api_retry";
    readonly attempt?: number;
    readonly maxRetries?: number;
    readonly delayMs?: number;
    readonly status?: number | null;
    readonly error?: string;
  }
  | { readonly do: "rate_limit"; readonly info?: JsonObject }
  | {
    /** Writes an object as a line; uuid and session_id are added if missing. */
    readonly do: "line";
    readonly line: JsonObject;
    /** Whether the line stays as it is, without uuid and session_id. */
    readonly bare?: boolean;
    /** Length of a field `padding` that is added, for very long lines. */
    readonly paddingBytes?: number;
  }
  /** Writes text to stdout as it is; no newline is added. */
  | { readonly do: "write"; readonly text: string }
  /** Writes bytes to stdout as they are. */
  | { readonly do: "write_bytes"; readonly base64: string }
  /** Writes text to stderr, repeated until `bytes` are reached. */
  | { readonly do: "stderr"; readonly text: string; readonly bytes?: number }
  | RequestStep
  /** Withdraws a request; without an id the last one. */
  | { readonly do: "cancel"; readonly id?: string }
  /** From here on lines are written in pieces of so many bytes; 0 ends it. */
  | { readonly do: "chunks"; readonly bytes: number }
  | { readonly do: "pause"; readonly ms: number }
  /** Waits until the test releases it. */
  | { readonly do: "gate"; readonly name: string }
  /** Tells the test that this place was reached, and goes on. */
  | { readonly do: "mark"; readonly name: string }
  /** Never goes on. Requests are still answered unless `deaf`. */
  | { readonly do: "silence"; readonly deaf?: boolean }
  | { readonly do: "exit"; readonly code: number }
  | { readonly do: "kill"; readonly signal: ScriptedSignal }
  | { readonly do: "ignore"; readonly what: "sigterm" | "sigint" | "eof" }
  /** Starts a process that outlives this one, as a shell command may. */
  | { readonly do: "grandchild" }
  | { readonly do: "close_stdout" }
  /** Reads no more input, so that the pipe of the host fills. */
  | { readonly do: "stop_reading" }
  /** Token counts and cost of the next message of the model. */
  | { readonly do: "usage"; readonly usage: ScriptedUsage }
  | BackgroundStep;

/** Token counts and cost of a message. */
export interface ScriptedUsage {
  /** @default 100 */
  readonly inputTokens?: number;
  /** @default 20 */
  readonly outputTokens?: number;
  /** @default 0 */
  readonly cacheReadTokens?: number;
  /** @default 0 */
  readonly cacheCreationTokens?: number;
  /** @default computed from the tokens at $4 and $20 a million */
  readonly costUsd?: number;
}

/** Work that goes on beside the conversation. */
export interface BackgroundStep {
  readonly do: "background";
  /** @default the next of `task-1`, `task-2`, … */
  readonly taskId?: string;
  readonly description: string;
  /** What happens while the task runs; a gate keeps it running. */
  readonly steps: readonly PlainStep[];
  /** @default "completed" */
  readonly status?: "completed" | "failed" | "stopped";
  /** The turn that the CLI starts by itself when the task is over. */
  readonly wakeUp?: readonly Step[];
}

/** Anything that may stand in a turn. */
export type Step =
  | BlockStep
  | PlainStep
  | ResultStep
  | ApiErrorStep
  /** Ends the turn without a result line. */
  | { readonly do: "no_result" };

/** What happens from a prompt to its result. */
export type Turn = readonly Step[];

/** How a request of the host is answered, in place of the usual answer. */
export type ScriptedAnswer =
  | { readonly answer: "success"; readonly response?: JsonObject }
  | {
    readonly answer: "error";
    readonly error: string;
    readonly errorCode?: string;
  }
  /** No answer at all. */
  | { readonly answer: "none" }
  /** The usual answer, once a gate is released. */
  | { readonly answer: "gate"; readonly name: string };

/** What one process does, from its start to its end. */
export interface ProcessScript {
  /** Steps before the first line of input is read. */
  readonly beforeInput?: readonly PlainStep[];
  /** The turns in their order. */
  readonly turns?: readonly Turn[];
  /**
   * The turn for each prompt after the last of {@linkcode turns}.
   *
   * @default a turn that repeats the prompts so far
   */
  readonly forEveryPrompt?: Turn;
  /** Steps after the end of input, before the process ends. */
  readonly atEndOfInput?: readonly PlainStep[];
  /** Fields that replace or join those of `system/init`. */
  readonly init?: JsonObject;
  /** Fields that replace or join those of the `initialize` response. */
  readonly initialize?: JsonObject;
  /** Answers in place of the usual ones, by subtype of the request. */
  readonly answers?: { readonly [subtype: string]: ScriptedAnswer };
  /** Signals and ends that are not heeded from the start. */
  readonly ignore?: readonly ("sigterm" | "sigint" | "eof")[];
  /**
   * Whether prompts that come during a turn join it after a tool result, as
   * they do with the real CLI.
   *
   * @default true
   */
  readonly fold?: boolean;
}

/** A whole scenario: what each started process does. */
export interface Scenario {
  /**
   * One script for each start of the program, in order of the starts. The last
   * one also serves all later starts.
   */
  readonly processes: readonly ProcessScript[];
  /**
   * Makes all ids repeatable. Without it they differ from run to run.
   */
  readonly seed?: string;
  /**
   * The version that is imitated. Only 2.1.197 differs from the default.
   *
   * @default "2.1.330"
   */
  readonly version?: string;
  /**
   * Time of the first line, as an ISO 8601 text. The clock of a scenario does
   * not follow the real one: it gains a millisecond with each line, and the
   * length of each pause.
   *
   * @default "2026-01-01T00:00:00.000Z"
   */
  readonly startTime?: string;
  /** Environment variables whose values are kept for the test to see. */
  readonly environment?: readonly string[];
}
