/**
 * Where the CLI keeps its sessions.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";

/** Options that say where sessions are kept. */
export interface SessionPlaceOptions {
  /**
   * The CLI's configuration folder, the one that holds `projects/`.
   *
   * @default the variable `CLAUDE_CONFIG_DIR`, else `~/.claude`; either needs `--allow-env`
   */
  readonly configDir?: string | URL;
  /**
   * Only sessions of this project: the folder that they were started in. Symbolic
   * links are resolved, as the CLI does it.
   *
   * @default all projects
   */
  readonly project?: string | URL;
}

/** A transcript on disk. */
export interface TranscriptFile {
  /** The session's id: the name of the file without its extension. */
  readonly id: string;
  /** The folder of the project, with what belongs to all of its sessions. */
  readonly folder: string;
  /** The file. */
  readonly path: string;
}

/** A transcript on disk, with what the file system says of it. */
export interface SizedTranscript extends TranscriptFile {
  /** Its size in bytes. */
  readonly sizeBytes: number;
  /** When it was last written, in milliseconds since 1970. */
  readonly modifiedMs: number;
}

const LONGEST_NAME = 200;

/**
 * The name of the folder that the CLI keeps the sessions of a project in: each UTF-16
 * unit that is no letter of A–Z and no digit becomes `-`. A name over 200 characters is
 * cut there and ends with a hash of the whole path.
 *
 * Seen in: CLI 2.1.332.
 *
 * @param path The absolute path of the project, without symbolic links.
 *
 * @example
 * ```ts
 * import { projectFolderName } from "@claudestream/core/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(projectFolderName("/home/me/my_app"), "-home-me-my-app");
 * ```
 */
export function projectFolderName(path: string): string {
  const name = path.replace(/[^a-zA-Z0-9]/g, "-");
  return name.length <= LONGEST_NAME
    ? name
    : `${name.slice(0, LONGEST_NAME)}-${hashOf(path)}`;
}

/** The classic 31-fold string hash in 32 bits, as the CLI writes it. */
function hashOf(text: string): string {
  let hash = 0;
  for (let at = 0; at < text.length; at++) {
    hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  }
  return Math.abs(hash).toString(36);
}

/** The folder with the folders of all projects. */
export function projectsFolder({ configDir }: SessionPlaceOptions): string {
  const folder = configDir === undefined
    ? usualConfigDir()
    : pathText("configDir", configDir);
  return `${folder}/projects`;
}

function usualConfigDir(): string {
  const named = variable("CLAUDE_CONFIG_DIR");
  if (named) return named;
  const home = variable("HOME") ?? variable("USERPROFILE");
  if (home) return `${home}/.claude`;
  throw new ConfigError(
    "configDir",
    "Cannot find the sessions: neither CLAUDE_CONFIG_DIR nor HOME is set, or may be read",
    {
      hint:
        "Set HOME, or name the folder: --config-dir, in a program the option configDir; reading variables needs --allow-env",
    },
  );
}

function variable(name: string): string | undefined {
  // To read it without the permission would ask the person at the terminal.
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) : undefined;
}

function pathText(option: string, path: string | URL): string {
  if (path instanceof URL && path.protocol === "file:") {
    const text = decodeURIComponent(path.pathname);
    // file:///C:/x → C:/x
    return Deno.build.os === "windows" ? text.replace(/^\/(?=\w:)/, "") : text;
  }
  if (typeof path === "string" && path !== "") return path;
  throw new ConfigError(
    option,
    `Invalid option "${option}": expected a path or a file: URL, got ${
      typeof path === "string" ? '""' : String(path)
    }`,
  );
}

/** The path of a project as the CLI has it: absolute, symbolic links resolved. */
export function projectPath(project: string | URL): string {
  const path = pathText("project", project);
  try {
    return Deno.realPathSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  // The project may be gone; its sessions are still there under its name.
  return /^([/\\]|\w:[/\\])/.test(path) ? path : `${Deno.cwd()}/${path}`;
}

/** The folders to look in: that of one project, or those of all. */
export function projectFolders(
  options: SessionPlaceOptions,
): readonly string[] {
  const root = projectsFolder(options);
  if (options.project !== undefined) {
    return [`${root}/${projectFolderName(projectPath(options.project))}`];
  }
  return entriesOf(root).filter(({ isFile }) => !isFile)
    .map(({ name }) => `${root}/${name}`);
}

/** All transcripts, in no order. */
export function* transcripts(
  options: SessionPlaceOptions,
): Generator<TranscriptFile> {
  for (const folder of projectFolders(options)) {
    for (const { name, isDirectory } of entriesOf(folder)) {
      // Older CLIs kept the transcripts of subagents beside those of sessions.
      if (isDirectory || !name.endsWith(".jsonl")) continue;
      if (name.startsWith("agent-")) continue;
      const id = name.slice(0, -".jsonl".length);
      yield { id, folder, path: `${folder}/${name}` };
    }
  }
}

/** The entries of a folder; none if there is no such folder. */
export function entriesOf(folder: string): readonly Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch (error) {
    if (!isGone(error)) throw error;
    return [];
  }
}

/** Adds what the file system says; `undefined` if the file is gone. */
export function sized(file: TranscriptFile): SizedTranscript | undefined {
  try {
    const { size, mtime, isFile } = Deno.statSync(file.path);
    return isFile
      ? { ...file, sizeBytes: size, modifiedMs: mtime?.getTime() ?? 0 }
      : undefined;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Whether an error says that there is no such file or folder. */
export function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotADirectory;
}
