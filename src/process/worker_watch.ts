/**
 * Makes sure that a process does not outlive the worker that runs its session.
 *
 * `Worker.terminate()` stops all code in the worker, but closes its pipes. The end of stdin ends an
 * idle CLI; a CLI in the middle of a turn first finishes the turn, and one with a running shell
 * command stays forever. So a small shell script waits for the end of its own stdin, and then sends
 * the signals.
 *
 * @module
 */

import { maySignal } from "./process_tree.ts";

/** How long to wait after the end of stdin, and again after SIGTERM, in seconds. */
const STEP_S = 2;

/** Waits for the end of stdin, then ends process group `$1`. */
const SCRIPT = `while read -r _; do :; done
sleep ${STEP_S}
kill -TERM "-$1" 2>/dev/null || exit 0
sleep ${STEP_S}
kill -KILL "-$1" 2>/dev/null`;

/** Whether this thread is a worker. */
export function isWorker(): boolean {
  return "WorkerGlobalScope" in globalThis;
}

/**
 * Ends a process and its group once this thread is gone. Needs a shell and permission to run it;
 * without them, only the end of stdin tells the process.
 *
 * @param pid The process, which leads a group.
 * @returns A function that ends the watch.
 */
export function watchThread(pid: number): () => void {
  if (Deno.build.os === "windows" || !maySignal()) return () => {};
  const shell = new Deno.Command("/bin/sh", {
    args: ["-c", SCRIPT, "sh", String(pid)],
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin" },
    // Protect the shell from Ctrl-C, which would otherwise end it together with this thread.
    detached: true,
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  // The shell must not keep the thread alive.
  shell.unref();
  return () => {
    try {
      shell.kill("SIGKILL");
    } catch (error) {
      // The shell has already ended.
      if (!(error instanceof TypeError)) throw error;
    }
    // If closing fails, the shell has already ended; nothing is lost.
    shell.stdin.close().catch(() => {});
  };
}
