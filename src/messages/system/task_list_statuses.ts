import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  shape,
  wire,
} from "../_define.ts";

/** How an entry of the task list stands. */
export interface TaskListStatus {
  /** Its id. */
  readonly id: string;
  /** `pending`, `in_progress` or `completed`. */
  readonly status: string;
}

/**
 * Entries of the task list changed without a call of `TaskUpdate`. Those that are not
 * named stay as they are.
 *
 * From the stream schemas of CLI 2.1.330; not seen, and not in the official SDK's types.
 */
export interface TaskListStatuses extends EventBase<"task_list_statuses"> {
  /** The entries that changed. */
  readonly statuses: readonly TaskListStatus[];
}

/** Reads {@linkcode TaskListStatuses}. */
export const taskListStatuses: MessageKind<TaskListStatuses> = defineMessage<
  TaskListStatuses
>(
  "task_list_statuses",
  "system/task_list_statuses",
  {
    statuses: wire(
      "statuses",
      v.array(shape<TaskListStatus>({
        id: wire("id", v.string()),
        status: wire("status", v.string()),
      })),
    ),
  },
);
