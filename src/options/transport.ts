/**
 * Transports of a conversation: a process on this machine, or any other connection to a CLI.
 *
 * @module
 */

/** How a process ended. */
export interface ExitStatus {
  /** Exit code; 128 and the number of the signal after a signal. */
  readonly code: number;
  /** The signal that ended it, or `null`. */
  readonly signal: string | null;
}

/** Signals that a session sends. */
export type TransportSignal = "SIGTERM" | "SIGKILL";

/**
 * One running CLI, wherever it runs. Serves one session, once.
 *
 * @example A CLI behind a pair of streams
 * ```ts
 * import { AsyncSession, type Transport } from "@claudestream/core";
 *
 * function inMyPod(pod: {
 *   stdin: WritableStream<Uint8Array>;
 *   stdout: ReadableStream<Uint8Array>;
 *   ended: Promise<number>;
 *   stop(): void;
 * }): AsyncSession {
 *   const transport: Transport = {
 *     readable: pod.stdout,
 *     writable: pod.stdin,
 *     exited: pod.ended.then((code) => ({ code, signal: null })),
 *     kill: () => pod.stop(),
 *   };
 *   return new AsyncSession({ transport });
 * }
 * ```
 */
export interface Transport {
  /** What the CLI writes to stdout: the protocol, in chunks of any size. */
  readonly readable: ReadableStream<Uint8Array>;
  /** What the CLI reads from stdin. Closing it asks the CLI to end. */
  readonly writable: WritableStream<Uint8Array>;
  /** What the CLI writes to stderr, if it can be had. It is read to its end. */
  readonly stderr?: ReadableStream<Uint8Array>;
  /**
   * Its end. A rejection ends the session with that error. As long as `readable` has not
   * ended, the session waits for what still comes, until there is silence for 250 ms; while the
   * session is being closed, for 50 ms.
   */
  readonly exited: Promise<ExitStatus>;
  /** Id of the process, if it runs on this machine. */
  readonly pid?: number;
  /** Ends it: `SIGTERM` asks, `SIGKILL` does not. After its end nothing happens. */
  kill(signal: TransportSignal): void;
}

/** A transport as a session holds it. */
export interface HeldTransport extends Transport {
  /** The last id in the lineage of the process and of all that it starts, if it is known. */
  readonly lineage?: string;
  /** Limits for output that arrives after its end. */
  readonly lateOutput: {
    /** How long it may be silent before, in milliseconds. */
    readonly silenceMs: number;
    /** How much it may be, in bytes. */
    readonly maxBytes: number;
  };
  /** Removes at once what was written for it: the program ends, and waits for no promise. */
  removeFiles(): void;
}

/** The command, arguments and environment of a process that is about to start. */
export interface SpawnSpec {
  /** The program: a path, or a name for `PATH`. */
  readonly command: string;
  /** Its arguments. */
  readonly args: readonly string[];
  /** Its folder. By default that of this process. */
  readonly cwd?: string;
  /** Its variables. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether it has only those, and not what this process has besides. */
  readonly clearEnv: boolean;
  /**
   * Files that `args` name and that go with the process: settings and long texts, for
   * this user alone. Where it runs on another machine, they have to be brought there. They
   * are removed when the CLI has answered the handshake, or at its end.
   */
  readonly files: readonly string[];
  /** The user that it runs as; this process must be allowed to change it. */
  readonly uid?: number;
  /** The group that it runs as. */
  readonly gid?: number;
}

/** Changes what is started, or starts it in another way. */
export type Spawn = (
  spec: SpawnSpec,
) => SpawnSpec | Transport | Promise<SpawnSpec | Transport>;

/** What a transport is created for. */
export interface TransportStart {
  /** The session to continue after a restart (the option `recover`). */
  readonly resume: string | undefined;
}

/** Makes a transport for each process of a session. */
export type TransportFactory = (
  start: TransportStart,
) => Transport | Promise<Transport>;
