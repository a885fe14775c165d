/**
 * The names of the wire that our schemas read: by path, `patch.status`, as
 * `_declarations.ts` has those of the SDK.
 *
 * @module
 */

import {
  type AnySchema,
  type Entries,
  type Holder,
  readAs,
  shapeOf,
} from "../src/messages/_shapes.ts";

/** What is read. */
export class WirePaths {
  readonly #known = new Set<string>();
  /** What is taken over as it is, with all that is in it. */
  readonly #open = new Set<string>();

  /** Adds a name that is written or read elsewhere. */
  add(...names: readonly string[]): this {
    for (const name of names) this.#known.add(name);
    return this;
  }

  /** Adds a name, and all that may be below it. */
  addOpen(...names: readonly string[]): this {
    for (const name of names) this.#open.add(name);
    return this.add(...names);
  }

  /** Adds what a table of fields reads. */
  addEntries(entries: Entries, prefix = ""): this {
    for (const [, { wire, schema }] of entries) {
      let at = prefix;
      for (const name of wire.split(".")) {
        at = at === "" ? name : `${at}.${name}`;
        this.#known.add(at);
      }
      this.addSchema(schema, at);
    }
    return this;
  }

  /** Adds what a schema reads. */
  addSchema(schema: AnySchema, at = ""): this {
    const entries = shapeOf(schema);
    if (entries !== undefined) return this.addEntries(entries, at);
    const inner = readAs(schema);
    if (inner !== undefined) return this.addSchema(inner, at);
    const { type, item, value, wrapped, options } = schema as Holder;
    const { pipe, entries: fields } = schema as {
      readonly pipe?: readonly AnySchema[];
      readonly entries?: Readonly<Record<string, AnySchema>>;
    };
    const [first] = pipe ?? [];
    if (first !== undefined && shapeOf(first) !== undefined) {
      return this.addSchema(first, at);
    }
    if (type === "any" || type === "unknown" || type === "custom") {
      return this.addOpen(at);
    }
    if (fields !== undefined) {
      for (const [name, field] of Object.entries(fields)) {
        const path = at === "" ? name : `${at}.${name}`;
        this.add(path).addSchema(field, path);
      }
      return this;
    }
    if (type === "record" && value !== undefined) {
      // Any object: all of it is taken over.
      if (value.type === "unknown") return this.addOpen(at);
      const path = at === "" ? "*" : `${at}.*`;
      return this.add(path).addSchema(value, path);
    }
    if (type === "variant" || type === "union") {
      options?.forEach((option) => this.addSchema(option, at));
      return this;
    }
    const held = item ?? wrapped;
    return held === undefined ? this : this.addSchema(held, at);
  }

  /** What is below a name, by itself. */
  within(name: string): WirePaths {
    const below = (names: ReadonlySet<string>) =>
      [...names].filter((path) => path.startsWith(`${name}.`)).map((path) =>
        path.slice(name.length + 1)
      );
    return new WirePaths().add(...below(this.#known))
      .addOpen(...below(this.#open));
  }

  /** Whether this name is read by itself. */
  names(path: string): boolean {
    return this.#known.has(path);
  }

  /** Whether this name is read, by itself or with what it is in. */
  has(path: string): boolean {
    if (this.#known.has(path) || this.#open.has("")) return true;
    const names = path.split(".");
    return names.some((_, index) =>
      this.#open.has(names.slice(0, index).join("."))
    );
  }
}
