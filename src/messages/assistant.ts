import * as v from "valibot";
import {
  type ContentBase,
  contentFields,
  defineMessage,
  isWireObject,
  type MessageKind,
  type Reads,
  wire,
  type WireObject,
  wireOptional,
} from "./_define.ts";
import { type Usage, usage } from "./usage.ts";

/**
 * A line `assistant`: one finished block of a reply. A reply of several blocks is
 * several of these with the same `messageId`. In the flat view each block is an
 * event of its own instead.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_03-tool-parallel.ndjson.
 */
export interface AssistantMessage extends ContentBase<"assistant_message"> {
  /** The API's id of the reply. */
  readonly messageId: string;
  /** The model; `<synthetic>` if the CLI wrote the text itself, such as an error of the API. */
  readonly model: string;
  /** Blocks as the API has them, unchanged. A bare string is one text block. */
  readonly content: string | readonly unknown[];
  /** `null` on nearly all lines: the true value is in the deltas and in the result. */
  readonly stopReason?: string | null;
  /** Tokens of the reply as counted at its start: the true values are in the result. */
  readonly usage?: Usage;
  /** Messages that this one replaces, by `uuid`: remove what was shown of them. */
  readonly supersedes?: readonly string[];
  /** The prompts that are answered, by the `uuid` they were sent with. On the first reply of a turn. */
  readonly userMessageUuids?: readonly string[];
  /** What the subagent is for, in a few words. */
  readonly taskDescription?: string;
  /** Set if the text is an error: `authentication_failed`, `rate_limit`, `model_not_found`, … */
  readonly error?: string;
  /** HTTP status of the failed call. */
  readonly apiErrorStatus?: number;
  /** The API's `error.type`. */
  readonly apiErrorType?: string;
  /** The CLI's name for it: `connection_failed`, `usage_limit_reached`, … */
  readonly apiError?: string;
  /** The turn was interrupted while this was written: the text is cut. */
  readonly aborted?: boolean;
  /** The API's id of the request. */
  readonly requestId?: string;
  /** When it was finished, in ISO 8601. Not sent by CLI 2.1.197. */
  readonly timestamp?: string;
  /** Why the turn continues one that a restart of the CLI interrupted: `interrupted_turn`, … From the types of the official SDK 0.3.332; not seen. */
  readonly resumeReason?: string;
  /** It continues the thinking of the message before, which was cut off. From the types of the official SDK 0.3.332; not seen. */
  readonly resumedFromIncompleteThinking?: boolean;
  /** What `/context` shows, as data, unchanged. From the types of the official SDK 0.3.332; not seen. */
  readonly contextUsage?: WireObject;
  /** What `/usage` shows, as data, unchanged. From the types of the official SDK 0.3.332; not seen. */
  readonly usageReport?: WireObject;
}

/** Reads {@linkcode AssistantMessage}. */
export const assistant: MessageKind<AssistantMessage> = defineMessage<
  AssistantMessage
>(
  "assistant_message",
  "assistant",
  {
    ...contentFields,
    messageId: wire("message.id", v.string()),
    model: wire("message.model", v.string()),
    content: wire(
      "message.content",
      v.union([v.string(), v.array(v.unknown())]) as Reads<
        string | readonly unknown[]
      >,
    ),
    stopReason: wireOptional("message.stop_reason", v.nullable(v.string())),
    usage: wireOptional("message.usage", usage),
    supersedes: wireOptional("supersedes", v.array(v.string())),
    userMessageUuids: wireOptional(
      "user_message_uuids",
      v.array(v.string()),
    ),
    taskDescription: wireOptional("task_description", v.string()),
    error: wireOptional("error", v.string()),
    apiErrorStatus: wireOptional("api_error_status", v.number()),
    apiErrorType: wireOptional("api_error_type", v.string()),
    apiError: wireOptional("api_error", v.string()),
    aborted: wireOptional("aborted", v.boolean()),
    requestId: wireOptional("request_id", v.string()),
    timestamp: wireOptional("timestamp", v.string()),
    resumeReason: wireOptional("resume_reason", v.string()),
    resumedFromIncompleteThinking: wireOptional(
      "resumed_from_incomplete_thinking",
      v.boolean(),
    ),
    contextUsage: wireOptional(
      "context_usage",
      v.custom<WireObject>(isWireObject),
    ),
    usageReport: wireOptional(
      "usage_report",
      v.custom<WireObject>(isWireObject),
    ),
  },
);
