import * as v from "valibot";
import { type Reads, shape, wire, wireOptional } from "./_define.ts";

/** Where a prompt comes from that nobody typed here. */
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
  /** The sender's name, as the sender gave it. With `peer`. */
  readonly name?: string;
  /** The server. With `channel`. */
  readonly server?: string;
  /** Whether the sender runs its tools without asking: `bypass`, else `prompting`. With `peer`. From the types of the official SDK 0.3.332; not seen. */
  readonly fromMode?: string;
  /** The sender's session, as the sender says: to go there, and no proof of anything. With `peer`. From the types of the official SDK 0.3.332; not seen. */
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
