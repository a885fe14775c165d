/**
 * Why a process, or a turn, is gone. Pure.
 *
 * @module
 */

import { flagHint, NO_LIFECYCLE } from "../capabilities/table.ts";
import {
  type ClaudeStreamError,
  DOCTOR_HINT,
  type ErrorDetails,
  ProcessExitError,
  type SessionNotFoundError,
  StartupError,
  StateError,
} from "../errors.ts";
import type { WireObject } from "../messages/_define.ts";
import type { CommandLifecycle } from "../messages/conversation.ts";
import { CLOSED_HINT, type ConversationState } from "./state.ts";

/** How the process ended. */
export interface ProcessExit {
  /** Its exit code. */
  readonly code: number;
  /** The signal that ended it, or `null`. */
  readonly signal: string | null;
  /** The end of stderr. */
  readonly stderrTail: string;
}

/** The state when the process ended. */
export interface EndContext {
  /** The session was being closed. */
  readonly isClosing: boolean;
  /** The handshake was answered. */
  readonly isReady: boolean;
  /** The process got as far as a turn. */
  readonly sawInit: boolean;
  /** The session, for a resume. */
  readonly sessionId: string | undefined;
}

/** The session that the process should resume. */
export interface ResumeContext {
  /** Its id; `undefined` for the last one of the directory. */
  readonly id: string | undefined;
  /** The directory, if it is known. */
  readonly cwd: string | undefined;
  /** The message to continue from; `undefined` for the last one. */
  readonly at?: string | undefined;
  /** Why it was not found on disk, if it was not. Set when the process starts. */
  missing?: SessionNotFoundError | undefined;
}

/** Matches the text of the CLI (2.1.330 and 2.1.197) for an unknown argument. */
const REFUSED_ARGUMENT =
  /^error: (?:unknown )?(?:option|argument) '(--[\w-]+)?/;

/** Matches the text of 2.1.332 if the id for a new session is already in use. */
const TAKEN_ID = /^Error: Session ID \S+ is already in use/m;

const TAKEN_HINT =
  "Go on with that session by the option resume instead of sessionId";

const ARGUMENT_HINT =
  "It is an option of the session, or one of extraArgs, that this CLI refuses";

/** The error of all that waited for a process that ended. */
export function endError(
  exit: ProcessExit,
  context: EndContext,
): ClaudeStreamError {
  const { sessionId } = context;
  if (context.isClosing) {
    return new StateError(
      "session_closed",
      "closing",
      "wait",
      "The session was closed before the end of this",
      { sessionId, hint: CLOSED_HINT },
    );
  }
  const details = { stderrTail: exit.stderrTail, sessionId };
  if (
    !context.sawInit && exit.signal === null &&
    (exit.code !== 0 || !context.isReady)
  ) {
    const said = exit.stderrTail.split("\n").map((line) => line.trim())
      .filter((line) => line !== "").slice(0, 3).join("; ");
    return new StartupError(
      "exited",
      `The CLI ended before the first turn with exit code ${exit.code}${
        said === "" ? "" : `: ${said}`
      }`,
      {
        ...details,
        exitCode: exit.code,
        hint: exitHint(said),
      },
    );
  }
  return new ProcessExitError(exit.code, exit.signal, {
    ...details,
    hint: sessionId === undefined ? undefined : "Go on by the option resume",
  });
}

/**
 * Returns the hint for a process that failed to start. Its output is only used to select the hint.
 */
function exitHint(said: string): string {
  if (TAKEN_ID.test(said)) return TAKEN_HINT;
  const refused = REFUSED_ARGUMENT.exec(said);
  if (refused === null) return DOCTOR_HINT;
  const [, flag] = refused;
  return (flag === undefined ? undefined : flagHint(flag)) ?? ARGUMENT_HINT;
}

/** The error of a result that came without any init: it is about the start of the process. */
export function refusedStart(
  result: WireObject,
  resume: ResumeContext | undefined,
  details: ErrorDetails,
): StartupError {
  const said = Array.isArray(result.errors)
    ? result.errors.filter((text) => typeof text === "string").join("; ")
    : "no reason given";
  if (resume === undefined) {
    return new StartupError("exited", `The CLI could not start: ${said}`, {
      ...details,
      hint: DOCTOR_HINT,
    });
  }
  const where = resume.cwd === undefined ? "" : ` in "${resume.cwd}"`;
  const names = resume.at === undefined
    ? "resume and cwd"
    : "resume, resumeAt and cwd";
  const { missing } = resume;
  const near = missing?.near ?? [];
  const look = missing === undefined
    ? ""
    : `; looked in ${missing.searched.join(", ")}`;
  return new StartupError(
    // Either may be missing, and no field tells which.
    resume.at === undefined ? "session_not_found" : "resume_refused",
    `Cannot resume the session${where}: ${said}`,
    {
      ...details,
      hint: near.length > 0
        ? `Did you mean ${near.join(" or ")}?`
        : `Sessions belong to the directory that they were started in: check the options ${names}${look}`,
    },
  );
}

/** The error of a prompt that will never have an answer. */
export function dropped(
  event: CommandLifecycle,
  operation: string,
  sessionId: string | undefined,
): StateError {
  return new StateError(
    "cancelled",
    event.state,
    operation,
    `The prompt was ${event.state} by the CLI before it had an answer`,
    { sessionId },
  );
}

/** Returns the error for a prompt whose turn was left while it waited for the previous turn. */
export function neverSent(): StateError {
  return new StateError(
    "cancelled",
    "draining",
    "send",
    "The turn was left before its prompt was sent",
  );
}

/** An older CLI never says what became of a message; waiting for it would never end. */
export function unreported(): StateError {
  return new StateError(
    "cancelled",
    "unknown",
    "push",
    `Cannot tell what became of the message: ${NO_LIFECYCLE}`,
  );
}

/** The error of a request that has no process. */
export function closed(
  state: ConversationState,
  operation: string,
  cause: Error | undefined,
): StateError {
  return new StateError(
    "session_closed",
    state,
    operation,
    `Cannot make the request "${operation}": the session ${
      state === "new" ? "has not started" : "is closed"
    }`,
    { cause },
  );
}
