/**
 * Checks whether claude can write to the folder where it keeps its sessions.
 *
 * @module
 */

import { may, mayRead, mayWrite } from "./may.ts";
import { check, type DoctorCheck } from "./report.ts";

const NAME = "config_dir";

/** Writes a file to claude's configuration folder, and removes it. */
export async function configDirCheck(
  configDir: string | undefined,
): Promise<DoctorCheck> {
  if (configDir === undefined) {
    const home = Deno.build.os === "windows" ? "USERPROFILE" : "HOME";
    if (!await may({ name: "env", variable: home })) {
      return check(
        NAME,
        "skip",
        `Deno may not read the variable ${home}`,
        `Run Deno with --allow-env=${home}`,
      );
    }
    return check(
      NAME,
      "fail",
      "no home directory is known",
      "Set HOME, or CLAUDE_CONFIG_DIR",
    );
  }
  if (!await mayRead(configDir)) return skipped(configDir, "read");
  const folder = await existing(configDir);
  if (!await mayWrite(folder)) return skipped(folder, "write");
  const detail = folder === configDir
    ? configDir
    : `${configDir}: not there yet, claude will make it in ${folder}`;
  try {
    const file = await Deno.makeTempFile({
      dir: folder,
      prefix: ".claudestream-doctor-",
    });
    await Deno.remove(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const other = "another folder with CLAUDE_CONFIG_DIR (--config-dir)";
    if (await isFile(folder)) {
      return check(
        NAME,
        "fail",
        `${folder} is a file, not a folder`,
        `Name ${other}`,
      );
    }
    return check(
      NAME,
      "fail",
      `${folder} cannot be written: ${reason}`,
      error instanceof Deno.errors.PermissionDenied
        ? `Give yourself the right to write it: chmod u+rwx '${folder}'; or name ${other}`
        : `Name ${other}`,
    );
  }
  return check(NAME, "ok", `${detail} (can be written)`);
}

function isFile(path: string): Promise<boolean> {
  return Deno.stat(path).then((info) => info.isFile, () => false);
}

function skipped(path: string, what: "read" | "write"): DoctorCheck {
  return check(
    NAME,
    "skip",
    `${path}: Deno may not ${what} it`,
    `Run Deno with --allow-${what}=${path}`,
  );
}

/** Returns the folder, or its closest ancestor that exists. */
async function existing(path: string): Promise<string> {
  for (let at = path;;) {
    const above = at.replace(/[\\/][^\\/]*[\\/]?$/, "");
    if (above === at || above === "") return at;
    if (!await mayRead(at)) return path;
    try {
      await Deno.stat(at);
      return at;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) return at;
    }
    at = above;
  }
}
