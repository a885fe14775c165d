/**
 * Checks of the shape of a scenario that was built in code, for callers without a type check. Files
 * are checked by their schema.
 *
 * @module
 */

import { closest } from "../util/closest.ts";
import type { Scenario, Step } from "./scenario.ts";

/** The names of all steps. */
const STEPS: Readonly<Record<Step["do"], true>> = {
  api_error: true,
  api_retry: true,
  await_prompt: true,
  background: true,
  broken_stream: true,
  cancel: true,
  chunks: true,
  close_stdout: true,
  exit: true,
  file: true,
  gate: true,
  grandchild: true,
  ignore: true,
  kill: true,
  line: true,
  mark: true,
  no_result: true,
  pause: true,
  rate_limit: true,
  redacted_thinking: true,
  refusal: true,
  request: true,
  result: true,
  silence: true,
  spoil: true,
  stderr: true,
  stop_reading: true,
  text: true,
  thinking: true,
  tool_calls: true,
  usage: true,
  when: true,
  write: true,
  write_bytes: true,
};

/** Fields of steps and calls that are lists of steps. */
const LISTS = [
  "then",
  "otherwise",
  "steps",
  "wakeUp",
  "onSuccess",
  "onError",
  "running",
  "refused",
];

/**
 * Checks that a scenario has processes and that each turn is a list of steps, because a step in
 * the place of a turn would fail far from its cause.
 *
 * @throws {RangeError} The scenario has no process.
 * @throws {TypeError} A part has another shape.
 */
export function verifyShape(scenario: Scenario): void {
  const { processes } = scenario as Partial<Scenario>;
  verifyList(processes, "processes", "a scenario of step.conversation()");
  if (processes.length === 0) {
    throw new RangeError("Cannot play a scenario: it has no process");
  }
  processes.forEach((process, at) => {
    const { turns = [], onPrompt = [], forEveryPrompt = [] } = process;
    const path = `processes.${at}`;
    verifyList(turns, `${path}.turns`, "a list of turns");
    turns.forEach((turn, of) => verifyTurn(turn, `${path}.turns.${of}`));
    verifyList(onPrompt, `${path}.onPrompt`, "a list of step.onPrompt()");
    onPrompt.forEach(({ turn }, of) =>
      verifyTurn(turn, `${path}.onPrompt.${of}.turn`)
    );
    verifyTurn(forEveryPrompt, `${path}.forEveryPrompt`);
    for (
      const field of ["beforeInput", "onInterrupt", "atEndOfInput"] as const
    ) {
      verifyTurn(process[field] ?? [], `${path}.${field}`);
    }
  });
}

function verifyTurn(turn: unknown, path: string): void {
  verifyList(turn, path, "a turn, which is a list of steps");
  turn.forEach((step: unknown, at) => {
    const place = `${path}.${at}`;
    const name = (step as { readonly do?: unknown } | null)?.do;
    if (typeof name !== "string") throw wrongShape(place, "a step", step);
    if (!Object.hasOwn(STEPS, name)) {
      const near = closest(name, Object.keys(STEPS));
      throw new TypeError(
        `Cannot play a scenario: there is no step "${name}" in ${place}${
          near === undefined ? "" : `, did you mean "${near}"?`
        }`,
      );
    }
    verifyNested(step as Record<string, unknown>, place);
  });
}

/** Checks the steps within a step. */
function verifyNested(step: Record<string, unknown>, path: string): void {
  for (const field of LISTS) {
    const steps = step[field];
    if (steps !== undefined) verifyTurn(steps, `${path}.${field}`);
  }
  const { calls, during } = step;
  if (during !== undefined) {
    verifyNested(during as Record<string, unknown>, `${path}.during`);
  }
  if (step["do"] === "tool_calls") {
    verifyList(calls, `${path}.calls`, "a list of calls");
    calls.forEach((call, at) =>
      verifyNested(call as Record<string, unknown>, `${path}.calls.${at}`)
    );
  }
}

function verifyList(
  value: unknown,
  path: string,
  expected: string,
): asserts value is readonly unknown[] {
  if (!Array.isArray(value)) throw wrongShape(path, expected, value);
}

function wrongShape(path: string, expected: string, value: unknown): TypeError {
  const got = (JSON.stringify(value) ?? "nothing").slice(0, 200);
  return new TypeError(
    `Cannot play a scenario: expected ${expected} in ${path}, got ${got}`,
  );
}
