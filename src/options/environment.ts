/**
 * The variables of the child. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import type { AuthMode, SessionOptions } from "./session_options.ts";

/**
 * Variables that never reach the child: those of another session, because of which it would refuse
 * to start or mistake that session for its host, and debugger options, which would stop it.
 */
export const REMOVED: readonly string[] = [
  "CLAUDECODE",
  "CLAUDE_CODE_ENTRYPOINT",
  "CLAUDE_CODE_EXECPATH",
  "CLAUDE_CODE_SESSION_ID",
  "CLAUDE_CODE_SSE_PORT",
  "NODE_CHANNEL_FD",
  "NODE_OPTIONS",
  "VSCODE_INSPECTOR_OPTIONS",
];

/** Turns all hooks of the CLI off, and with them the one that asks the policy. */
export const NO_HOOKS_VARIABLE = "CLAUDE_CODE_SIMPLE";

/**
 * Which variables of this process the child starts from.
 *
 * @param os `windows`, where `Path` and `PATH` are one variable, and others.
 */
export function inheritedEnv(
  { clearEnv, keepEnv }: Pick<SessionOptions, "clearEnv" | "keepEnv">,
  own: Readonly<Record<string, string>>,
  os: string,
): Readonly<Record<string, string>> {
  if (clearEnv === true) return {};
  if (keepEnv === undefined) return own;
  const known = (name: string) => os === "windows" ? name.toUpperCase() : name;
  const kept = new Set(keepEnv.map(known));
  return Object.fromEntries(
    Object.entries(own).filter(([name]) => kept.has(known(name))),
  );
}

/**
 * The variable with the ids of the sessions that a process descends from, the nearest last.
 * What the process starts inherits it, even in another process group or with another parent,
 * and so can be found when the process itself is gone.
 */
const LINEAGE = "CLAUDESTREAM_LINEAGE";

/** The variables of a process with this id. This program may itself descend from a session. */
export function withLineage(
  env: Readonly<Record<string, string>>,
  id: string,
): Record<string, string> {
  const before = env[LINEAGE];
  return { ...env, [LINEAGE]: before === undefined ? id : `${before}:${id}` };
}

/**
 * The ids of the sessions that a process descends from.
 *
 * @param environ Its variables as Linux has them: with a NUL after each.
 */
export function lineageOf(environ: string): readonly string[] {
  const start = `${LINEAGE}=`;
  const entry = environ.split("\0").find((entry) => entry.startsWith(start));
  return entry === undefined ? [] : entry.slice(start.length).split(":");
}

/**
 * The whole environment of the child.
 *
 * @param inherited The variables of this process that it starts from.
 * @param changes Over those; `undefined` removes one.
 */
export function childEnvironment(
  inherited: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const env: Record<string, string> = { ...inherited };
  for (const name of REMOVED) delete env[name];
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete env[name];
    else env[name] = value;
  }
  return env;
}

/** Variables that make each call billed, by a key or through another provider. */
const BY_CALL: readonly string[] = [
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_AUTH_TOKEN",
  "ANTHROPIC_AWS_API_KEY",
  "ANTHROPIC_FOUNDRY_API_KEY",
  "ANTHROPIC_FOUNDRY_AUTH_TOKEN",
  "ANTHROPIC_IDENTITY_TOKEN",
  "ANTHROPIC_IDENTITY_TOKEN_FILE",
  "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR",
  "CLAUDE_CODE_USE_ANTHROPIC_AWS",
  "CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD",
  "CLAUDE_CODE_USE_BEDROCK",
  "CLAUDE_CODE_USE_FOUNDRY",
  "CLAUDE_CODE_USE_GATEWAY",
  "CLAUDE_CODE_USE_MANTLE",
  "CLAUDE_CODE_USE_VERTEX",
];

/** Variables with the token of a subscription, and variables that replace a key. */
const NO_KEY: readonly string[] = [
  "ANTHROPIC_AUTH_TOKEN",
  "CLAUDE_CODE_OAUTH_REFRESH_TOKEN",
  "CLAUDE_CODE_OAUTH_TOKEN",
  "CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR",
];

/** The variables that a process must not have with an option `auth`. */
export function notFor(auth: AuthMode): readonly string[] {
  if (auth === "any") return [];
  return auth === "subscription" ? BY_CALL : NO_KEY;
}

/** Other ways of signing in than a subscription. */
const OTHER_SIGN_INS: readonly string[] = [
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_AUTH_TOKEN",
  "CLAUDE_CODE_USE_BEDROCK",
  "CLAUDE_CODE_USE_VERTEX",
  "CLAUDE_CODE_USE_FOUNDRY",
];

/**
 * With `bare` the CLI never signs in with a subscription, and says so only after the
 * first prompt, with a result that calls itself a success.
 *
 * @throws {ConfigError} Only the token of a subscription is available.
 */
export function checkSignIn(
  options: SessionOptions,
  env: Readonly<Record<string, string>>,
): void {
  if (options.bare !== true || options.settings !== undefined) return;
  if (env.CLAUDE_CODE_OAUTH_TOKEN === undefined) return;
  if (OTHER_SIGN_INS.some((name) => env[name] !== undefined)) return;
  throw new ConfigError(
    "bare",
    "Cannot use bare with the token of a subscription: it signs in with an API key only",
  );
}
