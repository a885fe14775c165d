/**
 * Runs a scenario through both drivers, over a process, through a shell and in memory:
 * all must give the same.
 *
 * What a caller does is written once, as a generator: where an async caller would wait
 * it says `yield* got(…)`, and its runner waits, or has the value already.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  AsyncSession,
  type ClaudeEvent,
  ClaudeStreamError,
  type SessionOptions,
  type SpawnSpec,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";
import {
  MemoryClaude,
  type ProcessScript,
  type Scenario,
  ScriptedClaude,
  step,
  type TurnScript,
} from "../../src/testing/mod.ts";
import { throughShell } from "./carriers.ts";

/** A session of either kind. */
export type Session = AsyncSession | SyncSession;

/** What a caller does. */
export type Doing<T = void> = Generator<unknown, T, unknown>;

/** A scenario, and what is compared of it. */
export interface Case {
  /** The turns of the process. */
  readonly turns: readonly TurnScript[];
  /** What else the process does. */
  readonly process?: Omit<ProcessScript, "turns">;
  /** Processes that follow the first, where it does not live as long as the session. */
  readonly next?: readonly ProcessScript[];
  /** Options of the session; a function if they hold state and each session needs its own. */
  readonly options?: SyncSessionOptions | (() => SyncSessionOptions);
  readonly view?: "flat" | "messages" | "wire";
  /** The next prompt goes out while the CLI still tells of the one before: either may come first. */
  readonly overlaps?: boolean;
  /**
   * In which order it was written, or whether the process read all of it, is a matter of
   * chance: what it read is not compared.
   */
  readonly isRace?: boolean;
  /** The process is started first, so that a short time limit holds for the turn alone. */
  readonly isWarm?: boolean;
  /**
   * What the caller does instead of sending a prompt for each turn. Whatever it puts in
   * `seen` is compared, and so are the facts in the end.
   */
  readonly does?: (session: Session, seen: unknown[]) => Doing;
  /** Looks at what was seen, which is the same from both. */
  readonly check?: (seen: readonly unknown[], sent: readonly Line[]) => void;
}

/** A line that a session wrote. */
type Line = Readonly<Record<string, unknown>>;

/** The value of what a session of either kind gave. */
export function* got<T>(value: T | Promise<T>): Doing<T> {
  return (yield value) as T;
}

/** Whatever comes one by one, of either kind, as a list. */
export function* listed<T>(source: Iterable<T> | AsyncIterable<T>): Doing<T[]> {
  return yield* got(
    Symbol.iterator in source ? [...source] : Array.fromAsync(source),
  );
}

/** The events of a turn of either kind. */
export const events = listed<ClaudeEvent>;

/** Looks at each event as it comes, until one look gives `true`. */
export function* each(
  turn: Iterable<ClaudeEvent> | AsyncIterable<ClaudeEvent>,
  look: (event: ClaudeEvent) => boolean | void,
): Doing {
  if (Symbol.iterator in turn) {
    for (const event of turn) if (look(event) === true) return;
    return;
  }
  yield (async () => {
    for await (const event of turn) if (look(event) === true) return;
  })();
}

/** What an operation throws, as it is compared. */
export function* thrown<T>(run: () => T | Promise<T>): Doing<unknown> {
  try {
    yield* got(run());
  } catch (error) {
    return told(error);
  }
  return "nothing was thrown";
}

async function awaited(doing: Doing): Promise<void> {
  let step = doing.next();
  while (step.done !== true) {
    let value: unknown;
    try {
      value = await step.value;
    } catch (error) {
      step = doing.throw(error);
      continue;
    }
    step = doing.next(value);
  }
}

function atOnce(doing: Doing): void {
  let step = doing.next();
  while (step.done !== true) {
    assert(!(step.value instanceof Promise), "a promise of a SyncSession");
    step = doing.next(step.value);
  }
}

/** Fields that differ between two processes, whatever reads them. */
const VOLATILE =
  /(uuid|session_?id|message_?id|tool_?use_?id|request_?id|parent_?tool_?use_?id|duration\w*|ttft\w*|timestamp|resets_?at|time\w*|pid|cwd|idle_?ms|socket_path|id)$/i;

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** A value without what differs between two processes. */
export function steady(event: unknown): unknown {
  const text = JSON.stringify(
    event,
    (key, value) => VOLATILE.test(key) && value !== null ? "…" : value,
  );
  return JSON.parse(text.replaceAll(UUID, "…"));
}

/** An error, as it is compared. */
export function told(error: unknown): unknown {
  if (!(error instanceof ClaudeStreamError)) return String(error);
  const { name, code, retryable, message, hint, stderrTail } = error;
  return [name, code, retryable, message, hint, stderrTail];
}

/** Sends a prompt for each turn. */
function plainly({ turns, view = "flat", overlaps, isWarm }: Case) {
  return function* (session: Session, seen: unknown[]): Doing {
    if (isWarm === true) yield* got(session.start());
    for (let at = 0; at < Math.max(turns.length, 1); at++) {
      try {
        const turn = session.send(`prompt ${at}`, { view });
        // Events that came before a failure count, too.
        yield* each(turn as Iterable<ClaudeEvent>, (event) => {
          if (overlaps === true && event.type === "command_lifecycle") return;
          seen.push(steady(event));
        });
        seen.push(yield* got(turn.text()));
      } catch (error) {
        seen.push(told(error));
      }
    }
  };
}

function optionsOf(
  { options = {} }: Case,
  claudePath: readonly string[],
): SyncSessionOptions {
  const given = typeof options === "function" ? options() : options;
  return { ...given, claudePath };
}

/** The processes of a scenario. */
export function processesOf({ turns, process, next = [] }: Case): Scenario {
  return {
    processes: [...step.conversation(turns, process).processes, ...next],
  };
}

/**
 * Plays what the caller of a scenario does.
 *
 * @param options Where the CLI comes from. They prevail over those of the scenario.
 * @param begin Called with the session before anything is sent.
 * @returns What was seen, and the facts in the end.
 */
export async function play(
  one: Case,
  options: SessionOptions,
  begin: (session: AsyncSession) => void = () => {},
): Promise<unknown[]> {
  const { options: given = {}, does = plainly(one) } = one;
  const seen: unknown[] = [];
  const session = new AsyncSession({
    ...typeof given === "function" ? given() : given,
    ...options,
  });
  begin(session);
  await awaited(does(session, seen));
  seen.push(factsOf(session));
  await session.close();
  return seen;
}

function throughSync(
  one: Case,
  claudePath: readonly string[],
  spawn?: (spec: SpawnSpec) => SpawnSpec,
): unknown[] {
  const seen: unknown[] = [];
  const { does = plainly(one) } = one;
  using session = new SyncSession({
    ...optionsOf(one, claudePath),
    ...spawn === undefined ? {} : { spawn },
  });
  atOnce(does(session, seen));
  seen.push(factsOf(session));
  return seen;
}

function factsOf(session: Session): unknown {
  const { model, tools, mcpServers, permissionMode, claudeVersion } = session;
  const { state, turnCount, totalCostUsd, usage, stderrTail } = session;
  return [
    [model, tools, mcpServers, permissionMode, claudeVersion],
    [state, turnCount, totalCostUsd, usage, stderrTail],
    [...session.filesModified],
  ];
}

/** Makes a test of each scenario. */
export function testBoth(cases: Readonly<Record<string, Case>>): void {
  for (const [name, one] of Object.entries(cases)) {
    Deno.test(`both drivers give the same, over everything: ${name}`, () =>
      runBoth(one));
  }
}

async function runBoth(one: Case): Promise<void> {
  const { turns, isRace, check } = one;
  const { processes: each } = processesOf(one);
  await using claude = await ScriptedClaude.create({
    processes: Array(4).fill(each).flat(),
  });
  const { command } = claude;
  const expected = await play(one, { claudePath: command });
  assertEquals(throughSync(one, command), expected);
  assertEquals(
    throughSync(one, command, throughShell),
    expected,
    "blocking, sh -c",
  );
  assertEquals(
    await play(one, { claudePath: command, spawn: throughShell }),
    expected,
    "sh -c",
  );
  const memory = new MemoryClaude({ processes: each });
  const cwd = Deno.cwd();
  const inMemory = await play(one, {
    claudePath: command,
    spawn: (spec) => memory.spawn({ ...spec, cwd }),
  });
  assertEquals(inMemory, expected, "in memory");
  const sent = (from: Pick<ScriptedClaude, "receivedBy">, first: number) =>
    each.map((_, at) => from.receivedBy(first + at));
  check?.(expected, sent(claude, 0).flat());
  // What a process that gives up has read of its input is a matter of chance.
  if (isRace === true) return;
  if (turns.length === 0 && one.does === undefined) return;
  const wanted = steady(sent(claude, 0));
  for (const way of [1, 2, 3]) {
    assertEquals(steady(sent(claude, way * each.length)), wanted);
  }
  assertEquals(steady(sent(memory, 0)), wanted);
}
