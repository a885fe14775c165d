/**
 * Changes a value in JSON with comments, and leaves everything else as it is written. Pure.
 *
 * @module
 */

import * as momoa from "@humanwhocodes/momoa";

/**
 * Returns the text with a value at a path of fields, which are added if they are not there.
 *
 * @param text JSON with comments, without a fault; a blank text is an empty object.
 * @throws {TypeError} Something on the path is no object.
 */
export function withValue(
  text: string,
  path: readonly string[],
  value: unknown,
): string {
  const whole = text.trim() === "" ? "{}\n" : text.replace(/^\uFEFF/, "");
  let { body: node } = momoa.parse(whole, {
    mode: "jsonc",
    allowTrailingCommas: true,
  });
  for (const [depth, name] of path.entries()) {
    if (node.type !== "Object") {
      throw new TypeError(
        `Cannot set ${path.join(".")}: ${
          path.slice(0, depth).join(".")
        } is no object`,
      );
    }
    const member: momoa.MemberNode | undefined = node.members.findLast((each) =>
      nameOf(each) === name
    );
    if (member === undefined) {
      const rest = path.slice(depth + 1);
      const inner = rest.reduceRight<unknown>(
        (made, key) => ({ [key]: made }),
        value,
      );
      return withMember(whole, node, depth, name, inner);
    }
    node = member.value;
  }
  const indent = indentAt(whole, node.loc.start.offset);
  return whole.slice(0, node.loc.start.offset) + shown(value, indent) +
    whole.slice(node.loc.end.offset);
}

function nameOf({ name }: momoa.MemberNode): string {
  return name.type === "String" ? name.value : name.name;
}

function withMember(
  text: string,
  object: momoa.ObjectNode,
  depth: number,
  name: string,
  value: unknown,
): string {
  const close = object.loc.end.offset - 1;
  const last = object.members.at(-1);
  const lastEnd = last?.loc.end.offset ?? object.loc.start.offset + 1;
  const outer = indentAt(text, object.loc.start.offset);
  const first = object.members[0];
  const own = first === undefined ? "" : indentAt(text, first.loc.start.offset);
  const indent = own.length > outer.length
    ? own
    : `${outer}${"  ".repeat(depth === 0 && outer !== "" ? 0 : 1)}`;
  const between = text.slice(lastEnd, close);
  const hasComma = last === undefined || withoutComments(between).includes(",");
  // Text behind the last member, such as a comment on its line, stays there.
  return `${text.slice(0, lastEnd)}${hasComma ? "" : ","}${between.trimEnd()}
${indent}${JSON.stringify(name)}: ${shown(value, indent)}
${outer}${text.slice(close)}`;
}

function withoutComments(text: string): string {
  return text.replace(/\/\/.*|\/\*[\s\S]*?\*\//g, "");
}

/** The blanks at the beginning of a line. */
function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? "";
}

function shown(value: unknown, indent: string): string {
  return JSON.stringify(value, undefined, 2).replaceAll("\n", `\n${indent}`);
}
