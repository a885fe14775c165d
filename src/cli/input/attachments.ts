/**
 * Files beside the prompt: `-a`.
 *
 * @module
 */

import { text } from "../../prompt/blocks.ts";
import type { PromptContent } from "../../prompt/blocks.ts";
import { document, image } from "../../prompt/files.ts";
import { imageType } from "../../util/media.ts";
import { UsageError } from "../failure/usage_error.ts";

/**
 * Returns a prompt with files: images, PDFs and texts, told by their bytes, in front of the
 * words.
 *
 * @throws {UsageError} A file cannot be read, or is none of them.
 */
export async function withAttachments(
  prompt: string,
  files: readonly string[],
): Promise<PromptContent> {
  const blocks = [];
  for (const file of files) {
    try {
      blocks.push(
        imageType(await headOf(file))
          ? image(file)
          : document(file, { title: file }),
      );
    } catch (error) {
      if (error instanceof RangeError) throw new UsageError(error.message);
      if (error instanceof TypeError) {
        throw new UsageError(
          `Cannot attach ${
            JSON.stringify(file)
          }: expected an image (PNG, JPEG, GIF or WebP), a PDF, or text in UTF-8`,
        );
      }
      throw error;
    }
  }
  return [...blocks, text(prompt)];
}

/**
 * Returns the first bytes of a file.
 *
 * @throws {UsageError} It cannot be read.
 */
async function headOf(path: string): Promise<Uint8Array> {
  const head = new Uint8Array(16);
  try {
    using file = await Deno.open(path);
    return head.subarray(0, await file.read(head) ?? 0);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new UsageError(
      `Cannot attach ${JSON.stringify(path)}: ${
        error instanceof Deno.errors.NotFound
          ? "there is no such file"
          : (error as Error).message
      }`,
    );
  }
}
