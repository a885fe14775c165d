import { EVENT_TYPES } from "../../events/mod.ts";
import { closest } from "../../util/closest.ts";
import type { Flags } from "../flags/flags.ts";
import type { Output } from "../output/output.ts";
import type { Invocation } from "../flags/parse.ts";
import { UsageError } from "../failure/usage_error.ts";
import { oneShot } from "./_one_shot.ts";

/** `events`: prints every event as a line of JSON. */
export async function events(
  invocation: Invocation,
  output: Output,
): Promise<number> {
  const { flags } = invocation;
  const types = typesOf(flags);
  if (flags.control === true && flags.raw === true) {
    throw new UsageError(
      "Cannot use --control with --raw: it marks lines among typed events",
      "The lines of both directions, to a file: claudestream record FILE PROMPT",
    );
  }
  const control = flags.control !== true
    ? undefined
    : new (await import("../output/control_lines.ts")).ControlLines((text) =>
      output.stdout(text)
    );
  return await oneShot({
    invocation,
    output,
    asks: false,
    ...control === undefined ? {} : { options: { onWire: control.wire } },
    present: (session) => {
      control?.watch(session);
      return flags.raw === true
        ? {
          view: "wire",
          load: async () =>
            (await import("../output/presenters.ts")).rawPresenter(output),
        }
        : {
          view: "flat",
          load: async () => {
            const { jsonPresenter } = await import("../output/presenters.ts");
            const presenter = jsonPresenter(output, types);
            return control?.around(presenter) ?? presenter;
          },
        };
    },
  });
}

/** The types that `--filter` lets through. */
function typesOf({ filter, raw }: Flags): ReadonlySet<string> | undefined {
  if (filter === undefined) return undefined;
  if (raw === true) {
    throw new UsageError(
      "Cannot use --filter with --raw: it goes by the types of typed events",
    );
  }
  const types = filter.flatMap((list) => list.split(","))
    .map((type) => type.trim()).filter((type) => type !== "");
  const known: readonly string[] = EVENT_TYPES;
  for (const type of types) {
    if (known.includes(type)) continue;
    const near = closest(type, known);
    throw new UsageError(
      `Unknown event ${JSON.stringify(type)} in --filter${
        near === undefined ? "" : `, did you mean "${near}"?`
      }`,
      "See all of them with: claudestream schema",
    );
  }
  return new Set(types);
}
