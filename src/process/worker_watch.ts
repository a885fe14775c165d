/**
 * Sees to it that no process outlives a worker of the program that held its session.
 *
 * `Worker.terminate()` runs nothing in the worker any more, but it closes what the worker
 * held open. The end of stdin ends an idle CLI; one in the middle of a turn goes on to its
 * end, and one with a shell that runs on stays for good. So a small shell waits for the
 * same end, and then sends the signals.
 *
 * @module
 */

import { maySignal } from "./process_tree.ts";

/** How long the end of stdin is given, and then SIGTERM, in seconds. */
const STEP_S = 2;

/** Waits for the end of stdin, then ends the group of processes `$1`. */
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
 * Ends a process and its group once this thread is gone. Needs a shell and the right to run
 * it; else the end of stdin has to do.
 *
 * @param pid The process, which leads a group.
 * @returns Ends the watch.
 */
export function watchThread(pid: number): () => void {
  if (Deno.build.os === "windows" || !maySignal()) return () => {};
  const shell = new Deno.Command("/bin/sh", {
    args: ["-c", SCRIPT, "sh", String(pid)],
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin" },
    // Out of the reach of a Ctrl-C, which may end this thread before it.
    detached: true,
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  // It is no reason for the thread to live.
  shell.unref();
  return () => {
    try {
      shell.kill("SIGKILL");
    } catch (error) {
      // It has ended by itself.
      if (!(error instanceof TypeError)) throw error;
    }
    // Then nothing writes to it, and nothing is lost.
    shell.stdin.close().catch(() => {});
  };
}
