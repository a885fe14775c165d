/**
 * Tells whether what ran is what was decided on, and the errors if it is not. Pure.
 *
 * @module
 */

import { StartupError } from "../errors.ts";
import type { ToolRequest } from "../events/permissions.ts";
import { currentToolName } from "../messages/builtin_tools.ts";
import type { WireObject } from "../messages/_define.ts";
import { CONTENT } from "./content.ts";
import { isAbsolute, plain } from "./paths.ts";

/**
 * Whether a call ran with the input that was decided on. The CLI makes the tool's path absolute,
 * and adds fields that are false by default.
 */
export function isSameCall(
  decided: WireObject,
  { toolName, input: ran }: ToolRequest,
  cwd: unknown,
): boolean {
  const [kind, pathKey] = CONTENT.get(currentToolName(toolName)) ?? [];
  const keys = new Set([...Object.keys(decided), ...Object.keys(ran)]);
  return [...keys].every((key) => {
    const [one, other] = [decided[key], ran[key]];
    if (JSON.stringify(one) === JSON.stringify(other)) return true;
    if (kind === "path" && key === pathKey) return isSamePath(one, other, cwd);
    return one === undefined && (other === false || other === null);
  });
}

/** Whether the path that was decided on resolves to the absolute path that the CLI used. */
function isSamePath(decided: unknown, used: unknown, cwd: unknown): boolean {
  if (typeof decided !== "string" || typeof used !== "string") return false;
  const path = decided.trim().normalize("NFC");
  if (path.startsWith("~")) return false;
  if (isAbsolute(path)) return plain(path) === used;
  return typeof cwd === "string" && plain(`${cwd}/${path}`) === used;
}

/** Why a call should not have run. */
export type Unheld =
  /** Its input was changed after the policy had decided. */
  | "changed"
  /** The policy had denied it. */
  | "denied"
  /** It was left to a later process. */
  | "deferred"
  /** The CLI did not call the policy's hook about it. */
  | "unasked";

const HINTS: Readonly<Record<Unheld, string>> = {
  changed:
    "Look for the hooks PreToolUse and PermissionRequest in the settings, plugins, skills and agents of the CLI; the setting disableAllHooks turns them off, and the session's own stay",
  denied: "The CLI did not heed the answer of a hook: use another version",
  deferred:
    "The CLI did not heed the answer of a hook: use another version, or deny such calls",
  unasked:
    "CLI 2.1.278 does that when it resumes a session with a deferred call: use a later version",
};

/** Returns the error that ends a session whose policy does not allow what ran. */
export function unheld(toolName: string, why: Unheld): StartupError {
  const hint = HINTS[why];
  if (why === "changed") {
    return new StartupError(
      "input_changed",
      `Cannot hold the policy: a hook changed the input of "${toolName}" after the policy had decided, and the policy does not allow what ran`,
      { hint },
    );
  }
  const which = why === "denied"
    ? "that the policy had denied"
    : why === "deferred"
    ? "that was left to a later process"
    : "that it did not ask about, and that the policy does not allow";
  return new StartupError(
    "ran_unallowed",
    `Cannot hold the policy: the CLI ran a call of "${toolName}" ${which}`,
    { hint },
  );
}

/** Returns the error that ends a session with a policy if the CLI runs without hooks. */
export function hooksAreOff(): StartupError {
  return new StartupError(
    "hooks_off",
    "Cannot hold the policy: the CLI ran a tool without calling the policy's hook",
    {
      hint:
        'Look for "CLAUDE_CODE_SIMPLE" in the settings files of the CLI: it turns all hooks off',
    },
  );
}
