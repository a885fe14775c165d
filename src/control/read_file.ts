import * as v from "valibot";
import { type Reads, shape, wire, wireOptional } from "../messages/_define.ts";
import {
  call,
  type ControlCall,
  type ControlOptions,
  positive,
  text,
  word,
} from "./call.ts";

/** Options of `readFile()`. */
export interface ReadFileOptions extends ControlOptions {
  /** The most bytes to read. By default the CLI's own limit. */
  readonly maxBytes?: number;
  /** How the bytes come: as a text, or as base64, which is exact. Default `"utf-8"`. */
  readonly encoding?: "utf-8" | "base64";
}

/**
 * A file as the session sees it.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export interface FileContents {
  /** What is in it: a text, or base64. */
  readonly contents: string;
  /** Its path, absolute. */
  readonly path: string;
  /** There is more of it. */
  readonly truncated?: boolean;
  /** How `contents` came. Absent for a text. */
  readonly encoding?: string;
  /** Bytes that are no text were replaced. Not sent by CLI 2.1.197. */
  readonly lossy?: boolean;
}

const fileContents: Reads<FileContents> = shape<FileContents>({
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
