/**
 * Compares the permissions that Deno grants with those that sessions need.
 *
 * @module
 */

import { may } from "./may.ts";
import { check, type DoctorCheck } from "./report.ts";

/** A Deno permission. */
export interface PermissionNeed {
  /** Name of the check. */
  readonly name: string;
  /** Permission to query. */
  readonly query: Deno.PermissionDescriptor;
  /** Flag that grants the permission. */
  readonly flag: string;
  /** What the permission is used for. */
  readonly purpose: string;
  /** Whether sessions need it, work better with it, or need it only for some options. */
  readonly need: "needed" | "advised" | "optional";
}

/** Returns the permissions that sessions need. Pure. */
export function permissionNeeds(
  command: string,
  configDir: string | undefined,
  cwd: string,
): readonly PermissionNeed[] {
  const folders = [configDir, cwd].filter((path) => path !== undefined);
  return [
    {
      name: "permission.run",
      query: { name: "run", command },
      flag: `--allow-run=${command}`,
      purpose: "to start claude",
      need: "needed",
    },
    {
      name: "permission.env",
      query: { name: "env" },
      flag: "--allow-env",
      purpose: "to find claude, and to keep from it what disturbs it",
      need: "advised",
    },
    {
      name: "permission.read",
      query: { name: "read", path: command },
      flag: "--allow-read",
      purpose: "to say where claude was looked for",
      need: "advised",
    },
    ...folders.map((path): PermissionNeed => ({
      name: "permission.read_folder",
      query: { name: "read", path },
      flag: `--allow-read=${path}`,
      purpose: `to look at ${path}`,
      need: "optional",
    })),
    {
      name: "permission.write",
      query: { name: "write" },
      flag: "--allow-write",
      purpose:
        "for options that go through a file (settings, long system prompts), and recordings",
      need: "optional",
    },
    {
      name: "permission.run_all",
      query: { name: "run" },
      flag: "--allow-run",
      purpose:
        "to end what claude started too, where it does not end by itself",
      need: "optional",
    },
  ];
}

/** Queries Deno for each permission, without prompting. */
export async function permissionChecks(
  needs: readonly PermissionNeed[],
): Promise<DoctorCheck[]> {
  return await Promise.all(
    needs.map(async (one) => permissionCheck(one, await may(one.query))),
  );
}

/** Returns the check of one permission. Pure. */
export function permissionCheck(
  { name, flag, purpose, need }: PermissionNeed,
  isGranted: boolean,
): DoctorCheck {
  if (isGranted) return check(name, "ok", `granted: ${purpose}`);
  const status = { needed: "fail", advised: "warn", optional: "skip" } as const;
  return check(
    name,
    status[need],
    `not granted: ${need} ${purpose}`,
    name === "permission.run" && !/[\\/]/.test(flag)
      ? `Run Deno with ${flag}; it drops a name that it does not find in PATH`
      : `Run Deno with ${flag}`,
  );
}
