/**
 * Formats a question about a tool call as lines, with everything that matters for the decision and
 * nothing cut. Pure, except that it loads the module that compares texts on demand.
 *
 * @module
 */

import "../text/exact_width.ts";
import type { ToolRequest } from "../../events/permissions.ts";
import { isWireObject, type WireObject } from "../../messages/_define.ts";
import type { PermissionExplanation } from "../../permissions/policy_types.ts";
import { planOf } from "../../questions/asking_tools.ts";
import { type Span, type Style, styled } from "../text/terminal.ts";
import type { AlwaysOffer } from "./always.ts";
import { diffLines } from "./edit_diff.ts";
import type { TextKind } from "../text/lookalikes.ts";
import {
  markedLine,
  markedTextLine,
  type TextLine,
  textLines,
} from "../text/marked_text.ts";

/** A line of a question, without its line break. */
export type QuestionLine = readonly Span[];

/** Fields with text in human languages, or contents of files. */
const PROSE: ReadonlySet<string> = new Set([
  "content",
  "description",
  "new_source",
  "new_string",
  "old_string",
  "plan",
  "prompt",
]);

const INDENT = "    ";

/** Formats a whole text, with line numbers if it has several lines. */
function textBlock(
  text: string,
  kind: TextKind,
  columns: number,
): readonly QuestionLine[] {
  const lines = textLines(text, kind);
  if (lines.length <= 1) return block(lines, kind, columns, () => INDENT);
  const digits = `${lines.at(-1)?.number}`.length;
  return block(
    lines,
    kind,
    columns,
    ({ number }) => styled("dim", `${`${number}`.padStart(digits + 2)}  `),
  );
}

/** Formats lines with a prefix before each; a long line continues below, indented. */
function block(
  lines: readonly TextLine[],
  kind: TextKind,
  columns: number,
  gutterOf: (line: TextLine) => Span,
): readonly QuestionLine[] {
  return lines.flatMap((line) => {
    const gutter = gutterOf(line);
    const width = (typeof gutter === "string" ? gutter : gutter.text).length;
    return markedTextLine(line, kind, columns - 1 - width)
      .map((
        spans,
        index,
      ) => [index === 0 ? gutter : " ".repeat(width), ...spans]);
  });
}

/** Formats a name with its text, beside it if it fits, otherwise below. */
function field(
  name: string,
  text: string,
  kind: TextKind,
  columns: number,
): readonly QuestionLine[] {
  const label = markedLine(`${name}:`, "code", columns - 3);
  const lines = textLines(text, kind);
  const [only] = lines;
  if (lines.length === 1 && only !== undefined && label.length === 1) {
    const room = columns - 5 - name.length;
    const beside = markedTextLine(only, kind, room);
    const [first = []] = beside;
    // Marks make a name wider than its number of letters.
    const isPlain = /^[\w -]+$/.test(name);
    if (beside.length === 1 && isPlain && room > 0) {
      return [[styled("dim", `  ${name}: `), ...first]];
    }
  }
  return [
    ...label.map((spans) => ["  ", ...spans.map(dimmed)]),
    ...textBlock(text, kind, columns),
  ];
}

function dimmed(span: Span): Span {
  return typeof span === "string" ? styled("dim", span) : span;
}

function stringOf(value: unknown): string {
  if (typeof value === "string") return value;
  return JSON.stringify(value, undefined, 2) ?? String(value);
}

/** Shows the host of a URL if its text may hide it. */
function hostNote(text: string, columns: number): readonly QuestionLine[] {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.host === "") return [];
  return field("leads to", url.host, "code", columns);
}

function fieldOf(
  name: string,
  value: unknown,
  columns: number,
): readonly QuestionLine[] {
  const text = stringOf(value);
  const kind = PROSE.has(name) ? "prose" : "code";
  const lines = field(name, text, kind, columns);
  return kind === "code" ? [...lines, ...hostNote(text, columns)] : lines;
}

const SIGN_STYLES: Readonly<Record<"-" | "+" | " ", Style>> = {
  "-": "red",
  "+": "green",
  " ": "plain",
};

async function diffBlock(
  before: string,
  after: string,
  columns: number,
): Promise<readonly QuestionLine[]> {
  const lines = await diffLines(before, after);
  return lines.flatMap(({ sign, text }) => {
    const style = SIGN_STYLES[sign];
    return markedLine(text, "prose", columns - 6).map((spans, index) => [
      "  ",
      styled(style, index === 0 ? `${sign} ` : "  "),
      ...spans.map((span) =>
        typeof span === "string" ? styled(style, span) : span
      ),
    ]);
  });
}

interface Replacement {
  readonly before: string;
  readonly after: string;
  /** Other fields of the object. */
  readonly others: WireObject;
}

function replacementOf(value: unknown): Replacement | undefined {
  if (!isWireObject(value)) return undefined;
  const { old_string: before, new_string: after, ...others } = value;
  return typeof before === "string" && typeof after === "string"
    ? { before, after, others }
    : undefined;
}

/** Formats the fields of an input; an edit as a difference. */
async function inputLines(
  input: WireObject,
  columns: number,
): Promise<readonly QuestionLine[]> {
  const { edits } = input;
  const single = replacementOf(input);
  const several = Array.isArray(edits) ? edits.map(replacementOf) : [];
  const isSeveral = several.length > 0 &&
    several.every((one) => one !== undefined);
  const replacements = single !== undefined
    ? [single]
    : isSeveral
    ? several
    : [];
  const rest = single?.others ?? input;
  const lines: QuestionLine[] = [];
  for (const [name, value] of Object.entries(rest)) {
    if (name === "edits" && isSeveral) continue;
    lines.push(...fieldOf(name, value, columns));
  }
  for (const [index, { before, after, others }] of replacements.entries()) {
    if (isSeveral && single === undefined) {
      lines.push([styled("dim", `  change ${index + 1}:`)]);
      for (const [name, value] of Object.entries(others)) {
        lines.push(...fieldOf(name, value, columns));
      }
    }
    lines.push(...await diffBlock(before, after, columns));
  }
  return lines;
}

/** Returns the heading before the name of the tool. */
function about(request: ToolRequest): string {
  if (request.title !== undefined) return request.title;
  const who = request.agentId === undefined ? "Claude" : "A subagent of Claude";
  return `${who} wants to use`;
}

function headingLines(
  request: ToolRequest,
  columns: number,
): readonly QuestionLine[] {
  const lines = markedLine(
    `${about(request).replace(/\s+/g, " ")} ${request.toolName}`,
    "code",
    columns - 3,
  );
  return lines.map((spans, index) => [
    index === 0 ? styled("yellow", "? ") : "  ",
    ...spans.map((span) =>
      typeof span === "string" ? styled("bold", span) : span
    ),
  ]);
}

/** Returns the lines of the question: who wants what, the whole input, and why the CLI asks. */
export async function questionLines(
  request: ToolRequest,
  columns: number,
): Promise<readonly QuestionLine[]> {
  const lines = [...headingLines(request, columns)];
  const plan = planOf(request);
  if (plan !== undefined) {
    const { plan: _, ...others } = request.input;
    for (const [name, value] of Object.entries(others)) {
      lines.push(...fieldOf(name, value, columns));
    }
    lines.push(
      ...plan.plan === undefined
        ? [[styled("dim", "  The plan is not in the request.")]]
        : textBlock(plan.plan, "prose", columns),
    );
  } else lines.push(...await inputLines(request.input, columns));
  const { decisionReason, blockedPath, protectedNames = [] } = request;
  if (decisionReason !== undefined) {
    lines.push(...field("asked because", decisionReason, "code", columns));
  }
  if (
    blockedPath !== undefined && !JSON.stringify(request.input).includes(
      JSON.stringify(blockedPath).slice(1, -1),
    )
  ) lines.push(...field("it touches", blockedPath, "code", columns));
  if (protectedNames.length > 0) {
    lines.push(
      ...field(
        "executed or trusted",
        protectedNames.join(", "),
        "code",
        columns,
      ),
    );
  }
  return lines;
}

/** Returns lines that say what "always" would allow, with every rule in full. */
export function alwaysLines(
  offer: AlwaysOffer | undefined,
  columns: number,
): readonly QuestionLine[] {
  if (offer === undefined) return [];
  if (offer.kind === "edits") {
    return sentence(
      "[a]lways, in this session: all edits of files in the working directories that Claude Code does not protect",
      columns,
    );
  }
  if (offer.kind === "command") {
    return sentence("[a]lways, in this session: this very command", columns);
  }
  return [
    ...sentence("[a]lways, in this session:", columns),
    ...offer.rules.flatMap((rule) => textBlock(rule, "code", columns)),
  ];
}

/** Returns a line with a sentence of this program. */
export function sentence(
  text: string,
  columns: number,
): readonly QuestionLine[] {
  return markedLine(text, "prose", columns - 3)
    .map((spans) => ["  ", ...spans.map(dimmed)]);
}

/** Explanations by the type of the CLI's reason for asking. */
const REASONS: Readonly<Record<string, string>> = {
  rule: "a rule of the settings wants the question",
  hook: "a hook wants the question",
  mode: "the permission mode wants the question",
  workingDir: "it is outside of the working directories",
  safetyCheck: "Claude Code protects what it touches",
  subcommandResults: "parts of the command are not allowed by a rule",
};

/**
 * Explains why the question is asked, beyond what it already shows (the CLI's own text and the
 * path): the type of the CLI's reason, and the decision of the policy.
 *
 * @param isEdited The input was edited, so the CLI's reason does not apply to it.
 */
export function explanationLines(
  request: ToolRequest,
  { by, rule, reason }: PermissionExplanation,
  columns: number,
  isEdited = false,
): readonly QuestionLine[] {
  const { decisionReasonType, agentId, subagentType, mcpServer } = request;
  const type = decisionReasonType === undefined
    ? "no rule, hook or mode decides on it"
    : REASONS[decisionReasonType] ?? decisionReasonType;
  const facts: (readonly [string, string | undefined])[] = [
    [
      "Claude Code",
      isEdited ? "asked before the edit" : `asks because ${type}`,
    ],
    ["policy", `${by.length === 0 ? "" : `${by.join(" > ")}: `}${reason}`],
    ["rule", rule],
    ["subagent", agentId === undefined ? undefined : subagentType ?? agentId],
    [
      "MCP server",
      mcpServer === undefined
        ? undefined
        : [mcpServer.name, mcpServer.source].filter((part) =>
          part !== undefined
        ).join(" from "),
    ],
  ];
  return facts.flatMap(([name, text]) =>
    text === undefined ? [] : field(name, text, "code", columns)
  );
}

/**
 * Returns the line of choices, shortened to fit the terminal.
 *
 * @param isAgain The line replaces the first one after an invalid key.
 */
export function promptSpans(
  offer: AlwaysOffer | undefined,
  columns: number,
  isAgain = false,
): readonly Span[] {
  const lead = isAgain ? "  Press " : "  Allow? ";
  const key = (letter: string): Span => styled("bold", `[${letter}]`);
  if (columns < 50) {
    const letters = offer === undefined ? "y/n/e/?" : "y/n/a/e/?";
    return [lead, styled("bold", `[${letters}]`), " "];
  }
  return [
    lead,
    key("y"),
    "es ",
    key("n"),
    "o ",
    ...offer === undefined ? [] : [key("a"), "lways "],
    key("e"),
    "dit ",
    key("?"),
    " why ",
  ];
}

/** Returns the line at the end of a page that is not the last one. */
export function moreSpans(
  shown: number,
  all: number,
  columns: number,
  isAgain = false,
): readonly Span[] {
  const key = (name: string): Span => styled("bold", `[${name}]`);
  const count = `  ${shown}/${all}`;
  return columns < 50 ? [count, " ", key("space/n"), " "] : [
    styled("yellow", `  line ${shown} of ${all}`),
    isAgain ? "  Press " : "  ",
    key("space"),
    isAgain ? " for more " : " shows more ",
    key("n"),
    "o ",
  ];
}
