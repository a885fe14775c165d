/**
 * Blocking sessions with the real CLI: they run in a worker, as the API that the CLI
 * talks to runs on this thread.
 *
 * @module
 */

import type { SessionOptions } from "../mod.ts";
import type { Scenarios } from "./live_sync_worker.ts";

/** Runs a scenario of the worker's and gives what it returns. */
export async function blocking<Name extends keyof Scenarios>(
  name: Name,
  options: SessionOptions,
): Promise<ReturnType<Scenarios[Name]>> {
  const worker = new Worker(new URL("./live_sync_worker.ts", import.meta.url), {
    type: "module",
  });
  const { promise, resolve, reject } = Promise.withResolvers<
    ReturnType<Scenarios[Name]>
  >();
  worker.addEventListener("message", ({ data }) => {
    if ("error" in data) reject(new Error(data.error));
    else resolve(data.value);
  });
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  });
  worker.postMessage({ name, options });
  try {
    return await promise;
  } finally {
    worker.terminate();
  }
}
