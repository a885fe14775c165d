/**
 * Runs the tests: what can run in parallel does, beside those that need a process of their
 * own; then those with the real CLI, and in the end, alone on the machine, those that
 * measure times.
 *
 *     deno task test                 everything
 *     deno task test --without-live  everything but the tests with the real CLI
 *     deno task test --live          these alone
 *     deno task test FILE...         these files, and flags of `deno test`, one by one
 *
 * @module
 */

import { reasonOf, say as sayAs } from "./_files.ts";

const ROOT = new URL("../", import.meta.url);
const LIVE = "tests/live";
/** They measure or change what belongs to the whole process: memory, children, variables. */
const ALONE = "tests/alone";
/** They hold promises in milliseconds, so nothing else may run. */
const TIMING = "tests/timing";

/** Most tests wait for another process, so more than one fits a core. */
const JOBS_PER_CORE = 2;
/** The real CLI itself keeps a core busy. */
const LIVE_JOBS_PER_CORE = 1;

const say = (message: string) => sayAs("test", message);

/** A run of `deno test`, which prints what it has as it comes. */
interface Run {
  readonly args: readonly string[];
  /** How many files run at once; one by one if absent. */
  readonly jobs?: number;
  /** Prints all at its end: another one runs beside it. */
  readonly isQuiet?: boolean;
}

/** Runs tests; returns the exit code. */
async function test({ args, jobs, isQuiet = false }: Run): Promise<number> {
  const given = Deno.env.get("DENO_JOBS");
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "-A",
      "--no-check",
      ...jobs === undefined ? [] : ["--parallel"],
      ...args,
    ],
    cwd: ROOT,
    env: jobs === undefined || given !== undefined
      ? {}
      : { DENO_JOBS: String(jobs) },
    stdin: "null",
    stdout: isQuiet ? "piped" : "inherit",
    stderr: isQuiet ? "piped" : "inherit",
  });
  if (!isQuiet) return (await command.spawn().status).code;
  const { code, stdout, stderr } = await command.output();
  await print(Deno.stdout, stdout);
  await print(Deno.stderr, stderr);
  return code;
}

async function print(
  to: { readonly writable: WritableStream<Uint8Array> },
  bytes: Uint8Array,
): Promise<void> {
  await ReadableStream.from([bytes]).pipeTo(to.writable, {
    preventClose: true,
  });
}

/** Everything but the tests with the real CLI. */
async function withoutLive(cores: number): Promise<number[]> {
  const apart = [LIVE, ALONE, TIMING].join();
  const codes = await Promise.all([
    test({ args: [`--ignore=${apart}`], jobs: cores * JOBS_PER_CORE }),
    test({ args: [ALONE], isQuiet: true }),
  ]);
  return [...codes, await test({ args: [TIMING] })];
}

async function live(cores: number): Promise<number[]> {
  return [await test({ args: [LIVE], jobs: cores * LIVE_JOBS_PER_CORE })];
}

async function main(args: readonly string[]): Promise<number[]> {
  const { hardwareConcurrency: cores } = navigator;
  const [first] = args;
  if (args.length > 1 && (first === "--live" || first === "--without-live")) {
    throw new TypeError(`"${first}" stands alone`);
  }
  switch (first) {
    case undefined:
      return [...await live(cores), ...await withoutLive(cores)];
    case "--live":
      return await live(cores);
    case "--without-live":
      return await withoutLive(cores);
    default:
      return [await test({ args })];
  }
}

if (import.meta.main) {
  try {
    const codes = await main(Deno.args);
    const worst = Math.max(...codes);
    // Each run has its own summary, and the last one may be the only one that is seen.
    if (worst > 0 && codes.length > 1) {
      say("Tests failed: see the summaries above");
    }
    Deno.exit(worst);
  } catch (error) {
    say(reasonOf(error));
    Deno.exit(1);
  }
}
