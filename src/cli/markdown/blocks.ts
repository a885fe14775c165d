/**
 * Blocks of Markdown as lines of a terminal. Pure.
 *
 * @module
 */

import type { Token, Tokens } from "marked";
import type { Line } from "../live/live_region.ts";
import { type Span, type Style, styled } from "../text/terminal.ts";
import { tableLines } from "./table.ts";
import { wrapCode, wrapProse } from "./wrap.ts";

/** Colours code; `undefined` for a language that is not known. */
export type Highlight = (
  code: string,
  language: string,
) => readonly Line[] | undefined;

/** How blocks are drawn. */
export interface BlockOptions {
  readonly columns: number;
  readonly highlight: Highlight | undefined;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&nbsp;": " ",
};

function unescaped(text: string): string {
  return text.replace(
    /&(?:amp|lt|gt|quot|#39|nbsp);/g,
    (name) => ENTITIES[name] ?? name,
  );
}

function span(text: string, styles: readonly Style[]): Span {
  const [style, ...within] = [...styles].reverse();
  return style === undefined ? text : styled(style, text, ...within.reverse());
}

const MARKS: Readonly<Record<string, Style>> = {
  strong: "bold",
  em: "italic",
  del: "strike",
};

/** The spans of text within a line. */
export function inlineSpans(
  tokens: readonly Token[] | undefined,
  styles: readonly Style[] = [],
): readonly Span[] {
  return (tokens ?? []).flatMap((token): readonly Span[] => {
    switch (token.type) {
      case "strong":
      case "em":
      case "del": {
        const style = MARKS[token.type] ?? "plain";
        return inlineSpans(token.tokens, [...styles, style]);
      }
      case "codespan":
        return [span(token.text, [...styles, "cyan"])];
      case "br":
        return ["\n"];
      case "link":
        return linkSpans(token as Tokens.Link, styles);
      case "image":
        return [
          span(token.text, [...styles, "italic"]),
          span(` (${token.href})`, ["dim"]),
        ];
      case "checkbox":
        return [];
      case "text":
      case "escape":
        return token.type === "text" && token.tokens !== undefined
          ? inlineSpans(token.tokens, styles)
          // A line break in a paragraph is a blank.
          : [span(unescaped(token.text).replaceAll("\n", " "), styles)];
      default:
        return [span(token.raw.replaceAll("\n", " "), styles)];
    }
  });
}

/** The address is always shown, whatever the text says. */
function linkSpans(
  { href, text, tokens }: Tokens.Link,
  styles: readonly Style[],
): readonly Span[] {
  const shown = inlineSpans(tokens, [...styles, "underline"]);
  const isShown = text === href || `mailto:${text}` === href;
  return isShown ? shown : [...shown, span(` (${href})`, ["dim"])];
}

function indented(
  lines: readonly Line[],
  first: readonly Span[],
  others: readonly Span[],
): readonly Line[] {
  return lines.map((line, at) =>
    line.length === 0 && at > 0 && others.every(isBlank)
      ? []
      : [...at === 0 ? first : others, ...line]
  );
}

function isBlank(part: Span): boolean {
  return typeof part === "string" && part.trim() === "";
}

/** The lines of one block. */
export function blockLines(
  token: Token,
  options: BlockOptions,
): readonly Line[] {
  const { columns } = options;
  switch (token.type) {
    case "heading": {
      const styles: Style[] = token.depth === 1
        ? ["bold", "underline", "magenta"]
        : token.depth === 2
        ? ["bold", "magenta"]
        : ["bold"];
      return wrapProse(inlineSpans(token.tokens, styles), columns);
    }
    case "paragraph":
    case "text":
      return wrapProse(inlineSpans(token.tokens ?? [token]), columns);
    case "code":
      return codeLines(token as Tokens.Code, options);
    case "blockquote": {
      const bar = styled("dim", "│ ");
      const inner = blocksLines(token.tokens ?? [], {
        ...options,
        columns: columns - 2,
      });
      return indented(inner, [bar], [bar]);
    }
    case "list":
      return listLines(token as Tokens.List, options);
    case "table":
      return tableLines(
        (token as Tokens.Table).header.map((cell) =>
          inlineSpans(cell.tokens, ["bold"])
        ),
        (token as Tokens.Table).rows.map((row) =>
          row.map((cell) => inlineSpans(cell.tokens))
        ),
        (token as Tokens.Table).align,
        columns,
      );
    case "hr":
      return [[styled("dim", "─".repeat(Math.min(columns, 40)))]];
    case "space":
      return [];
    default:
      // HTML, and what only the text itself can say.
      return token.raw.replace(/\n+$/, "").split("\n")
        .flatMap((line) => wrapProse([line], columns));
  }
}

/** Blocks one below the other, with a blank line in between. */
export function blocksLines(
  tokens: readonly Token[],
  options: BlockOptions,
): readonly Line[] {
  const lines: Line[] = [];
  for (const token of tokens) {
    const block = blockLines(token, options);
    if (block.length === 0) continue;
    if (lines.length > 0) lines.push([]);
    lines.push(...block);
  }
  return lines;
}

const CODE_INDENT = "  ";

function codeLines(
  { text, lang }: Tokens.Code,
  { columns, highlight }: BlockOptions,
): readonly Line[] {
  const code = text.replaceAll("\t", "    ");
  const [language = ""] = (lang ?? "").split(/[\s{,]/);
  const colored = language === "" ? undefined : highlight?.(code, language);
  const lines = colored ?? code.split("\n").map((line): Line => [line]);
  return lines.flatMap((line) =>
    wrapCode(line, columns - CODE_INDENT.length)
      .map((part) => part.length === 0 ? [] : [CODE_INDENT, ...part])
  );
}

/** Deeper lists would leave no room for text. */
const LEAST_COLUMNS = 10;

function listLines(
  { items, ordered, start, loose }: Tokens.List,
  options: BlockOptions,
): readonly Line[] {
  const first = typeof start === "number" ? start : 1;
  const lines: Line[] = [];
  items.forEach((item, at) => {
    const mark = item.task
      ? item.checked === true ? "☑ " : "☐ "
      : ordered
      ? `${first + at}. `
      : "• ";
    const columns = Math.max(LEAST_COLUMNS, options.columns - mark.length);
    const inner: Line[] = [];
    for (const token of item.tokens) {
      if (token.type === "checkbox") continue;
      const block = blockLines(token, { ...options, columns });
      if (block.length === 0) continue;
      if (inner.length > 0 && loose) inner.push([]);
      inner.push(...block);
    }
    if (inner.length === 0) inner.push([]);
    if (loose && lines.length > 0) lines.push([]);
    lines.push(
      ...indented(inner, [styled("dim", mark)], [" ".repeat(mark.length)]),
    );
  });
  return lines;
}
