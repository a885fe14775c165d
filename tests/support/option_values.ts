// Values of every option, made from the table of options: a new option is tried with secrets,
// hostile texts and times without a line of its own.

import { check, type Kind } from "../../src/checks/kinds.ts";
import { allowAll } from "../../src/permissions/policy.ts";
import { ENTRIES } from "../../src/options/table.ts";
import type { SessionOptions } from "../../src/options/session_options.ts";
import { MemorySessionStore } from "../../src/stores/memory_store.ts";

/** A place in the value of an option. */
export interface Spot {
  /** Such as `agents.*.tools.*`. */
  readonly path: string;
  /** What belongs there. */
  readonly kind: Kind;
  /** A value of the option with this in the place, and only what is needed besides. */
  readonly put: (value: unknown) => unknown;
}

const ID = "cccccccc-1111-4111-8111-111111111111";

/** Values of which each kind takes at least one. A new kind of value may need one more. */
const SAMPLES: readonly unknown[] = [
  "x",
  1,
  true,
  ID,
  "/x",
  "Read",
  "https://host/x",
  100_000,
  () => undefined,
  [],
  {},
  { type: "object" },
  { costUsd: 1 },
  allowAll(),
  new MemorySessionStore(),
  new AbortController().signal,
  console,
  { now: () => 0, date: () => 0, after: () => () => {} },
  400,
];

/** Other options without which one is refused. */
const COMPANIONS: Readonly<Record<string, SessionOptions>> = {
  fork: { resume: ID },
  resumeAt: { resume: ID },
  resumeDropsTurn: { resume: ID, resumeAt: ID },
  onDialog: { dialogKinds: ["x"] },
  skillShell: { policy: allowAll() },
  prompts: { policy: allowAll() },
};

/** Whether a value is of a kind. */
export function isOf(kind: Kind, value: unknown): boolean {
  try {
    check("any", value, kind);
    return true;
  } catch {
    return false;
  }
}

/** A value of a kind. */
export function sampleOf(kind: Kind): unknown {
  const { parts } = kind;
  if (parts !== undefined && "either" in parts) {
    return sampleOf(parts.either[0] as Kind);
  }
  if (parts !== undefined && "fields" in parts) {
    return Object.fromEntries(
      parts.needed.map((name) => [name, sampleOf(parts.fields[name] as Kind)]),
    );
  }
  const [word] = /(?<=^one of )[^,]+/.exec(kind.expected) ?? [];
  for (const sample of [...SAMPLES, word, false]) {
    if (sample !== undefined && isOf(kind, sample)) return sample;
  }
  throw new Error(
    `No sample is ${kind.expected}: add one to SAMPLES in tests/support/option_values.ts`,
  );
}

/** Options with one of them, and with what it needs. */
export function optionsWith(name: string, value: unknown): SessionOptions {
  return { ...COMPANIONS[name], [name]: value };
}

/** Every place in the value of an option, the value as a whole included. */
export function spotsOf(name: string): readonly Spot[] {
  const { kind } = ENTRIES[name] as { readonly kind: Kind };
  return [...within(name, kind, (value) => value)];
}

function* within(
  path: string,
  kind: Kind,
  put: (value: unknown) => unknown,
): Generator<Spot> {
  yield { path, kind, put };
  const { parts } = kind;
  if (parts === undefined) return;
  if ("either" in parts) {
    for (const each of parts.either) yield* within(path, each, put);
  } else if ("items" in parts) {
    const { items } = parts;
    yield* within(`${path}.*`, items, (value) => put([value]));
    // Between others: a text may swallow what follows it.
    const other = sampleOf(items);
    yield* within(
      `${path}.*`,
      items,
      (value) => put([other, value, other]),
    );
  } else if ("named" in parts) {
    const { named } = parts;
    yield* within(`${path}.*`, named, (value) => put({ x: value }));
    const text = { expected: "a name", fits: isText };
    yield {
      path: `${path} (name)`,
      kind: text,
      put: (name) => put({ [`${name}`]: sampleOf(named) }),
    };
  } else {
    for (const [field, inner] of Object.entries(parts.fields)) {
      yield* within(
        `${path}.${field}`,
        inner,
        (value) => put({ ...sampleOf(kind) as object, [field]: value }),
      );
    }
  }
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}
