import type { Output } from "../output.ts";
import type { Invocation } from "../parse.ts";
import { jsonPresenter, rawPresenter, textPresenter } from "../presenters.ts";
import { oneShot } from "./_one_shot.ts";

/** `send`: prints the answer to stdout, tool calls and their results to stderr. */
export function send(invocation: Invocation, output: Output): Promise<number> {
  const { flags } = invocation;
  return oneShot({
    invocation,
    output,
    // The view of --raw contains no question events that could be answered.
    asks: flags.raw !== true,
    present: () => {
      if (flags.raw === true) return rawPresenter(output);
      if (flags.json !== undefined) return jsonPresenter(output);
      return textPresenter(output, flags, "full", { isStarting: true });
    },
  });
}
