/**
 * The session that `demo` shows. No model and no network take part, and nothing is
 * written: what Claude says is scripted, all else is real, from the lines of the CLI to
 * the screen.
 *
 * @module
 */

import type {
  JsonObject,
  PlainStep,
  Scenario,
  Step,
  TextStep,
} from "../../testing/scenario.ts";
import * as step from "../../testing/steps.ts";

/** One prompt of the demo, and what it shows. */
export interface DemoPart {
  /** The typed prompt. */
  readonly prompt: string;
  /** Description of what to see, for people. */
  readonly note: string;
}

/** The prompts, in this order; the last one asks for an answer of a type. */
export const DEMO_PARTS: readonly DemoPart[] = [
  {
    prompt: "Count the syllables of the haiku in haiku.txt.",
    note:
      "a tool of the program: a function with a schema, called by the model",
  },
  {
    prompt: "Mend the second line, then delete the drafts.",
    note:
      "a question that shows a diff (answered here), and a policy that denies",
  },
  {
    prompt: "Let two reviewers look at it.",
    note: "two subagents side by side",
  },
  {
    prompt: "So, is it a haiku?",
    note: "an answer of a type of the program's own",
  },
];

const HAIKU = `A line, then a line,
each one an event.
The turn ends. You speak.`;

const BEFORE = "each one an event.";
const AFTER = "each one an event you hold.";

/** The answer to the last prompt. */
export const DEMO_VERDICT: JsonObject = {
  isHaiku: true,
  syllables: [5, 7, 5],
};

const SYLLABLES = "mcp__tools__count_syllables";

/** A call of a subagent, or what it says: the stand-in has no step for these lines. */
function inside(agent: string, content: JsonObject): PlainStep {
  return step.line({
    type: "assistant",
    message: {
      id: `msg_${agent}`,
      type: "message",
      role: "assistant",
      model: "claude-haiku-4-5",
      content: [content],
      stop_reason: null,
      stop_sequence: null,
      usage: {
        input_tokens: 40,
        output_tokens: 12,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
      },
    },
    parent_tool_use_id: agent,
  });
}

function call(
  agent: string,
  id: string,
  name: string,
  input: JsonObject,
): PlainStep {
  return inside(agent, { type: "tool_use", id, name, input });
}

function result(agent: string, id: string, content: string): PlainStep {
  return step.line({
    type: "user",
    message: {
      role: "user",
      content: [{ type: "tool_result", tool_use_id: id, content }],
    },
    parent_tool_use_id: agent,
  });
}

/** What two subagents do, at the same time. */
const SIDE_BY_SIDE: readonly PlainStep[] = [
  step.pause(400),
  call("critic", "c1", "Read", { file_path: "haiku.txt" }),
  step.pause(350),
  call("poet", "p1", "WebSearch", { query: "haiku 5-7-5 rules" }),
  step.pause(500),
  result("critic", "c1", "3 lines"),
  call("critic", "c2", "Grep", { pattern: "event", path: "." }),
  step.pause(450),
  result("poet", "p1", "three lines of 5, 7 and 5"),
  result("critic", "c2", "haiku.txt:2"),
  step.pause(500),
];

/** The scenario: about half a minute in all. */
export const DEMO_SCENARIO: Scenario = {
  seed: "claudestream demo",
  processes: [{
    turns: [
      [
        step.pause(300),
        used(1840, 212, 11264),
        step.thinking("There is a function for that; I need not guess.", {
          deltas: ["There is a function for that; ", "I need not guess."],
          pauseMs: 350,
        }),
        spoken("I have a tool of your program for this."),
        step.toolCall("Read", { file_path: "haiku.txt" }, {
          output: HAIKU,
          running: [step.pause(300)],
        }),
        step.toolCall(SYLLABLES, { text: HAIKU }, {
          asks: true,
          deltas: 6,
          running: [step.pause(400)],
        }),
        used(96, 58, 13316),
        spoken(
          "Five, five, five: **the second line is two short**. " +
            "The count is not mine: a function of the program that shows you this made it, " +
            "and its schema checked what I sent.",
        ),
      ],
      [
        step.pause(250),
        used(74, 41, 13470),
        spoken("The second line first."),
        step.toolCall("Edit", {
          file_path: "haiku.txt",
          old_string: BEFORE,
          new_string: AFTER,
        }, {
          asks: true,
          deltas: 4,
          output: "The file haiku.txt has been updated.",
          result: { filePath: "haiku.txt" },
          running: [step.pause(500)],
        }),
        step.toolCall("Bash", {
          command: "rm -rf drafts",
          description: "Delete the drafts",
        }, {
          asks: true,
          deltas: 3,
          refused: [
            step.pause(300),
            used(188, 96, 13585),
            spoken(
              "The line is mended. Your policy does not let me delete anything, so the drafts " +
                "stay where they are.",
            ),
          ],
        }),
      ],
      [
        step.pause(250),
        used(90, 80, 13700),
        spoken("A critic and a poet, at the same time:"),
        step.toolCalls([
          {
            name: "Agent",
            id: "critic",
            input: {
              description: "Critic",
              prompt: "Is every word needed?",
              subagent_type: "general-purpose",
            },
            output: "Every word is needed.",
            running: SIDE_BY_SIDE,
          },
          {
            name: "Agent",
            id: "poet",
            input: {
              description: "Poet",
              prompt: "Does it sing?",
              subagent_type: "general-purpose",
            },
            output: "It sings.",
            running: [step.pause(250)],
          },
        ]),
        used(240, 70, 13900),
        spoken(
          "The critic finds every word needed. The poet says that it sings.",
        ),
      ],
    ],
  }, {
    // A schema is set at the start, so the session continues in a second process.
    turns: [
      [
        step.pause(900),
        used(60, 30, 14000),
        step.text("Yes."),
        step.result("success", {
          result: JSON.stringify(DEMO_VERDICT),
          structured_output: DEMO_VERDICT,
        }),
      ],
    ],
  }],
};

function used(
  inputTokens: number,
  outputTokens: number,
  cacheReadTokens: number,
): Step {
  return step.usage({ inputTokens, outputTokens, cacheReadTokens });
}

/** Returns a step for text that arrives word by word, at a fast reading speed. */
function spoken(text: string): TextStep {
  const words = text.match(/\s*\S+\s*/g) ?? [text];
  return step.text(text, { deltas: words, pauseMs: 45 });
}
