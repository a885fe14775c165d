/**
 * Assertions about a turn.
 *
 * @module
 */

import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertObjectMatch,
} from "@std/assert";
import { ClaudeStreamError, type ErrorCode } from "../errors.ts";
import type { ClaudeEvent } from "../events/mod.ts";
import {
  type AsyncEvents,
  collected,
  type CollectedToolCall,
  type CollectedTurn,
  type SyncEvents,
} from "./collect.ts";

/** An expected tool call: its name, and what its input must contain. */
export type ExpectedToolCall =
  /** Only the name. */
  | string
  | {
    /** Name of the tool. */
    readonly name: string;
    /** Fields that the input must have; it may have others. A pattern matches a text. */
    readonly input?: Readonly<Record<PropertyKey, unknown>>;
    /** Expected result: the whole text, or a pattern. */
    readonly output?: string | RegExp;
    /** Whether it was denied. */
    readonly isDenied?: boolean;
  };

/** Expected cost, in US dollars. */
export interface ExpectedCost {
  /** Exact cost, except for rounding errors. */
  readonly exactly?: number;
  /** Maximum cost. */
  readonly atMost?: number;
}

/**
 * Assertions about a finished turn. Each method throws an `AssertionError` of `@std/assert` that
 * describes the turn if the expectation is not met, and otherwise returns the same object.
 */
export class ExpectedTurn {
  /** Everything that the turn yielded. */
  readonly turn: CollectedTurn;
  /** The error of the turn; `undefined` if it succeeded. */
  readonly error: Error | undefined;

  /** Called by {@linkcode expectTurn}. */
  constructor(turn: CollectedTurn, error: Error | undefined) {
    this.turn = turn;
    this.error = error;
  }

  /** Asserts that the answer is this text or matches a pattern. */
  text(expected: string | RegExp): this {
    const { text } = this.turn;
    if (typeof expected === "string") {
      assertEquals(text, expected, this.#told("Expected another answer"));
    } else {
      assert(
        expected.test(text),
        this.#told(
          `Expected the answer to match ${expected}, got ${json(text)}`,
        ),
      );
    }
    return this;
  }

  /** Asserts that exactly these calls were made, in this order. Calls of subagents do not count. */
  tools(expected: readonly ExpectedToolCall[]): this {
    const calls = this.turn.toolCalls.filter(({ parentToolUseId }) =>
      parentToolUseId === null
    );
    assertEquals(
      calls.map(({ name }) => name),
      expected.map((one) => typeof one === "string" ? one : one.name),
      this.#told("Expected other calls of tools"),
    );
    expected.forEach((one, at) => {
      const call = calls[at];
      if (typeof one !== "string" && call !== undefined) {
        this.#matches(call, one);
      }
    });
    return this;
  }

  /** Asserts that a call like this was made, among any others. */
  calls(expected: ExpectedToolCall): this {
    const name = typeof expected === "string" ? expected : expected.name;
    const calls = this.turn.toolCalls.filter((call) => call.name === name);
    let failure: unknown = new Error(
      this.#told(`Expected a call of ${json(name)}`),
    );
    for (const call of calls) {
      try {
        if (typeof expected !== "string") this.#matches(call, expected);
        return this;
      } catch (error) {
        failure = error;
      }
    }
    if (calls.length === 0) {
      assert(false, this.#told(`Expected a call of ${json(name)}`));
    }
    throw failure;
  }

  /** Asserts that exactly the calls of these tools were denied, in this order. Default: none. */
  denied(names: readonly string[] = []): this {
    const denied = this.turn.toolCalls.filter(({ isDenied }) => isDenied);
    assertEquals(
      denied.map(({ name }) => name),
      names,
      this.#told("Expected other denials"),
    );
    return this;
  }

  /** Asserts that exactly these files were written or edited, in any order. Default: none. */
  filesChanged(paths: readonly string[] = []): this {
    assertEquals(
      [...this.turn.filesChanged].sort(),
      [...paths].sort(),
      this.#told("Expected other changes of files"),
    );
    return this;
  }

  /**
   * Asserts the cost of the turn, in US dollars.
   *
   * @throws {TypeError} Neither `exactly` nor `atMost` is given, so nothing would be asserted.
   */
  cost(expected: ExpectedCost): this {
    const { costUsd } = this.turn;
    const { exactly, atMost } = expected;
    if (exactly === undefined && atMost === undefined) {
      throw new TypeError(
        `Cannot assert a cost: expected { exactly } or { atMost }, got ${
          json(expected)
        }`,
      );
    }
    if (exactly !== undefined) {
      assertAlmostEquals(
        costUsd,
        exactly,
        1e-9,
        this.#told(`Expected a cost of $${exactly}, got $${costUsd}`),
      );
    }
    if (atMost !== undefined) {
      assert(
        costUsd <= atMost,
        this.#told(`Expected a cost of at most $${atMost}, got $${costUsd}`),
      );
    }
    return this;
  }

  /** Asserts that the turn has this structured output. */
  output(expected: unknown): this {
    assertEquals(
      this.turn.result?.structuredOutput,
      expected,
      this.#told("Expected another output"),
    );
    return this;
  }

  /** Asserts that the turn succeeded. */
  succeeded(): this {
    assert(
      this.error === undefined,
      this.#told("Expected the turn to succeed"),
    );
    assert(
      this.turn.result !== undefined && !this.turn.result.isError,
      this.#told("Expected a result that is no error"),
    );
    return this;
  }

  /** Asserts that the turn, or the session during it, failed, with this code if one is given. */
  failed(code?: ErrorCode): this {
    const { error } = this;
    assert(
      error !== undefined || this.turn.result?.isError === true,
      this.#told("Expected the turn to fail"),
    );
    if (code !== undefined) {
      assertEquals(
        error instanceof ClaudeStreamError ? error.code : undefined,
        code,
        this.#told("Expected another failure"),
      );
    }
    return this;
  }

  #matches(
    call: CollectedToolCall,
    expected: Exclude<ExpectedToolCall, string>,
  ): void {
    const { input, output, isDenied } = expected;
    const what = `the call of ${json(call.name)}`;
    if (input !== undefined) {
      assertObjectMatch(
        call.input,
        withTexts(input, call.input) as typeof input,
        this.#told(`Expected another input of ${what}`),
      );
    }
    if (typeof output === "string") {
      assertEquals(
        call.output,
        output,
        this.#told(`Expected another result of ${what}`),
      );
    } else if (output !== undefined) {
      assert(
        call.output !== undefined && output.test(call.output),
        this.#told(
          `Expected the result of ${what} to match ${output}, got ${
            json(call.output)
          }`,
        ),
      );
    }
    if (isDenied !== undefined) {
      assertEquals(
        call.isDenied,
        isDenied,
        this.#told(`Expected ${what} ${isDenied ? "" : "not "}to be denied`),
      );
    }
  }

  /** Returns the text of an error: what was expected, and what the turn did. */
  #told(expected: string): string {
    const { toolCalls, text, result } = this.turn;
    const calls = toolCalls.map(({ name, input, isDenied }) =>
      `  ${name} ${json(input)}${isDenied ? " (denied)" : ""}`
    );
    const how = this.error !== undefined
      ? `failed: ${this.error.message}`
      : result === undefined
      ? "has no result"
      : `ended with ${result.subtype}${result.isError ? " (an error)" : ""}`;
    return [
      expected,
      `The turn ${how}; its answer is ${json(text)}; it called ${
        calls.length === 0 ? "no tools" : "these tools:"
      }`,
      ...calls,
    ].join("\n");
  }
}

/** Replaces each pattern in what is expected by the given text, if that matches. */
function withTexts(expected: unknown, given: unknown): unknown {
  if (expected instanceof RegExp) {
    return typeof given === "string" && expected.test(given) ? given : expected;
  }
  if (typeof expected !== "object" || expected === null) return expected;
  const inner = (key: string | number) =>
    typeof given === "object" && given !== null
      ? (given as Record<string | number, unknown>)[key]
      : undefined;
  if (Array.isArray(expected)) {
    return expected.map((one, at) => withTexts(one, inner(at)));
  }
  return Object.fromEntries(
    Object.entries(expected).map(([key, one]) => [
      key,
      withTexts(one, inner(key)),
    ]),
  );
}

/** The method of a session's turn that rejects or throws if the turn failed. */
interface HasText {
  text(): string | Promise<string>;
}

/**
 * Reads a turn to its end and returns an object for assertions about it. A failed turn does not
 * throw here: check it with `succeeded()` and `failed()`.
 *
 * @param turn An unread turn in the flat view, or a list of events.
 * @returns The assertions: directly for a turn of a `SyncSession` or a list, otherwise as a
 *   promise.
 *
 * @example
 * ```ts
 * import { AsyncSession, callback, deny } from "@claudestream/core";
 * import { expectTurn, MemoryClaude, step } from "@claudestream/core/testing";
 *
 * const claude = new MemoryClaude(step.conversation([[
 *   step.toolCall("Bash", { command: "rm -rf /" }, { asks: true }),
 *   step.text("I may not."),
 * ]]));
 * await using session = new AsyncSession({
 *   spawn: claude.spawn,
 *   policy: callback((name) => name === "Bash" ? deny("no shell") : undefined),
 * });
 * const turn = await expectTurn(session.send("clean up"));
 * turn.succeeded()
 *   .text("I may not.")
 *   .tools([{ name: "Bash", input: { command: "rm -rf /" }, output: /no shell/ }])
 *   .denied(["Bash"])
 *   .filesChanged([])
 *   .cost({ atMost: 0.01 });
 * ```
 */
export function expectTurn(turn: SyncEvents): ExpectedTurn;
/** The same for a turn of an `AsyncSession`. */
export function expectTurn(turn: AsyncEvents): Promise<ExpectedTurn>;
export function expectTurn(
  turn: SyncEvents | AsyncEvents,
): ExpectedTurn | Promise<ExpectedTurn> {
  return Symbol.iterator in turn ? expectSync(turn) : expectAsync(turn);
}

async function expectAsync(turn: AsyncEvents): Promise<ExpectedTurn> {
  const events: ClaudeEvent[] = [];
  try {
    for await (const event of turn) events.push(event);
    if (hasText(turn)) await turn.text();
  } catch (error) {
    return failedTurn(events, error);
  }
  return new ExpectedTurn(collected(events), undefined);
}

function expectSync(turn: SyncEvents): ExpectedTurn {
  const events: ClaudeEvent[] = [];
  try {
    for (const event of turn) events.push(event);
    if (hasText(turn)) turn.text();
  } catch (error) {
    return failedTurn(events, error);
  }
  return new ExpectedTurn(collected(events), undefined);
}

function failedTurn(
  events: readonly ClaudeEvent[],
  error: unknown,
): ExpectedTurn {
  if (!(error instanceof ClaudeStreamError)) throw error;
  return new ExpectedTurn(collected(events), error);
}

function hasText(turn: object): turn is HasText {
  return "text" in turn && typeof turn.text === "function";
}

function json(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}
