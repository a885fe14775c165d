import type { Output } from "../output/output.ts";
import type { Invocation } from "../flags/parse.ts";
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
    present: () => ({
      view: "flat",
      async load() {
        if (flags.json !== undefined) {
          return (await import("../output/presenters.ts")).jsonPresenter(
            output,
          );
        }
        const { textPresenter } = await import("../output/text_presenter.ts");
        return textPresenter(output, flags, "brief", { isStarting: true });
      },
    }),
  });
}
