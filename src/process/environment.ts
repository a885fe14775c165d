/**
 * The variables of the child. Pure.
 *
 * @module
 */

/**
 * Variables that never reach the child: a session that runs inside of another one
 * refuses to start or takes the other for its host, and a debugger's options stop it.
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

/**
 * The whole environment of the child.
 *
 * @param inherited The variables of this process; empty with `clearEnv`.
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
