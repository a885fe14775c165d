import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
  wireOptional,
} from "../_define.ts";

/**
 * What the CLI is busy with, or a change of the permission mode. That it is waiting for
 * the API (`requesting`) is told with partial messages only.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_14-slash.ndjson,
 * 2.1.330_01-text-partial.ndjson.
 */
export interface Status extends EventBase<"status"> {
  /** `requesting`, `compacting`, or `null` for neither. */
  readonly status: string | null;
  /** The permission mode from here on. */
  readonly permissionMode?: string;
  /** How a compaction ended: `success` or `failed`. */
  readonly compactResult?: string;
  /** Why it failed, such as `too_few_groups`. */
  readonly compactError?: string;
  /** Length of the summary, in characters. */
  readonly compactOutputChars?: number;
}

/** Reads {@linkcode Status}. */
export const status: MessageKind<Status> = defineMessage<Status>(
  "status",
  "system/status",
  {
    status: wire("status", v.nullable(v.string())),
    permissionMode: wireOptional("permissionMode", v.string()),
    compactResult: wireOptional("compact_result", v.string()),
    compactError: wireOptional("compact_error", v.string()),
    compactOutputChars: wireOptional("compact_output_chars", v.number()),
  },
);
