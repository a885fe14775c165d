/**
 * Sessions as documents.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import { htmlHead, htmlPart, htmlTail } from "./export_html.ts";
import { markdownHead, markdownPart } from "./export_markdown.ts";
import { type Part, partsOf, visibleJson } from "./export_parts.ts";
import { detailsOf, openTranscript } from "./find.ts";
import type { SessionInfo } from "../transcripts/info.ts";
import { readSession, type ReadSessionOptions } from "./read.ts";

/** How a session is written: for people, for a browser, or for programs. */
export type ExportFormat = "markdown" | "html" | "jsonl";

/** Options of {@linkcode exportSession}. */
export interface ExportSessionOptions
  extends Omit<ReadSessionOptions, "view" | "subagents"> {
  /**
   * `"markdown"` and `"html"` have the conversation as it now stands; `"jsonl"` has every
   * record of the files, one on a line, as the view `"wire"` of `readSession`.
   *
   * @default "markdown"
   */
  readonly format?: ExportFormat;
  /** Whether what subagents did is in it, in its place. Default `true`. */
  readonly subagents?: boolean;
  /** Whether what the model thought is in it. Default `true`. JSONL has it always. */
  readonly thinking?: boolean;
}

/**
 * Writes a session as a document, piece by piece: of any size in little memory. What users,
 * models and tools wrote is escaped. The Markdown keeps what was said as Markdown, in
 * quotes that it cannot leave, without HTML and images; the page is one file without
 * scripts that loads nothing. Characters that act instead of being seen, such as those that
 * a terminal obeys, are named: `<U+001B>`, and escaped in JSON.
 *
 * A session has secrets more often than not: write it for the user alone, as below.
 *
 * @param session As with `readSession`.
 * @throws {SessionNotFoundError} At the first piece, if there is no such session, or more
 * than one.
 * @throws {ConfigError} If there is no such format.
 *
 * @example
 * ```ts
 * import { exportSession } from "@claudestream/core/sessions";
 * import { assert } from "@std/assert";
 *
 * const configDir = "tests/fixtures/config";
 * const pieces = exportSession("last", { configDir, format: "html" });
 * const path = await Deno.makeTempFile({ suffix: ".html" });
 * await Deno.writeTextFile(path, ReadableStream.from(pieces), { mode: 0o600 });
 * assert((await Deno.readTextFile(path)).startsWith("<!DOCTYPE html>"));
 * await Deno.remove(path);
 * ```
 */
export async function* exportSession(
  session: string | SessionInfo,
  options: ExportSessionOptions = {},
): AsyncGenerator<string, void, undefined> {
  const { format = "markdown", subagents = true, thinking = true, ...rest } =
    options;
  const reading = {
    ...rest,
    subagents: subagents ? "merged" : "none",
  } as const;
  switch (format) {
    case "markdown":
    case "html":
      break;
    case "jsonl":
      for await (
        const record of readSession(session, { ...reading, view: "wire" })
      ) yield `${visibleJson(record)}\n`;
      return;
    default:
      throw new ConfigError(
        "format",
        `Invalid option "format": expected "markdown", "html" or "jsonl", got "${format}"`,
      );
  }
  await using opened = await openTranscript(session, rest);
  const { store: _store, ...here } = reading;
  const info = await detailsOf(opened.file);
  const [head, write, tail] = format === "html"
    ? [htmlHead, htmlPart, htmlTail]
    : [markdownHead, markdownPart, () => ""];
  yield head(info);
  let before: Part | undefined;
  for await (const event of readSession(info, here)) {
    for (const part of partsOf(event)) {
      if (part.kind === "thinking" && !thinking) continue;
      yield write(part, before);
      before = part;
    }
  }
  yield tail(before);
}
