/**
 * Converts a turn to data that is the same in every run, for snapshots.
 *
 * @module
 */

import type { ClaudeEvent } from "../events/mod.ts";
import type { CollectedTurn } from "./collect.ts";

/** Options of {@linkcode turnSnapshot}. */
export interface TurnSnapshotOptions {
  /**
   * Whether pieces of blocks (`stream_delta`, `tool_input_delta`) are kept: with the real CLI, the
   * splitting of a text is random.
   *
   * @default false
   */
  readonly deltas?: boolean;
  /**
   * Paths and their replacements: `{ [home]: "<home>" }`. The working directory of the session is
   * always replaced by `<cwd>`.
   *
   * @default {}
   */
  readonly paths?: Readonly<Record<string, string>>;
}

/** A value of JSON. */
export type SnapshotValue =
  | null
  | boolean
  | number
  | string
  | readonly SnapshotValue[]
  | { readonly [key: string]: SnapshotValue };

/** Pieces of blocks. */
const DELTAS: ReadonlySet<string> = new Set([
  "stream_delta",
  "tool_input_delta",
]);

/**
 * Matches names of fields whose values are ids: each gets a number, in the order of its first use.
 */
const ID = /(^id|Id|Ids|Uuid|Uuids|^uuid)$/;

/** Matches names of fields whose values are times or durations. */
const TIME = /(Ms|At|Time|timestamp|Timestamp)$|^(pid|durationMs)$/;

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

const ISO_TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g;

/**
 * Converts the events of a turn to plain data, for `assertSnapshot` of `@std/testing`,
 * `toMatchSnapshot` of vitest or your own comparison. Ids are numbered (`<id 1>`, consistently),
 * times become `<time>`, durations 0, and paths below the working directory begin with `<cwd>`.
 *
 * @param turn The result of `collect()`, or a list of events.
 * @param options What to keep and what to replace.
 * @returns A list of objects without `undefined` fields.
 *
 * @example
 * ```ts
 * import { AsyncSession } from "@claudestream/core";
 * import { collect, MemoryClaude, step, turnSnapshot } from "@claudestream/core/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const seen = [];
 * for (let run = 0; run < 2; run++) {
 *   const claude = new MemoryClaude(step.conversation([[step.text("Hello.")]]));
 *   await using session = new AsyncSession({ spawn: claude.spawn });
 *   seen.push(turnSnapshot(await collect(session.send("Hi"))));
 * }
 * assertEquals(seen[0], seen[1]);
 * ```
 */
export function turnSnapshot(
  turn: CollectedTurn | readonly ClaudeEvent[],
  options: TurnSnapshotOptions = {},
): readonly SnapshotValue[] {
  const all = "events" in turn ? turn.events : turn;
  const events = options.deltas === true
    ? all
    : all.filter(({ type }) => !DELTAS.has(type));
  const init = all.find((event) => event.type === "system_init");
  const paths = Object.entries({
    ...(init === undefined || init.cwd === "/" ? {} : { [init.cwd]: "<cwd>" }),
    ...options.paths,
  }).filter(([path]) => path !== "")
    // Replace longer paths first, since a path below another one has its own name.
    .sort(([a], [b]) => b.length - a.length);
  const stable = new Stable(paths);
  const data: unknown = JSON.parse(JSON.stringify(events));
  stable.note(data);
  return stable.value(data, "") as readonly SnapshotValue[];
}

/** Replaces values that vary, consistently. */
class Stable {
  readonly #paths: readonly (readonly [string, string])[];
  readonly #ids = new Map<string, string>();

  constructor(paths: readonly (readonly [string, string])[]) {
    this.#paths = paths;
  }

  /**
   * Collects the ids first, so that they are also replaced in texts that come before their field.
   */
  note(value: unknown, name = ""): void {
    if (typeof value === "string") {
      for (const [uuid] of value.matchAll(UUID)) this.#number(uuid);
      if (ID.test(name) && value !== "") this.#number(value);
    } else if (Array.isArray(value)) {
      for (const item of value) this.note(item, name);
    } else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) this.note(item, key);
    }
  }

  #number(id: string): void {
    if (!this.#ids.has(id)) this.#ids.set(id, `<id ${this.#ids.size + 1}>`);
  }

  value(value: unknown, name: string): SnapshotValue {
    if (typeof value === "string") return this.#text(value, name);
    if (typeof value === "number") return TIME.test(name) ? 0 : value;
    if (Array.isArray(value)) {
      return value.map((item) => this.value(item, name));
    }
    if (typeof value !== "object" || value === null) {
      return value as SnapshotValue;
    }
    return Object.fromEntries(
      Object.entries(value).map((
        [key, item],
      ) => [this.#text(key, ""), this.value(item, key)]),
    );
  }

  #text(text: string, name: string): string {
    const whole = this.#ids.get(text);
    if (whole !== undefined) return whole;
    let stable = text.replaceAll(UUID, (id) => this.#ids.get(id) ?? id)
      .replaceAll(ISO_TIME, "<time>");
    for (const [path, to] of this.#paths) {
      stable = stable.replaceAll(path, to);
    }
    return TIME.test(name) && stable === text ? "<time>" : stable;
  }
}
