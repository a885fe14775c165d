import type { Output } from "../output.ts";
import type { Invocation } from "../parse.ts";
import { jsonPresenter, textPresenter } from "../presenters.ts";
import { oneShot } from "./_one_shot.ts";

/** `stream`: prints the answer while it is written, and a line for each tool. */
export function stream(
  invocation: Invocation,
  output: Output,
): Promise<number> {
  const { flags } = invocation;
  return oneShot({
    invocation,
    output,
    asks: true,
    present: () =>
      flags.json !== undefined
        ? jsonPresenter(output)
        : textPresenter(output, flags, "brief", { isStarting: true }),
  });
}
