/**
 * Flags of `claude` itself, to options of the session.
 *
 * @module
 */

import type { SessionOptions } from "../../options/session_options.ts";
import { isWireObject } from "../../util/json.ts";
import type { Flags } from "./flags.ts";
import { UsageError } from "../failure/usage_error.ts";

/** An option that is absent unless its flag was given. */
type Given<K extends keyof SessionOptions> = SessionOptions[K] | undefined;

/** The options that these flags stand for; the session checks their values. */
export interface ClaudeFlagOptions {
  readonly addDirs: Given<"addDirs">;
  readonly agent: Given<"agent">;
  readonly agents: Given<"agents">;
  readonly effort: Given<"effort">;
  readonly fallbackModel: Given<"fallbackModel">;
  readonly mcpConfigFiles: readonly string[] | undefined;
  readonly strictMcp: boolean | undefined;
  readonly settings: Given<"settings">;
  readonly settingSources: Given<"settingSources">;
  readonly builtinTools: readonly string[] | undefined;
  readonly title: Given<"title">;
  readonly sessionId: Given<"sessionId">;
  readonly fromPr: Given<"fromPr">;
  readonly extraArgs: readonly string[] | undefined;
}

/**
 * Returns the options that flags of `claude` stand for.
 *
 * @param read Reads the file that a value with `@` names.
 * @throws {UsageError} A value is no JSON, or names a file or directory that is not there.
 */
export async function claudeFlagOptions(
  flags: Flags,
  read: (flag: string, value: string) => Promise<string>,
): Promise<ClaudeFlagOptions> {
  const { agents } = flags;
  await checkPaths(flags);
  return {
    addDirs: flags.addDir,
    agent: flags.agent,
    agents: agents === undefined
      ? undefined
      : agentsOf(await read("--agents", agents)),
    effort: flags.effort as Given<"effort">,
    fallbackModel: flags.fallbackModel?.flatMap(listOf),
    mcpConfigFiles: flags.mcpConfig,
    strictMcp: flags.strictMcp,
    settings: flags.settings,
    settingSources: flags.settingSources === undefined
      ? undefined
      : listOf(flags.settingSources) as Given<"settingSources">,
    builtinTools: flags.tools === undefined || isToolModule(flags.tools)
      ? undefined
      : listOf(flags.tools),
    title: flags.title,
    sessionId: flags.sessionId,
    fromPr: flags.fromPr,
    extraArgs: flags.claudeArg,
  };
}

/**
 * Looks for what the flags name. The CLI ignores a directory that is not there, and ends over a
 * file. Without the permission to look, that is left to it.
 */
async function checkPaths(flags: Flags): Promise<void> {
  const { addDir = [], mcpConfig = [], settings, cwd } = flags;
  const named: readonly (readonly [string, string, boolean])[] = [
    ...addDir.map((path) => ["--add-dir", path, true] as const),
    ...mcpConfig.map((path) => ["--mcp-config", path, false] as const),
    ...settings === undefined ? [] : [["--settings", settings, false] as const],
  ];
  for (const [flag, value, isDirectory] of named) {
    if (/^\s*\{/.test(value)) continue;
    const path = cwd === undefined || isAbsolute(value)
      ? value
      : `${cwd}/${value}`;
    const { state } = Deno.permissions.querySync({ name: "read", path });
    if (state !== "granted") continue;
    const expected = isDirectory ? "directory" : "file";
    const info = await Deno.stat(path).catch((error) => {
      if (isAbsence(error)) return undefined;
      throw error;
    });
    if (info === undefined) {
      throw new UsageError(
        `Cannot use ${
          JSON.stringify(value)
        } as ${flag}: there is no such ${expected}`,
      );
    }
    if (info.isDirectory !== isDirectory) {
      throw new UsageError(
        `Cannot use ${
          JSON.stringify(value)
        } as ${flag}: expected a ${expected}, got a ${
          isDirectory ? "file" : "directory"
        }`,
      );
    }
  }
}

function isAbsolute(path: string): boolean {
  return /^(?:[/\\]|[A-Za-z]:)/.test(path);
}

function isAbsence(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotADirectory;
}

/** Whether the value of `--tools` is a module with tools, and not a list of names. */
export function isToolModule(value: string): boolean {
  return /[/\\]|\.[cm]?[jt]s$/.test(value);
}

function listOf(text: string): readonly string[] {
  return text.split(",").map((word) => word.trim()).filter((word) =>
    word !== ""
  );
}

function agentsOf(text: string): Given<"agents"> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(
      `Cannot read --agents: it is no JSON: ${(cause as Error).message}`,
    );
  }
  // The session checks what is in it.
  if (isWireObject(value)) return value as Given<"agents">;
  throw new UsageError(
    "Cannot use --agents: expected an object, agents by name",
    'As in: --agents \'{"reviewer": {"description": "…", "prompt": "…"}}\'',
  );
}
