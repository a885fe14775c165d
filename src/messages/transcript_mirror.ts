import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  isWireObject,
  type MessageKind,
  wire,
  type WireObject,
} from "./_define.ts";

/**
 * Lines that were written to the transcript on disk, for a copy elsewhere. Needs
 * `--session-mirror`; may come after the last result. Not in the official SDK's types.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_30-transcript-mirror.ndjson.
 */
export interface TranscriptMirror extends EventBase<"transcript_mirror"> {
  /** The file they were written to. */
  readonly filePath: string;
  /** The lines as they are in the file, untouched. */
  readonly entries: readonly WireObject[];
}

/** Reads {@linkcode TranscriptMirror}. */
export const transcriptMirror: MessageKind<TranscriptMirror> = defineMessage<
  TranscriptMirror
>(
  "transcript_mirror",
  "transcript_mirror",
  {
    filePath: wire("filePath", v.string()),
    entries: wire("entries", v.array(v.custom<WireObject>(isWireObject))),
  },
);
