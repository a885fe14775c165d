/**
 * The file of a batch's results, and the one beside it that holds what is ahead of the order.
 *
 * A line is written with one call once its result is there, so that a process that is killed
 * leaves at most one incomplete line, which the next run removes.
 *
 * @module
 */

import { UsageError } from "../failure/usage_error.ts";
import { writeWhole } from "../output/whole_file.ts";
import type { BatchLine } from "./batch_input.ts";
import { readWritten, recordLine, type Written } from "./batch_record.ts";

/** Where results go. */
export interface ResultSink {
  /** Writes lines whose turn it is. */
  append(text: string): Promise<void>;
  /** Keeps lines whose turn is yet to come. */
  keep(text: string): Promise<void>;
  /** @param isComplete Nothing is left to do. */
  close(isComplete: boolean): Promise<void>;
}

/** The files, and what earlier runs left in them. */
export interface BatchFiles extends ResultSink {
  /** What is in the file of the results. */
  readonly written: Written;
  /** Lines that are ahead of the order. */
  readonly ahead: Written;
}

const NOTHING: Written = { lines: [], size: 0 };

/**
 * Opens the files of a batch, and removes the half of a line that a killed run may have left.
 *
 * @param lines The lines of the input, to which the results must belong.
 * @param retriesFailed Whether results that are failures are removed.
 * @throws {UsageError} The file cannot be written, belongs to another input, or another process
 * writes to it.
 */
export async function openBatchFiles(
  path: string,
  lines: readonly BatchLine[],
  retriesFailed: boolean,
): Promise<BatchFiles> {
  const shown = JSON.stringify(path);
  const aheadPath = `${path}.ahead`;
  const file = await opened(path);
  try {
    if (!(await file.stat()).isFile) {
      throw new UsageError(
        `Cannot write ${shown}: expected a file, which a later run can read`,
      );
    }
    // The system releases it when the process ends, whatever ends it.
    if (!await isLocked(file)) {
      throw new UsageError(
        `Cannot write ${shown}: another batch is writing to it`,
      );
    }
    let written = await whole(path, file);
    checkBelongs(path, written, lines);
    // Not locked: a writer holds the lock of the other file.
    let aheadFile: Deno.FsFile | undefined;
    let ahead = NOTHING;
    if (await isThere(aheadPath)) {
      aheadFile = await opened(aheadPath);
      ahead = await whole(aheadPath, aheadFile);
    }
    if (retriesFailed) {
      const kept = await withoutFailures(aheadPath, written, ahead);
      await cut(file, kept.size);
      aheadFile?.close();
      aheadFile = await opened(aheadPath);
      written = { lines: written.lines.slice(0, kept.count), size: kept.size };
      ahead = await whole(aheadPath, aheadFile);
    }
    return {
      written,
      ahead,
      append: (text) => appended(path, file, text),
      async keep(text) {
        aheadFile ??= await opened(aheadPath);
        await appended(aheadPath, aheadFile, text);
      },
      async close(isComplete) {
        aheadFile?.close();
        if (isComplete && aheadFile !== undefined) await Deno.remove(aheadPath);
        file.close();
      },
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Results on stdout, which no later run can read: what is ahead waits in memory alone. */
export function streamSink(
  write: (text: string) => Promise<void>,
): ResultSink {
  return { append: write, async keep() {}, async close() {} };
}

async function opened(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, {
      read: true,
      write: true,
      create: true,
      // Answers may hold secrets.
      mode: 0o600,
    });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new UsageError(
      `Cannot write ${JSON.stringify(path)}: ${
        error instanceof Deno.errors.NotFound
          ? "there is no such directory"
          : error instanceof Error
          ? error.message
          : String(error)
      }`,
    );
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Reads a file, and cuts off the half of a line at its end. */
async function whole(path: string, file: Deno.FsFile): Promise<Written> {
  const written = readWritten(await Deno.readFile(path));
  if (written === undefined) {
    throw new UsageError(
      `Cannot write ${
        JSON.stringify(path)
      }: it holds something other than results of a batch`,
      "Name another file with --out",
    );
  }
  await cut(file, written.size);
  return written;
}

/** Shortens a file. What is written next comes at its end, not where it ended before. */
async function cut(file: Deno.FsFile, size: number): Promise<void> {
  await file.truncate(size);
  await file.seek(0, Deno.SeekMode.End);
}

function checkBelongs(
  path: string,
  { lines: written }: Written,
  lines: readonly BatchLine[],
): void {
  const other = written.findIndex(({ record }, at) =>
    record.type !== "batch_result" || record.line !== lines[at]?.line ||
    record.input !== lines[at]?.key
  );
  if (other === -1) return;
  const line = lines[other]?.line;
  throw new UsageError(
    `Cannot go on with ${JSON.stringify(path)}: its line ${other + 1} is ${
      line === undefined
        ? "more than the input has"
        : `not the result of line ${line} of the input`
    }`,
    "The input, --prompt or --shard is another one; begin anew with another --out",
  );
}

/**
 * Writes what is behind the first failure, without the failures, to the file ahead, so that the
 * results can be cut there. Returns where.
 */
async function withoutFailures(
  aheadPath: string,
  written: Written,
  ahead: Written,
): Promise<{ readonly size: number; readonly count: number }> {
  const first = written.lines.findIndex(({ record }) => isFailure(record));
  const count = first === -1 ? written.lines.length : first;
  const rest = [...written.lines.slice(count), ...ahead.lines];
  await writeWhole(
    aheadPath,
    rest.map(({ record, text }) =>
      record.type === "batch_result" && record.status === "failed"
        // What it has cost still counts.
        ? recordLine({
          type: "batch_cost",
          line: record.line,
          costUsd: record.costUsd,
        })
        : text
    ),
    { mode: 0o600 },
  );
  return { size: written.lines[count]?.at ?? written.size, count };
}

function isFailure(record: Written["lines"][number]["record"]): boolean {
  return record.type === "batch_result" && record.status === "failed";
}

async function appended(
  path: string,
  file: Deno.FsFile,
  text: string,
): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length;) {
      at += await file.write(bytes.subarray(at));
    }
    // It was paid for: it outlasts the machine, too.
    await file.syncData();
  } catch (error) {
    throw new UsageError(
      `Cannot write ${JSON.stringify(path)}: ${
        error instanceof Error ? error.message : String(error)
      }`,
    );
  }
}

/**
 * Locks a file if no other process holds it. A process that is just starting another one shares
 * its locks with the copy of itself for some milliseconds, so a no is final only after a second.
 */
async function isLocked(file: Deno.FsFile): Promise<boolean> {
  for (let attempt = 0; attempt < 20; attempt++) {
    if (await file.tryLock(true)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
