/**
 * Functions of the host that the model can call.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import type { WireObject } from "../messages/_define.ts";
import {
  isStandardSchema,
  type SchemaOutput,
  type StandardSchema,
} from "../util/standard_schema.ts";
import { type Soon, whenKnown } from "../util/maybe_promise.ts";
import { isTimeLimit, TIME_EXPECTED } from "../util/limits.ts";
import {
  type CallableTool,
  limitCall,
  MACHINE_CLOCK,
  runCall,
} from "./calls.ts";
import type { LateToolOutput, ToolOutput } from "./content.ts";
import { nameIssue } from "./names.ts";
import type { WireResult } from "./result.ts";
import { objectSchemaOf } from "../structured/json_schema.ts";

/** Hints of a tool about itself. Nothing enforces them. */
export interface ToolAnnotations {
  /** Its name for people. */
  readonly title?: string;
  /** It changes nothing. Only such tools are called in parallel by the CLI. */
  readonly readOnlyHint?: boolean;
  /** It may destroy something. */
  readonly destructiveHint?: boolean;
  /** A second call with the same input changes nothing more. */
  readonly idempotentHint?: boolean;
  /** It deals with the outside world. */
  readonly openWorldHint?: boolean;
}

/** What a call of a tool knows and can do besides its input. */
export interface ToolContext<Context = unknown> {
  /** Id of the call, as in the event `tool_use`. */
  readonly toolUseId: string | undefined;
  /**
   * Aborts when the result is no longer waited for: the turn was interrupted, the
   * call took longer than `timeoutMs`, or the session ended.
   */
  readonly signal: AbortSignal;
  /** The session whose model calls. */
  readonly session: ToolSession;
  /** The session's option `toolContext`. */
  readonly context: Context;
  /**
   * Tells how far the call is: a fraction from 0 to 1, a text, or both. Goes to the
   * CLI and to the readers of the event `tool_call`. Once the call is over nothing happens.
   */
  progress(at: number | string, message?: string): void;
}

/** What a call of a tool knows of its session. */
export interface ToolSession {
  /** Its id. */
  readonly id?: string;
  /** Its working directory. */
  readonly cwd?: string;
}

/**
 * A function of the host that the model can call. Made by {@linkcode defineTool}.
 * `Output` is what `run` gives.
 */
export interface Tool<Input = never, Context = never, Output = LateToolOutput> {
  /** Its name; the model sees `mcp__tools__<name>`. */
  readonly name: string;
  /** Its description for the model. */
  readonly description: string;
  /** Checks the input. */
  readonly input: StandardSchema;
  /** JSON Schema of the input. */
  readonly inputSchema: WireObject;
  /** Hints about its own behavior. */
  readonly annotations?: ToolAnnotations;
  /** The model sees it from the start, also where tools are loaded by search. */
  readonly alwaysLoad?: boolean;
  /** Words by which the model finds it, if tools are loaded by search. */
  readonly searchHint?: string;
  /** How long a call may take, in milliseconds. */
  readonly timeoutMs?: number;
  /** Runs a call whose input was checked. */
  readonly run: (input: Input, ctx: ToolContext<Context>) => Output;
  /**
   * Calls the tool as a session does, without one: for tests. The input is checked by
   * the schema, what `run` returns or throws becomes the result that the model would see,
   * and `timeoutMs` holds. Never throws.
   *
   * @param input What a model might write.
   * @param context What `run` gets as its context: by default none, a signal that never
   * aborts, a session without an id, and a `progress` that does nothing.
   * @returns The result; a promise of it if `run`, or the check of the input, is async.
   */
  readonly call: (
    input: unknown,
    context?: Partial<ToolContext<Context>>,
  ) => ToolCallOutcome<Output>;
}

/** What {@linkcode Tool.call} returns: at once where the tool does. */
export type ToolCallOutcome<Output> = Output extends Promise<unknown>
  ? Promise<ToolCallResult>
  : ToolCallResult;

/** What the model would see of a call. */
export interface ToolCallResult {
  /** The blocks, as in MCP. */
  readonly content: readonly WireObject[];
  /** The text of all text blocks. */
  readonly text: string;
  /** Data, if the tool returned any. */
  readonly structuredContent?: WireObject;
  /** Whether the call failed: the input did not fit, `run` threw, or its time was up. */
  readonly isError: boolean;
}

/** A tool that returns its result at once: the only kind that a blocking session takes. */
export type SyncTool<Input = never, Context = never> = Tool<
  Input,
  Context,
  ToolOutput
>;

/** What {@linkcode defineTool} needs. */
export interface ToolDefinition<
  Schema extends StandardSchema = StandardSchema,
  Context = unknown,
  Output extends LateToolOutput = LateToolOutput,
> {
  /**
   * Its name; `mcp__tools__<name>`, by which the model, rules and events know it, has at
   * most 128 characters. There, what is no letter of a to z, digit, `_` or `-` is `_`:
   * `my tool` is `mcp__tools__my_tool`.
   */
  readonly name: string;
  /** Its description for the model: what it does, when to call it. */
  readonly description: string;
  /**
   * The input, an object: a schema of valibot, or of any library that follows the
   * Standard Schema specification.
   */
  readonly input: Schema;
  /**
   * Does the work. What it returns becomes the result, see {@linkcode ToolOutput};
   * what it throws becomes an error that the model sees. May be async where no blocking
   * session uses it.
   */
  readonly run: (
    input: SchemaOutput<Schema>,
    ctx: ToolContext<Context>,
  ) => Output;
  /**
   * JSON Schema of the input, which the model sees. By default made of `input`; needed
   * for libraries that cannot, and for schemas that JSON Schema has no words for.
   */
  readonly inputSchema?: WireObject;
  /** Hints about its own behavior. */
  readonly annotations?: ToolAnnotations;
  /** Shows it to the model from the start, also where tools are loaded by search. Default `false`. */
  readonly alwaysLoad?: boolean;
  /** Words by which the model finds it, if tools are loaded by search. */
  readonly searchHint?: string;
  /**
   * How long a call may take, in milliseconds. One that takes longer is an error to the
   * model, whatever it returns in the end. No limit by default.
   */
  readonly timeoutMs?: number;
}

/**
 * Makes a function a tool. It holds no state: the same one may serve any number of
 * sessions at once.
 *
 * @throws {ConfigError} The name is not allowed, the input is not an object, or JSON Schema
 * cannot express a part of it.
 *
 * @example
 * ```ts
 * import { allowList, AsyncSession, defineTool } from "@claudestream/core";
 * import * as v from "valibot";
 *
 * const add = defineTool({
 *   name: "add",
 *   description: "Adds two numbers",
 *   input: v.object({ a: v.number(), b: v.number() }),
 *   run: ({ a, b }) => `${a + b}`,
 * });
 *
 * async function sum(): Promise<string> {
 *   await using session = new AsyncSession({
 *     tools: [add],
 *     // Without it the CLI's own rules would deny the call.
 *     policy: allowList(["mcp__tools__*"]),
 *   });
 *   return (await session.ask("What is 2 + 3? Use the tool.")).text;
 * }
 * ```
 *
 * @example A test of it, without a session
 * ```ts
 * import { defineTool } from "@claudestream/core";
 * import { assertEquals } from "@std/assert";
 * import * as v from "valibot";
 *
 * const half = defineTool({
 *   name: "half",
 *   description: "Halves a number",
 *   input: v.object({ of: v.number() }),
 *   run: ({ of }) => `${of / 2}`,
 * });
 *
 * assertEquals(half.call({ of: 6 }).text, "3");
 * assertEquals(half.call({ of: "six" }).isError, true);
 * ```
 *
 * @example With a context that each session gives its own
 * ```ts
 * import { AsyncSession, defineTool, type ToolContext } from "@claudestream/core";
 * import * as v from "valibot";
 *
 * interface Shop {
 *   stockOf(article: string): number;
 * }
 *
 * const stock = defineTool({
 *   name: "stock",
 *   description: "How many of an article there are",
 *   input: v.object({ article: v.string() }),
 *   run: ({ article }, { context }: ToolContext<Shop>) => context.stockOf(article),
 * });
 *
 * new AsyncSession({ tools: [stock], toolContext: { stockOf: () => 3 } });
 * ```
 */
export function defineTool<
  Schema extends StandardSchema,
  Context = unknown,
  Output extends LateToolOutput = LateToolOutput,
>(
  definition: ToolDefinition<Schema, Context, Output>,
): Tool<SchemaOutput<Schema>, Context, Output> {
  if (typeof (definition as unknown) !== "object" || definition === null) {
    throw unusable(undefined, "expected an object with name and run");
  }
  const { name, description, input, timeoutMs } = definition;
  const issue = nameIssue(name);
  if (issue !== undefined) throw unusable(name, `its name: ${issue}`);
  if (typeof description !== "string") {
    throw unusable(name, "expected a text as its description");
  }
  if (typeof definition.run !== "function") {
    throw unusable(name, "expected a function as run");
  }
  if (timeoutMs !== undefined && !isTimeLimit(timeoutMs)) {
    throw unusable(name, `expected ${TIME_EXPECTED} as timeoutMs`);
  }
  if (!isStandardSchema(input)) {
    throw unusable(
      name,
      "expected a schema of valibot or another Standard Schema library as input",
    );
  }
  const inputSchema = inputJsonSchema(name, input, definition.inputSchema);
  return Object.freeze({
    ...definition,
    inputSchema,
    // By `this`: a copy with another `run` calls that one.
    call(
      this: CallableTool<ToolContext<Context>>,
      given: unknown,
      context: Partial<ToolContext<Context>> = {},
    ) {
      const result = whenKnown(callOnce(this, given, context), callResult);
      return result as ToolCallOutcome<Output>;
    },
  });
}

function callOnce<Context>(
  tool: CallableTool<ToolContext<Context>>,
  input: unknown,
  given: Partial<ToolContext<Context>>,
): Soon<WireResult> {
  const own = new AbortController();
  const signal = given.signal === undefined
    ? own.signal
    : AbortSignal.any([own.signal, given.signal]);
  const started = MACHINE_CLOCK.now();
  const result = runCall(tool, input, {
    toolUseId: undefined,
    session: {},
    // A tool that wants a context is given one by its test, as by its session.
    context: undefined as Context,
    progress: () => {},
    ...given,
    signal,
  });
  return limitCall(tool, result, own, signal, started, MACHINE_CLOCK);
}

function callResult(result: WireResult): ToolCallResult {
  const texts = result.content.flatMap(({ text }) =>
    typeof text === "string" ? [text] : []
  );
  const { content, structuredContent, isError = false } = result;
  return {
    content,
    text: texts.join("\n"),
    ...structuredContent === undefined ? {} : { structuredContent },
    isError,
  };
}

function unusable(name: unknown, why: string): ConfigError {
  return new ConfigError("tools", `Cannot define the tool "${name}": ${why}`);
}

/**
 * The JSON Schema of a tool's input, in the dialect that the API reads.
 *
 * @param name Name of the tool.
 * @throws {ConfigError} There is none, or its root is no object.
 */
function inputJsonSchema(
  name: string,
  input: StandardSchema,
  given: WireObject | undefined,
): WireObject {
  return objectSchemaOf(input, given, {
    target: "draft-2020-12",
    byHand: "inputSchema",
    unusable: (why, cause) =>
      new ConfigError(
        "tools",
        `Cannot use the input of the tool "${name}": ${why}`,
        { cause },
      ),
  });
}
