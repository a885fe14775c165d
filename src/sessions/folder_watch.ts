/**
 * Reports changes in folders.
 *
 * @module
 */

import { isGone } from "../transcripts/place.ts";

/** Kinds of file system events that count as changes; reading a file does not. */
const CHANGES: ReadonlySet<string> = new Set([
  "create",
  "modify",
  "rename",
  "remove",
  "other",
  "any",
]);

/** Watches folders by the events of the operating system, without asking again and again. */
export class FolderWatch implements Disposable {
  readonly #watchers = new Map<string, Deno.FsWatcher>();
  readonly #matters: (path: string) => boolean;
  #hasChanged = false;
  #wake: PromiseWithResolvers<void> | undefined;
  #error: { readonly error: unknown } | undefined;

  /** @param matters Returns whether to report a change of this file or folder. */
  constructor(matters: (path: string) => boolean) {
    this.#matters = matters;
  }

  /** Watches a folder from now on, if it is there. What is in it was not looked at. */
  add(folder: string): void {
    if (this.#watchers.has(folder)) return;
    try {
      const watcher = Deno.watchFs(folder, { recursive: false });
      this.#watchers.set(folder, watcher);
      this.#listen(watcher, folder).catch((error) => {
        this.#error = { error };
        this.#tell();
      });
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  async #listen(watcher: Deno.FsWatcher, folder: string): Promise<void> {
    for await (const { kind, paths } of watcher) {
      if (!CHANGES.has(kind) || !paths.some(this.#matters)) continue;
      // A folder that is gone may come back, as another one.
      if (kind === "remove" && paths.includes(folder)) {
        this.#watchers.delete(folder);
        watcher.close();
      }
      this.#tell();
    }
  }

  #tell(): void {
    this.#hasChanged = true;
    this.#wake?.resolve();
  }

  /** Resolves once something has changed since the last time that this was called. */
  async changed(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (!this.#hasChanged) {
      const wake = Promise.withResolvers<void>();
      this.#wake = wake;
      const abort = () => wake.reject(signal?.reason);
      signal?.addEventListener("abort", abort);
      try {
        await wake.promise;
      } finally {
        signal?.removeEventListener("abort", abort);
        this.#wake = undefined;
      }
    }
    this.#hasChanged = false;
    if (this.#error !== undefined) throw this.#error.error;
  }

  /** Ends the watching. */
  [Symbol.dispose](): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }
}
