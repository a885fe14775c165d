/**
 * Reads what the drift check needs out of TypeScript declarations: the members of a union,
 * the fields of an object type down to those of fields, the texts that a field can be, the
 * methods of an interface. The parser is Deno's own (`deno doc --json`): it needs no download,
 * and `typescript` would be another 20 MB.
 *
 * @module
 */

/** A type as `deno doc --json` writes it; only what is read here. */
interface DocType {
  readonly kind?: string;
  readonly value?: unknown;
}

interface DocField {
  readonly name: string;
  readonly tsType?: DocType;
}

/** An object type, or an interface. */
interface DocObject {
  readonly properties?: readonly DocField[];
  readonly methods?: readonly { readonly name: string }[];
  readonly indexSignatures?: readonly DocField[];
  readonly extends?: readonly DocType[];
}

interface DocSymbol {
  readonly name: string;
  readonly declarations: readonly {
    readonly kind: string;
    readonly def: DocObject & { readonly tsType?: DocType };
  }[];
}

/** Types that wrap another one and add no fields to it. */
const HOLDERS: ReadonlySet<string> = new Set([
  "Array",
  "NonNullable",
  "Partial",
  "Promise",
  "Readonly",
  "ReadonlyArray",
  "Required",
]);

/** Where a walk stops: the deepest types that the SDK has are not half as deep. */
const MAX_DEPTH = 30;

/** The fields of a type by path, `patch.status`, each with the texts that it can be. */
export type Paths = ReadonlyMap<string, ReadonlySet<string>>;

/** The types that a declaration file declares. */
export class Declarations {
  readonly #symbols: ReadonlyMap<string, DocSymbol>;

  private constructor(symbols: readonly DocSymbol[]) {
    this.#symbols = new Map(symbols.map((symbol) => [symbol.name, symbol]));
  }

  /** Reads a file. Its imports are left out: nothing is fetched, and their types have no fields. */
  static async read(text: string): Promise<Declarations> {
    const path = await Deno.makeTempFile({ suffix: ".d.ts" });
    try {
      await Deno.writeTextFile(path, text.replaceAll(/^import .*$/gm, ""));
      const { success, stdout, stderr } = await new Deno.Command(
        Deno.execPath(),
        {
          args: ["doc", "--json", "--private", path],
          env: { NO_COLOR: "1" },
          stdin: "null",
        },
      ).output();
      if (!success) {
        const said = new TextDecoder().decode(stderr);
        throw new Error(`Cannot read the declarations: ${said}`);
      }
      const { nodes } = JSON.parse(new TextDecoder().decode(stdout));
      const files: readonly { readonly symbols: readonly DocSymbol[] }[] =
        Object.values(nodes);
      return new Declarations(files.flatMap((file) => file.symbols));
    } finally {
      await Deno.remove(path);
    }
  }

  /** Whether there is such a type. */
  has(name: string): boolean {
    return this.#symbols.has(name);
  }

  /** The names of all that is declared. */
  get names(): readonly string[] {
    return [...this.#symbols.keys()];
  }

  /**
   * The names that a union is made of, unions among them taken apart. With `Type.field` that
   * of a field.
   *
   * @param isWanted Leaves out those that it is false for.
   * @throws {Error} A part of it has no name: it could not be compared.
   */
  members(
    name: string,
    isWanted: (name: string) => boolean = () => true,
  ): readonly string[] {
    const [type = "", field] = name.split(".");
    let { kind, value } = this.#type(type);
    if (field !== undefined) {
      ({ kind, value } = (value as DocObject).properties?.find((one) =>
        one.name === field
      )
        ?.tsType ?? {});
    }
    if (kind !== "union") return [type];
    return (value as readonly DocType[]).flatMap((part) => {
      const member = nameOf(part);
      if (member === undefined) {
        throw new Error(`Cannot read "${name}": a part of it has no name`);
      }
      return isWanted(member) ? this.members(member, isWanted) : [];
    });
  }

  /** Whether a type consists of strings only. */
  isTexts(name: string): boolean {
    const { kind, value } = this.#type(name);
    const isText = (type: DocType) => type.kind === "literal" || isNull(type);
    return kind === "union" && (value as readonly DocType[]).every(isText);
  }

  /** The fields of a type, and their fields. */
  paths(name: string): Paths {
    const found = new Map<string, Set<string>>();
    this.#walk(this.#type(name), "", found, []);
    found.delete("");
    return found;
  }

  /** The fields of a type alone. */
  fields(name: string): readonly string[] {
    return [...this.paths(name).keys()].filter((path) => !path.includes("."));
  }

  /** The texts that a type can be. */
  texts(name: string): readonly string[] {
    const found = new Map<string, Set<string>>();
    this.#walk(this.#type(name), "", found, []);
    return [...found.get("") ?? []];
  }

  /** The methods of an interface. */
  methods(name: string): readonly string[] {
    const { value } = this.#type(name);
    return ((value as DocObject).methods ?? []).map((method) => method.name);
  }

  #type(name: string): DocType {
    const [declaration] = this.#symbols.get(name)?.declarations ?? [];
    if (declaration === undefined) {
      throw new Error(`Cannot find the type "${name}" in the declarations`);
    }
    const { kind, def } = declaration;
    return kind === "interface"
      ? { kind: "typeLiteral", value: def }
      : def.tsType ?? {};
  }

  #walk(
    type: DocType,
    path: string,
    found: Map<string, Set<string>>,
    open: readonly string[],
  ): void {
    if (open.length > MAX_DEPTH) return;
    const walk = (inner: DocType | undefined, at = path) => {
      if (inner !== undefined) this.#walk(inner, at, found, open);
    };
    const below = (name: string) => {
      const at = path === "" ? name : `${path}.${name}`;
      if (!found.has(at)) found.set(at, new Set());
      return at;
    };
    const { kind, value } = type;
    switch (kind) {
      case "union":
      case "intersection":
      case "tuple":
        (value as readonly DocType[]).forEach((part) => walk(part));
        return;
      case "array":
      case "parenthesized":
        return walk(value as DocType);
      case "typeOperator":
        return walk((value as { readonly tsType: DocType }).tsType);
      case "literal": {
        const { string } = value as { readonly string?: string };
        if (string === undefined) return;
        const texts = found.get(path) ?? new Set();
        found.set(path, texts.add(string));
        return;
      }
      case "typeLiteral": {
        const { properties, indexSignatures, extends: bases } =
          value as DocObject;
        bases?.forEach((base) => walk(base));
        properties?.forEach(({ name, tsType }) => walk(tsType, below(name)));
        indexSignatures?.forEach(({ tsType }) => walk(tsType, below("*")));
        return;
      }
      case "typeRef": {
        const { typeParams = [] } = value as {
          readonly typeParams?: readonly DocType[];
        };
        const name = nameOf(type) ?? "";
        if (name === "Record") return walk(typeParams[1], below("*"));
        if (HOLDERS.has(name)) return walk(typeParams[0]);
        // A type that holds itself would not end.
        if (!this.has(name) || open.includes(name)) return;
        return this.#walk(this.#type(name), path, found, [...open, name]);
      }
    }
  }
}

function isNull({ kind, value }: DocType): boolean {
  return kind === "keyword" && value === "null";
}

/** The name of a type that is one; of `core.X`, `X`. */
function nameOf({ kind, value }: DocType): string | undefined {
  if (kind !== "typeRef") return undefined;
  const { typeName } = value as { readonly typeName: string };
  return typeName.split(".").at(-1);
}
