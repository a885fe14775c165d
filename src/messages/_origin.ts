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
}

/** Reads {@linkcode MessageOrigin}. */
export const messageOrigin: Reads<MessageOrigin> = shape<MessageOrigin>({
  kind: wire("kind", v.string()),
  subkind: wireOptional("subkind", v.string()),
  runId: wireOptional("runId", v.string()),
  from: wireOptional("from", v.string()),
  name: wireOptional("name", v.string()),
  server: wireOptional("server", v.string()),
});
