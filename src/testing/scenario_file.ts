/**
 * Scenarios as JSONC files: JSON with comments and trailing commas.
 *
 * @module
 */

import * as v from "valibot";
import { closest } from "../util/closest.ts";
import { type JsoncDocument, type JsonPath, readJsonc } from "../util/jsonc.ts";
import type { JsonObject, Scenario, Step } from "./scenario.ts";
import { readText } from "./input_file.ts";
import { fieldsOf, scenarioFile, STEP_NAMES } from "./scenario_schema.ts";
import * as steps from "./steps.ts";

/** A fault in a scenario file. */
export interface ScenarioIssue {
  /** Line, starting at 1. */
  readonly line: number;
  /** Column, starting at 1. */
  readonly column: number;
  /** Path in the scenario, joined with dots: `processes.0.turns.0.1.text`. Empty for the whole. */
  readonly path: string;
  /** What was expected, and what was found. */
  readonly message: string;
}

/** A scenario file that cannot be played. `message` lists every fault with its position. */
export class ScenarioError extends SyntaxError {
  /** Name of the class. */
  override readonly name = "ScenarioError";
  /** All faults, in the order of the file. */
  readonly issues: readonly ScenarioIssue[];

  /** Called by {@linkcode readScenario} and {@linkcode parseScenario}. */
  constructor(
    file: string,
    issues: readonly ScenarioIssue[],
    options?: ErrorOptions,
  ) {
    const lines = issues.map(({ line, column, message }) =>
      `${file}:${line}:${column}: ${message}`
    );
    super(`Cannot read the scenario:\n  ${lines.join("\n  ")}`, options);
    this.issues = issues;
  }
}

/**
 * Reads a scenario from a file. Needs the permission to read it.
 *
 * @param path The file, JSON with comments.
 * @returns The scenario.
 * @throws {ScenarioError} It is no scenario; each place is named with line and column.
 * @throws {Error} The file cannot be read.
 */
export function readScenario(path: string | URL): Scenario {
  const text = readText(
    path,
    "scenario",
    "it is JSON with comments, in the form of scenarioJsonSchema()",
  );
  return parseScenario(text, { name: String(path) });
}

/**
 * Reads a scenario from the text of a file.
 *
 * @param text JSON with comments.
 * @param options How errors call the text. Default: `"scenario"`.
 * @returns The scenario.
 * @throws {ScenarioError} It is no scenario; each place is named with line and column.
 *
 * @example
 * ```ts
 * import { parseScenario, ScenarioError } from "@claudestream/core/testing";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const scenario = parseScenario(`{
 *   // What each started process does.
 *   "processes": [{
 *     "turns": [[{ "do": "text", "text": "Hello." }]],
 *   }],
 * }`);
 * assertEquals(scenario.processes.length, 1);
 *
 * assertThrows(
 *   () => parseScenario(`{ "processes": [{ "turn": [] }] }`),
 *   ScenarioError,
 *   'scenario:1:19: there is no field "turn", did you mean "turns"?',
 * );
 * ```
 */
export function parseScenario(
  text: string,
  options: { readonly name?: string } = {},
): Scenario {
  const { name = "scenario" } = options;
  const reading = readJsonc(text);
  if ("issue" in reading) {
    const { issue, cause } = reading;
    throw new ScenarioError(name, [issue], { cause });
  }
  const { document } = reading;
  const { value } = document;
  const odd = [...document.duplicates(), ...lists(document)];
  if (odd.length > 0) throw new ScenarioError(name, odd);
  const read = v.safeParse(scenarioFile, value);
  if (read.success) {
    const { $schema: _, ...scenario } = read.output;
    return scenario;
  }
  const issues = read.issues.flatMap((issue) => issuesOf(issue, document));
  throw new ScenarioError(
    name,
    issues.sort((a, b) => a.line - b.line || a.column - b.column),
  );
}

/**
 * The JSON Schema of scenario files, for editors: save it, and name it in the field
 * `$schema` of a file.
 *
 * @returns The schema, of the dialect 2020-12.
 */
export async function scenarioJsonSchema(): Promise<JsonObject> {
  // Loaded only when a schema is requested.
  const { toJsonSchema } = await import("@valibot/to-json-schema");
  const schema = toJsonSchema(scenarioFile, {
    target: "draft-2020-12",
    // A check by a function cannot be expressed in JSON Schema.
    ignoreActions: ["check"],
  });
  return schema as unknown as JsonObject;
}

/**
 * Finds lists in place of processes: the schema would accept a list as an object without fields.
 */
function lists(document: JsoncDocument): ScenarioIssue[] {
  const { processes } = (document.value ?? {}) as { processes?: unknown };
  if (!Array.isArray(processes)) return [];
  return processes.flatMap((process, index) => {
    const message = "expected Object, got Array";
    const path = `processes.${index}`;
    const place = document.placeOf(["processes", index]);
    return Array.isArray(process) ? [{ ...place, path, message }] : [];
  });
}

function valueAt(value: unknown, path: JsonPath): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      (inner as Record<string | number, unknown> | undefined)?.[key],
    value,
  );
}

function issuesOf(
  issue: v.BaseIssue<unknown>,
  document: JsoncDocument,
): ScenarioIssue[] {
  const { value } = document;
  const path = (issue.path ?? []).map(({ key }) => key as string | number);
  const inner = issue.issues;
  // Of several alternatives for a value, report the one that matches best.
  if (issue.type === "union" && inner !== undefined) {
    const given = valueAt(value, path);
    const fitting = inner.filter(({ path }) => path !== undefined);
    if (typeof given === "object" && given !== null && fitting.length > 0) {
      const [first] = fitting.map((one) => ({
        ...one,
        path: [...issue.path ?? [], ...one.path ?? []],
      }));
      if (first !== undefined) {
        return issuesOf(first as v.BaseIssue<unknown>, document);
      }
    }
  }
  const key = path.at(-1);
  const parent = valueAt(value, path.slice(0, -1));
  const isKey = issue.type === "strict_object" && typeof key === "string" &&
    typeof parent === "object" && parent !== null;
  const isUnknown = isKey && key in parent && issue.expected === "never";
  const isMissing = isKey && !(key in parent);
  const { line, column } = isUnknown
    ? document.placeOfName(path)
    : document.placeOf(path);
  const message = isUnknown
    ? unknownField(String(key), fieldsOf(kindOf(parent, path)))
    : isMissing
    ? `the field "${String(key)}" is missing`
    : issue.type === "variant" && key === "do"
    ? unknownStep(valueAt(value, path))
    : wrongValue(issue);
  return [{ line, column, path: path.join("."), message }];
}

/** Returns the name of an object in the schema. */
function kindOf(object: object, path: JsonPath): string {
  if ("do" in object) return String(object.do);
  if ("answer" in object) return `answer ${String(object.answer)}`;
  const keys = path.slice(0, -1).filter((key) => typeof key === "string");
  switch (keys.at(-1)) {
    case undefined:
      return "scenario";
    case "processes":
      return "process";
    case "calls":
      return "call";
    case "usage":
      return "usage counts";
    default:
      return keys.at(-1) ?? "";
  }
}

function unknownField(name: string, known: readonly string[]): string {
  const near = closest(name, known);
  const told = `there is no field "${name}"`;
  if (near !== undefined) return `${told}, did you mean "${near}"?`;
  return known.length === 0 ? told : `${told}: expected ${known.join(", ")}`;
}

/** An example of each step whose builder has another name than the step in a file. */
const BUILT: Readonly<Record<string, () => Step>> = {
  apiError: () => steps.apiError(500, "server_error", "API Error"),
  apiRetry: () => steps.apiRetry(),
  awaitPrompt: () => steps.awaitPrompt(),
  brokenStream: () => steps.brokenStream("It is fo"),
  cancelRequest: () => steps.cancelRequest(),
  closeStdout: () => steps.closeStdout(),
  contextOverflow: () => steps.contextOverflow(),
  echo: () => steps.echo("{prompt}"),
  hookCallback: () => steps.hookCallback("hook_0", {}),
  inChunks: () => steps.inChunks(7),
  message: () => steps.line({ type: "system", subtype: "status" }),
  noResult: () => steps.noResult(),
  overloaded: () => steps.overloaded(),
  question: () =>
    steps.question([{
      question: "Which colour?",
      options: [{ label: "red" }, { label: "blue" }],
    }]),
  rateLimit: () => steps.rateLimit(),
  rateLimited: () => steps.rateLimited({ resetsAt: 1767225600 }),
  redactedThinking: () => steps.redactedThinking("aGk="),
  stopReading: () => steps.stopReading(),
  toolCall: () => steps.toolCall("Read", { file_path: "a.txt" }),
  toolCalls: () => steps.toolCalls([{ name: "Bash", input: {} }]),
  writeBytes: () => steps.writeBytes(new Uint8Array([0])),
};

function unknownStep(given: unknown): string {
  if (typeof given !== "string") {
    return `the field "do" is missing: expected the name of a step, ${
      STEP_NAMES.join(", ")
    }`;
  }
  const built = Object.hasOwn(BUILT, given) ? BUILT[given] : undefined;
  const told = `there is no step "${given}"`;
  if (built !== undefined) {
    return `${told} in a file: write ${JSON.stringify(built())}`;
  }
  const near = closest(given, STEP_NAMES);
  return near === undefined
    ? `${told} here: expected ${STEP_NAMES.join(", ")}`
    : near === given
    ? `the step "${given}" can stand in a turn only, not here`
    : `${told}, did you mean "${near}"?`;
}

/** Rewrites "Invalid type: Expected string but received 5" to "expected string, got 5". */
function wrongValue({ message, received }: v.BaseIssue<unknown>): string {
  const [, expected, got] =
    /^Invalid [\w ]+: Expected (.*?)(?: but received (.*))?$/s.exec(message) ??
      [];
  if (expected === undefined) return message;
  return `expected ${expected}, got ${got ?? received}`;
}
