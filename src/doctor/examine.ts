/**
 * Runs all checks of the doctor, one after the other.
 *
 * @module
 */

import type { SessionOptions } from "../options/session_options.ts";
import { launchOf } from "../options/args.ts";
import { check as checkKind, TIME } from "../checks/kinds.ts";
import { checkOptions } from "../options/check_options.ts";
import { childEnvironment, inheritedEnv } from "../options/environment.ts";
import { pathOf } from "../options/launch.ts";
import { SessionSecrets } from "../process/session_secrets.ts";
import { printedVersion, versionIn } from "../process/version.ts";
import { appliedCheck } from "./applied_settings.ts";
import { findBinary } from "./binary.ts";
import { configDirCheck } from "./config_dir.ts";
import { argumentsCheck, environmentChecks } from "./environment.ts";
import { shakeHands, signInCheck } from "./handshake.ts";
import { may, mayRead } from "./may.ts";
import { permissionChecks, permissionNeeds } from "./permissions.ts";
import type { DoctorOptions } from "./doctor_options.ts";
import {
  check,
  type DoctorCheck,
  type DoctorReport,
  reportOf,
} from "./report.ts";
import { settingsChecks } from "./settings_files.ts";
import { versionCheck } from "./version.ts";
import { blockingSessionCheck } from "./worker.ts";

/** Time limit for one answer of the CLI, in milliseconds. */
const TIMEOUT_MS = 10_000;

/** Runs the checks that `doctor` documents, and returns the report. */
export async function examine(
  options: DoctorOptions,
): Promise<DoctorReport> {
  const { timeoutMs = TIMEOUT_MS, ...session } = options;
  checkKind("timeoutMs", timeoutMs, TIME);
  checkOptions({ ...session, startTimeoutMs: timeoutMs });
  const launch = launchOf(session);
  const mayReadEnv = await may({ name: "env" });
  const own: Readonly<Record<string, string>> = mayReadEnv
    ? Deno.env.toObject()
    : {};
  const inherited = inheritedEnv(session, own, Deno.build.os);
  const env = childEnvironment(inherited, launch.env);
  const configDir = configDirOf(env);
  const cwd = await folderOf(session.cwd);
  const { command, check: found } = await findBinary(
    session.claudePath,
    // Look up variables as a session does: the options env and clearEnv affect only the child.
    (name) => Object.hasOwn(own, name) ? own[name] : undefined,
  );
  const cwdFound = await cwdCheck(cwd, session.cwd !== undefined);
  const checks: DoctorCheck[] = [found, cwdFound];
  let claudeVersion: string | undefined;
  if (command !== undefined && cwdFound.status !== "fail") {
    const known = { ...session, claudePath: [command.path, ...command.args] };
    const spoken = await speak(known, timeoutMs);
    claudeVersion = spoken.version;
    checks.push(...spoken.checks);
    checks.push(
      argumentsCheck([command.path, ...command.args, ...launch.args]),
    );
  }
  checks.push(
    ...await settingsChecks({ configDir, cwd, os: Deno.build.os }),
    await configDirCheck(configDir),
    ...mayReadEnv ? environmentChecks(inherited, env) : [unreadable()],
    ...await permissionChecks(
      permissionNeeds(command?.path ?? "claude", configDir, cwd),
    ),
    await blockingSessionCheck(),
  );
  return reportOf(checks, {
    ...command === undefined ? {} : { claudePath: command.path },
    ...claudeVersion === undefined ? {} : { claudeVersion },
  }, new SessionSecrets(session, launch, own, Deno.build.os).values());
}

/** Runs the program for the checks of its version, the handshake and the sign-in. */
async function speak(
  options: SessionOptions,
  timeoutMs: number,
): Promise<
  {
    readonly version: string | undefined;
    readonly checks: readonly DoctorCheck[];
  }
> {
  // If the program cannot be started, the handshake reports why.
  const printed = await printedVersion(options, timeoutMs)
    .catch(() => undefined);
  const { info, settings, checks } = await shakeHands(options, timeoutMs);
  const version = info?.claudeCodeVersion ?? versionIn(printed ?? "");
  return {
    version,
    checks: [
      versionCheck(version, printed),
      ...checks,
      info === undefined
        ? check("sign_in", "skip", "no handshake, nobody to ask")
        : signInCheck(info.account),
      await appliedCheck(settings),
    ],
  };
}

function unreadable(): DoctorCheck {
  return check(
    "environment",
    "skip",
    "Deno may not read the variables",
    "Run Deno with --allow-env",
  );
}

function configDirOf(
  env: Readonly<Record<string, string>>,
): string | undefined {
  const home = env.HOME ?? env.USERPROFILE;
  return env.CLAUDE_CONFIG_DIR || (home && `${home}/.claude`);
}

async function folderOf(cwd: SessionOptions["cwd"]): Promise<string> {
  if (cwd !== undefined) return pathOf("cwd", cwd);
  return await may({ name: "read" }) ? Deno.cwd() : ".";
}

async function cwdCheck(cwd: string, isOption: boolean): Promise<DoctorCheck> {
  if (!isOption) return check("cwd", "ok", cwd);
  if (!await mayRead(cwd)) {
    return check(
      "cwd",
      "skip",
      `${cwd}: Deno may not read it`,
      `Run Deno with --allow-read=${cwd}`,
    );
  }
  try {
    if ((await Deno.stat(cwd)).isDirectory) return check("cwd", "ok", cwd);
    return check("cwd", "fail", `${cwd} is not a directory`, HINT_CWD);
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound
      ? "there is no such directory"
      : error instanceof Error
      ? error.message
      : String(error);
    return check("cwd", "fail", `${cwd}: ${why}`, HINT_CWD);
  }
}

const HINT_CWD = "Check the option cwd (--cwd)";
