/**
 * Several transcripts as one, in order. Pure.
 *
 * @module
 */

/** An entry with a time. */
export interface Timed {
  /** Time in milliseconds since 1970; 0 if unknown: it then follows the previous entry. */
  readonly atMs: number;
  /** The calls of tools in it, by id. */
  readonly calls: readonly string[];
}

/** A transcript that begins with a call in another one. */
export interface Source<T extends Timed> {
  /** The call, if it is known. */
  readonly call: string | undefined;
  /** Opens the transcript. */
  readonly open: () => AsyncGenerator<T>;
}

/** A transcript, and the next thing in it. */
interface Reader<T> {
  readonly entries: AsyncGenerator<T>;
  next: T;
}

/**
 * Merges transcripts by time. One that begins with a call is opened when that call was
 * yielded, so that what a subagent did never comes before its start; those whose call
 * never comes follow in the end. Of things at the same time, those of the transcript
 * that was opened last come first: a subagent ends before its call has a result.
 */
export async function* mergeByTime<T extends Timed>(
  main: AsyncGenerator<T>,
  sources: readonly Source<T>[],
): AsyncGenerator<T> {
  const waiting = new Set(sources);
  const readers: Reader<T>[] = [];
  async function open(entries: AsyncGenerator<T>): Promise<void> {
    const { done, value } = await entries.next();
    if (done !== true) readers.push({ entries, next: value });
  }
  try {
    await open(main);
    while (true) {
      const reader = earliest(readers);
      if (reader === undefined) {
        const [lost] = waiting;
        if (lost === undefined) return;
        waiting.delete(lost);
        await open(lost.open());
        continue;
      }
      const { next } = reader;
      yield next;
      await advance(reader, readers);
      for (const source of waiting) {
        if (source.call === undefined || !next.calls.includes(source.call)) {
          continue;
        }
        waiting.delete(source);
        await open(source.open());
      }
    }
  } finally {
    for (const { entries } of readers) await entries.return(undefined);
  }
}

function earliest<T extends Timed>(
  readers: readonly Reader<T>[],
): Reader<T> | undefined {
  let found: Reader<T> | undefined;
  for (const reader of readers) {
    if (found === undefined || reader.next.atMs <= found.next.atMs) {
      found = reader;
    }
  }
  return found;
}

async function advance<T>(
  reader: Reader<T>,
  readers: Reader<T>[],
): Promise<void> {
  const { done, value } = await reader.entries.next();
  if (done === true) readers.splice(readers.indexOf(reader), 1);
  else reader.next = value;
}
