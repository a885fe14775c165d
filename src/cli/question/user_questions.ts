/**
 * Asks the questions of the tool `AskUserQuestion`, and reads the person's answers.
 *
 * @module
 */

import "../text/exact_width.ts";
import type { UserQuestions } from "../../questions/asking_tools.ts";
import type { AskedQuestion } from "../../messages/builtin_inputs.ts";
import { styled } from "../text/terminal.ts";
import { markedLine, markedTextLine, textLines } from "../text/marked_text.ts";
import type { OpenTerminal } from "./question_terminal.ts";
import type { QuestionLine } from "./question_text.ts";

/** Replaces numbers by the labels of their choices; keeps anything else. Pure. */
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

/** Formats a question and its choices, uncut. Pure. */
export function userQuestionLines(
  { question, options }: AskedQuestion,
  columns: number,
): readonly QuestionLine[] {
  const heading = textLines(question, "prose").flatMap((line) =>
    markedTextLine(line, "prose", columns - 3)
  );
  const lines: QuestionLine[] = heading.map((spans, index) => [
    index === 0 ? styled("yellow", "? ") : "  ",
    ...spans,
  ]);
  for (const [index, option] of options.entries()) {
    const number = `  ${index + 1}. `;
    const indent = " ".repeat(number.length);
    const label = markedLine(
      option.label,
      "prose",
      columns - 1 - number.length,
    );
    lines.push(
      ...label.map((spans, at) => [at === 0 ? number : indent, ...spans]),
    );
    for (const text of [option.description, option.preview]) {
      if (text === undefined || text === "") continue;
      lines.push(
        ...textLines(text, "prose").flatMap((line) =>
          markedTextLine(line, "prose", columns - 1 - number.length)
        ).map((spans) => [
          indent,
          ...spans.map((span) =>
            typeof span === "string" ? styled("dim", span) : span
          ),
        ]),
      );
    }
  }
  return lines;
}

/**
 * Asks the questions one after the other. Returns `undefined` if one got no answer, `"interrupt"`
 * on Ctrl-C.
 */
export async function askQuestions(
  { questions }: UserQuestions,
  terminal: OpenTerminal,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>> | "interrupt" | undefined> {
  const answers: Record<string, string> = {};
  for (const question of questions) {
    await terminal.lines(
      userQuestionLines(question, terminal.screen.columns),
    );
    await terminal.settle(signal);
    await terminal.prompt(
      question.multiSelect === true
        ? "  Numbers or a text: "
        : "  Number or a text: ",
    );
    const line = await terminal.line(signal);
    if (typeof line === "object") {
      await terminal.screen.print("^C\n");
      return "interrupt";
    }
    if (line === undefined) await terminal.screen.print("\n");
    if (line === undefined || line.trim() === "") return undefined;
    answers[question.question] = readChoice(line, question);
  }
  return answers;
}
