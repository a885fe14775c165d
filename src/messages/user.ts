import * as v from "valibot";
import {
  type ContentBase,
  contentFields,
  defineMessage,
  type MessageKind,
  type Reads,
  shape,
  wire,
  wireOptional,
} from "./_define.ts";

/** Where a prompt comes from that was not typed here. */
export interface MessageOrigin {
  /**
   * `task-notification` (the end of a background task, a schedule), `peer`, `channel`,
   * `coordinator`, `human`, `unclassified`, …
   */
  readonly kind: string;
  /** Kind of a `task-notification`, such as `scheduled-trigger`. */
  readonly subkind?: string;
  /** The run of the background task that ended. */
  readonly runId?: string;
  /** Who sent it. With `peer` and `observer`. */
  readonly from?: string;
  /** The sender's name, in the sender's own words. With `peer`. */
  readonly name?: string;
  /** The server. With `channel`. */
  readonly server?: string;
  /** Whether the sender runs its tools without asking: `bypass`, else `prompting`. With `peer`. From the types of the official SDK 0.3.332; not seen. */
  readonly fromMode?: string;
  /** The sender's session, as the sender says: use it to go there, and as no proof of anything. With `peer`. From the types of the official SDK 0.3.332; not seen. */
  readonly fromSession?: string;
  /** The subagent of this process that sent it. With `peer` and `observer`. From the types of the official SDK 0.3.332; not seen. */
  readonly senderTaskId?: string;
  /** The message as the model sees it, without what it is wrapped in. With `peer`. From the types of the official SDK 0.3.332; not seen. */
  readonly body?: string;
  /** The process that delivered it, as the operating system says. With `peer`. From the types of the official SDK 0.3.332; not seen. */
  readonly verifiedPeerPid?: number;
  /** Why a schedule fired: `scheduled`, `manual`, `retry`, … From the types of the official SDK 0.3.332; not seen. */
  readonly fireReason?: string;
}

/** Reads {@linkcode MessageOrigin}. */
export const messageOrigin: Reads<MessageOrigin> = shape<MessageOrigin>({
  kind: wire("kind", v.string()),
  subkind: wireOptional("subkind", v.string()),
  runId: wireOptional("runId", v.string()),
  from: wireOptional("from", v.string()),
  name: wireOptional("name", v.string()),
  server: wireOptional("server", v.string()),
  fromMode: wireOptional("fromMode", v.string()),
  fromSession: wireOptional("fromSession", v.string()),
  senderTaskId: wireOptional("senderTaskId", v.string()),
  body: wireOptional("body", v.string()),
  verifiedPeerPid: wireOptional("verifiedPeerPid", v.number()),
  fireReason: wireOptional("fireReason", v.string()),
});

/**
 * A line `user`: results of tools, text that the CLI itself sends to the model, the
 * prompt of a subagent, or an echo of a prompt. In the flat view each block is an event
 * of its own instead.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_03-tool-allow.ndjson.
 */
export interface UserMessage extends ContentBase<"user_message"> {
  /** Blocks as the API has them, unchanged. A bare string is one text block. */
  readonly content: string | readonly unknown[];
  /** The tool's own structured result; for a failure a string `Error: …`. */
  readonly toolUseResult?: unknown;
  /** Where it comes from, if it was not typed here. */
  readonly origin?: MessageOrigin;
  /** Files that came with the prompt, unchanged. On an echo. From the types of the official SDK 0.3.330; not seen. */
  readonly fileAttachments?: readonly unknown[];
  /** What the subagent is for, in a few words. */
  readonly taskDescription?: string;
  /** The CLI made this up to continue; no person typed it. */
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
