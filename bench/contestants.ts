/**
 * The contestants, and how each is run: one process for each run.
 *
 * @module
 */

import { exists, pathOf, say, withDraft } from "../scripts/_files.ts";
import { fetchFromNpm } from "../scripts/_npm.ts";
import { SDK_VERSION } from "../scripts/drift.ts";
import type { Job, Outcome } from "./job.ts";

/** A contestant. */
export type Contestant = "ours" | "bare" | "sdk on Node" | "sdk on Deno";

/** Time after which a run counts as hanging, in milliseconds. */
const LIMIT_MS = 120_000;

const here = (name: string) => pathOf(new URL(name, import.meta.url));

/**
 * The module of the official SDK, installed if it is missing. A tool of the
 * measurement only: nothing else may import it.
 */
export async function installSdk(): Promise<string> {
  const name = "@anthropic-ai/claude-agent-sdk";
  const tools = here("../.tools");
  const folder = `${tools}/sdk-${SDK_VERSION}`;
  const path = `${folder}/node_modules/${name}/sdk.mjs`;
  await withDraft(tools, async (draft) => {
    if (await exists(path)) return;
    say("bench", `Fetching npm:${name}@${SDK_VERSION} …`);
    await fetchFromNpm(name, SDK_VERSION, draft);
    await Deno.rename(draft, folder);
  });
  return path;
}

/** Whether there is a program of this name. */
export async function hasProgram(name: string): Promise<boolean> {
  try {
    return (await new Deno.Command(name, {
      args: ["--version"],
      stdout: "null",
      stderr: "null",
    }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Flags of V8 that a task needs. */
const FLAGS: Partial<Record<Job["task"], readonly string[]>> = {
  idle: ["--v8-flags=--expose-gc"],
  memory: ["--v8-flags=--expose-gc"],
  stalled: ["--v8-flags=--expose-gc"],
};

/** Runs a contestant once. */
export async function run(
  contestant: Contestant,
  job: Job,
  plan: string,
  sdk: string | undefined,
): Promise<Outcome> {
  const argument = JSON.stringify({
    ...job,
    sdk: sdk && new URL(sdk, "file:"),
  });
  const deno = (module: string, ...flags: readonly string[]) =>
    [
      Deno.execPath(),
      "run",
      "--allow-all",
      "--no-check",
      ...flags,
      here(`contestants/${module}`),
      argument,
    ] as const;
  const [program, ...args] = {
    "ours": () => deno("ours.ts", ...FLAGS[job.task] ?? []),
    "bare": () => deno("bare.ts"),
    "sdk on Node": () =>
      ["node", here("contestants/sdk.mjs"), argument] as const,
    "sdk on Deno": () => deno("sdk.mjs", "--no-config"),
  }[contestant]();
  const output = await new Deno.Command(program, {
    args: [...args],
    env: { BENCH_PLAN: plan },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(LIMIT_MS),
  }).output();
  const text = new TextDecoder().decode(output.stdout);
  if (!output.success || text === "") {
    throw new Error(
      `${contestant} failed at ${job.task} (${plan}), code ${output.code}:\n${
        new TextDecoder().decode(output.stderr)
      }`,
    );
  }
  return JSON.parse(text);
}

/** Runs a command and says how long the whole of it took. */
export async function wall(
  program: string,
  args: readonly string[],
): Promise<Outcome> {
  const start = performance.now();
  const { success, stderr } = await new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(LIMIT_MS),
  }).output();
  if (!success) {
    throw new Error(
      `${program} ${args.join(" ")}:\n${new TextDecoder().decode(stderr)}`,
    );
  }
  return { ms: performance.now() - start, cpuMs: 0, more: {} };
}
