/**
 * Files written for one process and removed when it has read them, at the latest when it ends.
 *
 * @module
 */

import { BEHAVIORS } from "../capabilities/table.ts";
import { isMet } from "../capabilities/version.ts";
import { StartupError } from "../errors.ts";
import { isWireObject } from "../util/json.ts";
import { writeHint } from "./file_hint.ts";
import type { LaunchFile } from "../options/launch.ts";
import { folderPrefix, removeLeftovers } from "./leftover_files.ts";
import { isGranted, operatingSystem, requireDeno } from "./runtime.ts";

/**
 * Whether the CLI will not read its files again, judging by its answer to the handshake. An older
 * CLI may read them again; if they were gone it would lose their contents, rules included.
 */
export function keepsSettings(answer: unknown): boolean {
  if (!isWireObject(answer)) return false;
  const { claude_code_version: version } = answer;
  return typeof version === "string" &&
    isMet(BEHAVIORS.settingsReadOnce.since, version) === true;
}

/** Returns the folder for temporary files; `undefined` if Deno may not read it. */
function temporaryFolder(): string | undefined {
  const variables = operatingSystem() === "windows"
    ? ["TMP", "TEMP", "USERPROFILE"]
    : ["TMPDIR"];
  for (const variable of variables) {
    if (!isGranted({ name: "env", variable })) return undefined;
    const value = Deno.env.get(variable);
    if (value !== undefined && value !== "") return value;
  }
  return "/tmp";
}

/**
 * Removes the files that killed programs left behind. Called once a process has been spawned, which
 * needs some time to start: a folder with many entries takes milliseconds to list.
 */
export function removeForgotten(): void {
  const temporary = temporaryFolder();
  if (temporary !== undefined) removeLeftovers(temporary);
}

/** The files of one process. */
export class LaunchFiles {
  /** Arguments that name the files. */
  readonly args: readonly string[];
  /** Paths of the files. */
  readonly paths: readonly string[];
  /** Folder that contains only these files; `undefined` without files. */
  readonly folder: string | undefined;

  private constructor(
    args: readonly string[],
    paths: readonly string[],
    folder: string | undefined,
  ) {
    this.args = args;
    this.paths = paths;
    this.folder = folder;
  }

  /**
   * Writes the files with read access for this user only.
   *
   * @throws {StartupError} They cannot be written.
   */
  static write(files: readonly LaunchFile[]): LaunchFiles {
    if (files.length === 0) return new LaunchFiles([], [], undefined);
    requireDeno(
      `Cannot write the files for ${files.map(({ flag }) => flag).join(", ")}`,
    );
    let folder: string | undefined;
    try {
      // Deno creates the folder for its owner only (0700).
      folder = Deno.makeTempDirSync({ prefix: folderPrefix() });
      const args: string[] = [];
      const paths: string[] = [];
      for (const [index, { flag, content }] of files.entries()) {
        const path = `${folder}/${index}${flag.replaceAll("-", "_")}`;
        Deno.writeTextFileSync(path, content, {
          mode: 0o600,
          createNew: true,
        });
        args.push(`${flag}=${path}`);
        paths.push(path);
      }
      return new LaunchFiles(args, paths, folder);
    } catch (cause) {
      removeFolderNow(folder);
      const flags = files.map(({ flag }) => flag).join(", ");
      throw new StartupError(
        cause instanceof Deno.errors.NotCapable ? "permission" : "spawn_failed",
        `Cannot start the CLI: cannot write the files for ${flags}`,
        {
          cause,
          hint: writeHint(cause, folder ?? temporaryFolder()),
        },
      );
    }
  }

  /** Removes the files. */
  remove(): Promise<void> {
    return removeFolder(this.folder);
  }

  /** Removes the files synchronously, when the program ends. */
  removeNow(): void {
    removeFolderNow(this.folder);
  }
}

/** Removes a folder of temporary files synchronously. */
export function removeFolderNow(folder: string | undefined): void {
  if (folder === undefined) return;
  try {
    Deno.removeSync(folder, { recursive: true });
  } catch {
    // Another program has removed it; nothing depends on it.
  }
}

/** Removes a folder of temporary files. */
export async function removeFolder(folder: string | undefined): Promise<void> {
  if (folder === undefined) return;
  try {
    await Deno.remove(folder, { recursive: true });
  } catch {
    // Another program has removed the folder or taken it over; nothing depends on it.
  }
}
