/**
 * Builds the stand-in for `claude`.
 *
 * @module
 */

import { pathOf } from "../scripts/_files.ts";

/** A process that behaves as `claude` does, without a model. */
export interface StandIn {
  /** Its path. */
  readonly path: string;
  /** Whether it can do all plans: the one of the shell knows only files. */
  readonly isCompiled: boolean;
}

/** Compiles the stand-in into a folder, or copies the shell version if there is no compiler. */
export async function makeStandIn(folder: string): Promise<StandIn> {
  const path = `${folder}/claude`;
  const source = (name: string) => pathOf(new URL(name, import.meta.url));
  for (const compiler of ["cc", "gcc", "clang"]) {
    try {
      const { success, stderr } = await new Deno.Command(compiler, {
        args: ["-O2", "-o", path, source("stand_in.c")],
        stderr: "piped",
      }).output();
      if (success) return { path, isCompiled: true };
      throw new Error(new TextDecoder().decode(stderr));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  await Deno.copyFile(source("stand_in.sh"), path);
  await Deno.chmod(path, 0o755);
  return { path, isCompiled: false };
}
