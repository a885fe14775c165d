/**
 * Determines what stdin, stdout and stderr are connected to.
 *
 * @module
 */

/** The file or pipe behind a descriptor. */

export interface OpenFile {
  /** Whether it is a pipe. */
  readonly isFifo: boolean;
  /** Whether it is a regular file. */
  readonly isFile: boolean;
  /**
   * Inode; identifies the file together with {@linkcode dev}. 0 or `null` if the system does not
   * provide it.
   */
  readonly ino: number | null;
  /** Device that the file is on. */
  readonly dev: number;
}

/**
 * Uses Node's `fstat`, which works on a descriptor without a path or with one that Deno may not
 * access. Used only then: it loads a hundred Deno modules, 20 ms. The type is written out because
 * the types of `node:` imports are not available everywhere.
 */
function fileByNode(descriptor: number): OpenFile | undefined {
  const { process } = globalThis as unknown as {
    readonly process?: {
      getBuiltinModule(name: string): {
        fstatSync(descriptor: number): {
          isFIFO(): boolean;
          isFile(): boolean;
          ino: number;
          dev: number;
        };
      } | undefined;
    };
  };
  const stat = process?.getBuiltinModule("node:fs")?.fstatSync(descriptor);
  return stat && {
    isFifo: stat.isFIFO(),
    isFile: stat.isFile(),
    ino: stat.ino,
    dev: stat.dev,
  };
}

/** Returns the file or pipe behind a descriptor; `undefined` if it is closed. */
export function fileOf(descriptor: 0 | 1 | 2): OpenFile | undefined {
  const path = ["/dev/stdin", "/dev/stdout", "/dev/stderr"][descriptor];
  try {
    const { isFifo, isFile, ino, dev } = Deno.statSync(path ?? "");
    return { isFifo: isFifo === true, isFile, ino, dev };
  } catch {
    try {
      return fileByNode(descriptor);
    } catch {
      // The descriptor is closed.
      return undefined;
    }
  }
}

/** Whether stdout and stderr are the same pipe or file, as after `2>&1`. */
export function isOneStream(): boolean {
  const [out, err] = [fileOf(1), fileOf(2)];
  return out !== undefined && err !== undefined && !!out.ino &&
    out.ino === err.ino && out.dev === err.dev;
}
