/**
 * Code in Markdown, for `-x`. Pure.
 *
 * @module
 */

/**
 * Returns what the fenced blocks of a text hold, in their order, without the fences and the
 * indentation of the opening one. A block that is not closed reaches to the end.
 */
export function codeBlocks(text: string): readonly string[] {
  const blocks: string[] = [];
  let open:
    | { readonly fence: string; readonly indent: number; lines: string[] }
    | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (open === undefined) {
      // In the info of a fence of backticks there is none.
      const [, blanks = "", fence] =
        /^( {0,3})(`{3,}(?=[^`]*$)|~{3,})/.exec(line) ?? [];
      if (fence !== undefined) {
        open = { fence, indent: blanks.length, lines: [] };
      }
      continue;
    }
    const [, closing = ""] = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line) ?? [];
    if (closing.startsWith(open.fence)) {
      blocks.push(joined(open.lines));
      open = undefined;
      continue;
    }
    open.lines.push(line.replace(new RegExp(`^ {0,${open.indent}}`), ""));
  }
  if (open !== undefined) blocks.push(joined(open.lines));
  return blocks;
}

function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
