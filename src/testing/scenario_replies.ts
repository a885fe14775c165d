/**
 * Converts a scenario to replies of the Messages API, for the real `claude`: the model's output is
 * scripted, and the CLI itself does everything else.
 *
 * @module
 */

import type { ApiRequest } from "./api_request.ts";
import * as block from "./block.ts";
import { Gate } from "./gate.ts";
import * as reply from "./reply.ts";
import type {
  BlockStep,
  DeltaOptions,
  Heard,
  PlainStep,
  ProcessScript,
  PromptScript,
  Scenario,
  Step,
  ToolCallsStep,
  TurnScript,
} from "./scenario.ts";
import type { Block, Fault, Piece, Reply, ReplyUsage } from "./script.ts";
import { matchesText } from "./text_match.ts";

/** Steps that the API takes part in. All others are lines and exits of the CLI itself. */
type ModelStep =
  | BlockStep
  | Extract<
    Step,
    {
      readonly do:
        | "when"
        | "api_retry"
        | "api_error"
        | "refusal"
        | "broken_stream"
        | "pause"
        | "silence"
        | "usage";
    }
  >;

const MODEL_STEPS: { readonly [K in ModelStep["do"]]: true } = {
  text: true,
  thinking: true,
  redacted_thinking: true,
  tool_calls: true,
  when: true,
  api_retry: true,
  api_error: true,
  refusal: true,
  broken_stream: true,
  pause: true,
  silence: true,
  usage: true,
};

function isModelStep(step: Step): step is ModelStep {
  return step.do in MODEL_STEPS;
}

/** Fields of a process that concern the model, not the CLI. */
const MODEL_FIELDS: ReadonlySet<string> = new Set<keyof ProcessScript>([
  "onPrompt",
  "turns",
  "forEveryPrompt",
  "fold",
]);

/**
 * Creates the replies of a scenario. The CLI runs the tools itself, so their `output` in the
 * scenario is ignored.
 *
 * @returns A function that answers each call, in the order of the conversation.
 * @throws {RangeError} A step, or a field of the process, does not concern the model.
 */
export function scenarioReplies(
  scenario: Scenario,
): (request: ApiRequest) => Reply | undefined {
  const [script, ...others] = scenario.processes;
  if (script === undefined || others.length > 0) {
    throw new RangeError(
      `Cannot play the scenario with a real claude: expected one process, got ${scenario.processes.length}`,
    );
  }
  check(script);
  const conversations = new Map<string, Conversation>();
  return (request) => {
    const key = request.kind === "subagent"
      ? `subagent ${request.prompts[0] ?? ""}`
      : "conversation";
    const conversation = conversations.get(key) ?? new Conversation(script);
    conversations.set(key, conversation);
    return conversation.reply(request);
  };
}

function check(script: ProcessScript): void {
  for (const [field, value] of Object.entries(script)) {
    if (MODEL_FIELDS.has(field) || value === undefined) continue;
    throw unfit(`the field "${field}"`, "processes.0");
  }
  const { turns = [], onPrompt = [], forEveryPrompt = [] } = script;
  turns.forEach((turn, at) => checkSteps(turn, `processes.0.turns.${at}`));
  onPrompt.forEach(({ turn }, at) =>
    checkSteps(turn, `processes.0.onPrompt.${at}.turn`)
  );
  checkSteps(forEveryPrompt, "processes.0.forEveryPrompt");
}

function checkSteps(steps: readonly Step[], path: string): void {
  steps.forEach((step, at) => {
    const here = `${path}.${at}`;
    if (!isModelStep(step)) throw unfit(`the step "${step.do}"`, here);
    if (step.do === "when") {
      checkSteps(step.then, `${here}.then`);
      checkSteps(step.otherwise ?? [], `${here}.otherwise`);
    } else if (step.do === "tool_calls") {
      for (const { name, running = [], refused = [], request } of step.calls) {
        if (running.length > 0) throw unfit('"running"', here);
        // The real CLI says by itself that a question needs a person.
        if (request !== undefined && name !== "AskUserQuestion") {
          throw unfit('"request"', here);
        }
        checkSteps(refused, `${here}.refused`);
      }
    } else if (step.do === "usage") {
      const { costUsd } = step.usage;
      // The CLI computes the cost itself.
      if (costUsd !== undefined) throw unfit('"costUsd"', here);
    } else if (
      (step.do === "text" || step.do === "thinking") &&
      step.during?.steps.some((inner: PlainStep) => inner.do !== "pause")
    ) throw unfit('"during" with more than pauses', here);
  });
}

function unfit(what: string, path: string): RangeError {
  return new RangeError(
    `Cannot play the scenario with a real claude: ${what} at ${path} is for the stand-ins alone`,
  );
}

/** The replies to one conversation, of the main agent or of a subagent. */
class Conversation {
  readonly #script: ProcessScript;
  readonly #matched = new Map<PromptScript, number>();
  #listed = 0;
  #turns = 0;
  /** The user's prompts at the last request. */
  #said: readonly string[] = [];
  #steps: Step[] = [];
  #calls: ToolCallsStep | undefined;
  #heard: Partial<Record<Heard, string>> = {};
  /** The reply to repeat until the user's next prompt. */
  #failing: Reply | undefined;

  constructor(script: ProcessScript) {
    this.#script = script;
  }

  reply(request: ApiRequest): Reply | undefined {
    const { prompts, toolResults } = request;
    const prompt = this.#newPrompt(prompts);
    this.#said = prompts;
    if (prompt !== undefined) {
      this.#failing = undefined;
      this.#heard.prompt = prompt;
      if (toolResults.length === 0) this.#begin(prompt);
    }
    this.#hear(request);
    return this.#failing ?? this.#next(prompts);
  }

  /** Returns the new prompt of the user, if there is one. */
  #newPrompt(prompts: readonly string[]): string | undefined {
    const last = prompts.at(-1);
    const before = this.#said.at(-1);
    if (last === undefined || prompts.length < this.#said.length) return last;
    if (prompts.length > this.#said.length) return last;
    if (last === before) return undefined;
    // If nothing was answered in between, both prompts are in one message.
    if (before === undefined || !last.startsWith(`${before}\n`)) return last;
    const more = last.slice(before.length + 1);
    // The CLI may ask again on its own, with a note that is not a prompt.
    return more.trim() === "" ? undefined : more;
  }

  #begin(prompt: string): void {
    const { onPrompt = [], turns = [], forEveryPrompt } = this.#script;
    this.#turns++;
    this.#calls = undefined;
    for (const one of onPrompt) {
      const times = this.#matched.get(one) ?? 0;
      if (times >= (one.times ?? Infinity)) continue;
      if (!matchesText(prompt, one.prompt)) continue;
      this.#matched.set(one, times + 1);
      this.#steps = [...one.turn];
      return;
    }
    const turn: TurnScript = turns[this.#listed++] ?? forEveryPrompt ??
      [{ do: "text", text: "{prompts}", template: true }];
    this.#steps = [...turn];
  }

  /** Takes the results of the last calls. */
  #hear({ toolResults }: ApiRequest): void {
    const calls = this.#calls?.calls ?? [];
    this.#calls = undefined;
    const last = toolResults.at(-1);
    if (last === undefined) return;
    this.#heard.tool_result = last.text;
    // The API cannot tell a refusal from another error of a tool.
    const refused = calls.find(({ asks }, at) =>
      asks === true && toolResults[at]?.isError === true
    );
    if (refused?.refused !== undefined) this.#steps = [...refused.refused];
  }

  #next(prompts: readonly string[]): Reply | undefined {
    const content: (Block | Gate | Fault)[] = [];
    let usage: ReplyUsage = {};
    const message = () => reply.message(content, { usage });
    for (;;) {
      const step = this.#steps.shift();
      if (step === undefined) return message();
      if (!isModelStep(step)) continue;
      switch (step.do) {
        case "text": {
          const text = step.template === true
            ? this.#filled(step.text, prompts)
            : step.text;
          content.push(block.text(pieces(text, step)));
          break;
        }
        case "thinking":
          content.push(
            block.thinking(pieces(step.text, step), step.signature),
          );
          break;
        case "redacted_thinking":
          content.push(block.redactedThinking(step.data));
          break;
        case "tool_calls":
          for (const { name, input, id } of step.calls) {
            content.push(
              block.toolUse(name, input, id === undefined ? {} : { id }),
            );
          }
          this.#heard.tool_input = JSON.stringify(step.calls.at(-1)?.input);
          this.#calls = step;
          return message();
        case "when": {
          const isHeard = matchesText(this.#heard[step.heard] ?? "", step.is);
          this.#steps.unshift(
            ...(isHeard ? step.then : step.otherwise ?? []),
          );
          break;
        }
        case "pause":
          content.push(pause(step.ms));
          break;
        case "silence":
          return reply.message([...content, { fault: "silence" }], { usage });
        case "usage": {
          const { cacheReadTokens, cacheCreationTokens, ...counts } =
            step.usage;
          usage = {
            ...counts,
            ...(cacheReadTokens === undefined
              ? {}
              : { cacheReadInputTokens: cacheReadTokens }),
            ...(cacheCreationTokens === undefined
              ? {}
              : { cacheCreationInputTokens: cacheCreationTokens }),
          };
          break;
        }
        case "api_retry":
          return failure(step.status === undefined ? 529 : step.status);
        case "api_error":
          return this.#failing = failure(step.status, {
            ...(step.errorType === undefined ? {} : { type: step.errorType }),
            message: step.text,
          });
        case "refusal":
          // The CLI asks once more on its own.
          return this.#failing = reply.message(content, {
            stopReason: "refusal",
          });
        case "broken_stream":
          return reply.cut([step.text]);
      }
    }
  }

  #filled(template: string, prompts: readonly string[]): string {
    return template.replaceAll(
      /\{(prompt|prompts|turn|answer|session)\}/g,
      (_, name: string) => {
        switch (name) {
          case "prompt":
            return prompts.at(-1) ?? "";
          case "prompts":
            return prompts.join("\n");
          case "turn":
            return `${this.#turns}`;
          default:
            // The API sees neither of these.
            return "";
        }
      },
    );
  }
}

/** Returns a reply with an HTTP status, or with a broken connection. */
function failure(
  status: number | null,
  options: reply.FailureOptions = {},
): Reply {
  return status === null || status < 400 || status > 599
    ? reply.message([{ fault: "cut" }])
    : reply.failure(status, options);
}

/** Returns the deltas of a text. */
function pieces(text: string, options: DeltaOptions): Piece[] {
  const { deltas = 1, repeat = 1, pauseMs, during } = options;
  const size = typeof deltas === "number"
    ? Math.max(1, Math.ceil(text.length / Math.max(1, deltas)))
    : 0;
  const once = typeof deltas === "number"
    ? Array.from(
      { length: Math.max(1, Math.ceil(text.length / size)) },
      (_, at) => text.slice(at * size, (at + 1) * size),
    )
    : deltas;
  const all = Array.from({ length: repeat }, () => once).flat();
  return all.flatMap((piece, at): Piece[] => [
    ...(pauseMs === undefined || at === 0 ? [] : [pause(pauseMs)]),
    piece,
    ...(during?.after === at + 1
      ? during.steps.flatMap((step) =>
        step.do === "pause" ? [pause(step.ms)] : []
      )
      : []),
  ]);
}

/** Returns a gate that opens automatically, `ms` milliseconds after it was reached. */
function pause(ms: number): Gate {
  const gate = new Gate();
  gate.reached.then(() => setTimeout(() => gate.open(), ms));
  return gate;
}
