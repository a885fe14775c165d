/**
 * Reads what little the drift check needs out of a TypeScript declaration file: the
 * members of a union of names, and the fields of an object type. A parser by hand: the
 * compiler is 20 MB and its API no part of Deno.
 *
 * @module
 */

/** A field of an object type. */
export interface Field {
  readonly name: string;
  /** Its type as text, in one line. */
  readonly type: string;
}

/** The types that a declaration file declares. */
export class Declarations {
  readonly #types: ReadonlyMap<string, string>;

  /** @param text The file. */
  constructor(text: string) {
    this.#types = typesOf(withoutComments(text));
  }

  /** The names that a union is made of, unions among them taken apart. */
  members(name: string): readonly string[] {
    const body = this.#body(name);
    if (body.startsWith("{")) return [name];
    return body.split("|").flatMap((part) => {
      const member = part.trim().split(".").at(-1) ?? "";
      return this.members(member);
    });
  }

  /** The fields of an object type, not those inside of its fields. */
  fields(name: string): readonly Field[] {
    const body = this.#body(name);
    if (!body.startsWith("{") || !body.endsWith("}")) {
      throw new Error(`Cannot read the type "${name}": it is not one object`);
    }
    return splitAtTop(body.slice(1, -1), ";").flatMap((entry) => {
      const found = /^\s*(?:readonly\s+)?["']?([\w$-]+)["']?\??\s*[:(]([^]*)$/
        .exec(entry);
      if (found === null) return [];
      const [, field = "", type = ""] = found;
      return [{ name: field, type: type.replaceAll(/\s+/g, " ").trim() }];
    });
  }

  #body(name: string): string {
    const body = this.#types.get(name);
    if (body === undefined) {
      throw new Error(`Cannot find the type "${name}" in the declarations`);
    }
    return body;
  }
}

/** The values of a field that is a literal, or several. */
export function literalsOf(type: string): readonly string[] {
  return [...type.matchAll(/["']([^"']+)["']/g)].map(([, text = ""]) => text);
}

function typesOf(text: string): Map<string, string> {
  const types = new Map<string, string>();
  const start = /^(?:export )?declare type ([\w$]+)\s*=\s*/gm;
  for (const found of text.matchAll(start)) {
    const [head, name = ""] = found;
    const from = found.index + head.length;
    const [body = ""] = splitAtTop(text.slice(from, from + 200_000), ";", 1);
    types.set(name, body.trim());
  }
  return types;
}

/** Cuts a text at a character that is in no bracket and in no string. */
function splitAtTop(text: string, at: string, most = Infinity): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const char = text.charAt(index);
    if (char === '"' || char === "'") {
      index = endOfString(text, index);
    } else if ("{[(<".includes(char)) {
      depth++;
    } else if ("}])".includes(char)) {
      depth--;
    } else if (char === ">" && text.charAt(index - 1) !== "=") {
      depth--;
    } else if (char === at && depth === 0) {
      parts.push(text.slice(start, index));
      start = index + 1;
      if (parts.length === most) return parts;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

function endOfString(text: string, start: number): number {
  const quote = text.charAt(start);
  let index = start + 1;
  while (index < text.length && text.charAt(index) !== quote) {
    index += text.charAt(index) === "\\" ? 2 : 1;
  }
  return index;
}

function withoutComments(text: string): string {
  const strings = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/.source;
  const comments = /\/\*[^]*?\*\/|\/\/[^\n]*/.source;
  return text.replaceAll(
    new RegExp(`(${strings})|${comments}`, "g"),
    (_, string: string | undefined) => string ?? "",
  );
}
