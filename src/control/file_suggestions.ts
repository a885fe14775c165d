import * as v from "valibot";
import { type Reads, shape, wire, wireOptional } from "../messages/_define.ts";
import { call, type ControlCall, listOf } from "./call.ts";

/** A file that a prompt may want to name. */
export interface FileSuggestion {
  /** Its path, relative to the working directory; a folder ends with a slash. */
  readonly path: string;
  /** How well it fits, lower is better. */
  readonly score?: number;
}

const suggestion: Reads<FileSuggestion> = shape<FileSuggestion>({
  path: wire("path", v.string()),
  score: wireOptional("score", v.number()),
});

const answer: Reads<
  { readonly suggestions: readonly FileSuggestion[] }
> = shape<{ readonly suggestions: readonly FileSuggestion[] }>({
  suggestions: wire("suggestions", listOf(suggestion)),
});

/**
 * Asks for files whose name begins like that, as after an `@`.
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
  return call("file_suggestions", { query }, answer);
}
