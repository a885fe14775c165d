/**
 * Checks the variables and arguments that a session would be started with. Pure.
 *
 * @module
 */

import { REMOVED } from "../options/environment.ts";
import { check, type DoctorCheck } from "./report.ts";

/** Longest argument or variable that Linux accepts, in bytes. */
const LONGEST_VARIABLE_BYTES = 128 * 1024 - 1;

/** Size of the environment, in bytes, above which some systems fail to start programs. */
const MUCH_ENVIRONMENT_BYTES = 1024 * 1024;

/** Longest command line that Windows accepts. */
const LONGEST_COMMAND_LINE = 8191;

type Variables = Readonly<Record<string, string>>;

interface Suspicion {
  readonly applies: (env: Variables) => boolean;
  readonly says: string;
  readonly hint: string;
}

const has = (name: string) => (env: Variables) => (env[name] ?? "") !== "";

/** Variables that are known to make sessions fail. */
const SUSPICIONS: readonly Suspicion[] = [
  {
    applies: (env) =>
      has("ANTHROPIC_API_KEY")(env) && has("CLAUDE_CODE_OAUTH_TOKEN")(env),
    says:
      "ANTHROPIC_API_KEY beside CLAUDE_CODE_OAUTH_TOKEN: the key pays, not the subscription",
    hint: "unset ANTHROPIC_API_KEY",
  },
  {
    applies: (env) =>
      has("ANTHROPIC_API_KEY")(env) && has("ANTHROPIC_AUTH_TOKEN")(env),
    says: "ANTHROPIC_API_KEY beside ANTHROPIC_AUTH_TOKEN: two sign-ins",
    hint: "unset the one that you do not mean",
  },
  {
    applies: has("ANTHROPIC_BASE_URL"),
    says: "ANTHROPIC_BASE_URL: prompts go to another server",
    hint: "unset ANTHROPIC_BASE_URL, unless it is meant",
  },
  {
    applies: (env) => env.NODE_TLS_REJECT_UNAUTHORIZED === "0",
    says: "NODE_TLS_REJECT_UNAUTHORIZED=0: nobody checks whom claude talks to",
    hint: "unset NODE_TLS_REJECT_UNAUTHORIZED",
  },
  ...[
    "LD_PRELOAD",
    "LD_LIBRARY_PATH",
    "DYLD_INSERT_LIBRARIES",
    "DYLD_LIBRARY_PATH",
  ].map((name): Suspicion => ({
    applies: has(name),
    says: `${name}: Deno starts claude only with --allow-run for all programs`,
    hint: `unset ${name}, or run Deno with --allow-run`,
  })),
  ...["BUN_OPTIONS", "BUN_INSPECT", "NODE_INSPECT_RESUME_ON_START"].map((
    name,
  ): Suspicion => ({
    applies: has(name),
    says: `${name}: a debugger may stop claude`,
    hint: `unset ${name}`,
  })),
];

/**
 * Checks the variables.
 *
 * @param inherited Variables of this process that claude would inherit.
 * @param env All variables that claude would get.
 */
export function environmentChecks(
  inherited: Variables,
  env: Variables,
): DoctorCheck[] {
  const removed = REMOVED.filter((name) =>
    inherited[name] !== undefined && env[name] === undefined
  );
  const left = REMOVED.filter((name) => env[name] !== undefined);
  const found = SUSPICIONS.filter(({ applies }) => applies(env));
  const checks = found.map(({ says, hint }) =>
    check("environment", "warn", says, hint)
  );
  if (left.length > 0) {
    checks.push(check(
      "environment",
      "warn",
      `${left.join(", ")}: set by the option env; claude may refuse to start`,
      "Take them out of the option env",
    ));
  }
  if (checks.length === 0) {
    checks.push(check(
      "environment",
      "ok",
      removed.length === 0
        ? "nothing that disturbs claude"
        : `kept from claude: ${removed.join(", ")}`,
    ));
  }
  return [...checks, sizeCheck(env)];
}

function sizeCheck(env: Variables): DoctorCheck {
  const sizes = Object.entries(env).map(([name, value]) =>
    [name, new TextEncoder().encode(`${name}=${value}`).length] as const
  );
  const total = sizes.reduce((sum, [, size]) => sum + size + 1, 0);
  const [name, size] = sizes.toSorted(([, a], [, b]) => b - a)[0] ?? ["", 0];
  if (size > LONGEST_VARIABLE_BYTES) {
    return check(
      "environment_size",
      "fail",
      `${name} has ${size} bytes: the operating system will not start a program with it`,
      `unset ${name}`,
    );
  }
  return total > MUCH_ENVIRONMENT_BYTES
    ? check(
      "environment_size",
      "warn",
      `${total} bytes of variables, ${size} of them in ${name}: some systems start no program with so many`,
      `unset ${name}`,
    )
    : check("environment_size", "ok", `${total} bytes of variables`);
}

/** Checks the length of the command line. */
export function argumentsCheck(command: readonly string[]): DoctorCheck {
  const { length } = command.join(" ");
  const detail = `${length} of ${LONGEST_COMMAND_LINE} characters`;
  return length <= LONGEST_COMMAND_LINE
    ? check("arguments", "ok", detail)
    : check(
      "arguments",
      "fail",
      `${detail}: Windows starts no such program`,
      "Give a shorter claudePath (--claude-path)",
    );
}
