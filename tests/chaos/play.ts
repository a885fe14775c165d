/** Carries out a plan and tells what came of it. */

import * as v from "valibot";
import {
  allowAll,
  AsyncSession,
  callback,
  ClaudeStreamError,
  defineTool,
  denyAll,
  hook,
  type SyncPolicy,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";
import { ScriptedClaude } from "../../src/testing/mod.ts";
import type { Outcome, TurnOutcome } from "./judge.ts";
import type { Plan, PlannedTurn } from "./plan.ts";

/**
 * How long a turn may take that may get stuck, and one that may not: an answer that has to
 * come must not depend on how busy the machine is.
 */
const STUCK_MS = 1_500;
const SOUND_MS = 60_000;

/** How long each step of closing may take. One that a SIGKILL needs is the machine's. */
const CLOSE_STEPS = { eofMs: 300, termMs: 300, killMs: 30_000 };

/** How long a process may take to disappear after `close()`: the kernel needs some time. */
const GONE_MS = 30_000;

const POLICIES: Readonly<Record<Plan["policy"], SyncPolicy | undefined>> = {
  none: undefined,
  allow: allowAll(),
  deny: denyAll("not now"),
  throw: callback(() => {
    throw new Error("a broken policy");
  }),
};

/** What the scripted model calls in this process. */
const DOUBLE = defineTool({
  name: "double",
  description: "Doubles a number",
  input: v.object({ of: v.number() }),
  run: ({ of }) => `${of * 2}`,
});

/** Plays one run. */
export async function play(
  plan: Plan,
  unhandled: () => readonly string[],
): Promise<Outcome> {
  const startedAt = performance.now();
  await using claude = await ScriptedClaude.create(plan.scenario);
  const options = optionsOf(plan, claude);
  const turns: TurnOutcome[] = [];
  let closeError: string | undefined;
  if (plan.driver === "async") {
    const session = new AsyncSession(options);
    for (const turn of plan.turns) {
      turns.push(await readAsync(session, turn).catch(failure));
    }
    await session.close().catch((error) => closeError = String(error));
  } else {
    const session = new SyncSession(options);
    for (const turn of plan.turns) turns.push(attempt(session, turn));
    try {
      session.close();
    } catch (error) {
      closeError = String(error);
    }
  }
  const pids = [
    ...claude.starts.map(({ pid }) => pid),
    ...claude.grandchildren,
  ];
  const left = await stillThere(pids);
  return {
    seed: plan.seed,
    turns,
    closeError,
    unhandled: unhandled(),
    left,
    ms: performance.now() - startedAt,
  };
}

function optionsOf(plan: Plan, claude: ScriptedClaude): SyncSessionOptions {
  const policy = POLICIES[plan.policy];
  return {
    claudePath: claude.path,
    partials: plan.partials,
    closeTimeoutMs: CLOSE_STEPS,
    controlTimeoutMs: SOUND_MS,
    tools: [DOUBLE],
    hooks: { PostToolUse: [{ run: () => hook.context("noted") }] },
    // What gets stuck at the start is in the way of the first turn.
    startTimeoutMs: limitOf(plan.turns[0]),
    ...policy === undefined ? {} : { policy },
    ...plan.recover ? { recover: { attempts: 1 } } : {},
  };
}

/** How long a turn may take. */
function limitOf(turn: PlannedTurn | undefined): number {
  return turn?.effect === "harmless" || turn?.effect === "deadly"
    ? SOUND_MS
    : STUCK_MS;
}

async function readAsync(
  session: AsyncSession,
  planned: PlannedTurn,
): Promise<TurnOutcome> {
  const { prompt, reading } = planned;
  const options = { timeoutMs: limitOf(planned) };
  if (reading === "ask") {
    return { kind: "text", text: (await session.ask(prompt, options)).text };
  }
  const turn = session.send(prompt, options);
  if (reading === "text") return { kind: "text", text: await turn.text() };
  let interrupted: Promise<unknown> | undefined;
  for await (const { type } of turn) {
    if (!isContent(type)) continue;
    if (reading === "break") return { kind: "left" };
    if (reading !== "interrupt" || interrupted !== undefined) continue;
    interrupted = session.interrupt();
    // Where the process dies the loop tells.
    interrupted.catch(() => {});
  }
  await interrupted;
  // An interruption that came too late changes nothing.
  if (reading === "interrupt") return { kind: "left" };
  return { kind: "text", text: await turn.text() };
}

function attempt(session: SyncSession, turn: PlannedTurn): TurnOutcome {
  try {
    return readBlocking(session, turn);
  } catch (error) {
    return failure(error);
  }
}

function readBlocking(
  session: SyncSession,
  planned: PlannedTurn,
): TurnOutcome {
  const { prompt, reading } = planned;
  const options = { timeoutMs: limitOf(planned) };
  if (reading === "ask") {
    return { kind: "text", text: session.ask(prompt, options).text };
  }
  const turn = session.send(prompt, options);
  if (reading === "text") return { kind: "text", text: turn.text() };
  let isInterrupted = false;
  for (const { type } of turn) {
    if (!isContent(type)) continue;
    if (reading === "break") return { kind: "left" };
    if (reading !== "interrupt" || isInterrupted) continue;
    isInterrupted = true;
    session.interrupt();
  }
  if (reading === "interrupt") return { kind: "left" };
  return { kind: "text", text: turn.text() };
}

function isContent(type: string): boolean {
  return type === "assistant_text" || type === "stream_delta";
}

function failure(error: unknown): TurnOutcome {
  return {
    kind: "error",
    name: error instanceof Error ? error.name : typeof error,
    code: error instanceof ClaudeStreamError ? error.code : undefined,
    message: error instanceof Error ? error.message : String(error),
  };
}

/** Which of the processes do not go away. */
export async function stillThere(pids: readonly number[]): Promise<number[]> {
  const until = performance.now() + GONE_MS;
  for (;;) {
    const left = pids.filter(isThere);
    if (left.length === 0 || performance.now() > until) return left;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function isThere(pid: number): boolean {
  try {
    // A zombie has ended, even if its parent does not know yet.
    const status = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return !/\) [ZX] /.test(status);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    // Gone between the opening and the reading.
    if (error instanceof Error && error.message.includes("No such process")) {
      return false;
    }
    throw error;
  }
}
