import type { Output } from "../output/output.ts";
import type { Invocation } from "../flags/parse.ts";
import { oneShot } from "./_one_shot.ts";

/** `send`: prints the answer to stdout, tool calls and their results to stderr. */
export function send(invocation: Invocation, output: Output): Promise<number> {
  const { flags } = invocation;
  return oneShot({
    invocation,
    output,
    // The view of --raw contains no question events that could be answered.
    asks: flags.raw !== true,
    present: () =>
      flags.raw === true
        ? {
          view: "wire",
          load: async () =>
            (await import("../output/presenters.ts")).rawPresenter(output),
        }
        : {
          view: "flat",
          async load() {
            if (flags.json !== undefined) {
              return (await import("../output/presenters.ts")).jsonPresenter(
                output,
              );
            }
            const { textPresenter } = await import(
              "../output/text_presenter.ts"
            );
            return textPresenter(output, flags, "full", { isStarting: true });
          },
        },
  });
}
