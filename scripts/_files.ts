/**
 * Helpers of both installers to put a folder in place atomically: a run that is killed half-way
 * leaves nothing that looks finished.
 *
 * @module
 */

const DRAFT = ".draft-";

/**
 * Calls `work` with a fresh folder in `parent`, beside what it will become: a
 * rename is atomic only within one file system. Meanwhile no other process
 * works there (two tasks in two terminals); the lock ends with its holder.
 */
export async function withDraft(
  parent: string,
  work: (draft: string) => Promise<void>,
): Promise<void> {
  await Deno.mkdir(parent, { recursive: true });
  using lock = await Deno.open(`${parent}/.lock`, {
    create: true,
    write: true,
  });
  await lock.lock(true);
  for await (const entry of Deno.readDir(parent)) {
    // This is from a killed run: a running one would hold the lock.
    if (entry.name.startsWith(DRAFT)) await remove(`${parent}/${entry.name}`);
  }
  const draft = await Deno.makeTempDir({ dir: parent, prefix: DRAFT });
  try {
    await work(draft);
  } finally {
    await remove(draft);
  }
}

export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** A file or a whole folder; it need not exist. */
export async function remove(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Without the `/` at the end that a folder's URL has. */
export function pathOf(url: URL): string {
  const path = decodeURIComponent(url.pathname).replace(/\/$/, "");
  // file:///C:/x → C:/x
  return Deno.build.os === "windows" ? path.slice(1) : path;
}

/** To stderr: stdout belongs to the task that follows. */
export function say(who: string, message: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${who}: ${message}\n`));
}

/** `fetch` hides what happened in the cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message;
}
