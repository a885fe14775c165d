import * as v from "valibot";
import { type Reads, shape, wire, wireOptional } from "../messages/_define.ts";
import {
  call,
  type ControlCall,
  type ControlOptions,
  text,
  yesOrNo,
} from "./call.ts";

/** Options of `rewindFiles()`. */
export interface RewindOptions extends ControlOptions {
  /** Only says what would be done. Default `false`. */
  readonly dryRun?: boolean;
}

/**
 * What taking files back came to.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-rewind-files.ndjson.
 */
export interface RewindResult {
  /** Whether it can be done, or was. */
  readonly canRewind: boolean;
  /** Why not. */
  readonly error?: string;
  /** The files, with `dryRun`. */
  readonly filesChanged?: readonly string[];
  /** Lines that would come back, with `dryRun`. */
  readonly insertions?: number;
  /** Lines that would go, with `dryRun`. */
  readonly deletions?: number;
  /** Files left alone because of a link, without `dryRun`. */
  readonly skippedLinks?: number;
}

const rewindResult: Reads<RewindResult> = shape<RewindResult>({
  canRewind: wire("canRewind", v.boolean()),
  error: wireOptional("error", v.string()),
  filesChanged: wireOptional("filesChanged", v.array(v.string())),
  insertions: wireOptional("insertions", v.number()),
  deletions: wireOptional("deletions", v.number()),
  skippedLinks: wireOptional("skippedLinks", v.number()),
});

/** Takes files back to what they were at a prompt. */
export function rewindFilesCall(
  userMessageId: string,
  { dryRun }: RewindOptions = {},
): ControlCall<RewindResult> {
  return call(
    "rewind_files",
    {
      user_message_id: text("userMessageId", userMessageId),
      ...dryRun === undefined ? {} : { dry_run: yesOrNo("dryRun", dryRun) },
    },
    rewindResult,
  );
}
