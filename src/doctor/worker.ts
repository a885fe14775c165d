/**
 * Checks whether a blocking session can work here: workers, shared memory, blocking waits.
 *
 * @module
 */

import { LineLink } from "../conversation/line_link.ts";
import { ClaudeNotFoundError, ClaudeStreamError } from "../errors.ts";
import { Tail } from "../process/stderr.ts";
import { may } from "./may.ts";
import { check, type DoctorCheck } from "./report.ts";

const NAME = "blocking_session";

/** Time limit for the worker's answer, in milliseconds. */
const LIMIT_MS = 5_000;

/** A command that does not exist: the worker searches for it and reports that. */
const NOWHERE = ["/nonexistent/claudestream-doctor"];

/**
 * Starts the worker of a blocking session with a program that does not exist, and waits until it
 * reports that through the shared memory. Blocks; starts no process.
 */
export async function blockingSessionCheck(): Promise<DoctorCheck> {
  // If the worker may not be loaded, the error shows only on the terminal.
  const url = new URL("../conversation/line_worker.ts", import.meta.url);
  if (url.protocol === "file:" && !await may({ name: "read", path: url })) {
    return check(
      NAME,
      "skip",
      "Deno may not read the module of the worker",
      "Run Deno with --allow-read",
    );
  }
  return tryWorker();
}

function tryWorker(): DoctorCheck {
  let link: LineLink | undefined;
  try {
    const launch = { args: [], env: {}, initialize: {}, files: [] };
    link = new LineLink({ claudePath: NOWHERE }, launch, new Tail());
    const until = Date.now() + LIMIT_MS;
    while (link.end === undefined && Date.now() < until) link.read(200);
    return outcome(link.end);
  } catch (error) {
    return outcome(error instanceof Error ? error : new Error(String(error)));
  } finally {
    link?.waitGone(0);
  }
}

/** Interprets the worker's report. Any error of this library shows that the way works. */
function outcome(end: LineLink["end"]): DoctorCheck {
  if (end instanceof ClaudeNotFoundError || isOurs(end)) {
    return check(NAME, "ok", "workers and shared memory work");
  }
  return check(
    NAME,
    "warn",
    end instanceof Error
      ? `SyncSession does not work here: ${end.message}`
      : `SyncSession does not work here: no answer of its worker within ${LIMIT_MS} ms`,
    "Use AsyncSession",
  );
}

function isOurs(end: LineLink["end"]): boolean {
  return end instanceof ClaudeStreamError && end.code !== "protocol";
}
