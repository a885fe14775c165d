/**
 * Turns flags into the options of a session.
 *
 * @module
 */

import type {
  PermissionMode,
  SessionOptions,
} from "../../options/session_options.ts";
import type { Policy } from "../../permissions/policy_types.ts";
import { elicit } from "../../questions/answers.ts";
import { claudeFlagOptions, isToolModule } from "./claude_flags.ts";
import type { Flags } from "./flags.ts";
import { deniedRules } from "./policy.ts";
import { textOfBytes } from "../input/text_input.ts";
import { UsageError } from "../failure/usage_error.ts";

/**
 * Limit for each step of closing, in milliseconds: after SIGTERM a service manager usually waits 10
 * seconds before it kills this program, and then nothing would end `claude`.
 */
const CLOSE_TIMEOUT_MS = 3000;

/**
 * Builds the options of a session.
 *
 * @throws {UsageError} If flags contradict each other, or a file cannot be read.
 */
export async function sessionOptions(
  flags: Flags,
  policy: Policy,
): Promise<SessionOptions> {
  if (flags.continue === true && flags.resume !== undefined) {
    throw new UsageError(
      "Cannot use --continue with --resume: take one of them",
    );
  }
  const resume = flags.continue === true ? "last" : flags.resume;
  if (flags.fork === true && resume === undefined) {
    throw new UsageError(
      "Cannot use --fork without a session to fork from",
      "Name one with --resume, or take the last one with --continue",
    );
  }
  const { maxTurns, maxBudgetUsd } = flags;
  const options: SessionOptions = defined({
    model: flags.model,
    cwd: flags.cwd,
    claudePath: flags.claudePath,
    configDir: flags.configDir,
    resume,
    record: flags.record,
    fork: flags.fork,
    ...await claudeFlagOptions(flags, textOf),
    systemPrompt: await systemPrompt(flags),
    // The flag was validated like the option.
    permissionMode: flags.permissionMode as PermissionMode | undefined,
    disallowedTools: flags.deny === undefined
      ? undefined
      : deniedRules(flags.deny),
    waitForReset: flags.waitForReset === undefined ? undefined : {
      maxMs: flags.waitForReset,
      // Without it a turn that has called tools fails: they would run again.
      message: "The limit has ended. Go on with the work where it stopped.",
    },
    limits: defined({ maxTurns, maxBudgetUsd }),
    // A rejected key stays rejected: ten retries would take three minutes.
    failFastOn: ["auth"],
    closeTimeoutMs: CLOSE_TIMEOUT_MS,
    // The effect of each signal depends on what is running: see SignalWatch.
    exitSignals: false,
    policy,
    tools: await toolsOf(flags),
    // The command line cannot show forms yet, and a server that asks must not wait forever.
    onElicitation: () => elicit.decline(),
  });
  if (flags.agent === undefined && flags.var === undefined) return options;
  const { chosenAgent, withAgent } = await import("../agents/agent_choice.ts");
  return withAgent(await chosenAgent(flags, textOf), options);
}

async function toolsOf({ tools }: Flags): Promise<SessionOptions["tools"]> {
  if (tools === undefined || !isToolModule(tools)) return undefined;
  const { loadTools } = await import("../agents/tool_module.ts");
  return await loadTools(tools);
}

async function systemPrompt(
  flags: Flags,
): Promise<SessionOptions["systemPrompt"]> {
  const { systemPrompt: instead, appendSystemPrompt: also } = flags;
  if (instead === undefined && also === undefined) return undefined;
  return defined({
    text: await textOf("--system-prompt", instead),
    append: await textOf("--append-system-prompt", also),
  });
}

/** Returns the text, or with `@` the contents of the file. */
export async function textOf<T extends string | undefined>(
  flag: string,
  value: T,
): Promise<T | string> {
  if (value === undefined || !value.startsWith("@")) return value;
  const what = `the file of ${flag}`;
  const bytes = await Deno.readFile(value.slice(1)).catch((cause) => {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const name = JSON.stringify(value.slice(1));
    throw new UsageError(
      cause instanceof Deno.errors.NotFound
        ? `Cannot read ${what}: there is no ${name}`
        : cause instanceof Deno.errors.IsADirectory
        ? `Cannot read ${what}: ${name} is a directory`
        : `Cannot read ${what}: ${cause.message}`,
    );
  });
  const { text } = textOfBytes(bytes, what);
  if (text.trim() !== "") return text;
  throw new UsageError(`Cannot use ${what}: "${value.slice(1)}" is empty`);
}

/** The type of an object without its `undefined` fields. */
type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function defined<T extends object>(fields: T): Partial<Defined<T>> {
  const entries = Object.entries(fields).filter(([, value]) =>
    value !== undefined
  );
  return Object.fromEntries(entries) as Partial<Defined<T>>;
}
