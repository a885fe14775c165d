/**
 * Exports a session as an HTML page: one file, without scripts, that loads nothing. Pure.
 *
 * @module
 */

import { type Part, type Speaker, visible } from "./export_parts.ts";
import type { SessionInfo } from "../transcripts/info.ts";

/** HTML that is already escaped. */
class Html {
  constructor(readonly text: string) {}
}

/**
 * Makes HTML; each text that is put in is escaped, in attributes too.
 * Not named `html`: the formatter would reformat the pages.
 */
function markup(
  pieces: TemplateStringsArray,
  ...values: readonly (string | Html)[]
): Html {
  return new Html(
    pieces.map((piece, at) => {
      const value = at === 0 ? "" : values[at - 1] ?? "";
      return (value instanceof Html ? value.text : escaped(value)) + piece;
    }).join(""),
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

function escaped(text: string): string {
  return visible(text).replace(/[&<>"'`]/g, (char) => ENTITIES[char] ?? "");
}

const STYLE = new Html(`
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; }
dd { margin: 0; overflow-wrap: anywhere; }
section { border-left: 4px solid #8888; padding: 0 0 0 1rem; margin: 1rem 0; }
section.user { border-color: #36c; }
section.claude { border-color: #c63; }
section.nested { margin-left: 2rem; }
h2 { font-size: 1rem; }
.text, pre { white-space: pre-wrap; overflow-wrap: anywhere; }
pre { background: #8882; padding: .5rem; max-height: 30rem; overflow: auto; }
.error summary { color: #c33; }
img { max-width: 100%; }
`);

const NAMES: Readonly<Record<Speaker, string>> = {
  user: "User",
  claude: "Claude",
  cli: "CLI",
};

/** Images that a page shows; any other type may be a document with scripts. */
const IMAGES: ReadonlySet<string> = new Set([
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
]);

/** Returns the start of the page. */
export function htmlHead(info: SessionInfo): string {
  const facts = [
    ["Session", info.id],
    ["Folder", info.cwd],
    ["Branch", info.gitBranch],
    ["Begun", info.createdAt?.toISOString()],
    ["Written", info.modifiedAt.toISOString()],
  ].flatMap(([name, value]) =>
    name === undefined || value === undefined
      ? []
      : [markup`<dt>${name}</dt><dd>${value}</dd>\n`.text]
  );
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width">
<title>${info.label}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${info.label}</h1>
<dl>
${new Html(facts.join(""))}</dl>
<main>
`.text;
}

/** Returns the end of the page, after the last part. */
export function htmlTail(last: Part | undefined): string {
  return `${
    last === undefined ? "" : "</section>\n"
  }</main>\n</body>\n</html>\n`;
}

/** Returns a part, which follows the previous one. */
export function htmlPart(part: Part, before: Part | undefined): string {
  const { speaker, agent } = part;
  if (before?.speaker === speaker && before.agent === agent) {
    return bodyOf(part).text;
  }
  const name = NAMES[speaker];
  return markup`${
    before === undefined ? "" : new Html("</section>\n")
  }<section class="${speaker}${agent === undefined ? "" : " nested"}">
<h2>${agent === undefined ? name : `${name} (${agent})`}</h2>
${bodyOf(part)}`.text;
}

function bodyOf(part: Part): Html {
  switch (part.kind) {
    case "text":
      return markup`<div class="text">${part.text}</div>\n`;
    case "thinking":
      return markup`<details><summary>Thinking</summary><div class="text">${part.text}</div></details>\n`;
    case "literal":
      return markup`<details${new Html(
        part.isError === true ? ' class="error"' : "",
      )}><summary>${part.title}</summary><pre>${part.text}</pre></details>\n`;
    case "image":
      return IMAGES.has(part.mediaType) &&
          /^[A-Za-z0-9+/]+={0,2}$/.test(part.base64)
        ? markup`<img alt="Image" src="data:${part.mediaType};base64,${part.base64}">\n`
        : markup`<p>Image, ${part.mediaType}</p>\n`;
  }
}
