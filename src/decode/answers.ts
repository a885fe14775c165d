/**
 * The answer of each turn, put together from the replies of the main agent. Pure.
 *
 * @module
 */

import type { AssistantMessage } from "../messages/assistant.ts";
import type { Result } from "../messages/result.ts";
import type { ClaudeEvent } from "../events/mod.ts";

/**
 * How the CLI, 2.1.330 and 2.1.332, begins the line that asks the model to continue in the
 * middle of its answer, after `max_tokens` or a broken stream. No field of the line tells
 * it from a line that asks for a new answer, such as the feedback of a Stop hook, or
 * "give the whole answer again".
 */
const RESUMPTIONS: readonly string[] = [
  "Output token limit hit. Resume directly",
  "Your response was cut off because it exceeded the output token limit. Continue from where you left off",
  "Your response above was cut off mid-stream. Resume directly",
];

/** Whether the CLI asks the main agent to continue where its last reply was cut off. */
export function isResumption(event: ClaudeEvent): boolean {
  return event.type === "user_text" && event.synthetic &&
    event.parentToolUseId === null &&
    RESUMPTIONS.some((words) => event.text.startsWith(words));
}

/** A block of text. */
interface Part {
  /** The line that it came in. */
  readonly uuid: string | undefined;
  /** The same for the blocks of one reply, and of those that continue it. */
  readonly group: number;
  readonly text: string;
}

/** The state of one unfinished turn. */
interface OpenTurn {
  parts: Part[];
  /** The reply that the last part belongs to. */
  messageId: string | undefined;
  /** Whether the CLI asked the model to continue where its last reply was cut off. */
  isResumed: boolean;
  /** The prompts that it answers, as far as the CLI says so. */
  promptIds: readonly string[];
  /** Whether its start was seen. */
  readonly hasBegun: boolean;
}

/**
 * Follows the turns of one process. The answer of a turn is the text of the last reply of
 * the main agent that has any: all of its blocks, and those of the replies that continue
 * it. Retracted text, and text of subagents, is not part of it.
 */
export class Answers {
  /** Turns that have no result yet: more than one if the CLI holds a result back. */
  #turns: OpenTurn[] = [];

  /** Takes over what an event says. */
  take(event: ClaudeEvent): void {
    switch (event.type) {
      case "system_init":
        this.#turns = this.#turns.filter(({ hasBegun }) => hasBegun);
        this.#turns.push(newTurn(true, event.userMessageUuids));
        break;
      case "assistant_text":
        // The text of an error is not an answer.
        if (event.parentToolUseId === null && event.error === undefined) {
          this.#add(event.text, event.messageId, event.uuid);
        }
        break;
      case "tool_use":
        // What follows its result is another answer.
        if (event.parentToolUseId === null && !event.server) {
          this.#current.isResumed = false;
        }
        break;
      case "user_text":
        if (isResumption(event)) this.#current.isResumed = true;
        break;
      case "model_refusal_fallback":
        this.#retract(event.retractedMessageUuids ?? []);
        break;
    }
  }

  /** Takes the data of a line of the main agent's reply, apart from its blocks. */
  reply(message: AssistantMessage): void {
    if (message.supersedes !== undefined) this.#retract(message.supersedes);
    const turn = this.#current;
    if (turn.promptIds.length === 0) {
      turn.promptIds = message.userMessageUuids ?? [];
    }
  }

  /** A turn is over. Returns its answer. */
  end(result: Omit<Result, "text">): string {
    const said = textOf(this.#close(result).parts);
    if (result.isError) return said;
    // With a JSON schema the answer is the input of a tool; text before it is a remark.
    if (result.structuredOutput !== undefined) {
      return result.result ?? JSON.stringify(result.structuredOutput);
    }
    return said || (result.result ?? "");
  }

  get #current(): OpenTurn {
    const last = this.#turns.at(-1);
    if (last !== undefined) return last;
    const turn = newTurn(false);
    this.#turns.push(turn);
    return turn;
  }

  #add(
    text: string,
    messageId: string | undefined,
    uuid: string | undefined,
  ): void {
    const turn = this.#current;
    const group = turn.parts.at(-1)?.group ?? 0;
    const isSame = messageId === turn.messageId || turn.isResumed;
    turn.isResumed = false;
    turn.messageId = messageId;
    turn.parts.push({ uuid, group: isSame ? group : group + 1, text });
  }

  #retract(uuids: readonly string[]): void {
    if (uuids.length === 0) return;
    const turn = this.#current;
    turn.parts = turn.parts.filter(({ uuid }) =>
      uuid === undefined || !uuids.includes(uuid)
    );
  }

  /**
   * The turn that a result ends. Results come in the order of their turns, but not each
   * turn has one: one that was cancelled before its first call may have none.
   */
  #close({ userMessageUuids: ids = [] }: Omit<Result, "text">): OpenTurn {
    const named = this.#turns.findIndex(({ promptIds }) =>
      promptIds.some((id) => ids.includes(id))
    );
    // The CLI also starts turns itself, which do not belong to a prompt.
    const alike = this.#turns.findIndex(({ promptIds }) =>
      (promptIds.length > 0) === (ids.length > 0)
    );
    const at = named >= 0 ? named : Math.max(alike, 0);
    const turn = this.#turns[at];
    this.#turns = this.#turns.slice(at + 1);
    return turn ?? newTurn(false);
  }
}

function newTurn(
  hasBegun: boolean,
  promptIds: readonly string[] = [],
): OpenTurn {
  return {
    parts: [],
    messageId: undefined,
    isResumed: false,
    promptIds,
    hasBegun,
  };
}

/** Returns the text of the last group that has text. */
function textOf(parts: readonly Part[]): string {
  const last = parts.findLast(({ text }) => text !== "")?.group;
  return parts.filter(({ group }) => group === last)
    .map(({ text }) => text).join("");
}
