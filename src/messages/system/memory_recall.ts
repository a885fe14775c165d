import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  shape,
  wire,
  wireOptional,
} from "../_define.ts";

/** A memory that was given to the model. */
export interface RecalledMemory {
  /**
   * Its file; `<synthesis:DIR>` for a paragraph made of the files there; a URL for one of
   * the organization.
   */
  readonly path: string;
  /** Whose it is: `personal`, `team` or `organization`. */
  readonly scope?: string;
  /** Its text. Absent where `path` is a file to read. */
  readonly content?: string;
}

/**
 * Memories were given to the model.
 *
 * From the types of the official SDK 0.3.330; not seen.
 */
export interface MemoryRecall extends EventBase<"memory_recall"> {
  /** `select` (whole files) or `synthesize` (a paragraph made of many). */
  readonly mode: string;
  /** The memories. */
  readonly memories: readonly RecalledMemory[];
}

/** Reads {@linkcode MemoryRecall}. */
export const memoryRecall: MessageKind<MemoryRecall> = defineMessage<
  MemoryRecall
>(
  "memory_recall",
  "system/memory_recall",
  {
    mode: wire("mode", v.string()),
    memories: wire(
      "memories",
      v.array(shape<RecalledMemory>({
        path: wire("path", v.string()),
        scope: wireOptional("scope", v.string()),
        content: wireOptional("content", v.string()),
      })),
    ),
  },
);
