/**
 * Parses agent files, and reports their faults. Pure.
 *
 * @module
 */

import { check } from "../checks/kinds.ts";
import { ConfigError } from "../errors.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { OPTION_NAMES, TABLE } from "../options/table.ts";
import { firstOf } from "../permissions/combine.ts";
import { allowList, denyAll } from "../permissions/policy.ts";
import type { SyncPolicy } from "../permissions/policy_types.ts";
import { readOnly } from "../permissions/read_only.ts";
import { writePaths } from "../permissions/write_paths.ts";
import { closest } from "../util/closest.ts";
import type { JsoncDocument, JsonPath, TextIssue } from "../util/jsonc.ts";

/** A variable of an agent file. */
export interface AgentVariable {
  /** What it is for. */
  readonly description?: string;
  /** Value if the caller does not give one. Without a default the caller must give a value. */
  readonly default?: string;
  /** The allowed values. Any text if absent. */
  readonly values?: readonly string[];
}

/** The name of an option that an agent file may set. */
export type AgentOption =
  | "model"
  | "fallbackModel"
  | "effort"
  | "thinking"
  | "systemPrompt"
  | "outputSchema"
  | "outputRetries"
  | "builtinTools"
  | "disallowedTools"
  | "permissionMode"
  | "limits"
  | "budget"
  | "turnTimeoutMs";

/** Options that an agent file may set; for both sessions. */
export interface AgentOptions extends Pick<SessionOptions, AgentOption> {
  /** The policy from the field `policy` of the file. */
  readonly policy?: SyncPolicy;
}

/** What an agent file allows: its field `policy`. */
export interface AgentPolicy {
  /** Rules of what may run: `Read`, `Bash(git log *)`. */
  readonly allow?: readonly string[];
  /** Whether tools that only read may run. */
  readonly readOnly?: boolean;
  /** Folders that may be written to. */
  readonly writePaths?: readonly string[];
  /** What becomes of other calls. Default: the rules of the CLI decide, and may ask. */
  readonly otherwise?: "ask" | "deny";
}

/** The contents of an agent file. */
export interface AgentFile {
  readonly name?: string;
  readonly description?: string;
  readonly version?: string;
  readonly variables: Readonly<Record<string, AgentVariable>>;
  readonly prompt?: string;
  readonly policy?: AgentPolicy;
  readonly options: AgentOptions;
}

/**
 * The options that a file may set: the agent's role and its limits. A file cannot name programs,
 * servers or variables, because it comes with a folder that someone else may have written; the
 * caller passes those to the session separately.
 */
const FILE_OPTIONS: readonly AgentOption[] = [
  "model",
  "fallbackModel",
  "effort",
  "thinking",
  "systemPrompt",
  "outputSchema",
  "outputRetries",
  "builtinTools",
  "disallowedTools",
  "permissionMode",
  "limits",
  "budget",
  "turnTimeoutMs",
];

/** Modes in which nothing is allowed that the policy does not allow. */
const FILE_MODES: ReadonlySet<unknown> = new Set([
  "default",
  "manual",
  "plan",
  "dontAsk",
]);

/** The other fields of a file, with what each can be. */
const FIELDS: Readonly<Record<string, string>> = {
  $schema: "a text",
  name: "a text",
  description: "a text",
  version: "a text",
  variables: "an object",
  prompt: "a text",
  policy: "an object",
};

const POLICY_FIELDS: Readonly<Record<string, string>> = {
  allow: "a list of rules",
  readOnly: "true or false",
  writePaths: "a list of folders",
  otherwise: '"ask" or "deny"',
};

const VARIABLE_FIELDS: Readonly<Record<string, string>> = {
  description: "a text",
  default: "a text",
  values: "a list of texts that is not empty",
};

/** Matches the name of an agent: a word that may contain dots and hyphens, like a file name. */
export const AGENT_NAME = /^[A-Za-z0-9][\w.-]*$/;

/** Reads what a file says, or tells all that is wrong with it, in the order of the file. */
export function agentFileOf(
  document: JsoncDocument,
): AgentFile | readonly TextIssue[] {
  const reader = new Reader(document);
  const file = reader.read();
  return reader.issues.length === 0
    ? file
    : [...reader.issues].sort((a, b) => a.line - b.line || a.column - b.column);
}

class Reader {
  readonly issues: TextIssue[];
  readonly #document: JsoncDocument;

  constructor(document: JsoncDocument) {
    this.#document = document;
    this.issues = [...document.duplicates()];
  }

  read(): AgentFile {
    const { value } = this.#document;
    if (!isWireObject(value)) {
      this.#wrong([], `expected an object, got ${shown(value)}`);
      return { variables: {}, options: {} };
    }
    const options: Record<string, unknown> = {};
    for (const [name, given] of Object.entries(value)) {
      if (Object.hasOwn(FIELDS, name)) continue;
      if (isFileOption(name)) this.#option(name, given, options);
      else this.#unknown([name], [...Object.keys(FIELDS), ...FILE_OPTIONS]);
    }
    const variables = this.#variables(value.variables);
    const policy = this.#policy(value.policy);
    if (policy !== undefined) options.policy = policy;
    const name = this.#text(value, "name");
    if (name !== undefined && !AGENT_NAME.test(name)) {
      this.#wrong(
        ["name"],
        `expected letters, digits, ".", "-" and "_", got ${shown(name)}`,
      );
    }
    this.#text(value, "$schema");
    const prompt = this.#text(value, "prompt");
    this.#templates(value, variables);
    const facts = {
      name,
      description: this.#text(value, "description"),
      version: this.#text(value, "version"),
      prompt,
      // Without issues it was checked to be one.
      policy: value.policy as AgentPolicy | undefined,
    };
    return {
      ...Object.fromEntries(
        Object.entries(facts).filter(([, fact]) => fact !== undefined),
      ),
      variables,
      options,
    };
  }

  #wrong(path: JsonPath, message: string): void {
    this.issues.push({
      ...this.#document.placeOf(path),
      path: path.join("."),
      message,
    });
  }

  #unknown(path: JsonPath, known: readonly string[]): void {
    const name = String(path.at(-1));
    const near = closest(name, known);
    const told = path.length === 1 && OPTION_NAMES.has(name)
      ? `"${name}" cannot be in a file: give it to the session beside the options of the agent`
      : near === undefined
      ? `there is no field "${name}": expected ${known.join(", ")}`
      : `there is no field "${name}", did you mean "${near}"?`;
    this.issues.push({
      ...this.#document.placeOfName(path),
      path: path.join("."),
      message: told,
    });
  }

  #text(value: WireObject, name: string): string | undefined {
    const text = value[name];
    if (text === undefined || typeof text === "string" && text.trim() !== "") {
      return text;
    }
    this.#wrong([name], `expected a text, got ${shown(text)}`);
    return undefined;
  }

  #option(
    name: AgentOption,
    value: unknown,
    options: Record<string, unknown>,
  ): void {
    const faults = faultsOf(name, value);
    for (const { path, message } of faults) this.#wrong(path, message);
    if (faults.length > 0) return;
    options[name] = value;
    if (name === "permissionMode" && !FILE_MODES.has(value)) {
      this.#wrong(
        [name],
        `a file cannot set the mode ${shown(value)}: expected ${
          [...FILE_MODES].map(shown).join(", ")
        }`,
      );
    }
  }

  #variables(given: unknown): Readonly<Record<string, AgentVariable>> {
    if (given === undefined) return {};
    if (!isWireObject(given)) {
      this.#wrong(["variables"], `expected an object, got ${shown(given)}`);
      return {};
    }
    const variables: Record<string, AgentVariable> = {};
    for (const [name, variable] of Object.entries(given)) {
      const path = ["variables", name];
      if (!/^[A-Za-z_]\w*$/.test(name)) {
        this.#wrong(path, `expected a name of letters, digits and "_"`);
      }
      // Register it even if it is invalid, so that its uses are not reported as well.
      variables[name] = {};
      if (!isWireObject(variable)) {
        this.#wrong(path, `expected an object, got ${shown(variable)}`);
        continue;
      }
      this.#fields(variable, path, VARIABLE_FIELDS, {
        description: isText,
        default: (value) => typeof value === "string",
        values: (value) => isTexts(value) && value.length > 0,
      });
      const { default: fallback, values } = variable;
      if (
        typeof fallback === "string" && isTexts(values) &&
        !values.includes(fallback)
      ) {
        this.#wrong(
          [...path, "default"],
          `expected one of the values, got ${shown(fallback)}`,
        );
      }
      variables[name] = variable as AgentVariable;
    }
    return variables;
  }

  #fields(
    value: WireObject,
    path: JsonPath,
    expected: Readonly<Record<string, string>>,
    fits: Readonly<Record<string, (value: unknown) => boolean>>,
  ): boolean {
    const before = this.issues.length;
    for (const [name, given] of Object.entries(value)) {
      const inner = [...path, name];
      const test = Object.hasOwn(fits, name) ? fits[name] : undefined;
      if (test === undefined) this.#unknown(inner, Object.keys(expected));
      else if (!test(given)) {
        this.#wrong(inner, `expected ${expected[name]}, got ${shown(given)}`);
      }
    }
    return this.issues.length === before;
  }

  #policy(given: unknown): SyncPolicy | undefined {
    if (given === undefined) return undefined;
    if (!isWireObject(given)) {
      this.#wrong(["policy"], `expected an object, got ${shown(given)}`);
      return undefined;
    }
    const isRight = this.#fields(given, ["policy"], POLICY_FIELDS, {
      allow: isTexts,
      readOnly: (value) => typeof value === "boolean",
      writePaths: (value) => isTexts(value) && value.length > 0,
      otherwise: (value) => value === "ask" || value === "deny",
    });
    if (!isRight) return undefined;
    const policies: SyncPolicy[] = [];
    const { allow, writePaths: folders, readOnly: isReader } = given;
    if (isTexts(allow)) {
      const bad = allow.flatMap((rule, index) => {
        const policy = this.#made(
          ["policy", "allow", index],
          () => allowList([rule]),
        );
        return policy === undefined ? [rule] : [];
      });
      if (bad.length === 0 && allow.length > 0) policies.push(allowList(allow));
    }
    if (isTexts(folders)) {
      const policy = this.#made(
        ["policy", "writePaths"],
        () => writePaths(folders),
      );
      if (policy !== undefined) policies.push(policy);
    }
    if (isReader === true) policies.push(readOnly());
    if (given.otherwise === "deny") {
      policies.push(denyAll("The agent's file does not allow this tool"));
    }
    return policies.length === 0 ? undefined : firstOf(...policies);
  }

  #made(path: JsonPath, make: () => SyncPolicy): SyncPolicy | undefined {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof ConfigError || error instanceof TypeError)) {
        throw error;
      }
      this.#wrong(path, error.message);
      return undefined;
    }
  }

  /** Variables that are used and not declared, and the other way round. */
  #templates(
    value: WireObject,
    variables: Readonly<Record<string, AgentVariable>>,
  ): void {
    const used = new Set<string>();
    const { prompt, systemPrompt } = value;
    const append = isWireObject(systemPrompt) ? systemPrompt.append : undefined;
    for (
      const [path, text] of [
        [["prompt"], prompt],
        [["systemPrompt"], systemPrompt],
        [["systemPrompt", "append"], append],
      ] as const
    ) {
      if (typeof text !== "string") continue;
      for (const name of namesIn(text)) {
        used.add(name);
        if (Object.hasOwn(variables, name)) continue;
        const near = closest(name, Object.keys(variables));
        this.#wrong(
          path,
          `{{${name}}} is no variable of this file${
            near === undefined
              ? ': add it to "variables"'
              : `, did you mean {{${near}}}?`
          }`,
        );
      }
    }
    for (const name of Object.keys(variables)) {
      if (used.has(name)) continue;
      this.issues.push({
        ...this.#document.placeOfName(["variables", name]),
        path: `variables.${name}`,
        message:
          `the variable "${name}" is used nowhere: write {{${name}}} in prompt or systemPrompt`,
      });
    }
  }
}

/** A fault of an option, and the part of the option that has it. */
interface Fault {
  readonly path: readonly string[];
  readonly message: string;
}

/** Everything that is wrong with an option: a check ends at the first fault, so fields are checked one by one, too. */
function faultsOf(name: AgentOption, value: unknown): readonly Fault[] {
  const first = faultOf(name, value);
  if (first === undefined || !isWireObject(value)) {
    return first === undefined ? [] : [first];
  }
  const missing = faultOf(name, {})?.message;
  const ofFields = Object.entries(value).flatMap(([key, field]) => {
    const fault = faultOf(name, { [key]: field });
    if (fault === undefined) return [];
    // What is wrong without any field is that others are missing here.
    const isOfField = fault.path.length === 1
      ? fault.message !== missing
      : fault.path[1] === key;
    return isOfField ? [fault] : [];
  });
  const isAmong = ofFields.some(({ path, message }) =>
    message === first.message && path.join() === first.path.join()
  );
  return isAmong ? ofFields : [first, ...ofFields];
}

function faultOf(name: AgentOption, value: unknown): Fault | undefined {
  try {
    check(name, value, TABLE[name].kind);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // "Cannot use the option limits.x: expected …": the part that is named is the place.
    const part = /^Cannot use the option ([\w.]+): /.exec(error.message);
    return {
      path: part?.[1]?.split(".") ?? [name],
      message: error.message.slice(part?.[0].length ?? 0),
    };
  }
}

function isFileOption(name: string): name is AgentOption {
  return (FILE_OPTIONS as readonly string[]).includes(name);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function shown(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

const VARIABLE = /\{\{\s*([A-Za-z_]\w*)\s*\}\}/g;

/** The variables in a text, each once, in their order. */
export function namesIn(text: string): readonly string[] {
  return [
    ...new Set([...text.matchAll(VARIABLE)].map(([, name = ""]) => name)),
  ];
}

/** A text with values in the places of its variables; what a value says is not looked at. */
export function filled(
  text: string,
  values: Readonly<Record<string, string>>,
): string {
  return text.replace(
    VARIABLE,
    (whole, name: string) =>
      Object.hasOwn(values, name) ? values[name] ?? whole : whole,
  );
}
