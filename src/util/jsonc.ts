/**
 * Parses JSON with comments and trailing commas, with the position of each value. Loads a parser,
 * so import this module only when a file is read.
 *
 * @module
 */

import * as momoa from "@humanwhocodes/momoa";

/** A position in a text. */
export interface TextPlace {
  /** Line, starting at 1. */
  readonly line: number;
  /** Column, starting at 1. */
  readonly column: number;
}

/** A fault at a position of a text. */
export interface TextIssue extends TextPlace {
  /** Path in the value, joined with dots: `limits.maxTurns`. Empty for the whole value. */
  readonly path: string;
  /** What was expected, and what was found. */
  readonly message: string;
}

/** Path to a nested value: names of fields, and indexes from 0. */
export type JsonPath = readonly (string | number)[];

/** A parsed text, or its fault. */
export type JsoncReading =
  | { readonly document: JsoncDocument }
  | { readonly issue: TextIssue; readonly cause: unknown };

/** Parses a text. */
export function readJsonc(text: string): JsoncReading {
  const plain = text.replace(/^\uFEFF/, "");
  try {
    const { body } = momoa.parse(plain, {
      mode: "jsonc",
      allowTrailingCommas: true,
    });
    return { document: new JsoncDocument(body) };
  } catch (cause) {
    if (!isParseFailure(cause)) throw cause;
    // The parser has no position for the end of the text.
    const isCut = cause.message.startsWith("Unexpected end");
    const before = plain.split("\n");
    const { line, column } = isCut
      ? { line: before.length, column: (before.at(-1) ?? "").length + 1 }
      : cause;
    const message = cause.message.replace(/\s*\(\d+:\d+\)$/, "");
    const issue = { line, column, path: "", message: `no JSON: ${message}` };
    return { issue, cause };
  }
}

function isParseFailure(error: unknown): error is Error & TextPlace {
  return error instanceof Error && "line" in error && "column" in error;
}

/** A value and the positions of its parts. */
export class JsoncDocument {
  readonly #body: momoa.ValueNode;
  /** The value. */
  readonly value: unknown;

  /** Called by {@linkcode readJsonc}. */
  constructor(body: momoa.ValueNode) {
    this.#body = body;
    this.value = momoa.evaluate(body);
  }

  /** Returns the position of a value, or of the deepest part of the path that exists. */
  placeOf(path: JsonPath): TextPlace {
    return placeOf(nodeAt(this.#body, path).node);
  }

  /** Returns the position of a field's name; for a value that is not a field, of the value. */
  placeOfName(path: JsonPath): TextPlace {
    const { node, member } = nodeAt(this.#body, path);
    return placeOf(member ?? node);
  }

  /** Returns the kind of a value: `Object`, `Array`, `String`, … */
  kindAt(path: JsonPath): string {
    return nodeAt(this.#body, path).node.type;
  }

  /** Returns an issue for each field that occurs twice, because one of its values is lost. */
  duplicates(): readonly TextIssue[] {
    return duplicates(this.#body, "");
  }
}

function placeOf({ loc: { start: { line, column } } }: momoa.Node): TextPlace {
  return { line, column };
}

function nameOf({ name }: momoa.MemberNode): string {
  return name.type === "String" ? name.value : name.name;
}

function duplicates(node: momoa.ValueNode, path: string): TextIssue[] {
  const inner = (key: string | number) =>
    path === "" ? `${key}` : `${path}.${key}`;
  if (node.type === "Array") {
    return node.elements.flatMap(({ value }, index) =>
      duplicates(value, inner(index))
    );
  }
  if (node.type !== "Object") return [];
  const seen = new Set<string>();
  return node.members.flatMap((member) => {
    const name = nameOf(member);
    const message = `the field "${name}" is given twice`;
    const own = seen.has(name)
      ? [{ ...placeOf(member), path: inner(name), message }]
      : [];
    seen.add(name);
    return [...own, ...duplicates(member.value, inner(name))];
  });
}

/** Returns the node at the end of a path, or at its deepest part that exists. */
function nodeAt(
  body: momoa.ValueNode,
  path: JsonPath,
): { readonly node: momoa.ValueNode; readonly member?: momoa.MemberNode } {
  let at: { node: momoa.ValueNode; member?: momoa.MemberNode } = { node: body };
  for (const key of path) {
    const { node } = at;
    if (node.type === "Array") {
      const element = node.elements[Number(key)];
      if (element === undefined) return at;
      at = { node: element.value };
    } else if (node.type === "Object") {
      const member = node.members.findLast((one) => nameOf(one) === key);
      if (member === undefined) return { node };
      at = { node: member.value, member };
    } else return at;
  }
  return at;
}
