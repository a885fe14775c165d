/**
 * Content blocks of a prompt, in the format of the API. Pure.
 *
 * @module
 */

import { base64, imageType, isPdf, plainText } from "../util/media.ts";
import type { WireObject } from "../messages/_define.ts";

/** A block of a prompt, in the format of the API: `text`, `image`, `document`. */
export type ContentBlock = WireObject & { readonly type: string };

/** A prompt: a text, or blocks. */
export type PromptContent = string | readonly ContentBlock[];

/** Additional information about a document for the model. */
export interface DocumentOptions {
  /** Its title. */
  readonly title?: string;
  /** Context about the document, not part of it. */
  readonly context?: string;
}

/** Maximum size of an image in bytes. The CLI scales down images that are too large for the API. */
export const MAX_IMAGE_BYTES = 32 * 1024 * 1024;

/** Maximum size of a document in bytes: as base64 it fills one request to the API. */
export const MAX_DOCUMENT_BYTES = 24 * 1024 * 1024;

/**
 * Returns a block of text.
 *
 * @throws {TypeError} The argument is not a string.
 */
export function text(text: string): ContentBlock {
  if (typeof text !== "string") {
    throw new TypeError(
      `Cannot make a block of text: expected a text, got ${typeof text}`,
    );
  }
  return { type: "text", text };
}

/**
 * Returns an image block from bytes.
 *
 * @param name What it is called in errors.
 * @throws {TypeError} They are not PNG, JPEG, GIF or WebP.
 * @throws {RangeError} They are too many.
 */
export function imageBlock(bytes: Uint8Array, name: string): ContentBlock {
  const mediaType = imageType(bytes);
  if (mediaType === undefined) {
    throw new TypeError(
      `Cannot send ${name} as an image: expected a PNG, JPEG, GIF or WebP`,
    );
  }
  checkSize(bytes, MAX_IMAGE_BYTES, `${name} as an image`);
  return { type: "image", source: encoded(bytes, mediaType) };
}

/**
 * Returns a document block from bytes: a PDF, or text in UTF-8.
 *
 * @param name What it is called in errors.
 * @throws {TypeError} They are neither.
 * @throws {RangeError} They are too many.
 */
export function documentBlock(
  bytes: Uint8Array,
  name: string,
  options: DocumentOptions,
): ContentBlock {
  checkSize(bytes, MAX_DOCUMENT_BYTES, `${name} as a document`);
  if (isPdf(bytes)) {
    return described(encoded(bytes, "application/pdf"), options);
  }
  const data = plainText(bytes);
  if (data === undefined) {
    throw new TypeError(
      `Cannot send ${name} as a document: expected a PDF, or text in UTF-8`,
    );
  }
  return described({ type: "text", media_type: "text/plain", data }, options);
}

/** Returns a block for a URL that the API fetches itself. */
export function linked(
  type: "image" | "document",
  url: URL,
  options: DocumentOptions = {},
): ContentBlock {
  const source = { type: "url", url: url.href };
  return type === "image" ? { type, source } : described(source, options);
}

function described(
  source: WireObject,
  { title, context }: DocumentOptions,
): ContentBlock {
  return {
    type: "document",
    source,
    ...title === undefined ? {} : { title },
    ...context === undefined ? {} : { context },
  };
}

function encoded(bytes: Uint8Array, mediaType: string): WireObject {
  return { type: "base64", media_type: mediaType, data: base64(bytes) };
}

function checkSize(bytes: Uint8Array, most: number, what: string): void {
  if (bytes.length <= most) return;
  throw new RangeError(
    `Cannot send ${what}: it has ${bytes.length} bytes, more than ${most}`,
  );
}

/**
 * Matches invisible text: white space of all kinds, control characters, default-ignorable code
 * points of Unicode (zero width, tags, fillers), and the empty braille pattern.
 */
const NOTHING =
  /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\u2800]*$/u;

/** Whether a text has no visible characters: it is empty, or has only blanks of any kind. */
export function isBlank(text: string): boolean {
  return NOTHING.test(text);
}
