/**
 * Creates blocks of a prompt from files.
 *
 * @module
 */

import {
  type ContentBlock,
  documentBlock,
  type DocumentOptions,
  imageBlock,
  linked,
} from "./blocks.ts";
import { isPdf } from "../util/media.ts";
import { thrownText } from "../util/faults.ts";

/**
 * Returns an image for a prompt: PNG, JPEG, GIF or WebP, detected by its first bytes, at most 32
 * MiB. The CLI scales down images that are too large for the API.
 *
 * @param source A path, which is read at once; a `file:` URL; an `https:` URL, which the
 * API fetches; or the bytes.
 * @throws {TypeError} It is none, or the file cannot be read.
 * @throws {RangeError} It is too large.
 *
 * @example
 * ```ts
 * import { AsyncSession, image, text } from "@claudestream/core";
 *
 * async function describe(path: string): Promise<string> {
 *   await using session = new AsyncSession();
 *   const prompt = [image(path), text("What is in this picture?")];
 *   return (await session.ask(prompt)).text;
 * }
 * ```
 */
export function image(source: string | URL | Uint8Array): ContentBlock {
  const found = read(source, "image");
  return found instanceof URL
    ? linked("image", found)
    : imageBlock(found.bytes, found.name);
}

/**
 * Returns a document for a prompt: a PDF, or text in UTF-8, detected by its bytes, at most 24 MiB.
 * A file whose name ends with `.pdf` must be a PDF.
 *
 * @param source A path, which is read at once; a `file:` URL; an `https:` URL of a PDF,
 * which the API fetches; or the bytes.
 * @throws {TypeError} It is none, or the file cannot be read.
 * @throws {RangeError} It is too large.
 */
export function document(
  source: string | URL | Uint8Array,
  options: DocumentOptions = {},
): ContentBlock {
  const found = read(source, "document");
  if (found instanceof URL) return linked("document", found, options);
  if (/\.pdf"?$/i.test(found.name) && !isPdf(found.bytes)) {
    throw new TypeError(
      `Cannot send ${found.name} as a document: by its name it is a PDF, but it does not begin as one (%PDF-)`,
    );
  }
  return documentBlock(found.bytes, found.name, options);
}

function read(
  source: string | URL | Uint8Array,
  what: "image" | "document",
): URL | { readonly bytes: Uint8Array; readonly name: string } {
  if (source instanceof Uint8Array) return { bytes: source, name: "the bytes" };
  if (source instanceof URL && source.protocol !== "file:") {
    if (/^https?:$/.test(source.protocol)) return source;
  } else if (
    source instanceof URL ||
    typeof source === "string" && !/^https?:\/\//i.test(source)
  ) {
    return { bytes: bytesOf(source, what), name: `"${source}"` };
  }
  throw new TypeError(
    `Cannot make ${
      what === "image" ? "an image" : "a document"
    } of ${source}: expected a path, bytes, or a file:, http: or https: URL object`,
  );
}

/** Reads a file. The error says which file cannot be read, and why. */
function bytesOf(source: string | URL, what: "image" | "document"): Uint8Array {
  try {
    return Deno.readFileSync(source);
  } catch (cause) {
    throw new TypeError(
      `Cannot read the ${what} "${source}": ${reasonOf(cause, source)}`,
      { cause },
    );
  }
}

function reasonOf(error: unknown, source: string | URL): string {
  if (error instanceof Deno.errors.NotFound) {
    return source instanceof URL || /^([\\/]|[a-z]:)/i.test(source)
      ? "there is no such file"
      : "there is no such file in the working directory of this program";
  }
  if (error instanceof Deno.errors.IsADirectory) {
    return "it is a directory, expected a file";
  }
  if (error instanceof Deno.errors.NotCapable) {
    return `Deno may not read it: run Deno with --allow-read=${source}`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return "this user may not read it";
  }
  return thrownText(error);
}
