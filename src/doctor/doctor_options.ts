import type { SessionOptions } from "../options/session_options.ts";

/** Options of `doctor()`: the options of the sessions to check. */
export type DoctorOptions =
  & Pick<
    SessionOptions,
    "claudePath" | "cwd" | "configDir" | "env" | "clearEnv" | "keepEnv"
  >
  & {
    /**
     * Time limit for reading the version and for the handshake, each, in milliseconds. Default
     * 10,000.
     */
    readonly timeoutMs?: number;
  };
