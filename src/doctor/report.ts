/**
 * The report of `doctor`. Pure.
 *
 * @module
 */

import { maskSecrets } from "../util/secrets.ts";

/**
 * Outcome of a check: `ok`; `warn`, worth a look; `fail`, sessions will not start or will
 * misbehave; `skip`, could not be checked or does not matter here.
 */
export type CheckStatus = "ok" | "warn" | "fail" | "skip";

/** The outcome of one check. */
export interface DoctorCheck {
  /** Name of the check, such as `handshake` or `settings.user`. Stable across versions. */
  readonly name: string;
  /** Outcome of the check. */
  readonly status: CheckStatus;
  /** Finding, on one line. Secrets are masked. */
  readonly detail: string;
  /** Advice: a command, a flag, an option or a variable. */
  readonly hint?: string;
}

/** Result of {@linkcode doctor}. */
export interface DoctorReport {
  /** Whether no check failed. There may be warnings. */
  readonly ok: boolean;
  /**
   * Exit code of `claudestream doctor`: 0 if nothing failed, 4 if only the sign-in failed, 3 for
   * any other failure.
   */
  readonly exitCode: 0 | 3 | 4;
  /** The program that sessions start, if one was found. */
  readonly claudePath?: string;
  /** Its version, if it reported one. */
  readonly claudeVersion?: string;
  /** All checks, in a fixed order. */
  readonly checks: readonly DoctorCheck[];
}

/** Builds a check: joins its text to one line, and omits an absent hint. */
export function check(
  name: string,
  status: CheckStatus,
  detail: string,
  hint?: string,
): DoctorCheck {
  return {
    name,
    status,
    detail: detail.trim().replaceAll(/\s+/g, " "),
    ...hint === undefined ? {} : { hint },
  };
}

/** Builds the report from its checks. */
export function reportOf(
  checks: readonly DoctorCheck[],
  known: Pick<DoctorReport, "claudePath" | "claudeVersion">,
  secrets: readonly string[],
): DoctorReport {
  const failed = checks.filter(({ status }) => status === "fail");
  return {
    ok: failed.length === 0,
    exitCode: failed.length === 0
      ? 0
      : failed.every(({ name }) => name === "sign_in")
      ? 4
      : 3,
    ...known,
    checks: checks.map((check) => ({
      ...check,
      detail: maskSecrets(check.detail, secrets),
      ...check.hint === undefined
        ? {}
        : { hint: maskSecrets(check.hint, secrets) },
    })),
  };
}
