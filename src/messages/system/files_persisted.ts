import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  shape,
  wire,
  wireOptional,
} from "../_define.ts";

/** A file that was stored. */
export interface PersistedFile {
  /** Its name. */
  readonly filename: string;
  /** Its id in the store. */
  readonly fileId: string;
}

/** A file that could not be stored. */
export interface FailedFile {
  /** Its name. */
  readonly filename: string;
  /** Why. */
  readonly error: string;
}

/**
 * Files of the session were stored.
 *
 * From the types of the official SDK 0.3.330; not seen.
 */
export interface FilesPersisted extends EventBase<"files_persisted"> {
  /** Those that were. */
  readonly files: readonly PersistedFile[];
  /** Those that could not be. */
  readonly failed?: readonly FailedFile[];
  /** When, in ISO 8601. */
  readonly processedAt?: string;
}

/** Reads {@linkcode FilesPersisted}. */
export const filesPersisted: MessageKind<FilesPersisted> = defineMessage<
  FilesPersisted
>(
  "files_persisted",
  "system/files_persisted",
  {
    files: wire(
      "files",
      v.array(shape<PersistedFile>({
        filename: wire("filename", v.string()),
        fileId: wire("file_id", v.string()),
      })),
    ),
    failed: wireOptional(
      "failed",
      v.array(shape<FailedFile>({
        filename: wire("filename", v.string()),
        error: wire("error", v.string()),
      })),
    ),
    processedAt: wireOptional("processed_at", v.string()),
  },
);
