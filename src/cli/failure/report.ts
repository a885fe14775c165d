import { describe } from "./describe.ts";
import { EXIT, exitCodeOf } from "./exit_code.ts";
import { failureObject } from "./failure.ts";
import type { Output } from "../output/output.ts";
import { StdoutClosedError } from "../output/output_errors.ts";
import { styled } from "../text/terminal.ts";

/** Prints an error, and returns its exit code. */
export async function report(output: Output, error: unknown): Promise<number> {
  // The reader of stdout has stopped reading, which is not a failure.
  if (error instanceof StdoutClosedError) return EXIT.done;
  const { message, hint } = describe(error);
  await output.failure(failureObject(error));
  await output.stderr(
    styled("red", "claudestream:"),
    ` ${message.trimEnd()}\n`,
    ...hint === undefined ? [] : [styled("dim", `  ${hint}\n`)],
  );
  return exitCodeOf(error);
}
