/**
 * What Tab does to a text, and which files it offers.
 *
 * @module
 */

/** What Tab does to a text. */
export interface Completion {
  /** Where what is replaced begins. */
  readonly from: number;
  /** All that it may become. */
  readonly candidates: readonly string[];
}

/** The names in a folder; folders end in a slash. */
export type ListFolder = (path: string) => Promise<readonly string[]>;

/** Finds what the end of a text may become. */
export type Complete = (text: string) => Promise<Completion>;

/** Completes a path that begins at a place of the text. */
export async function completeFile(
  from: number,
  path: string,
  list: ListFolder,
): Promise<Completion> {
  const slash = path.lastIndexOf("/") + 1;
  const [folder, head] = [path.slice(0, slash), path.slice(slash)];
  const names = (await list(folder === "" ? "." : folder))
    // Offer names that begin with a dot only if the word does.
    .filter((name) => name.startsWith(head) && (head !== "" || name[0] !== "."))
    // The prompt could not tell where such a name ends.
    .filter((name) => !/[\s\p{Cc}\p{Bidi_Control}]/u.test(name))
    .sort();
  return {
    from,
    candidates: names.map((name) => folder + name),
  };
}

/** What all texts begin with. */
export function commonStart(texts: readonly string[]): string {
  const [first = "", ...others] = texts;
  let size = first.length;
  for (const other of others) {
    while (!other.startsWith(first.slice(0, size))) size--;
  }
  return first.slice(0, size);
}

/** Lists a folder of this machine; one that cannot be read has no names to offer. */
export function listFolder(base: string): ListFolder {
  return async (path) => {
    const names: string[] = [];
    try {
      const folder = path.startsWith("/") ? path : `${base}/${path}`;
      for await (const { name, isDirectory } of Deno.readDir(folder)) {
        names.push(isDirectory ? `${name}/` : name);
      }
    } catch {
      // A Tab that finds nothing does nothing.
    }
    return names;
  };
}
