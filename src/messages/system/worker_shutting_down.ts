import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
} from "../_define.ts";

/**
 * A remote worker is about to end. Means something only where nothing follows it.
 *
 * From the types of the official SDK 0.3.330; not seen.
 */
export interface WorkerShuttingDown extends EventBase<"worker_shutting_down"> {
  /** Why, in a word: `host_exit`, `remote_control_disabled`, … */
  readonly reason: string;
}

/** Reads {@linkcode WorkerShuttingDown}. */
export const workerShuttingDown: MessageKind<WorkerShuttingDown> =
  defineMessage<WorkerShuttingDown>(
    "worker_shutting_down",
    "system/worker_shutting_down",
    {
      reason: wire("reason", v.string()),
    },
  );
