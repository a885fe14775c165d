/**
 * The questions of the tool `AskUserQuestion`, and the answers of whoever reads them.
 *
 * @module
 */

import { isWireObject, type WireObject } from "../messages/_define.ts";
import type { StderrOutput } from "./output.ts";
import { styled } from "./terminal.ts";

/** A question with its choices. */
export interface UserQuestion {
  readonly question: string;
  readonly choices: readonly {
    readonly label: string;
    readonly description: string;
  }[];
  readonly takesSeveral: boolean;
}

/** Finds the questions in the input of the tool. Pure. */
export function readQuestions(input: WireObject): readonly UserQuestion[] {
  const questions = Array.isArray(input.questions) ? input.questions : [];
  return questions.filter(isWireObject).map((item) => ({
    question: textOf(item.question),
    takesSeveral: item.multiSelect === true,
    choices: (Array.isArray(item.options) ? item.options : [])
      .filter(isWireObject)
      .map(({ label, description }) => ({
        label: textOf(label),
        description: textOf(description),
      })),
  }));
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Numbers become the labels of their choices, anything else stays as it is. Pure. */
export function readChoice(line: string, question: UserQuestion): string {
  const text = line.trim();
  const parts = question.takesSeveral ? text.split(/[\s,]+/) : [text];
  const labels = parts.map((part) =>
    /^\d+$/.test(part) ? question.choices[Number(part) - 1]?.label : undefined
  );
  return labels.every((label) => label !== undefined)
    ? labels.join(", ")
    : text;
}

/** Asks them one after the other; `undefined` where one of them got no answer. */
export async function askQuestions(
  input: WireObject,
  output: StderrOutput,
  readLine: () => Promise<string | undefined>,
): Promise<Readonly<Record<string, string>> | undefined> {
  const answers: Record<string, string> = {};
  const questions = readQuestions(input);
  for (const question of questions) {
    await output.stderr(
      styled("yellow", "? "),
      styled("bold", `${question.question}\n`),
      ...question.choices.flatMap(({ label, description }, index) => [
        `  ${index + 1}. ${label}`,
        styled("dim", description === "" ? "\n" : `  ${description}\n`),
      ]),
      question.takesSeveral ? "  Numbers or a text: " : "  Number or a text: ",
    );
    const line = await readLine();
    if (line === undefined) await output.stderr("\n");
    if (line === undefined || line.trim() === "") return undefined;
    answers[question.question] = readChoice(line, question);
  }
  return questions.length === 0 ? undefined : answers;
}
