/**
 * Finds faults in the text of a settings file. Pure.
 *
 * @module
 */

import type { CheckStatus } from "./report.ts";

/** Finding about the text of a settings file. */
export interface SettingsFinding {
  /** Outcome of the check. */
  readonly status: CheckStatus;
  /** Finding, without values, as they may be secret. */
  readonly detail: string;
  /** Line of the fault, starting at 1. */
  readonly line?: number;
}

/** Checks the text of a settings file. */
export function readSettings(text: string): SettingsFinding {
  const json = text.replace(/^\ufeff/, "");
  if (json.trim() === "") return { status: "ok", detail: "empty" };
  let settings: unknown;
  try {
    settings = JSON.parse(json);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { status: "fail", ...fault(json, error.message) };
  }
  if (!isObject(settings)) {
    return { status: "fail", detail: "not a JSON object: nothing of it holds" };
  }
  const wrong = wrongIn(settings);
  if (wrong.length > 0) {
    return { status: "fail", detail: wrong.join("; ") };
  }
  return { status: "ok", detail: summary(settings) };
}

/** The error of V8 tells where parsing stopped, but quotes the text, which may be secret. */
function fault(
  json: string,
  message: string,
): { readonly detail: string; readonly line: number } {
  const told = /at position (\d+)/.exec(message)?.[1];
  const position = told === undefined ? faultIn(json) : Number(told);
  const before = json.slice(0, position).split("\n");
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  const what = message.replace(/ in JSON at position.*$/s, "")
    .replace(/,? (\.\.\.)?".*$/s, "");
  return {
    line,
    detail:
      `no JSON from line ${line}, column ${column} on (${what}): nothing of it holds`,
  };
}

/**
 * For an unexpected token V8 reports no position: it is the end of the shortest prefix with the
 * same fault.
 */
function faultIn(json: string): number {
  let [good, bad] = [0, json.length];
  while (good < bad) {
    const middle = Math.floor((good + bad) / 2);
    if (isUnexpected(json.slice(0, middle + 1))) bad = middle;
    else good = middle + 1;
  }
  return bad;
}

function isUnexpected(json: string): boolean {
  try {
    JSON.parse(json);
    return false;
  } catch (error) {
    return error instanceof SyntaxError &&
      error.message.startsWith("Unexpected token");
  }
}

function wrongIn(settings: Readonly<Record<string, unknown>>): string[] {
  const wrong: string[] = [];
  const { permissions, env, hooks } = settings;
  if (permissions !== undefined && !isObject(permissions)) {
    wrong.push("permissions is no object");
  } else if (isObject(permissions)) {
    for (const list of ["allow", "ask", "deny"]) {
      const rules = permissions[list];
      if (rules !== undefined && !isTexts(rules)) {
        wrong.push(`permissions.${list} is no list of texts`);
      }
    }
  }
  for (const [name, value] of [["env", env], ["hooks", hooks]] as const) {
    if (value !== undefined && !isObject(value)) {
      wrong.push(`${name} is no object`);
    }
  }
  return wrong;
}

function summary(settings: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(settings).map(([key, value]) => {
    if (!isObject(value)) return key;
    const inner = Object.entries(value).map(([name, entry]) =>
      Array.isArray(entry) ? `${name} ${entry.length}` : name
    );
    return inner.length === 0 ? key : `${key} (${inner.join(", ")})`;
  });
  return parts.length === 0 ? "empty" : parts.join(", ");
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) &&
    value.every((entry) => typeof entry === "string");
}
