/**
 * Files that are either written whole or left as they were.
 *
 * @module
 */

import { UsageError } from "../failure/usage_error.ts";

/** Options of {@linkcode writeWhole}. */
export interface WholeFileOptions {
  /** Mode of a new file. Default: the mode that the system assigns. */
  readonly mode?: number;
}

/**
 * Writes a file via a temporary file beside it, which replaces it when complete. Anything but a
 * regular file, such as `/dev/stderr` or a pipe, is written to directly; a link remains a link.
 *
 * @param pieces May throw: then the file is as it was before.
 * @throws {UsageError} The file cannot be written.
 */
export async function writeWhole(
  path: string,
  pieces: AsyncIterable<string> | Iterable<string>,
  options: WholeFileOptions = {},
): Promise<void> {
  const place = await placeOf(path);
  const draft = place.isFile ? `${place.path}.${crypto.randomUUID()}` : path;
  try {
    using file = await opened(path, draft, place, options);
    for await (const piece of pieces) await writeText(path, file, piece);
    if (!place.isFile) return;
    await Deno.rename(draft, place.path);
  } catch (error) {
    if (place.isFile) await removeDraft(draft);
    throw error;
  }
}

/**
 * Checks that a file can be written, before anything that costs is begun.
 *
 * @throws {UsageError} It cannot.
 */
export async function checkWritable(path: string): Promise<void> {
  const place = await placeOf(path);
  if (!place.isFile) return;
  const draft = `${place.path}.${crypto.randomUUID()}`;
  (await opened(path, draft, place, {})).close();
  await removeDraft(draft);
}

interface Place {
  readonly path: string;
  /** It is a file, or will be one. */
  readonly isFile: boolean;
  /** The mode of the existing file. */
  readonly mode: number | undefined;
}

async function placeOf(path: string): Promise<Place> {
  try {
    const { isFile, isDirectory, mode } = await Deno.stat(path);
    if (isDirectory) throw unwritable(path, "it is a directory");
    return {
      path: isFile ? await Deno.realPath(path) : path,
      isFile,
      mode: mode === null ? undefined : mode & 0o7777,
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return { path, isFile: true, mode: undefined };
    }
    if (
      error instanceof UsageError || error instanceof Deno.errors.NotCapable
    ) throw error;
    throw unwritable(path, reasonOf(error));
  }
}

async function opened(
  path: string,
  draft: string,
  place: Place,
  options: WholeFileOptions,
): Promise<Deno.FsFile> {
  const mode = place.mode ?? options.mode;
  try {
    return await Deno.open(
      draft,
      place.isFile
        ? {
          write: true,
          createNew: true,
          ...mode === undefined ? {} : { mode },
        }
        : { write: true },
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw unwritable(
      path,
      error instanceof Deno.errors.NotFound
        ? "there is no such directory"
        : reasonOf(error),
    );
  }
}

async function writeText(
  path: string,
  file: Deno.FsFile,
  text: string,
): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length;) {
      at += await file.write(bytes.subarray(at));
    }
  } catch (error) {
    throw unwritable(path, reasonOf(error));
  }
}

async function removeDraft(draft: string): Promise<void> {
  try {
    await Deno.remove(draft);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function unwritable(path: string, why: string): UsageError {
  return new UsageError(`Cannot write ${JSON.stringify(path)}: ${why}`);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
