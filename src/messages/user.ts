import * as v from "valibot";
import {
  type ContentBase,
  contentFields,
  defineMessage,
  type MessageKind,
  type Reads,
  wire,
  wireOptional,
} from "./_define.ts";
import { type MessageOrigin, messageOrigin } from "./_origin.ts";

/**
 * A line `user`: results of tools, text that the CLI gives to the model by itself,
 * the prompt of a subagent, or an echo of a prompt. In the flat view each block is
 * an event of its own instead.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_03-tool-allow.ndjson.
 */
export interface UserMessage extends ContentBase<"user_message"> {
  /** Blocks as the API has them, untouched. A bare string is one text block. */
  readonly content: string | readonly unknown[];
  /** The tool's own structured result; for a failure a string `Error: …`. */
  readonly toolUseResult?: unknown;
  /** Where it comes from, where nobody typed it here. */
  readonly origin?: MessageOrigin;
  /** Files that came with the prompt, untouched. On an echo. From the types of the official SDK 0.3.330; not seen. */
  readonly fileAttachments?: readonly unknown[];
  /** What the subagent is for, in a few words. */
  readonly taskDescription?: string;
  /** The CLI made this up to go on, nobody typed it. */
  readonly isSynthetic?: boolean;
  /** An echo of a prompt that was sent. */
  readonly isReplay?: boolean;
  /** When it was made, in ISO 8601. */
  readonly timestamp?: string;
}

/** Reads {@linkcode UserMessage}. */
export const user: MessageKind<UserMessage> = defineMessage<
  UserMessage,
  "messageId"
>(
  "user_message",
  "user",
  {
    ...contentFields,
    content: wire(
      "message.content",
      v.union([v.string(), v.array(v.unknown())]) as Reads<
        string | readonly unknown[]
      >,
    ),
    toolUseResult: wireOptional("tool_use_result", v.unknown()),
    origin: wireOptional("origin", messageOrigin),
    fileAttachments: wireOptional("file_attachments", v.array(v.unknown())),
    taskDescription: wireOptional("task_description", v.string()),
    isSynthetic: wireOptional("isSynthetic", v.boolean()),
    isReplay: wireOptional("isReplay", v.boolean()),
    timestamp: wireOptional("timestamp", v.string()),
  },
  { messageId: v.optional(v.string()) },
);
