/**
 * What stdin, stdout and stderr are.
 *
 * @module
 */

/** What a descriptor belongs to. */
export interface OpenFile {
  /** A pipe. */
  readonly isFifo: boolean;
  /** A file. */
  readonly isFile: boolean;
  /** Tells files apart, with {@linkcode dev}; 0 or `null` where the system does not say. */
  readonly ino: number | null;
  /** The device that it is on. */
  readonly dev: number;
}

/**
 * Asks Node, which can look at a descriptor that has no path, or whose path Deno may not
 * look at. Only then: it loads a hundred modules of Deno's, 20 ms. Written out, as the
 * types of a `node:` import are not everywhere at hand.
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

/** What a descriptor belongs to; `undefined` for a closed one. */
export function fileOf(descriptor: 0 | 1 | 2): OpenFile | undefined {
  const path = ["/dev/stdin", "/dev/stdout", "/dev/stderr"][descriptor];
  try {
    const { isFifo, isFile, ino, dev } = Deno.statSync(path ?? "");
    return { isFifo: isFifo === true, isFile, ino, dev };
  } catch {
    try {
      return fileByNode(descriptor);
    } catch {
      // Closed.
      return undefined;
    }
  }
}

/** Whether stdout and stderr are one pipe or file, as after `2>&1`. */
export function isOneStream(): boolean {
  const [out, err] = [fileOf(1), fileOf(2)];
  return out !== undefined && err !== undefined && !!out.ino &&
    out.ino === err.ino && out.dev === err.dev;
}
