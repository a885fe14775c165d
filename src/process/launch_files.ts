/**
 * Files that are written for one process and removed when it has read them, at the latest
 * at its end.
 *
 * @module
 */

import { BEHAVIORS } from "../capabilities/table.ts";
import { isMet } from "../capabilities/version.ts";
import { StartupError } from "../errors.ts";
import { isWireObject } from "../util/wire_object.ts";
import { writeHint } from "./file_hint.ts";
import type { LaunchFile } from "../options/launch.ts";
import { folderPrefix, removeLeftovers } from "./leftover_files.ts";

/**
 * Whether the CLI has read its files for good, as its answer to the handshake says. An
 * older one may read them again, and would forget what is in them, rules too.
 */
export function keepsSettings(answer: unknown): boolean {
  if (!isWireObject(answer)) return false;
  const { claude_code_version: version } = answer;
  return typeof version === "string" &&
    isMet(BEHAVIORS.settingsReadOnce.since, version) === true;
}

/** The folder that temporary files are written to; `undefined` if Deno may not say. */
function temporaryFolder(): string | undefined {
  const variables = Deno.build.os === "windows"
    ? ["TMP", "TEMP", "USERPROFILE"]
    : ["TMPDIR"];
  for (const variable of variables) {
    const { state } = Deno.permissions.querySync({ name: "env", variable });
    if (state !== "granted") return undefined;
    const value = Deno.env.get(variable);
    if (value !== undefined && value !== "") return value;
  }
  return "/tmp";
}

/** The files of one process. */
export class LaunchFiles {
  /** The arguments that name them. */
  readonly args: readonly string[];
  /** Where they are. */
  readonly paths: readonly string[];
  /** The folder that they are in, and nothing else; none where there are no files. */
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
   * Writes them where only this user can read them.
   *
   * @throws {StartupError} They cannot be written.
   */
  static write(files: readonly LaunchFile[]): LaunchFiles {
    const temporary = temporaryFolder();
    if (temporary !== undefined) removeLeftovers(temporary);
    if (files.length === 0) return new LaunchFiles([], [], undefined);
    let folder: string | undefined;
    try {
      // Deno makes it for its owner alone (0700).
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
          hint: writeHint(cause, folder ?? temporary),
        },
      );
    }
  }

  /** Removes them. */
  remove(): Promise<void> {
    return remove(this.folder);
  }

  /** Removes them at once, where the program ends. */
  removeNow(): void {
    removeFolderNow(this.folder);
  }
}

/** Removes the folder of such files at once. */
export function removeFolderNow(folder: string | undefined): void {
  if (folder === undefined) return;
  try {
    Deno.removeSync(folder, { recursive: true });
  } catch {
    // As below.
  }
}

async function remove(folder: string | undefined): Promise<void> {
  if (folder === undefined) return;
  try {
    await Deno.remove(folder, { recursive: true });
  } catch {
    // Somebody else did, or the folder is not ours any more: nothing depends on it.
  }
}
