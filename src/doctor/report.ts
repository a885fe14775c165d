/**
 * What `doctor` says. Pure.
 *
 * @module
 */

import { maskSecrets } from "../util/secrets.ts";

/**
 * How a check went: `ok`; `warn`, worth a look; `fail`, sessions will not start or not
 * do as they are told; `skip`, it could not be looked at or does not matter here.
 */
export type CheckStatus = "ok" | "warn" | "fail" | "skip";

/** The outcome of one check. */
export interface DoctorCheck {
  /** What was looked at, such as `handshake` or `settings.user`. Does not change from version to version. */
  readonly name: string;
  /** How it went. */
  readonly status: CheckStatus;
  /** What was found, on one line. Secrets are masked. */
  readonly detail: string;
  /** What to do about it: a command, a flag, an option or a variable. */
  readonly hint?: string;
}

/** What {@linkcode doctor} found. */
export interface DoctorReport {
  /** Whether nothing failed. There may be warnings. */
  readonly ok: boolean;
  /**
   * The exit code of `claudestream doctor`: 0, nothing failed; 4, only the sign-in
   * failed; 3, something else did.
   */
  readonly exitCode: 0 | 3 | 4;
  /** The program that sessions start, where one was found. */
  readonly claudePath?: string;
  /** Its version, where it said so. */
  readonly claudeVersion?: string;
  /** Every check, in a fixed order. */
  readonly checks: readonly DoctorCheck[];
}

/** Makes a check, on one line and without the hint where there is none. */
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

/** Makes the report of its checks. */
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
