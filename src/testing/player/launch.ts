/** Interprets the command line of a scripted Claude. */

import type { Identifiers } from "./identifiers.ts";

/** The arguments that affect the output. */
export interface Launch {
  readonly arguments: readonly string[];
  readonly workingDirectory: string;
  readonly sessionId: string;
  readonly model: string;
  /** Permission mode from the arguments; `undefined` if not given. */
  readonly permissionMode: string | undefined;
  readonly partialMessages: boolean;
  readonly asksHost: boolean;
  readonly replaysPrompts: boolean;
  readonly mayBypass: boolean;
  readonly allowedTools: readonly string[];
  readonly disallowedTools: readonly string[];
}

/** Reads the arguments; ignores flags without effect here. */
export function readLaunch(
  list: readonly string[],
  identifiers: Identifiers,
  workingDirectory: string,
): Launch {
  const values = new Map<string, string>();
  for (const [index, argument] of list.entries()) {
    if (!argument.startsWith("-")) continue;
    const cut = argument.indexOf("=");
    if (cut > 0) {
      values.set(argument.slice(0, cut), argument.slice(cut + 1));
    } else {
      const next = list[index + 1];
      const takesNext = next !== undefined && !next.startsWith("-");
      values.set(argument, takesNext ? next : "");
    }
  }
  const bypass = values.has("--dangerously-skip-permissions");
  const mode = values.get("--permission-mode");
  const resumed = values.get("--resume") ?? values.get("-r");
  const wanted = values.get("--session-id");
  const forks = values.has("--fork-session");
  const sessionId = resumed !== undefined && resumed !== "" && !forks
    ? nameIn(resumed)
    : wanted || identifiers.uuid();
  return {
    arguments: list,
    workingDirectory,
    sessionId,
    model: resolveModel(values.get("--model") || "default"),
    permissionMode: bypass
      ? "bypassPermissions"
      : mode === "manual"
      ? "default"
      : mode,
    partialMessages: values.has("--include-partial-messages"),
    asksHost: values.has("--permission-prompt-tool"),
    replaysPrompts: values.has("--replay-user-messages"),
    mayBypass: bypass || mode === "bypassPermissions" ||
      values.has("--allow-dangerously-skip-permissions"),
    allowedTools: names(values, "--allowedTools", "--allowed-tools"),
    disallowedTools: names(values, "--disallowedTools", "--disallowed-tools"),
  };
}

/** Returns the id of a session that is resumed by its id, or by the path of its transcript. */
function nameIn(resumed: string): string {
  return /([^\\/]+)\.jsonl$/.exec(resumed)?.[1] ?? resumed;
}

function names(
  values: ReadonlyMap<string, string>,
  ...flags: readonly string[]
): readonly string[] {
  const text = flags.map((flag) => values.get(flag)).find((value) => value);
  return text === undefined ? [] : text.split(/[ ,]+/);
}

/** Returns the full name of a model, resolving aliases. */
export function resolveModel(name: string): string {
  switch (name) {
    case "default":
    case "opus":
      return "claude-opus-5-5";
    case "sonnet":
      return "claude-sonnet-5-5";
    case "haiku":
      return "claude-haiku-5-5";
    case "fable":
      return "claude-fable-5-2";
    default:
      return name;
  }
}
