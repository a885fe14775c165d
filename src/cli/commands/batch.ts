import type { SessionOptions } from "../../options/session_options.ts";
import { endHeldAtOnce } from "../../process/exit_hooks.ts";
import { attemptLine } from "../batch/batch_attempt.ts";
import { barText, summaryText } from "../batch/batch_bar.ts";
import { openBatchFiles, streamSink } from "../batch/batch_files.ts";
import { type BatchLine, readBatch } from "../batch/batch_input.ts";
import { BatchResults } from "../batch/batch_results.ts";
import { BatchRun } from "../batch/batch_run.ts";
import { linesOf, shardOf } from "../batch/shard.ts";
import { newSession } from "../conductor.ts";
import { describe } from "../failure/describe.ts";
import {
  type EndingSignal,
  EXIT,
  exitCodeOf,
  LinesFailedError,
  SignalError,
} from "../failure/exit_code.ts";
import type { Flags } from "../flags/flags.ts";
import { onSignals, unlessSignalled } from "../interrupt.ts";
import { wantsLive } from "../live/first_sign.ts";
import { type Output, readEnv } from "../output/output.ts";
import type { Invocation } from "../flags/parse.ts";
import { policyOf } from "../flags/policy.ts";
import { readStdin } from "../input/prompt.ts";
import { schemaOf } from "../flags/schema_shorthand.ts";
import { systemClock } from "../../options/system_clock.ts";
import { sessionOptions, textOf } from "../flags/session_options.ts";
import { styled } from "../text/terminal.ts";
import { textOfBytes } from "../input/text_input.ts";
import { UsageError } from "../failure/usage_error.ts";

const DEFAULT_JOBS = 4;
const DEFAULT_RETRIES = 3;
/** A little more than the longest of the short limits of a plan, in milliseconds. */
const DEFAULT_WAIT_MS = 6 * 3_600_000;
/** How often the bar is drawn, in milliseconds. */
const TICK_MS = 500;

/** `batch`: a result for each line of a file. */
export async function batch(
  invocation: Invocation,
  output: Output,
): Promise<number> {
  const { flags } = invocation;
  const path = fileOf(invocation);
  const { output: out = "-" } = flags;
  if (out !== "-" && path !== "-" && await isSame(path, out)) {
    throw new UsageError("Cannot write the results into the file of the lines");
  }
  const intervalMs = intervalOf(flags.rate);
  const template = await textOf("--prompt", flags.prompt);
  const shard = shardOf(flags.shard, readEnv);
  const lead = flags.agent === undefined
    ? undefined
    : await (await import("../agents/agent_choice.ts"))
      .agentPrompt(flags, textOf, output);
  const all = await readBatch(await contentsOf(path), template, lead);
  const lines = linesOf(all, shard);
  const session = await commonOptions(flags);
  const files = out === "-"
    ? undefined
    : await openBatchFiles(out, lines, flags.retryFailed === true);
  const sink = files ?? streamSink((text) => output.stdout(text));
  const results = new BatchResults(lines, sink, files);
  try {
    await results.catchUp();
    return await runBatch({
      flags,
      output,
      lines,
      session,
      results,
      intervalMs,
    });
  } finally {
    await results.close();
  }
}

/** What is read before the first line is sent. */
interface Prepared {
  readonly flags: Flags;
  readonly output: Output;
  readonly lines: readonly BatchLine[];
  readonly session: SessionOptions;
  readonly results: BatchResults;
  readonly intervalMs: number | undefined;
}

async function runBatch(prepared: Prepared): Promise<number> {
  const { flags, output, lines, session, results, intervalMs } = prepared;
  const say = async (text: string) => {
    if (flags.quiet === true) return;
    await output.stderr(styled("yellow", "claudestream:"), ` ${text}\n`);
  };
  const common = {
    session,
    until: flags.until ?? "tasks",
    timeoutMs: flags.timeoutMs,
    failsOnDeny: flags.failOnDeny === true,
  } as const;
  const run = new BatchRun({
    results,
    jobs: flags.jobs ?? DEFAULT_JOBS,
    intervalMs,
    budgetUsd: flags.maxBudgetUsd,
    retries: flags.retries ?? DEFAULT_RETRIES,
    maxWaitMs: flags.waitForReset ?? DEFAULT_WAIT_MS,
    clock: systemClock,
    attempt: (line, budgetUsd, signal) =>
      attemptLine(line, common, budgetUsd, signal),
    onFailure: ({ line }, error) =>
      void say(`line ${line} failed: ${describe(error).message}`),
    onPause: (until) =>
      void say(`waiting until ${new Date(until).toLocaleTimeString()}`),
  });
  const { done, failed } = results.counts;
  const before = done + failed;
  const began = performance.now();
  const progress = () => ({
    ...results.counts,
    total: lines.length,
    before,
    running: run.running,
    elapsedMs: performance.now() - began,
    pausedUntil: run.pausedUntil,
  });
  if (before > 0 && !results.isComplete) {
    await say(`going on: ${before} of ${lines.length} lines have a result`);
  }
  const draw = () => {
    output.setLive([[barText(progress(), output.columns)]]).catch(() => {});
  };
  const isLive = wantsLive(output, flags);
  const timer = isLive ? setInterval(draw, TICK_MS) : undefined;
  if (isLive) draw();
  let ending: SignalError | undefined;
  using _signals = onSignals((signal) => {
    ending = endedBy(signal, ending, run);
    if (run.running > 0 && signal === "SIGINT") {
      void say(
        run.isAborting
          ? "ending the lines that run"
          : `finishing the ${run.running} lines that run; Ctrl-C once more ends them`,
      );
    }
  });
  let thrown: unknown;
  try {
    await run.run();
  } catch (error) {
    thrown = error;
  } finally {
    clearInterval(timer);
    await output.setLive([]);
  }
  await say(summaryText(progress()));
  if (!results.isComplete) {
    await say(
      flags.output === undefined || flags.output === "-"
        ? "not all lines were done; a run with --out FILE can be continued"
        : "to go on, run the same command again",
    );
  }
  if (thrown !== undefined) throw thrown;
  if (ending !== undefined && !results.isComplete) throw ending;
  const { failed: lost } = results.counts;
  if (lost > 0) throw new LinesFailedError(lost, lines.length);
  return EXIT.done;
}

/** The first Ctrl-C lets the running lines end; the second, and other signals, do not. */
function endedBy(
  signal: EndingSignal,
  before: SignalError | undefined,
  run: BatchRun,
): SignalError {
  const ending = before ?? new SignalError(signal);
  if (run.isAborting) {
    endHeldAtOnce();
    Deno.exit(exitCodeOf(ending));
  }
  if (signal === "SIGINT" && before === undefined) run.stop();
  else run.abort(ending);
  return ending;
}

function fileOf({ words, literal }: Invocation): string {
  const [path, ...others] = [...words, ...literal];
  if (path !== undefined && others.length === 0) return path;
  throw new UsageError(
    path === undefined
      ? "Cannot begin the batch: no file was named"
      : `Cannot begin the batch: expected one file, got ${others.length + 1}`,
    "As in: claudestream batch questions.jsonl --out answers.jsonl",
  );
}

async function contentsOf(path: string): Promise<string> {
  if (path === "-") {
    const bytes = await unlessSignalled(
      readStdin("the lines", "Pipe lines of JSON in"),
    );
    return textOfBytes(bytes, "the lines from stdin").text;
  }
  const bytes = await Deno.readFile(path).catch((cause) => {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    throw new UsageError(
      cause instanceof Deno.errors.NotFound
        ? `Cannot read the lines: there is no ${JSON.stringify(path)}`
        : `Cannot read the lines of ${JSON.stringify(path)}: ${cause.message}`,
    );
  });
  return textOfBytes(bytes, `the file ${JSON.stringify(path)}`).text;
}

async function isSame(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all(
    [a, b].map((path) => Deno.realPath(path).catch(() => path)),
  );
  return first === second;
}

/** The options of all sessions; the budget and the waits are those of the batch. */
async function commonOptions(flags: Flags): Promise<SessionOptions> {
  const { maxBudgetUsd: _, waitForReset: __, ...own } = flags;
  const options: SessionOptions = {
    ...await sessionOptions(own, policyOf(flags.allow)),
    partials: false,
    ...flags.schema === undefined
      ? {}
      : { outputSchema: await schemaOf(flags.schema) },
  };
  // What is wrong with them is told now, and not once for each line.
  newSession(options);
  return options;
}

const PER: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Returns the time between two starts, in milliseconds. */
function intervalOf(rate: string | undefined): number | undefined {
  if (rate === undefined) return undefined;
  const [, count = "", unit = ""] = /^(\d+)\/([smh])$/.exec(rate) ?? [];
  const interval = (PER[unit] ?? 0) / Number(count);
  if (interval > 0 && interval < Infinity) return interval;
  throw new UsageError(
    `Cannot use ${
      JSON.stringify(rate)
    } as --rate: expected a number for each s, m or h, such as 30/m`,
  );
}
