/**
 * Whether a blocking session could work here: workers, shared memory, blocking waits.
 *
 * @module
 */

import { LineLink } from "../conversation/line_link.ts";
import { ClaudeNotFoundError, ClaudeStreamError } from "../errors.ts";
import { Tail } from "../process/stderr.ts";
import { may } from "./may.ts";
import { check, type DoctorCheck } from "./report.ts";

const NAME = "blocking_session";

/** Longest time that is waited for the worker. */
const LIMIT_MS = 5_000;

/** A command that there is nowhere: the worker looks for it, and says so. */
const NOWHERE = ["/nonexistent/claudestream-doctor"];

/**
 * Starts the worker of a blocking session with a program that is not there, and waits
 * for it to say so through the shared memory. Blocks; no process is started.
 */
export async function blockingSessionCheck(): Promise<DoctorCheck> {
  // A worker that may not be loaded says so to nobody but the terminal.
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

/** What the worker's words mean. Any of our errors came all the way, whatever it says. */
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
