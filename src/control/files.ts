/**
 * Control requests about files of the session.
 *
 * @module
 */

import * as v from "valibot";
import { shape, wire, wireOptional } from "../messages/_define.ts";
import {
  call,
  type ControlCall,
  type ControlOptions,
  listOf,
  positive,
  text,
  word,
  yesOrNo,
} from "./call.ts";

/** Options of `readFile()`. */
export interface ReadFileOptions extends ControlOptions {
  /** Maximum number of bytes to read. Default: the CLI's own limit. */
  readonly maxBytes?: number;
  /** How the bytes are encoded: as a text, or as base64, which is exact. Default `"utf-8"`. */
  readonly encoding?: "utf-8" | "base64";
}

/**
 * A file as the session sees it.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export interface FileContents {
  /** Its content: a text, or base64. */
  readonly contents: string;
  /** Its path, absolute. */
  readonly path: string;
  /** Whether the file is longer. */
  readonly truncated?: boolean;
  /** How `contents` came. Absent for a text. */
  readonly encoding?: string;
  /** Bytes that are not text were replaced. Not sent by CLI 2.1.197. */
  readonly lossy?: boolean;
}

const fileContents = shape<FileContents>({
  contents: wire("contents", v.string()),
  path: wire("absPath", v.string()),
  truncated: wireOptional("truncated", v.boolean()),
  encoding: wireOptional("encoding", v.string()),
  lossy: wireOptional("lossy", v.boolean()),
});

/**
 * Reads a file that the session may read, relative to its working directory. The CLI
 * refuses a missing file in the same words as a forbidden one.
 */
export function readFileCall(
  path: string,
  { maxBytes, encoding }: ReadFileOptions = {},
): ControlCall<FileContents> {
  return call(
    "read_file",
    {
      path: text("path", path),
      ...maxBytes === undefined
        ? {}
        : { max_bytes: positive("maxBytes", maxBytes) },
      ...encoding === undefined
        ? {}
        : { encoding: word("encoding", encoding, ["utf-8", "base64"]) },
    },
    fileContents,
  );
}

/** A file that a prompt may refer to. */
export interface FileSuggestion {
  /** Its path, relative to the working directory; a folder ends with a slash. */
  readonly path: string;
  /** How well it fits: lower is better. */
  readonly score?: number;
}

const suggestion = shape<FileSuggestion>({
  path: wire("path", v.string()),
  score: wireOptional("score", v.number()),
});

const suggestions = shape<{ readonly suggestions: readonly FileSuggestion[] }>({
  suggestions: wire("suggestions", listOf(suggestion)),
});

/**
 * Asks for files whose name starts with the query, as after an `@`.
 *
 * Seen in: CLI 2.1.330, tests/live/control_test.ts.
 */
export function fileSuggestionsCall(
  query: string,
): ControlCall<{ readonly suggestions: readonly FileSuggestion[] }> {
  if (typeof query !== "string") {
    throw new TypeError(
      `Cannot make the request: expected query to be a text, got ${typeof query}`,
    );
  }
  return call("file_suggestions", { query }, suggestions);
}

/** Options of `rewindFiles()`. */
export interface RewindOptions extends ControlOptions {
  /** Only reports what would be done. Default `false`. */
  readonly dryRun?: boolean;
}

/**
 * The outcome of rewinding files.
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
  /** Lines that would be restored, with `dryRun`. */
  readonly insertions?: number;
  /** Lines that would be removed, with `dryRun`. */
  readonly deletions?: number;
  /** Files that were skipped because of a link, without `dryRun`. */
  readonly skippedLinks?: number;
}

const rewindResult = shape<RewindResult>({
  canRewind: wire("canRewind", v.boolean()),
  error: wireOptional("error", v.string()),
  filesChanged: wireOptional("filesChanged", v.array(v.string())),
  insertions: wireOptional("insertions", v.number()),
  deletions: wireOptional("deletions", v.number()),
  skippedLinks: wireOptional("skippedLinks", v.number()),
});

/** Restores files to their state at a prompt. */
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
