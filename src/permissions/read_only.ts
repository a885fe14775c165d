/**
 * A policy that allows reading but no changes. Pure.
 *
 * @module
 */

import { isSameTool, toolKind } from "../messages/builtin_tools.ts";
import { allow, deny } from "./decision.ts";
import { reasoned } from "./explain.ts";
import { isQuestion } from "./policy.ts";
import type { SyncPolicy } from "./policy_types.ts";
import { commandPattern, isSimpleCommand } from "./command.ts";

/** Options of {@linkcode readOnly}. */
export interface ReadOnlyOptions {
  /**
   * Whether `WebFetch` and `WebSearch` are allowed too. They change nothing here, but a URL can
   * leak what was read. Default `false`.
   */
  readonly web?: boolean;
  /**
   * More commands, as in the rules of `allowList`: `["git log *", "git status"]`. You are
   * responsible for what they do with their arguments.
   */
  readonly commands?: readonly string[];
}

const WEB: ReadonlySet<string> = new Set(["WebFetch", "WebSearch"]);

/** Tools that only ask or change the mode; this policy does not decide on them. */
const UNDECIDED: ReadonlySet<string> = new Set([
  "EnterPlanMode",
  "ExitPlanMode",
]);

/**
 * Programs that can neither write nor start another program, whatever their arguments. Excluded for
 * that reason: `date`, `diff`, `env`, `file`, `find`, `git`, `rg`, `sed`, `sort`, `tree`, `uniq`,
 * `xargs`.
 */
const PROGRAMS: readonly string[] = [
  "basename",
  "cat",
  "cksum",
  "cmp",
  "cut",
  "df",
  "dirname",
  "du",
  "echo",
  "egrep",
  "fgrep",
  "grep",
  "head",
  "id",
  "ls",
  "md5sum",
  "nl",
  "pwd",
  "readlink",
  "realpath",
  "sha1sum",
  "sha256sum",
  "stat",
  "tac",
  "tail",
  "uname",
  "wc",
  "whoami",
];

const isReader = PROGRAMS.map((name) => commandPattern(`${name} *`));

/**
 * Allows reading and denies everything else. Allowed are tools that read files and lists, the
 * session's own notes (`TodoWrite`, `TaskCreate`, …), and in `Bash` single commands of programs
 * that cannot write (`ls`, `cat`, `grep`, `head`, `wc`, …). `git` is not among them: its
 * configuration can start programs. Tools of MCP servers and unknown tools are denied. Subagents
 * may be started, because this policy also applies to their calls, but not in their own worktree.
 * An agent of the project may bring MCP servers and hooks, which the CLI starts itself: exclude
 * those of an untrusted folder with `settingSources`. Questions to a person and changes of the plan
 * mode are left undecided.
 *
 * It does not protect secrets: the model may read whatever the process can read.
 *
 * @example
 * ```ts
 * import { readOnly } from "@claudestream/core";
 * import { assertEquals } from "@std/assert";
 *
 * const policy = readOnly({ commands: ["git log *"] });
 * const decide = (toolName: string, input = {}) =>
 *   policy.decide(
 *     { toolName, input, toolUseId: "1" },
 *     { signal: new AbortController().signal },
 *   )?.behavior;
 * assertEquals(decide("Read"), "allow");
 * assertEquals(decide("Write"), "deny");
 * assertEquals(decide("Bash", { command: "ls -la" }), "allow");
 * assertEquals(decide("Bash", { command: "git log -3" }), "allow");
 * assertEquals(decide("Bash", { command: "ls > list" }), "deny");
 * ```
 */
export function readOnly(options: ReadOnlyOptions = {}): SyncPolicy {
  const commands = [
    ...isReader,
    ...(options.commands ?? []).map((pattern) => commandPattern(pattern)),
  ];
  return reasoned("readOnly", (request) => {
    const { toolName, input } = request;
    if (isQuestion(request) || UNDECIDED.has(toolName)) {
      return {
        decision: undefined,
        reason: `"${toolName}" is a matter between the CLI and a person`,
      };
    }
    const fault = toolName === "Bash"
      ? commandFault(input, commands)
      : toolFault(toolName, input, options.web === true);
    return fault === undefined
      ? {
        decision: allow(),
        reason: `"${toolName}" with this input only reads`,
      }
      : { decision: deny(fault), reason: fault };
  });
}

function toolFault(
  toolName: string,
  input: Readonly<Record<string, unknown>>,
  web: boolean,
): string | undefined {
  if (toolKind(toolName) === "read" || web && WEB.has(toolName)) {
    return undefined;
  }
  if (isSameTool(toolName, "Agent") && input.isolation === undefined) {
    return undefined;
  }
  return `"${toolName}" is not among the tools that only read`;
}

function commandFault(
  { command, dangerouslyDisableSandbox }: Readonly<Record<string, unknown>>,
  commands: readonly ((command: string) => boolean)[],
): string | undefined {
  if (typeof command !== "string" || dangerouslyDisableSandbox === true) {
    return "Only plain commands that read may be run here";
  }
  if (commands.some((matches) => matches(command))) return undefined;
  return isSimpleCommand(command.trim())
    ? "The command is not among those that only read"
    : "Only single commands may be run here, with no redirection and no substitution";
}
