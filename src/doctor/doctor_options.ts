import type { SessionOptions } from "../options/session_options.ts";

/** Options of `doctor()`: those of the sessions that it is about. */
export type DoctorOptions =
  & Pick<
    SessionOptions,
    "claudePath" | "cwd" | "configDir" | "env" | "clearEnv" | "keepEnv"
  >
  & {
    /** Longest time for the version, and again for the handshake, in milliseconds. Default 10,000. */
    readonly timeoutMs?: number;
  };
