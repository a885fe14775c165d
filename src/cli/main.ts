/**
 * Determines the command from the arguments, and runs it.
 *
 * @module
 */

import { configured } from "./config/config.ts";
import { CHOOSE } from "./flags/flag_spec.ts";
import { drawFirst, wantsLive } from "./live/first_sign.ts";
import { type Invocation, parse, wantsJson } from "./flags/parse.ts";
import { Output } from "./output/output.ts";
import { UnknownFlagError } from "./failure/usage_error.ts";

/**
 * Runs the command line.
 *
 * Handles signals while a session runs. Ends the process only on a second Ctrl-C and on SIGTERM.
 *
 * @param args The arguments without program and script, as in `Deno.args`.
 * @returns The exit code.
 */
export async function main(args: readonly string[]): Promise<number> {
  const isJson = wantsJson(args);
  let output = new Output(undefined, isJson);
  // Whatever happens, nothing of them is left behind.
  await using _lines = { [Symbol.asyncDispose]: () => output.setLive([]) };
  try {
    const request = parse(args);
    switch (request.do) {
      case "version": {
        const { version } = await import("./help/version.ts");
        return await version(output, request.flags);
      }
      case "help": {
        const { helpText } = await import("./help/help.ts");
        await output.stdout(helpText(request.topic));
        return 0;
      }
      case "run": {
        const invocation = WITHOUT_CONFIG.has(request.command)
          ? request
          : await configured(request);
        const { command, flags } = invocation;
        output = new Output(
          flags.color,
          isJson || command === "events" && flags.raw !== true,
        );
        return await runChosen(invocation, output);
      }
    }
  } catch (error) {
    const { report } = await import("./failure/report.ts");
    if (!(error instanceof UnknownFlagError)) {
      return await report(output, error);
    }
    const { explained } = await import("./flags/elsewhere.ts");
    return await report(output, explained(error));
  }
}

/** Lets a person choose the session first, if that is wanted, and runs the command. */
async function runChosen(
  request: Invocation,
  output: Output,
): Promise<number> {
  let invocation: Invocation | undefined = request;
  if (request.flags.resume === CHOOSE || isListOfSessions(request)) {
    const { chosen } = await import("./sessions/chosen_session.ts");
    invocation = await chosen(request, output);
    if (invocation === undefined) return 130;
  }
  if (isWaitedFor(invocation, output)) await drawFirst(output);
  return await run(invocation, output);
}

function isListOfSessions({ command, words, literal }: Invocation): boolean {
  return command === "sessions" && words.length + literal.length === 0;
}

/** Commands that no setting is about; `config` mends a file that cannot be read. */
const WITHOUT_CONFIG: ReadonlySet<string> = new Set([
  "config",
  "completions",
  "man",
  "schema",
]);

/** Whether a person waits for a turn from now on: a prompt may yet have to be typed. */
function isWaitedFor(
  { command, flags, words }: Invocation,
  output: Output,
): boolean {
  switch (command) {
    case "send":
    case "stream":
    case "ask":
      return wantsLive(output, flags) &&
        !(output.terminals.stdin &&
          (flags.stdin === true || words.includes("-")));
    case "agent":
      return words[0] === "run" && wantsLive(output, flags);
    case "repl":
      return output.terminals.stdin && wantsLive(output, flags);
    default:
      return false;
  }
}

// Each command is loaded on demand: `--version` and `help` need no session.
async function run(invocation: Invocation, output: Output): Promise<number> {
  switch (invocation.command) {
    case "send": {
      const { send } = await import("./commands/send.ts");
      return await send(invocation, output);
    }
    case "stream": {
      const { stream } = await import("./commands/stream.ts");
      return await stream(invocation, output);
    }
    case "ask": {
      const { ask } = await import("./commands/ask.ts");
      return await ask(invocation, output);
    }
    case "agent": {
      const { agent } = await import("./commands/agent.ts");
      return await agent(invocation, output);
    }
    case "batch": {
      const { batch } = await import("./commands/batch.ts");
      return await batch(invocation, output);
    }
    case "events": {
      const { events } = await import("./commands/events.ts");
      return await events(invocation, output);
    }
    case "repl": {
      const { repl } = await import("./commands/repl.ts");
      return await repl(invocation, output);
    }
    case "record": {
      const { record } = await import("./commands/record.ts");
      return await record(invocation, output);
    }
    case "replay": {
      const { replay } = await import("./commands/replay.ts");
      return await replay(invocation, output);
    }
    case "sessions": {
      const { sessions } = await import("./commands/sessions.ts");
      return await sessions(invocation, output);
    }
    case "config": {
      const { config } = await import("./commands/config.ts");
      return await config(invocation, output);
    }
    case "models": {
      const { models } = await import("./commands/models.ts");
      return await models(invocation, output);
    }
    case "completions": {
      const { completions } = await import("./commands/completions.ts");
      return await completions(invocation, output);
    }
    case "doctor": {
      const { doctor } = await import("./commands/doctor.ts");
      return await doctor(invocation, output);
    }
    case "demo": {
      const { demo } = await import("./commands/demo.ts");
      return await demo(invocation, output);
    }
    case "man": {
      const { man } = await import("./commands/man.ts");
      return await man(invocation, output);
    }
    case "schema": {
      const { schema } = await import("./commands/schema.ts");
      return await schema(invocation, output);
    }
  }
}
