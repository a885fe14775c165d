import type { Output } from "../output.ts";
import type { Invocation } from "../parse.ts";
import { jsonPresenter, rawPresenter } from "../presenters.ts";
import { oneShot } from "./_one_shot.ts";

/** `events`: prints every event as a line of JSON. */
export function events(
  invocation: Invocation,
  output: Output,
): Promise<number> {
  return oneShot({
    invocation,
    output,
    asks: false,
    present: () =>
      invocation.flags.raw === true
        ? rawPresenter(output)
        : jsonPresenter(output),
  });
}
