/**
 * The questions of the tool `AskUserQuestion`, and the answers of whoever reads them.
 *
 * @module
 */

import type { UserQuestions } from "../questions/ask_user.ts";
import type { AskedQuestion } from "../tools/builtin_inputs.ts";
import type { StderrOutput } from "./output.ts";
import { styled } from "./terminal.ts";

/** Numbers become the labels of their choices, anything else stays as it is. Pure. */
export function readChoice(line: string, question: AskedQuestion): string {
  const text = line.trim();
  const parts = question.multiSelect === true ? text.split(/[\s,]+/) : [text];
  const labels = parts.map((part) =>
    /^\d+$/.test(part) ? question.options[Number(part) - 1]?.label : undefined
  );
  return labels.every((label) => label !== undefined)
    ? labels.join(", ")
    : text;
}

/** Asks them one after the other; `undefined` where one of them got no answer. */
export async function askQuestions(
  { questions }: UserQuestions,
  output: StderrOutput,
  readLine: () => Promise<string | undefined>,
): Promise<Readonly<Record<string, string>> | undefined> {
  const answers: Record<string, string> = {};
  for (const question of questions) {
    await output.stderr(
      styled("yellow", "? "),
      styled("bold", `${question.question}\n`),
      ...question.options.flatMap(({ label, description = "" }, index) => [
        `  ${index + 1}. ${label}`,
        styled("dim", description === "" ? "\n" : `  ${description}\n`),
      ]),
      question.multiSelect === true
        ? "  Numbers or a text: "
        : "  Number or a text: ",
    );
    const line = await readLine();
    if (line === undefined) await output.stderr("\n");
    if (line === undefined || line.trim() === "") return undefined;
    answers[question.question] = readChoice(line, question);
  }
  return answers;
}
