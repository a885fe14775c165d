/**
 * Compares what a session sends with what was recorded. Pure.
 *
 * @module
 */

import { isWireObject } from "../util/json.ts";
import { MASK } from "../util/secrets.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const UUIDS = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** A place where a line differs from the recorded one. */
export interface Difference {
  /** Where, joined with dots; empty for the whole line. */
  readonly path: string;
  /** What was recorded; `undefined` if nothing. */
  readonly recorded: unknown;
  /** What the session sent; `undefined` if nothing. */
  readonly given: unknown;
}

/** The ids of now, by the recorded ones: each session makes up its own. */
export class Ids {
  readonly #known = new Map<string, string>();

  /** A text with the ids of now. */
  renewed(text: string): string {
    return text.replace(UUIDS, (id) => this.#known.get(id) ?? id);
  }

  /**
   * Where a value differs from the recorded one; none where they are the same. What was
   * masked in the recording may be anything. Ids that are new to both are one from then
   * on, where nothing differs.
   */
  differences(recorded: unknown, given: unknown): Difference[] {
    const fresh = new Map<string, string>();
    const found: Difference[] = [];
    const compare = (a: unknown, b: unknown, path: string): void => {
      if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) {
        a.forEach((item, index) => compare(item, b[index], `${path}.${index}`));
      } else if (isWireObject(a) && isWireObject(b)) {
        for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
          compare(a[key], b[key], path === "" ? key : `${path}.${key}`);
        }
      } else if (!this.#isSame(a, b, fresh)) {
        found.push({ path, recorded: a, given: b });
      }
    };
    compare(recorded, given, "");
    if (found.length === 0) {
      for (const [id, now] of fresh) this.#known.set(id, now);
    }
    return found;
  }

  #isSame(a: unknown, b: unknown, fresh: Map<string, string>): boolean {
    if (a === b) return true;
    if (typeof a !== "string" || typeof b !== "string") return false;
    if (UUID.test(a) && UUID.test(b)) {
      const known = this.#known.get(a) ?? fresh.get(a) ?? b;
      fresh.set(a, known);
      return known === b;
    }
    return fits(a.split(MASK), b);
  }
}

/** Whether a text is these parts with anything in between. */
function fits(parts: readonly string[], text: string): boolean {
  const [first = "", ...others] = parts;
  const last = others.pop();
  if (last === undefined || !text.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
