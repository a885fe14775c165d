/**
 * Code in colours. Load it with the first code block: it is the largest dependency.
 *
 * @module
 */

// Classes of one sort for all languages, and no input on which it takes seconds.
// @ts-types="./highlight_js.d.ts"
import hljs from "highlight.js/lib/common";
import type { Line } from "../live/live_region.ts";
import { type Span, type Style, styled } from "../text/terminal.ts";

/** Longer code is shown without colours. */
const MOST_CODE = 100_000;

const STYLES: Readonly<Record<string, Style>> = {
  keyword: "magenta",
  built_in: "cyan",
  type: "cyan",
  literal: "yellow",
  number: "yellow",
  symbol: "yellow",
  string: "green",
  regexp: "green",
  subst: "plain",
  comment: "dim",
  quote: "dim",
  title: "blue",
  function_: "blue",
  class_: "cyan",
  attr: "blue",
  attribute: "blue",
  name: "magenta",
  tag: "dim",
  meta: "dim",
  section: "bold",
  addition: "green",
  deletion: "red",
  variable: "plain",
};

const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#x27;": "'",
};

/** Returns the lines of code in colours; `undefined` for a language that is not known. */
export function highlight(
  code: string,
  language: string,
): readonly Line[] | undefined {
  if (code.length > MOST_CODE || hljs.getLanguage(language) === undefined) {
    return undefined;
  }
  const { value } = hljs.highlight(code, { language, ignoreIllegals: true });
  const lines: Span[][] = [[]];
  const styles: Style[] = [];
  for (
    const [piece, classes] of value.matchAll(
      /<span class="([^"]*)">|<\/span>|[^<]+/g,
    )
  ) {
    if (piece === "</span>") styles.pop();
    else if (classes !== undefined) styles.push(styleOf(classes));
    else {
      const text = piece.replace(/&[^;]+;/g, (name) => ENTITIES[name] ?? name);
      const style = styles.at(-1) ?? "plain";
      text.split("\n").forEach((part, at) => {
        if (at > 0) lines.push([]);
        if (part !== "") lines.at(-1)?.push(styled(style, part));
      });
    }
  }
  return lines;
}

function styleOf(classes: string): Style {
  for (const name of classes.split(" ").reverse()) {
    const style = STYLES[name.replace(/^hljs-/, "")];
    if (style !== undefined) return style;
  }
  return "plain";
}
