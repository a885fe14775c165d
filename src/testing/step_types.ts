/**
 * Types of the steps in the turns of a scenario. The functions in `steps.ts` build these values.
 *
 * @module
 */

/** A JSON value. `undefined` members are left out. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json | undefined };

/** A signal that a step can use. */
export type ScriptedSignal =
  | "SIGABRT"
  | "SIGHUP"
  | "SIGINT"
  | "SIGKILL"
  | "SIGSEGV"
  | "SIGTERM";

/**
 * A condition for a text: it equals this text (ignoring white space around it), contains a part, or
 * matches a regular expression.
 */
export type TextMatch =
  | string
  | { readonly contains: string }
  | {
    /** The source of a regular expression: `"^fix (.*)"`. */
    readonly pattern: string;
    /**
     * Its flags, such as `"i"`.
     *
     * @default ""
     */
    readonly flags?: string;
  };

/** A text received by the stand-in that a {@linkcode WhenStep} can test. */
export type Heard =
  /** The last prompt that a turn has taken, pushed ones included. */
  | "prompt"
  /** The last answer of the host to a question: JSON of the response, or the text of an error. */
  | "answer"
  /** The result of the last tool call, as the model sees it. */
  | "tool_result"
  /** The input that the last tool call ran with, as JSON. */
  | "tool_input";

/** Chooses between two sequences of steps. */
export interface WhenStep<S = Step> {
  /** Which step this is. */
  readonly do: "when";
  /** The text to test. */
  readonly heard: Heard;
  /** The condition. */
  readonly is: TextMatch;
  /** Steps if the condition is met. */
  readonly then: readonly S[];
  /**
   * Steps if it is not met.
   *
   * @default [] (nothing)
   */
  readonly otherwise?: readonly S[];
}

/** Steps to play after a number of deltas, while the block is still open. */
export interface During {
  /** Number of deltas before the steps. */
  readonly after: number;
  /** The steps, a {@linkcode gate} for instance. */
  readonly steps: readonly PlainStep[];
}

/** How the text of a block is split into deltas, and how fast they arrive. */
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
  /** Milliseconds between two deltas, even if deltas are not written. */
  readonly pauseMs?: number;
  /** Steps in the middle of the block. */
  readonly during?: During;
}

/** A block of text in the reply. */
export interface TextStep extends DeltaOptions {
  /** Which step this is. */
  readonly do: "text";
  /** The text, once. */
  readonly text: string;
  /** Whether `{prompt}`, `{prompts}`, `{turn}`, `{answer}` are filled in. */
  readonly template?: boolean;
}

/** A block of thinking in the reply. */
export interface ThinkingStep extends DeltaOptions {
  /** Which step this is. */
  readonly do: "thinking";
  /** The text, once. */
  readonly text: string;
  /**
   * The API's signature of the thinking.
   *
   * @default `"c2lnbmF0dXJl"`
   */
  readonly signature?: string;
}

/** A block of encrypted thinking in the reply. */
export interface RedactedThinkingStep {
  /** Which step this is. */
  readonly do: "redacted_thinking";
  /** The encrypted data, as base64. */
  readonly data: string;
}

/** A tool call, with its permission and result. */
export interface ScriptedToolCall {
  /** The tool as the model names it. */
  readonly name: string;
  /** What the model asks the tool to do. */
  readonly input: JsonObject;
  /**
   * The id on the wire.
   *
   * @default the next of `toolu_0001`, `toolu_0002`, …
   */
  readonly id?: string;
  /**
   * Whether the user's permission is needed. The permission mode and the lists of allowed tools are
   * respected, but only entries for a whole tool.
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
  /** Number of deltas of the input, or their texts. */
  readonly deltas?: number | readonly string[];
  /** What happens while the tool runs. */
  readonly running?: readonly PlainStep[];
  /** Steps that replace the rest of the turn if the call is refused. */
  readonly refused?: readonly Step[];
}

/** The calls that end a message, and their results. */
export interface ToolCallsStep {
  /** Which step this is. */
  readonly do: "tool_calls";
  /** The calls in the order of their blocks. */
  readonly calls: readonly ScriptedToolCall[];
  /**
   * Whether all permissions are requested at once, with results in the order of the answers;
   * otherwise each call finishes before the next one asks.
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
  /** Which step this is. */
  readonly do: "request";
  /** The request without its envelope: `{ subtype: "hook_callback", … }`. */
  readonly request: JsonObject;
  /**
   * The id on the wire.
   *
   * @default a new UUID
   */
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
  /** Which step this is. */
  readonly do: "result";
  /**
   * Which kind of result it is.
   *
   * @default "success"
   */
  readonly subtype?: string;
  /** Fields that replace or join those of the line. */
  readonly fields?: JsonObject;
}

/** An API failure: the assistant line that reports it, and its result. */
export interface ApiErrorStep {
  /** Which step this is. */
  readonly do: "api_error";
  /** The HTTP status; null when there was no connection. */
  readonly status: number | null;
  /** `assistant.error`, such as `"rate_limit"`. */
  readonly error: string;
  /** Text in place of a reply. */
  readonly text: string;
  /**
   * `api_error_type` of both lines.
   *
   * @default "api_error"
   */
  readonly errorType?: string;
  /**
   * `terminal_reason` of the result.
   *
   * @default "api_error"
   */
  readonly terminalReason?: string;
  /**
   * `stop_reason` of the result.
   *
   * @default "stop_sequence"
   */
  readonly stopReason?: string;
  /** The exceeded rate limit, as `api_error_params.rate_limit_info` of the reply. */
  readonly limit?: JsonObject;
}

/** The model refuses to answer, which ends the turn. */
export interface RefusalStep {
  /** Which step this is. */
  readonly do: "refusal";
  /**
   * Text in place of a reply.
   *
   * @default "API Error: the safeguards of the model flagged this message."
   */
  readonly text?: string;
}

/**
 * The stream of a reply breaks off. The CLI tries again: what comes next in the turn is
 * the second attempt.
 */
export interface BrokenStreamStep {
  /** Which step this is. */
  readonly do: "broken_stream";
  /** What was written until then. */
  readonly text: string;
}

/** A step that is not part of a message. */
export type PlainStep =
  | WhenStep<PlainStep>
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
    /** Whether the line stays unchanged, without uuid and session_id. */
    readonly bare?: boolean;
    /** Length of a field `padding` that is added, for very long lines. */
    readonly paddingBytes?: number;
  }
  /** Writes text to stdout unchanged, without adding a newline. */
  | { readonly do: "write"; readonly text: string }
  /** Writes bytes to stdout unchanged. */
  | { readonly do: "write_bytes"; readonly base64: string }
  /** Writes text to stderr, repeated until `bytes` are reached. */
  | { readonly do: "stderr"; readonly text: string; readonly bytes?: number }
  | RequestStep
  /** Withdraws a request; without an id the last one. */
  | { readonly do: "cancel"; readonly id?: string }
  /** Writes lines in pieces of `bytes` bytes from here on; 0 ends this. */
  | { readonly do: "chunks"; readonly bytes: number }
  | SpoilStep
  | { readonly do: "pause"; readonly ms: number }
  /** Waits until the test releases it. */
  | { readonly do: "gate"; readonly name: string }
  /** Waits until there is a prompt that no turn has taken. */
  | { readonly do: "await_prompt" }
  /** Reports to the test that this place was reached, and continues. */
  | { readonly do: "mark"; readonly name: string }
  /** Waits forever. Requests are still answered unless `deaf`. */
  | { readonly do: "silence"; readonly deaf?: boolean }
  | { readonly do: "exit"; readonly code: number }
  | { readonly do: "kill"; readonly signal: ScriptedSignal }
  | { readonly do: "ignore"; readonly what: Ignored }
  | GrandchildStep
  /** Writes a file into the folder of the handle. */
  | { readonly do: "file"; readonly name: string; readonly text: string }
  | { readonly do: "close_stdout" }
  /** Reads no more input, so that the pipe of the host fills. */
  | { readonly do: "stop_reading" }
  /** Token counts and cost of the next message of the model. */
  | { readonly do: "usage"; readonly usage: ScriptedUsage }
  | BackgroundStep;

/**
 * What can be ignored: a signal, the end of input, or the request to interrupt the turn, which is
 * still answered.
 */
export type Ignored = "sigterm" | "sigint" | "eof" | "interrupt";

/** Corrupts one line of stdout. */
export interface SpoilStep {
  /** Which step this is. */
  readonly do: "spoil";
  /**
   * `"twice"` writes the line again after itself, `"late"` after the line that follows,
   * `"lost"` not at all; `"half"` writes its first half, without a newline.
   */
  readonly how: "twice" | "late" | "lost" | "half";
  /**
   * The `type` of the line to corrupt.
   *
   * @default the next one
   */
  readonly type?: string;
}

/** Starts a process that waits forever, as a shell command may. */
export interface GrandchildStep {
  /** Which step this is. */
  readonly do: "grandchild";
  /** Whether it leads its own session and process group, as real commands do. */
  readonly ownGroup?: boolean;
  /** Whether it holds stdout and stderr of this process open. */
  readonly holdsOutput?: boolean;
  /** Whether it is ended when this process ends normally. */
  readonly cleanedUp?: boolean;
}

/** Token counts and cost of a message. */
export interface ScriptedUsage {
  /**
   * Tokens of the prompt that were not cached.
   *
   * @default 100
   */
  readonly inputTokens?: number;
  /**
   * Tokens of the reply.
   *
   * @default 20
   */
  readonly outputTokens?: number;
  /**
   * Tokens that were read from the cache.
   *
   * @default 0
   */
  readonly cacheReadTokens?: number;
  /**
   * Tokens that were put into the cache.
   *
   * @default 0
   */
  readonly cacheCreationTokens?: number;
  /**
   * Cost in US dollars.
   *
   * @default computed from the tokens at $4 and $20 a million
   */
  readonly costUsd?: number;
}

/** Work in parallel to the conversation. */
export interface BackgroundStep {
  /** Which step this is. */
  readonly do: "background";
  /**
   * The id of the task on the wire.
   *
   * @default the next of `task-1`, `task-2`, …
   */
  readonly taskId?: string;
  /** Description of the task. */
  readonly description: string;
  /** What happens while the task runs; a gate keeps it running. */
  readonly steps: readonly PlainStep[];
  /**
   * How the task ends.
   *
   * @default "completed"
   */
  readonly status?: "completed" | "failed" | "stopped";
  /** The turn that the CLI starts on its own when the task ends. */
  readonly wakeUp?: readonly Step[];
}

/** Any step of a turn. */
export type Step =
  | BlockStep
  | PlainStep
  | WhenStep<Step>
  | ResultStep
  | ApiErrorStep
  | RefusalStep
  | BrokenStreamStep
  /** Ends the turn without a result line. */
  | { readonly do: "no_result" };

/** What happens from a prompt to its result. */
export type TurnScript = readonly Step[];
