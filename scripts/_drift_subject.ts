/**
 * One subject of the drift check, and fields as a subject.
 *
 * @module
 */

import type { Declarations, Paths } from "./_declarations.ts";
import type { WirePaths } from "./_wire_paths.ts";

/** What the official SDK declares. */
export interface Sdk {
  /** Its `sdk.d.ts`. */
  readonly main: Declarations;
  /** Its `sdk-tools.d.ts`. */
  readonly tools: Declarations;
}

/** One subject of the comparison. */
export interface Subject {
  /** Of a list of what is new. */
  readonly title: string;
  /** What they name. A dot goes one object deeper. */
  readonly theirs: readonly string[];
  /** Whether we have it. */
  readonly has: (name: string) => boolean;
  /** What is left out, with the reason: a name covers everything below it, `*` for any text. */
  readonly leftOut: Readonly<Record<string, string>>;
  /** Our names that the SDK must have as well. */
  readonly listed?: readonly string[];
  /** What to do about something new. */
  readonly todo: string;
}

/** Fields by what they are of. */
export class FieldsByName {
  /** What they name, `message.field`. */
  readonly theirs = new Set<string>();
  /** What those that we have can be, if they are one of some texts. */
  readonly texts: (readonly [name: string, texts: readonly string[]])[] = [];
  readonly #ours = new Map<string, WirePaths>();

  /** Adds the fields of one of them. */
  add(name: string, theirs: Paths, ours: WirePaths): void {
    for (const [path, texts] of theirs) {
      const full = `${name}.${path}`;
      this.theirs.add(full);
      if (texts.size > 0 && ours.names(path)) {
        this.texts.push([full, [...texts]]);
      }
    }
    this.#ours.set(name, ours);
  }

  /** Whether we have it. */
  readonly has = (full: string): boolean => {
    const dot = full.indexOf(".");
    return this.#ours.get(full.slice(0, dot))?.has(full.slice(dot + 1)) ??
      false;
  };
}
