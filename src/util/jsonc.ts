/**
 * JSON with comments and trailing commas, with the place of each value. Loads a parser: import
 * it where a file is read, and not before.
 *
 * @module
 */

import * as momoa from "@humanwhocodes/momoa";

/** A place in a text. */
export interface TextPlace {
  /** The line, counted from 1. */
  readonly line: number;
  /** The column, counted from 1. */
  readonly column: number;
}

/** Something that is wrong at a place of a text. */
export interface TextIssue extends TextPlace {
  /** Where in the value, joined with dots: `limits.maxTurns`. Empty for the whole. */
  readonly path: string;
  /** What was expected, and what came. */
  readonly message: string;
}

/** What leads to a value within another: names of fields, and numbers from 0. */
export type JsonPath = readonly (string | number)[];

/** A text that was read, or what is wrong with it. */
export type JsoncReading =
  | { readonly document: JsoncDocument }
  | { readonly issue: TextIssue; readonly cause: unknown };

/** Reads a text. */
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
    // The end of the text has no place of its own in the parser.
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

/** A value, and where its parts are. */
export class JsoncDocument {
  readonly #body: momoa.ValueNode;
  /** The value. */
  readonly value: unknown;

  /** Made by {@linkcode readJsonc}. */
  constructor(body: momoa.ValueNode) {
    this.#body = body;
    this.value = momoa.evaluate(body);
  }

  /** Where a value is, or as much of the path as is there. */
  placeOf(path: JsonPath): TextPlace {
    return placeOf(nodeAt(this.#body, path).node);
  }

  /** Where the name of a field is; of a value that is no field, the value. */
  placeOfName(path: JsonPath): TextPlace {
    const { node, member } = nodeAt(this.#body, path);
    return placeOf(member ?? node);
  }

  /** What kind of value there is: `Object`, `Array`, `String`, … */
  kindAt(path: JsonPath): string {
    return nodeAt(this.#body, path).node.type;
  }

  /** Fields that are given twice, of which one is lost. */
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

/** What is at the end of a path, as far as it is there. */
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
