import { ANSWER_FIELDS } from "../answer_form.ts";
import { checkFields } from "../json_line.ts";
import type { Output } from "../output.ts";
import type { Invocation } from "../parse.ts";
import { answerPresenter } from "../presenters.ts";
import { schemaOf } from "../schema_shorthand.ts";
import { checkWritable, writeWhole } from "../whole_file.ts";
import { oneShot } from "./_one_shot.ts";

/** `ask`: prints the final text and nothing else. */
export async function ask(
  invocation: Invocation,
  output: Output,
): Promise<number> {
  // Without a footer, even if stderr is a terminal.
  const flags = { ...invocation.flags, footer: false };
  const { output: path = "-" } = flags;
  checkFields(flags.json, ANSWER_FIELDS);
  if (path !== "-") await checkWritable(path);
  const schema = flags.schema === undefined
    ? {}
    : { outputSchema: await schemaOf(flags.schema) };
  const print = path === "-"
    ? undefined
    : (text: string) => writeWhole(path, [text]);
  return await oneShot({
    invocation: { ...invocation, flags },
    output,
    asks: false,
    options: { partials: false, ...schema },
    present: (session) =>
      answerPresenter(output, flags, () => session.id, print),
  });
}
