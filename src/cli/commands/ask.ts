import { ANSWER_FIELDS } from "../output/answer_form.ts";
import type { Flags } from "../flags/flags.ts";
import { checkFields } from "../output/json_line.ts";
import type { Output } from "../output/output.ts";
import type { Invocation } from "../flags/parse.ts";
import { schemaOf } from "../flags/schema_shorthand.ts";
import { textOf } from "../flags/session_options.ts";
import { checkWritable, writeWhole } from "../output/whole_file.ts";
import { oneShot } from "./_one_shot.ts";

/** `ask`: prints the final text and nothing else. */
export async function ask(
  invocation: Invocation,
  output: Output,
): Promise<number> {
  // Without a footer, even if stderr is a terminal.
  const flags = await withAgentSchema({ ...invocation.flags, footer: false });
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
    present: (session) => ({
      view: "flat",
      async load() {
        const { answerPresenter } = await import("../output/presenters.ts");
        return await answerPresenter(output, flags, () => session.id, print);
      },
    }),
  });
}

/** The schema of an agent file is as good as that of `--schema`. */
async function withAgentSchema(flags: Flags): Promise<Flags> {
  if (flags.agent === undefined || flags.schema !== undefined) return flags;
  const { chosenAgent } = await import("../agents/agent_choice.ts");
  const schema = (await chosenAgent(flags, textOf))?.options.outputSchema;
  return schema === undefined
    ? flags
    : { ...flags, schema: JSON.stringify(schema) };
}
