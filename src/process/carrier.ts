/**
 * Checks what the caller's `spawn` or `transport` function returned, a changed command or a
 * transport, and makes a transport keep the promises that a session relies on.
 *
 * @module
 */

import { ClaudeStreamError, ConfigError, StartupError } from "../errors.ts";
import { isWireObject } from "../util/json.ts";
import { isThenable } from "../util/maybe_promise.ts";
import { thrownText } from "../util/faults.ts";
import type { LaunchFiles } from "./launch_files.ts";
import type {
  ExitStatus,
  HeldTransport,
  SpawnSpec,
  Transport,
  TransportSignal,
} from "../options/transport.ts";

/** Whether the value is meant as a transport rather than a changed command. */
export function isTransport(value: unknown): value is Transport {
  return isWireObject(value) && "readable" in value;
}

/**
 * Returns the command from the caller's `spawn` function.
 *
 * @throws {ConfigError} It is none.
 */
export function checkedSpec(value: unknown): SpawnSpec {
  const issue = specIssue(value);
  if (issue === undefined) return value as SpawnSpec;
  throw new ConfigError(
    "spawn",
    `Cannot start what the option spawn gave: ${issue}`,
  );
}

function specIssue(value: unknown): string | undefined {
  if (!isWireObject(value)) {
    return `expected a command or a transport, got ${typeof value}`;
  }
  const { command, args, cwd, env } = value;
  if (typeof command !== "string" || command === "") {
    return "expected a text as command";
  }
  if (!Array.isArray(args) || args.some((text) => typeof text !== "string")) {
    return "expected a list of texts as args";
  }
  if (cwd !== undefined && typeof cwd !== "string") {
    return "expected a path as cwd";
  }
  const isEnv = isWireObject(env) &&
    Object.values(env).every((text) => typeof text === "string");
  if (!isEnv) return "expected an object of texts as env";
  for (const name of ["uid", "gid"]) {
    const id = value[name];
    if (id !== undefined && !Number.isSafeInteger(id)) {
      return `expected a whole number as ${name}`;
    }
  }
  return undefined;
}

/** Builds the error for a caller's function that failed. */
export function carrierFailed(
  option: "spawn" | "transport",
  cause: unknown,
): Error {
  if (cause instanceof ClaudeStreamError) return cause;
  return new StartupError(
    "spawn_failed",
    `Cannot start the CLI: the option ${option} threw: ${thrownText(cause)}`,
    { cause },
  );
}

/** How long `exited` may lag behind the actual end, in milliseconds. */
const ENDED_MS = 100;

/**
 * How long the output of a transport may be silent after `exited` resolves, in milliseconds: output
 * and exit may arrive by different routes.
 */
const LATE_TRANSPORT_MS = 250;

/** Settings with which a session wraps a caller's transport. */
export interface CarrierTerms {
  /** Option that the transport came from. */
  readonly option: "spawn" | "transport";
  /**
   * How long the transport may take to end after SIGKILL, in milliseconds; after that it counts as
   * gone.
   */
  readonly stepMs: number;
  /** Files written for the process, removed when it ends. */
  readonly files?: LaunchFiles;
}

/**
 * Wraps a caller's transport so that a session can rely on it: `kill` never throws, and `exited`
 * resolves after SIGKILL.
 *
 * @throws {ConfigError} It is none.
 */
export function carried(value: unknown, terms: CarrierTerms): HeldTransport {
  const issue = transportIssue(value);
  if (issue !== undefined) {
    throw new ConfigError(
      terms.option,
      `Cannot use what the option ${terms.option} gave: ${issue}`,
    );
  }
  const given = value as Transport;
  const { promise: killed, resolve } = Promise.withResolvers<ExitStatus>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let tellTimer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const exited = (async () => {
    try {
      const { code, signal } = await Promise.race([given.exited, killed]);
      return { code, signal };
    } finally {
      isOver = true;
      clearTimeout(timer);
      clearTimeout(tellTimer);
      await terms.files?.remove();
    }
  })();
  const { readable, writable, stderr, pid } = given;
  return {
    readable,
    writable,
    ...stderr === undefined ? {} : { stderr },
    ...pid === undefined ? {} : { pid },
    exited,
    // Nothing tells how many bytes are still on their way.
    lateOutput: { silenceMs: LATE_TRANSPORT_MS, maxBytes: Infinity },
    removeFiles: () => terms.files?.removeNow(),
    kill(signal: TransportSignal): void {
      if (isOver) return;
      if (signal === "SIGKILL") {
        timer ??= setTimeout(
          () => resolve({ code: 137, signal }),
          terms.stepMs,
        );
      }
      try {
        given.kill(signal);
      } catch (error) {
        // A process that has just ended cannot be signalled. Any other error is a fault of the
        // caller's function and is reported; the next signal is still sent.
        tellTimer ??= setTimeout(() => reportError(error), ENDED_MS);
      }
    },
  };
}

function transportIssue(value: unknown): string | undefined {
  if (!isWireObject(value)) {
    return `expected a transport, got ${typeof value}`;
  }
  const { readable, writable, stderr, exited, kill } = value;
  if (!(readable instanceof ReadableStream) || readable.locked) {
    return "expected a ReadableStream as readable, which nobody reads yet: a transport serves one session";
  }
  if (!(writable instanceof WritableStream) || writable.locked) {
    return "expected a WritableStream as writable, which nobody writes to yet: a transport serves one session";
  }
  if (
    stderr !== undefined && (!(stderr instanceof ReadableStream) ||
      stderr.locked)
  ) return "expected a ReadableStream as stderr, which nobody reads yet";
  if (!isThenable(exited)) return "expected a promise as exited";
  return typeof kill === "function" ? undefined : "expected a function as kill";
}
