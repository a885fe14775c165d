import type { Output } from "../output/output.ts";
import type { Invocation } from "../flags/parse.ts";
import { UsageError } from "../failure/usage_error.ts";
import { send } from "./send.ts";

/** `record`: a prompt as of `send`, and the session to a file. */
export function record(
  invocation: Invocation,
  output: Output,
): Promise<number> {
  const [file, ...words] = invocation.words;
  if (file === undefined) {
    throw new UsageError(
      "Cannot record: no file was named",
      "claudestream record FILE PROMPT…",
    );
  }
  const flags = { ...invocation.flags, record: file };
  return send({ ...invocation, words, flags }, output);
}
