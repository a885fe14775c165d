import { MemoryClaude } from "../../testing/memory_claude.ts";
import type { Scenario } from "../../testing/scenario.ts";
import { DEMO_PARTS, DEMO_SCENARIO } from "../demo/scenario.ts";
import { countSyllables, demoPolicy, Verdict } from "../demo/tools.ts";
import { conduct, type Conductor } from "../conductor.ts";
import { footerText } from "../text/footer.ts";
import type { Output } from "../output/output.ts";
import type { Invocation } from "../flags/parse.ts";
import { refusePrompt } from "../input/prompt.ts";
import { textPresenter } from "../output/text_presenter.ts";
import { PermissionAsker } from "../question/permission_asker.ts";
import { stderrScreen } from "../question/person.ts";
import { styled } from "../text/terminal.ts";

/** `demo`: a scripted session through the whole pipeline. It asks no questions. */
export async function demo(
  invocation: Invocation,
  output: Output,
): Promise<number> {
  const { flags } = invocation;
  refusePrompt(
    invocation,
    "its answers are written down already",
    "To send one to Claude: claudestream send …",
  );
  const scenario = flags.fast === true ? hurried(DEMO_SCENARIO) : DEMO_SCENARIO;
  const claude = new MemoryClaude(scenario);
  return await conduct(
    {
      output,
      flags: { ...flags, footer: flags.footer ?? true },
      asker: new PermissionAsker({ screen: stderrScreen(output) }),
      options: {
        spawn: claude.spawn,
        tools: [countSyllables],
        policy: demoPolicy,
      },
    },
    (conductor) => play(conductor, invocation, output),
  );
}

async function play(
  conductor: Conductor,
  { flags }: Invocation,
  output: Output,
): Promise<number> {
  await output.stderr(styled(
    "dim",
    "What Claude says is scripted; no account, no network, nothing is written. All else is real:\n" +
      "the path from the lines of the CLI to this screen, the tool, the policy, the types.\n",
  ));
  const typed = DEMO_PARTS.at(-1);
  for (const part of DEMO_PARTS) {
    const { prompt, note } = part;
    await output.stderr(
      "\n",
      styled("cyan", "> "),
      styled("bold", prompt),
      styled("dim", `  (${note})`),
      "\n\n",
    );
    if (part === typed) break;
    const code = await conductor.turn(
      prompt,
      textPresenter(output, flags, "brief"),
    );
    if (code !== 0) return code;
  }
  return await showTyped(conductor, typed?.prompt ?? "", output);
}

/** The answer of a type, as a program has it. */
async function showTyped(
  { session }: Conductor,
  prompt: string,
  output: Output,
): Promise<number> {
  const answer = await session.ask(prompt, { schema: Verdict });
  const { isHaiku, syllables } = answer.output;
  await output.stderr(
    styled(
      "dim",
      "const { output } = await session.ask(prompt, { schema });\n",
    ),
  );
  await output.stdout(
    `${isHaiku ? "It is" : "It is not"} a haiku: ${syllables.join(", ")}\n`,
  );
  await output.stderr(styled("dim", `${footerText(answer.result)}\n`));
  await output.stderr(
    "\n",
    styled("dim", "All four turns: "),
    `$${session.totalCostUsd.toFixed(4)}`,
    styled("dim", ". To talk to a real Claude: "),
    "claudestream repl\n",
  );
  return 0;
}

/** The same scenario without its pauses. Pure. */
export function hurried(scenario: Scenario): Scenario {
  return JSON.parse(JSON.stringify(scenario), (key, value: unknown) => {
    if (key === "pauseMs") return 0;
    return Array.isArray(value)
      ? value.filter((item) => item?.do !== "pause")
      : value;
  });
}
