/**
 * What the link of a blocking session and its worker tell each other, as plain data.
 *
 * @module
 */

import {
  ClaudeNotFoundError,
  ClaudeStreamError,
  ConfigError,
  StartupError,
  type StartupReason,
} from "../errors.ts";
import type { SessionOptions } from "../options/session_options.ts";
import type { CloseSteps } from "../process/shutdown.ts";
import type { Launch } from "../options/launch.ts";
import type { SpawnSpec } from "../options/transport.ts";

/** Options that starting a process takes. URLs are paths here: they cannot cross. */
export type SpawnOptions =
  & Pick<SessionOptions, "clearEnv" | "keepEnv" | "bare" | "exitSignals">
  & {
    /** The directory. */
    readonly cwd?: string;
    /** The program. */
    readonly claudePath?: string | readonly string[];
    /** Whether the caller gave settings, whatever is in them. */
    readonly settings?: Readonly<Record<string, unknown>>;
  };

/** The first message: starts the process. */
export interface StartOrder {
  /** Which order it is. */
  readonly do: "start";
  /** The ring. */
  readonly memory: SharedArrayBuffer;
  /** What the process is started with. */
  readonly launch: Launch;
  /** How it is found. */
  readonly options: SpawnOptions;
  /** The longest line, in bytes. */
  readonly maxLineBytes: number;
  /** Whether the caller is asked what it makes of the command. */
  readonly willChange: boolean;
  /** Whether the caller's thread is a worker itself, with which the process ends. */
  readonly inWorker: boolean;
  /** How long each step of closing may take. */
  readonly steps: CloseSteps;
  /** Not 0 while the caller's thread blocks. */
  readonly blocked: Int32Array<SharedArrayBuffer>;
}

/** What the worker is told. */
export type WorkerOrder =
  | StartOrder
  /** What the caller makes of the command. */
  | { readonly do: "spawn"; readonly spec: SpawnSpec }
  /** The caller makes nothing of it: there will be no process. */
  | { readonly do: "refuse" }
  /** Writes a line to stdin. */
  | { readonly do: "write"; readonly line: string }
  /** Ends the process, from the end of stdin on, which gets at most this long. */
  | { readonly do: "close"; readonly eofMs: number }
  /** Ends the process, from SIGTERM on; with steps of its own where time is short. */
  | { readonly do: "terminate"; readonly steps?: CloseSteps }
  /** The ring has no reader from here on. */
  | { readonly do: "abandon" }
  /** Asks for a sign of life. */
  | { readonly do: "beat" };

/** The process is there. */
export interface SpawnNews {
  /** Its id. */
  readonly pid: number;
  /** The folder of what was written for it. */
  readonly folder: string | undefined;
}

/** An error on its way to another thread, which keeps no class of ours. */
export interface PlainError {
  /** Name of the class. */
  readonly name: string;
  /** Its text. */
  readonly message: string;
  /** Its stack. */
  readonly stack?: string;
  /** The error behind it. */
  readonly cause?: PlainError;
  /** What to do about it. */
  readonly hint?: string;
  /** Of a `StartupError`. */
  readonly reason?: StartupReason;
  /** Of a `ClaudeNotFoundError`. */
  readonly searched?: readonly string[];
  /** Of a `ClaudeNotFoundError`. */
  readonly wanted?: string;
  /** Of a `ConfigError`. */
  readonly option?: string;
}

/** Makes plain data of an error. */
export function plainError(error: unknown): PlainError {
  if (!(error instanceof Error)) {
    return { name: "Error", message: String(error) };
  }
  const { name, message, stack, cause } = error;
  return {
    name,
    message,
    ...stack === undefined ? {} : { stack },
    ...cause === undefined ? {} : { cause: plainError(cause) },
    ...error instanceof ClaudeStreamError && error.hint !== undefined
      ? { hint: error.hint }
      : {},
    ...error instanceof StartupError ? { reason: error.reason } : {},
    ...error instanceof ClaudeNotFoundError
      ? {
        searched: error.searched,
        ...error.wanted === undefined ? {} : { wanted: error.wanted },
      }
      : {},
    ...error instanceof ConfigError ? { option: error.option } : {},
  };
}

/** Makes an error of plain data, of the class it was of. */
export function revivedError(plain: PlainError): Error {
  const { name, message, hint } = plain;
  const details = {
    ...plain.cause === undefined ? {} : { cause: revivedError(plain.cause) },
    ...hint === undefined ? {} : { hint },
  };
  if (plain.searched !== undefined) {
    return new ClaudeNotFoundError(plain.searched, plain.wanted);
  }
  if (plain.reason !== undefined) {
    return new StartupError(plain.reason, message, details);
  }
  if (plain.option !== undefined) {
    return new ConfigError(plain.option, message, details);
  }
  const error = new Error(message, details);
  error.name = name;
  return error;
}
