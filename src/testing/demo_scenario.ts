/**
 * A scripted session that is worth watching: it tells what claudestream is
 * while showing it. No model and no network take part, nothing is written.
 *
 * @module
 */

import type { Scenario, TextStep } from "./scenario.ts";
import * as step from "./steps.ts";

/** The prompts that the demo answers, in this order. */
export const DEMO_PROMPTS: readonly string[] = [
  "What is claudestream? Put it in a haiku, too.",
  "Does it work?",
];

const HAIKU = `A line, then a line,
each one an event you hold.
The turn ends. You speak.
`;

const THOUGHTS = [
  "Somebody new. ",
  "I should say what this library does, ",
  "and let the output itself be the example.",
];

const EXPLANATION =
  "claudestream starts the `claude` program for you and keeps talking to it. " +
  "What you read here is its output: lines of JSON that become typed events, " +
  "a few letters at a time.\n\n" +
  "A session remembers, so you can send one prompt after the other. " +
  "When Claude wants to use a tool, you are asked first. Like now:";

const AFTER_HAIKU =
  "Your answer went back as a `permission` decision. A rule, a function or a " +
  "person at the keyboard can give it. The haiku is in `haiku.txt`, or would " +
  "be, if this were not a demo.";

const NO_HAIKU =
  "You said no, so there is no `haiku.txt`, and I did not try another way. That " +
  "answer went back as a `permission` decision; a rule or a function can give it, too.";

const NO_TEST =
  "You said no, so no test was run: I cannot tell you whether it works. To see it with " +
  "a real Claude:\n\n    claudestream repl\n";

const TEST_OUTPUT = `running 3 tests from ./haiku_test.ts
the first line has five syllables ... ok (1ms)
the second line has seven syllables ... ok (0ms)
the third line has five syllables ... ok (0ms)

ok | 3 passed | 0 failed (21ms)`;

const VERDICT =
  "It does: three tests, all green. Commands are asked about in the same way " +
  "as files.\n\n" +
  "Below is what this turn cost, as the `result` event reports it. " +
  "To talk to a real Claude:\n\n" +
  "```ts\n" +
  'import { AsyncSession } from "jsr:@claudestream/core";\n\n' +
  "await using session = new AsyncSession();\n" +
  'console.log(await session.send("Hello!").text());\n' +
  "```\n";

/**
 * Two turns of about seven seconds in all, besides the time that the answers
 * to the permission requests take.
 */
export const DEMO_SCENARIO: Scenario = {
  seed: "claudestream demo",
  processes: [{
    turns: [
      [
        step.pause(300),
        step.usage({
          inputTokens: 1840,
          outputTokens: 212,
          cacheReadTokens: 11264,
        }),
        step.thinking(
          THOUGHTS.join(""),
          { deltas: THOUGHTS, pauseMs: 250 },
        ),
        spoken(EXPLANATION),
        step.toolCall("Write", { file_path: "haiku.txt", content: HAIKU }, {
          asks: true,
          deltas: 6,
          output: "File created successfully at: haiku.txt",
          result: {
            type: "create",
            filePath: "haiku.txt",
            content: HAIKU,
            structuredPatch: [],
            originalFile: null,
          },
          running: [step.pause(150)],
          refused: [step.pause(200), spoken(NO_HAIKU)],
        }),
        step.pause(200),
        step.usage({
          inputTokens: 96,
          outputTokens: 58,
          cacheReadTokens: 13316,
        }),
        spoken(AFTER_HAIKU),
      ],
      [
        step.pause(250),
        step.usage({
          inputTokens: 74,
          outputTokens: 41,
          cacheReadTokens: 13470,
        }),
        spoken("There is one way to find out."),
        step.toolCall("Bash", {
          command: "deno test",
          description: "Count the syllables",
        }, {
          asks: true,
          deltas: 3,
          output: TEST_OUTPUT,
          running: [step.pause(700)],
          refused: [step.pause(200), spoken(NO_TEST)],
        }),
        step.pause(200),
        step.usage({
          inputTokens: 188,
          outputTokens: 133,
          cacheReadTokens: 13585,
        }),
        spoken(VERDICT),
      ],
    ],
    forEveryPrompt: [
      step.pause(200),
      spoken(
        "That was all of the script. With a real `claude` on your PATH, the " +
          "same commands talk to it instead of me.",
      ),
    ],
  }],
};

/** Text that comes word by word, at the speed of quick reading. */
function spoken(text: string): TextStep {
  const words = text.match(/\s*\S+\s*/g) ?? [text];
  return step.text(text, { deltas: words, pauseMs: 28 });
}
