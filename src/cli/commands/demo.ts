import { DEMO_PROMPTS, DEMO_SCENARIO } from "../../testing/demo_scenario.ts";
import type { Scenario } from "../../testing/scenario.ts";
import { ScriptedClaude } from "../../testing/scripted_claude.ts";
import { conduct, type Conductor } from "../conductor.ts";
import type { Output } from "../output.ts";
import type { Invocation } from "../parse.ts";
import { refusePrompt } from "../prompt.ts";
import { textPresenter } from "../presenters.ts";
import { PermissionAsker } from "../question/permission_asker.ts";
import { findPerson, stderrScreen } from "../question/person.ts";
import { styled } from "../terminal.ts";
import { typedLines } from "./_one_shot.ts";

/** `demo`: runs a scripted session through the whole pipeline, process included. */
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
  using person = flags.yes === true
    ? undefined
    : findPerson({ output, color: flags.color, stdin: typedLines() });
  const asker = person?.asker ??
    new PermissionAsker({ screen: stderrScreen(output) });
  await using claude = await ScriptedClaude.create(scenario);
  const options = { claudePath: claude.command };
  const cleanUp = () => claude.close();
  return await conduct(
    { output, flags, asker, options, cleanUp },
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
    "A scripted stand-in for claude, in a process of its own. No account, no network, nothing is written;\n" +
      "the path from its lines to this screen is the real one.\n",
  ));
  for (const prompt of DEMO_PROMPTS) {
    await output.stderr(
      "\n",
      styled("cyan", "> "),
      styled("bold", prompt),
      "\n\n",
    );
    const code = await conductor.turn(
      prompt,
      textPresenter(output, flags, "brief"),
    );
    if (code !== 0) return code;
  }
  return 0;
}

/** Returns the scenario without its pauses. Pure. */
export function hurried(scenario: Scenario): Scenario {
  return JSON.parse(JSON.stringify(scenario), (key, value: unknown) => {
    if (key === "pauseMs") return 0;
    return Array.isArray(value)
      ? value.filter((item) => item?.do !== "pause")
      : value;
  });
}
