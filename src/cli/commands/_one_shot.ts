import type { SessionOptions } from "../../options/session_options.ts";
import type { ColorChoice } from "../flags/flags.ts";
import { conduct, openSession } from "../conductor.ts";
import { InputLines } from "../input/input_lines.ts";
import { checkFields } from "../output/json_line.ts";
import { asksNobody, whyNobodyIsAsked } from "../flags/no_input.ts";
import type { Output } from "../output/output.ts";
import type { Invocation } from "../flags/parse.ts";
import type { Person } from "../question/person.ts";
import type { LatePresenter } from "../output/presenters.ts";
import { readPrompt, unreadableStdin } from "../input/prompt.ts";
import { textOf } from "../flags/session_options.ts";
import { EncodingWatch } from "../input/text_input.ts";
import type { AsyncSession } from "../../session/async_session.ts";

/** A command that sends one prompt. */
export interface OneShot {
  readonly invocation: Invocation;
  readonly output: Output;
  /** Whether the person at the terminal is asked about tools. */
  readonly asks: boolean;
  readonly options?: SessionOptions;
  readonly present: (
    session: AsyncSession,
  ) => LatePresenter<"flat"> | LatePresenter<"wire">;
}

/** Sends the prompt of a command, and shows the turn. */
export async function oneShot(command: OneShot): Promise<number> {
  const { invocation, output, asks, options = {} } = command;
  const { command: name } = invocation;
  const { flags } = invocation;
  if (name !== "ask") checkFields(flags.json, []);
  const lead = flags.agent === undefined
    ? undefined
    : await (await import("../agents/agent_choice.ts"))
      .agentPrompt(flags, textOf, output);
  const words = await readPrompt(invocation, output, lead);
  const prompt = flags.attach === undefined
    ? words
    : await (await import("../input/attachments.ts")).withAttachments(
      words,
      flags.attach,
    );
  if (flags.dryRun === true) {
    const { dryRun } = await import("../output/dry_run.ts");
    const open = (over: SessionOptions) =>
      openSession(flags, { ...options, ...over });
    return await dryRun(open, words, output);
  }
  const mayAsk = asks && !asksNobody(flags);
  using person = mayAsk ? await findSomebody(output, flags.color) : undefined;
  const until = flags.until ?? "tasks";
  const plan = {
    output,
    flags,
    asker: person?.asker,
    whyNobody: mayAsk
      ? person?.whyNobody
      : asks
      ? whyNobodyIsAsked(flags)
      : name === "send"
      ? "send --raw asks nobody; send does, at a terminal"
      : `${name} asks nobody; send and stream do, at a terminal`,
    options,
    until,
  };
  return await conduct(plan, (conductor) => {
    const presenter = command.present(conductor.session);
    return presenter.view === "wire"
      ? conductor.turn(prompt, presenter)
      : conductor.turn(prompt, presenter);
  });
}

/** Returns the lines that a person types. */
export function typedLines(readsAhead: boolean = false): InputLines {
  // If the terminal is gone, there are no further lines.
  return new InputLines(
    (buffer) => Deno.stdin.read(buffer).catch(() => null),
    { readsAhead },
  );
}

/** Returns the lines of a pipe or a file; a read failure is an error. */
export function pipedLines(): InputLines {
  const watch = new EncodingWatch("the prompts from stdin");
  return new InputLines(async (buffer) => {
    const size = await Deno.stdin.read(buffer).catch((error) => {
      throw unreadableStdin(
        "the prompts",
        error,
        "Pipe lines in, each of them a prompt",
      );
    });
    if (size !== null) watch.take(buffer.subarray(0, size));
    return size;
  }, { readsAhead: true });
}

/** Loaded only when a person is asked: `ask` and `events` never ask. */
async function findSomebody(
  output: Output,
  color: ColorChoice | undefined,
): Promise<Person> {
  const { findPerson } = await import("../question/person.ts");
  return findPerson({ output, color, stdin: typedLines() });
}
