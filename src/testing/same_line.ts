/**
 * Compares the lines that a session sends with recorded ones. Pure.
 *
 * @module
 */

import { isWireObject } from "../util/json.ts";
import { MASK } from "../util/secrets.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const UUIDS = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** A place where a line differs from the recorded one. */
export interface Difference {
  /** Path of the difference, joined with dots; empty for the whole line. */
  readonly path: string;
  /** Recorded value; `undefined` if none. */
  readonly recorded: unknown;
  /** Value that the session sent; `undefined` if none. */
  readonly given: unknown;
}

/** Describes one difference in a line, both values cut to 200 characters. */
export function differenceLine({ path, recorded, given }: Difference): string {
  const where = path === "" ? "the line" : path;
  return `${where}: recorded ${shown(recorded)}, now ${shown(given)}`;
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 200);
}

/** Maps recorded ids to the current ones: each session generates its own. */
export class Ids {
  readonly #known = new Map<string, string>();

  /** Returns a text with recorded ids replaced by the current ones. */
  renewed(text: string): string {
    return text.replace(UUIDS, (id) => this.#known.get(id) ?? id);
  }

  /**
   * Returns the differences between a value and the recorded one; empty if there are none. A masked
   * value matches anything. If nothing else differs, a pair of new ids counts as equal from then
   * on.
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

/** Whether a text consists of these parts with anything in between. */
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
