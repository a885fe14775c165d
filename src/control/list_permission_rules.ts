import * as v from "valibot";
import { type Reads, shape, wire, wireOptional } from "../messages/_define.ts";
import { call, type ControlCall, listOf } from "./call.ts";

/** A rule of the CLI about tools. */
export interface PermissionRule {
  /** What it does. */
  readonly behavior: "allow" | "deny" | "ask" | (string & Record<never, never>);
  /** The rule, such as `Bash(git *)`. */
  readonly rule: string;
  /** Where it comes from, such as `cliArg` or `userSettings`. */
  readonly source: string;
}

/** A directory that tools may work in, besides the first. */
export interface WorkspaceDirectory {
  /** Its path. */
  readonly path: string;
  /** Where it comes from. */
  readonly source?: string;
}

/**
 * What the CLI's own rules are.
 *
 * Seen in: CLI 2.1.330, tests/live/control_test.ts. Unknown to CLI before 2.1.272.
 */
export interface PermissionRules {
  /** The rules. */
  readonly rules: readonly PermissionRule[];
  /** Directories besides the first. */
  readonly workspaceDirectories: readonly WorkspaceDirectory[];
  /** The directory that the session began in. */
  readonly originalCwd: string;
  /** Whether only an organization's rules count. */
  readonly managedOnly: boolean;
}

const permissionRules: Reads<PermissionRules> = shape<PermissionRules>({
  rules: wire(
    "state.rules",
    listOf(shape<PermissionRule>({
      behavior: wire("behavior", v.string()),
      rule: wire("rule", v.string()),
      source: wire("source", v.string()),
    })),
  ),
  workspaceDirectories: wire(
    "state.workspaceDirectories",
    listOf(shape<WorkspaceDirectory>({
      path: wire("path", v.string()),
      source: wireOptional("source", v.string()),
    })),
  ),
  originalCwd: wire("state.originalCwd", v.string()),
  managedOnly: wire("state.managedOnly", v.boolean()),
});

/** Asks for the rules. */
export function permissionRulesCall(): ControlCall<PermissionRules> {
  return call("list_permission_rules", {}, permissionRules);
}
