/**
 * Asks the person at the terminal whether a tool may run.
 *
 * Only an explicit yes, given after the whole question was drawn, allows a call. Every other
 * outcome denies it or leaves it to the interrupted turn.
 *
 * @module
 */

import type {
  PermissionRequest,
  ToolRequest,
} from "../../events/permissions.ts";
import type { WireObject } from "../../messages/_define.ts";
import type { PermissionExplanation } from "../../permissions/policy_types.ts";
import { protectedNamesOf } from "../../permissions/protected_paths.ts";
import {
  answerQuestions,
  type UserQuestions,
  userQuestions,
} from "../../questions/asking_tools.ts";
import { type AlwaysOffer, alwaysOffer, Remembered } from "./always.ts";
import { editInEditor, editInput, type EditText } from "./input_editor.ts";
import type { Key } from "./keys.ts";
import {
  InputEnded,
  type OpenTerminal,
  type QuestionScreen,
  type QuestionTerminal,
} from "./question_terminal.ts";
import {
  alwaysLines,
  explanationLines,
  moreSpans,
  promptSpans,
  type QuestionLine,
  questionLines,
  sentence,
} from "./question_text.ts";
import { askQuestions } from "./user_questions.ts";

/** What a question needs from its turn. */
export interface AskContext {
  /** Aborts when the question must stop; the request is then left unanswered. */
  readonly stopped: AbortSignal;
  /** Aborts when the CLI withdraws the request. */
  readonly withdrawn: AbortSignal;
  /** Called on Ctrl-C, which arrives as a key in raw mode. */
  readonly interrupt: () => void;
  /** Explains the decision of the policy on a call. */
  readonly explain: (
    name: string,
    input: WireObject,
  ) => Promise<PermissionExplanation>;
}

/** Options of {@linkcode PermissionAsker}. */
export interface PermissionAskerOptions {
  /** Shows the questions. */
  readonly screen: QuestionScreen;
  /** Reads the answers; without it each answer is yes, which only the demo uses. */
  readonly terminal?: QuestionTerminal;
  /** Edits the input of a call. Default: in the person's editor. */
  readonly edit?: EditText;
}

/** How a question ended. */
type Reply =
  | { readonly kind: "yes"; readonly input?: WireObject }
  | { readonly kind: "always"; readonly offer: AlwaysOffer }
  | { readonly kind: "no" }
  | { readonly kind: "interrupt" };

/** A question that is open. */
interface Open {
  readonly request: PermissionRequest;
  readonly context: AskContext;
  readonly terminal: OpenTerminal;
  readonly signal: AbortSignal;
}

/** The call that the question is about, original or edited. */
interface Draft {
  readonly input?: WireObject;
  readonly offer: AlwaysOffer | undefined;
}

/** Asks the questions of a session, and sends the answers. */
export class PermissionAsker {
  readonly #options: PermissionAskerOptions;
  readonly #remembered = new Remembered();

  constructor(options: PermissionAskerOptions) {
    this.#options = options;
  }

  /** Asks a person, and answers the request. An interruption leaves the request unanswered. */
  async ask(request: PermissionRequest, context: AskContext): Promise<void> {
    const { terminal } = this.#options;
    if (terminal === undefined) {
      await this.#showOnly(request);
      return;
    }
    const asked = userQuestions(request);
    if (asked === undefined && this.#remembered.covers(request)) {
      await this.#give(() => request.allow());
      return;
    }
    const signal = AbortSignal.any([context.stopped, context.withdrawn]);
    try {
      await using open = terminal.open();
      const question = { request, context, terminal: open, signal };
      if (asked === undefined) await this.#askPermission(question);
      else await this.#askUser(question, asked);
    } catch (error) {
      await this.#fail(request, context, error);
    }
  }

  /** For the demo: shows the question as a person would see it, and answers yes. */
  async #showOnly(request: PermissionRequest): Promise<void> {
    const { screen } = this.#options;
    const offer = alwaysOffer(request);
    const lines = await shownLines(request, offer, screen.columns);
    await screen.print(...lines.flatMap((line) => [...line, "\n"]));
    await screen.print(...promptSpans(offer, screen.columns), "y\n");
    await this.#give(() => request.allow());
  }

  /** Denies after an error: a failure never allows a call. */
  async #fail(
    request: PermissionRequest,
    { stopped, withdrawn }: AskContext,
    error: unknown,
  ): Promise<void> {
    if (stopped.aborted) return;
    if (withdrawn.aborted) {
      await this.#note("Claude Code has withdrawn the question");
      return;
    }
    await this.#give(() =>
      request.deny("The question could not be asked: the terminal is gone")
    );
    if (error instanceof InputEnded) return;
    const why = error instanceof Error ? error.message : String(error);
    await this.#note(`Cannot ask the question, so the answer is no: ${why}`);
  }

  /** Prints a note; ignores a failure to print. */
  async #note(text: string): Promise<void> {
    const { screen } = this.#options;
    await screen.print(`\nclaudestream: ${text}\n`).catch(() => {});
  }

  async #askUser(open: Open, asked: UserQuestions): Promise<void> {
    const { request, context } = open;
    const answers = await askQuestions(asked, open.terminal, open.signal);
    if (answers === "interrupt") {
      context.interrupt();
      return;
    }
    await this.#give(() =>
      answers === undefined
        ? request.deny("The user did not answer")
        : request.allow(answerQuestions(request, answers))
    );
  }

  async #askPermission(open: Open): Promise<void> {
    const { request, context, terminal } = open;
    const reply = await this.#reply(open);
    await terminal.screen.print(
      reply.kind === "interrupt" ? "^C\n" : `${reply.kind}\n`,
    );
    if (reply.kind === "interrupt") {
      context.interrupt();
      return;
    }
    await this.#give(() => {
      if (reply.kind === "no") request.deny("The user said no");
      else if (reply.kind === "yes") {
        request.allow(reply.input === undefined ? {} : { input: reply.input });
      } else {
        request.allow(
          reply.offer.kind === "edits" ? {} : { remember: "session" },
        );
        this.#remembered.add(request, reply.offer);
      }
    });
  }

  async #reply(open: Open): Promise<Reply> {
    let draft: Draft = { offer: alwaysOffer(open.request) };
    let text: string | undefined;
    for (;;) {
      const refused = await this.#page(open, draft);
      if (refused !== undefined) return refused;
      const said = await this.#choose(open, draft);
      if (said !== "edit") return said;
      const { request, terminal } = open;
      const edited = await terminal.lend(() =>
        editInput(
          draft.input ?? request.input,
          text,
          this.#options.edit ?? editInEditor,
        )
      );
      text = undefined;
      const { columns } = terminal.screen;
      if (edited.kind === "bad") {
        text = edited.text;
        const advice = text === undefined ? "" : "; [e] opens it again";
        await terminal.lines(
          sentence(`The edit is not used: ${edited.why}${advice}`, columns),
        );
      } else if (edited.kind === "same") {
        await terminal.lines(sentence("Nothing was changed.", columns));
      } else {
        const why = await this.#refusal(open, edited.input);
        if (why === undefined) {
          draft = { input: edited.input, offer: undefined };
        } else {
          text = edited.text;
          await terminal.lines(
            sentence(
              `The edit is not used: ${why}; [e] opens it again`,
              columns,
            ),
          );
        }
      }
    }
  }

  /**
   * Returns why the policy denies an edited call, if it does: a person cannot allow what the policy
   * denies.
   */
  async #refusal(
    { request, context }: Open,
    input: WireObject,
  ): Promise<string | undefined> {
    const { decision, reason } = await context.explain(request.toolName, input);
    return decision?.behavior === "deny" ? reason : undefined;
  }

  /** Shows the whole question, page by page. */
  async #page(
    { request, terminal, signal }: Open,
    { input, offer }: Draft,
  ): Promise<Reply | undefined> {
    const shown = input === undefined ? request : editedCall(request, input);
    for (;;) {
      const { columns } = terminal.screen;
      const lines = await shownLines(shown, offer, columns);
      if (input !== undefined) {
        lines.unshift(...sentence("With the edited input:", columns));
      }
      const end = await this.#turnPages(terminal, lines, columns, signal);
      // The lines were wrapped for another width, so start again.
      if (end !== "resized") return end;
    }
  }

  async #turnPages(
    terminal: OpenTerminal,
    lines: readonly QuestionLine[],
    columns: number,
    signal: AbortSignal,
  ): Promise<Reply | "resized" | undefined> {
    let at = 0;
    for (;;) {
      // The last line of the screen is reserved for the prompt.
      const next = at + Math.max(3, terminal.screen.rows - 1);
      await terminal.lines(lines.slice(at, next));
      if (next >= lines.length) return undefined;
      at = next;
      const reply = await this.#more(terminal, at, lines.length, signal);
      if (reply !== undefined) return reply;
      if (terminal.screen.columns !== columns) return "resized";
    }
  }

  /** Waits for a key at the end of a page that is not the last one. */
  async #more(
    terminal: OpenTerminal,
    shown: number,
    all: number,
    signal: AbortSignal,
  ): Promise<Reply | undefined> {
    const ask = async (): Promise<void> => {
      await terminal.settle(signal);
      await terminal.prompt(...moreSpans(shown, all, terminal.screen.columns));
    };
    await ask();
    for (;;) {
      const key = await terminal.key(signal);
      const letter = key.type === "text" ? key.text.toLowerCase() : key.type;
      switch (letter) {
        case " ":
        case "enter":
        case "down":
          await terminal.erasePrompt();
          return undefined;
        case "n":
        case "end":
          return { kind: "no" };
        case "interrupt":
          return { kind: "interrupt" };
        case "suspend":
          if (await terminal.suspend()) await ask();
          break;
        default:
          await this.#remindOf(
            terminal,
            key,
            moreSpans(shown, all, terminal.screen.columns, true),
          );
      }
    }
  }

  /** Replaces the prompt by the list of valid keys, after an invalid key. */
  async #remindOf(
    terminal: OpenTerminal,
    { type }: Key,
    keys: ReturnType<typeof promptSpans>,
  ): Promise<void> {
    // The status comes from the terminal, not from a key.
    if (type === "status") return;
    await terminal.erasePrompt();
    await terminal.prompt(...keys);
  }

  /** Waits for the answer once the whole question has been shown. */
  async #choose(open: Open, draft: Draft): Promise<Reply | "edit"> {
    const { terminal, signal } = open;
    const ask = async (): Promise<void> => {
      await terminal.settle(signal);
      await terminal.prompt(
        ...promptSpans(draft.offer, terminal.screen.columns),
      );
    };
    await ask();
    for (;;) {
      const key = await terminal.key(signal);
      const letter = key.type === "text" ? key.text.toLowerCase() : key.type;
      if (letter === "a" && draft.offer !== undefined) {
        return { kind: "always", offer: draft.offer };
      }
      switch (letter) {
        case "y":
          return {
            kind: "yes",
            ...draft.input === undefined ? {} : { input: draft.input },
          };
        case "n":
        case "end":
          return { kind: "no" };
        case "interrupt":
          return { kind: "interrupt" };
        case "e":
          await terminal.erasePrompt();
          return "edit";
        case "?":
          await terminal.erasePrompt();
          await this.#explain(open, draft);
          await ask();
          break;
        case "suspend":
          if (await terminal.suspend()) await ask();
          break;
        default:
          await this.#remindOf(
            terminal,
            key,
            promptSpans(draft.offer, terminal.screen.columns, true),
          );
      }
    }
  }

  async #explain(
    { request, context, terminal }: Open,
    { input }: Draft,
  ): Promise<void> {
    const call = input === undefined ? request : editedCall(request, input);
    const explanation = await context.explain(call.toolName, call.input);
    await terminal.lines(
      explanationLines(
        call,
        explanation,
        terminal.screen.columns,
        input !== undefined,
      ),
    );
  }

  /** Sends an answer, unless the CLI has withdrawn the request in the meantime. */
  async #give(answer: () => void): Promise<void> {
    try {
      answer();
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "StateError") throw error;
      await this.#note("Claude Code has withdrawn the question");
    }
  }
}

/** Returns the edited call, without the CLI's statements about the original input. */
function editedCall(request: ToolRequest, input: WireObject): ToolRequest {
  const { toolName, toolUseId, kind, displayName, mcpServer } = request;
  const { agentId, parentToolUseId, subagentType } = request;
  const call = { toolName, toolUseId, input };
  const protectedNames = protectedNamesOf(call, {});
  const others = {
    kind,
    displayName,
    mcpServer,
    agentId,
    parentToolUseId,
    subagentType,
    protectedNames: protectedNames.length === 0 ? undefined : protectedNames,
  };
  const known = Object.entries(others).filter(([, value]) =>
    value !== undefined
  );
  return { ...call, ...Object.fromEntries(known) };
}

async function shownLines(
  request: ToolRequest,
  offer: AlwaysOffer | undefined,
  columns: number,
): Promise<QuestionLine[]> {
  return [
    ...await questionLines(request, columns),
    ...alwaysLines(offer, columns),
  ];
}
