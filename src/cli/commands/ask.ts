import type { Output } from "../output.ts";
import type { Invocation } from "../parse.ts";
import { answerPresenter } from "../presenters.ts";
import { oneShot } from "./_one_shot.ts";

/** `ask`: prints the final text and nothing else. */
export function ask(invocation: Invocation, output: Output): Promise<number> {
  // Without a footer, even if stderr is a terminal.
  const flags = { ...invocation.flags, footer: false };
  return oneShot({
    invocation: { ...invocation, flags },
    output,
    asks: false,
    options: { partials: false },
    present: (session) => answerPresenter(output, flags, () => session.id),
  });
}
