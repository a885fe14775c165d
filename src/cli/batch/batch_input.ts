/**
 * The lines of a batch: what each asks, and what is wrong with any of them.
 *
 * @module
 */

import { check } from "../../checks/kinds.ts";
import { ConfigError } from "../../errors.ts";
import type { SessionOptions } from "../../options/session_options.ts";
import { TABLE } from "../../options/table.ts";
import { isBlank } from "../../prompt/blocks.ts";
import { closest } from "../../util/closest.ts";
import { isWireObject, type WireObject } from "../../util/json.ts";
import { shorthandSchema } from "../flags/schema_shorthand.ts";
import { UsageError } from "../failure/usage_error.ts";

/** A line to do. */
export interface BatchLine {
  /** Its number in the file, from 1. */
  readonly line: number;
  readonly id?: string | number;
  readonly prompt: string;
  /** Options of this line alone. */
  readonly options: LineOptions;
  /** Tells lines apart: a line that was changed has another one. */
  readonly key: string;
}

/** Options of a session that a line may set. */
export type LineOptions = Pick<
  SessionOptions,
  "model" | "effort" | "systemPrompt" | "outputSchema" | "limits"
>;

/** The fields of a line, without a template. */
const FIELDS = [
  "prompt",
  "id",
  "model",
  "effort",
  "systemPrompt",
  "schema",
  "maxTurns",
] as const;

/** The most faults that are shown. */
const MOST_FAULTS = 100;

const VARIABLE = /\{\{\s*([A-Za-z_]\w*)\s*\}\}/g;

/**
 * Reads the lines of a batch. Blank lines are none.
 *
 * @param template Prompt for every line, with `{{fields}}` of it. Then a line has no options.
 * @param lead Stands before each prompt.
 * @throws {UsageError} Lines cannot be used: all of them are named.
 */
export async function readBatch(
  text: string,
  template?: string,
  lead?: string,
): Promise<readonly BatchLine[]> {
  const lines: BatchLine[] = [];
  const faults: string[] = [];
  const ids = new Map<string | number, number>();
  let count = 0;
  for (const row of text.replace(/^\uFEFF/, "").split("\n")) {
    count++;
    if (row.trim() === "") continue;
    const wrong = (why: string) => faults.push(`line ${count}: ${why}`);
    const fields = objectOf(row, wrong);
    if (fields === undefined) continue;
    const before = faults.length;
    const { id } = fields;
    if (id !== undefined && typeof id !== "string" && typeof id !== "number") {
      wrong("id: expected a text or a number");
    } else if (id !== undefined) {
      const first = ids.get(id);
      if (first !== undefined) {
        wrong(`id: ${JSON.stringify(id)} is that of line ${first}`);
      } else ids.set(id, count);
    }
    const own = template === undefined
      ? ownPrompt(fields, wrong)
      : filled(template, fields, wrong);
    const prompt = lead === undefined ? own : `${lead}\n\n${own}`;
    const options = template === undefined ? lineOptions(fields, wrong) : {};
    if (faults.length > before) continue;
    lines.push({
      line: count,
      ...id === undefined ? {} : { id: id as string | number },
      prompt,
      options,
      key: await keyOf(prompt, options),
    });
  }
  if (faults.length > 0) throw unusable(faults);
  if (lines.length === 0) {
    throw new UsageError("Cannot begin the batch: its file has no line");
  }
  return lines;
}

function unusable(faults: readonly string[]): UsageError {
  const shown = faults.slice(0, MOST_FAULTS);
  const rest = faults.length - shown.length;
  return new UsageError(
    `Cannot begin the batch: ${
      faults.length === 1 ? "a line" : `${faults.length} places`
    } cannot be used\n  ${shown.join("\n  ")}${
      rest === 0 ? "" : `\n  and ${rest} more`
    }`,
    'A line is an object: {"prompt": "…", "id": "a1", "model": "haiku"}; of lines of text: jq -Rc \'{prompt: .}\'',
  );
}

type Wrong = (why: string) => void;

function objectOf(row: string, wrong: Wrong): WireObject | undefined {
  let value: unknown;
  try {
    value = JSON.parse(row);
  } catch (error) {
    wrong(`it is no JSON: ${(error as Error).message}`);
    return undefined;
  }
  if (isWireObject(value)) return value;
  wrong(
    `expected an object, got ${
      Array.isArray(value) ? "a list" : JSON.stringify(value).slice(0, 40)
    }`,
  );
  return undefined;
}

function ownPrompt({ prompt }: WireObject, wrong: Wrong): string {
  if (typeof prompt === "string" && !isBlank(prompt)) return prompt;
  wrong(
    prompt === undefined
      ? 'it has no "prompt"; --prompt makes one of other fields'
      : "prompt: expected a text",
  );
  return "";
}

function filled(template: string, fields: WireObject, wrong: Wrong): string {
  const missing = new Set<string>();
  const text = template.replace(VARIABLE, (_, name: string) => {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (value === undefined) missing.add(name);
    return typeof value === "string" ? value : JSON.stringify(value) ?? "";
  });
  for (const name of missing) {
    const near = closest(name, Object.keys(fields));
    wrong(
      `it has no "${name}"${
        near === undefined ? "" : `, did you mean {{${near}}}?`
      }`,
    );
  }
  if (missing.size === 0 && isBlank(text)) wrong("the prompt is blank");
  return text;
}

function lineOptions(fields: WireObject, wrong: Wrong): LineOptions {
  for (const name of Object.keys(fields)) {
    if ((FIELDS as readonly string[]).includes(name)) continue;
    const near = closest(name, FIELDS);
    wrong(
      `there is no field "${name}"${
        near === undefined
          ? `: expected ${FIELDS.join(", ")}`
          : `, did you mean "${near}"?`
      }`,
    );
  }
  const { model, effort, systemPrompt, schema, maxTurns } = fields;
  const given = {
    model,
    effort,
    systemPrompt,
    outputSchema: schema === undefined ? undefined : schemaOf(schema, wrong),
    limits: maxTurns === undefined ? undefined : { maxTurns },
  };
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    try {
      check(name, value, TABLE[name as keyof LineOptions].kind);
      options[name] = value;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      wrong(
        error.message.replace(/^Cannot use the option /, "")
          .replace(/^limits\./, ""),
      );
    }
  }
  return options as LineOptions;
}

function schemaOf(schema: unknown, wrong: Wrong): unknown {
  if (typeof schema !== "string") return schema;
  try {
    return shorthandSchema(schema);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    wrong(`schema: ${error.message}`);
    return undefined;
  }
}

async function keyOf(prompt: string, options: LineOptions): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify([prompt, options]));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return hash.slice(0, 8).toHex();
}
