/**
 * Asks whoever sits at the terminal whether a tool may run.
 *
 * @module
 */

import type { PermissionRequest } from "../events/permission_request.ts";
import { isWireObject } from "../messages/_define.ts";
import {
  answerQuestions,
  type UserQuestions,
  userQuestions,
} from "../questions/ask_user.ts";
import type { InputLines } from "./input_lines.ts";
import type { StderrOutput } from "./output.ts";
import { askQuestions } from "./user_questions.ts";
import { cutLine, firstLines, oneLine, type Span, styled } from "./terminal.ts";
import { inputFields } from "./tool_text.ts";

/** What is said to one question. */
export type Reply = "yes" | "no" | "always";

const FIELD_LINES = 12;

/** What a line says, or `undefined` where it says nothing. Pure. */
export function readReply(line: string): Reply | undefined {
  switch (line.trim().toLowerCase()) {
    case "y":
    case "yes":
      return "yes";
    case "a":
    case "always":
      return "always";
    case "n":
    case "no":
    case "":
      return "no";
    default:
      return undefined;
  }
}

/** The question as it is shown. Pure. */
export function questionSpans(
  request: PermissionRequest,
  columns: number,
): readonly Span[] {
  const width = columns - 1;
  const who = request.agentId === undefined ? "Claude" : "A subagent of Claude";
  const about = request.title ?? `${who} wants to use`;
  const spans: Span[] = [
    styled("yellow", "? "),
    `${oneLine(about, width - 2)} `,
    styled("bold", oneLine(request.toolName, width)),
    "\n",
  ];
  for (const [name, value] of inputFields(request.input)) {
    const { lines, more } = firstLines(value, FIELD_LINES);
    const label = `  ${oneLine(name, 30)}: `;
    const shown = lines.map((line, index) =>
      index === 0
        ? cutLine(line, Math.max(20, width - label.length))
        : `    ${cutLine(line, width - 4)}`
    );
    spans.push(styled("dim", label), `${shown.join("\n")}\n`);
    if (more > 0) spans.push(styled("dim", `    … ${more} more lines\n`));
  }
  if (request.decisionReason !== undefined) {
    const reason = oneLine(request.decisionReason, width - 2);
    spans.push(styled("dim", `  ${reason}\n`));
  }
  return spans;
}

/** What an "always" would allow, as rules. Pure. */
export function rememberedRules(request: PermissionRequest): string {
  const rules = (request.suggestions ?? [])
    .filter(({ type }) => type === "addRules")
    .flatMap(({ rules }) => Array.isArray(rules) ? rules : [])
    .filter(isWireObject)
    .map(({ toolName, ruleContent }) =>
      ruleContent === undefined ? `${toolName}` : `${toolName}(${ruleContent})`
    );
  return rules.length === 0 ? request.toolName : rules.join(", ");
}

/** Equal for calls that do the same, whatever the model says about them. */
function sameCall({ toolName, input }: PermissionRequest): string {
  const { description: _, ...rest } = input;
  return JSON.stringify([toolName, rest]);
}

/** Asks questions on stderr and reads the answers. */
export class PermissionAsker {
  readonly #output: StderrOutput;
  readonly #lines: InputLines | undefined;
  /**
   * Calls that were allowed for good. The CLI's own rules do not cover each call that
   * they were suggested for: it asks again about a command of several parts.
   */
  readonly #always = new Set<string>();

  /** @param lines Where the answers come from; without them each one is yes. */
  constructor(output: StderrOutput, lines: InputLines | undefined) {
    this.#output = output;
    this.#lines = lines;
  }

  /** Asks, and answers the request. An abort leaves it without an answer. */
  async ask(request: PermissionRequest, signal: AbortSignal): Promise<void> {
    try {
      const asked = userQuestions(request);
      if (asked !== undefined && this.#lines !== undefined) {
        await this.#askUser(request, asked, this.#lines, signal);
      } else await this.#askPermission(request, signal);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
  }

  async #askUser(
    request: PermissionRequest,
    asked: UserQuestions,
    lines: InputLines,
    signal: AbortSignal,
  ): Promise<void> {
    const answers = await askQuestions(
      asked,
      this.#output,
      () => lines.fresh(signal),
    );
    await this.#give(() =>
      answers === undefined
        ? request.deny("The user did not answer")
        : request.allow(answerQuestions(request, answers))
    );
  }

  async #askPermission(
    request: PermissionRequest,
    signal: AbortSignal,
  ): Promise<void> {
    const call = sameCall(request);
    if (this.#always.has(call)) {
      await this.#give(() => request.allow());
      return;
    }
    await this.#output.stderr(
      ...questionSpans(request, this.#output.columns),
    );
    const reply = await this.#reply(request, signal);
    if (reply === "always") this.#always.add(call);
    await this.#give(() => {
      if (reply === "no") request.deny("The user said no");
      else request.allow(reply === "always" ? { remember: "session" } : {});
    });
  }

  async #reply(
    request: PermissionRequest,
    signal: AbortSignal,
  ): Promise<Reply> {
    const ask = (): Promise<void> => {
      // On one line with the words around it, also after a change of the terminal's size.
      const columns = Math.max(10, this.#output.columns - 48);
      return this.#output.stderr(
        "  Allow? ",
        styled("bold", "[y]"),
        "es ",
        styled("bold", "[n]"),
        "o ",
        styled("bold", "[a]"),
        "lways (this session: ",
        oneLine(rememberedRules(request), columns),
        ") ",
      );
    };
    await ask();
    if (this.#lines === undefined) {
      await this.#output.stderr("y\n");
      return "yes";
    }
    for (;;) {
      const line = await this.#lines.fresh(signal);
      if (line === undefined) {
        await this.#output.stderr("\n");
        return "no";
      }
      const reply = readReply(line);
      if (reply !== undefined) return reply;
      await ask();
    }
  }

  /** The CLI may have withdrawn the request while somebody thought about it. */
  async #give(answer: () => void): Promise<void> {
    try {
      answer();
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "StateError") throw error;
      await this.#output.stderr(
        "claudestream: nobody waits for this answer any more\n",
      );
    }
  }
}
