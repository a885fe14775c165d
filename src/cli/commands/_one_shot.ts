import type { SessionOptions } from "../../options.ts";
import { conduct } from "../conductor.ts";
import { InputLines } from "../input_lines.ts";
import type { Output } from "../output.ts";
import type { Invocation } from "../parse.ts";
import { PermissionAsker } from "../permission_question.ts";
import type { Presenter } from "../presenters.ts";
import { readPrompt } from "../prompt.ts";
import type { AsyncSession } from "../../session.ts";

/** A command that sends one prompt. */
export interface OneShot {
  readonly invocation: Invocation;
  readonly output: Output;
  /** Whether somebody at the terminal is asked about tools. */
  readonly asks: boolean;
  readonly options?: SessionOptions;
  readonly present: (
    session: AsyncSession,
  ) => Presenter<"flat"> | Presenter<"wire">;
}

/** Sends the prompt of a command, and shows the turn. */
export async function oneShot(command: OneShot): Promise<number> {
  const { invocation, output, asks, options = {} } = command;
  const prompt = await readPrompt(invocation, output);
  const asker = asks && output.canAsk
    ? new PermissionAsker(output, stdinLines())
    : undefined;
  const plan = { output, flags: invocation.flags, asker, options };
  return await conduct(plan, (conductor) => {
    const presenter = command.present(conductor.session);
    return presenter.view === "wire"
      ? conductor.turn(prompt, presenter)
      : conductor.turn(prompt, presenter);
  });
}

/** Lines of stdin. */
export function stdinLines(readsAhead: boolean = false): InputLines {
  return new InputLines((buffer) => Deno.stdin.read(buffer), { readsAhead });
}
