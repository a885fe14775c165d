/**
 * Messages between the link of a blocking session and its worker, as plain data.
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

/**
 * Options for starting a process. URLs are converted to paths, because URL objects cannot be sent
 * to a worker.
 */
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
  /** Kind of the order. */
  readonly do: "start";
  /** Memory of the ring. */
  readonly memory: SharedArrayBuffer;
  /** Launch of the process. */
  readonly launch: Launch;
  /** Options for finding and starting it. */
  readonly options: SpawnOptions;
  /** The longest line, in bytes. */
  readonly maxLineBytes: number;
  /** Whether the caller may change the command. */
  readonly willChange: boolean;
  /** Whether the caller's thread is itself a worker, whose end must end the process. */
  readonly inWorker: boolean;
  /** How long each step of closing may take. */
  readonly steps: CloseSteps;
  /** Not 0 while the caller's thread blocks. */
  readonly blocked: Int32Array<SharedArrayBuffer>;
}

/** An order to the worker. */
export type WorkerOrder =
  | StartOrder
  /** The command as changed by the caller. */
  | { readonly do: "spawn"; readonly spec: SpawnSpec }
  /** The caller's function failed, so no process is started. */
  | { readonly do: "refuse" }
  /** Writes a line to stdin. */
  | { readonly do: "write"; readonly line: string }
  /** Ends the process: closes stdin, waits at most `eofMs`, then sends signals. */
  | { readonly do: "close"; readonly eofMs: number }
  /** Ends the process by signals; with shorter steps if time is short. */
  | { readonly do: "terminate"; readonly steps?: CloseSteps }
  /** The ring no longer has a reader. */
  | { readonly do: "abandon" }
  /** Asks for a sign of life. */
  | { readonly do: "beat" };

/** News that the process has started. */

export interface SpawnNews {
  /** Process id. */
  readonly pid: number;
  /** Folder of the files written for it. */
  readonly folder: string | undefined;
}

/** An error as plain data, because classes are lost between threads. */
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
  /** `reason` of a `StartupError`. */
  readonly reason?: StartupReason;
  /** `searched` of a `ClaudeNotFoundError`. */
  readonly searched?: readonly string[];
  /** `wanted` of a `ClaudeNotFoundError`. */
  readonly wanted?: string;
  /** `option` of a `ConfigError`. */
  readonly option?: string;
}

/** Converts an error to plain data. */
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

/** Restores an error of the original class from plain data. */
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
