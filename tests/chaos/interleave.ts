/** Plays an interleaving: every move of it has to be settled, whatever the process does. */

import * as v from "valibot";
import {
  type AskOptions,
  AsyncSession,
  callback,
  type ClaudeEvent,
  ClaudeStreamError,
  defineTool,
  SyncSession,
  type SyncSessionOptions,
  type SyncTurn,
  type Turn,
} from "../../mod.ts";
import { ScriptedClaude } from "../../src/testing/mod.ts";
import type { Outcome } from "./judge.ts";
import type { Interleaving, Move, PlannedMove } from "./moves.ts";
import { stillThere } from "./play.ts";
import { Random } from "./random.ts";

/** How long a turn or a request may take, where that is limited. */
const LIMIT_MS = 1_500;

/** How long a pending call may take once the session is closed and nothing is left to wait for. */
const SETTLE_MS = 60_000;

const CLOSE_STEPS = { eofMs: 300, termMs: 300, killMs: 30_000 };

type Session = AsyncSession | SyncSession;
type AnyTurn = Turn | SyncTurn;

/** What was begun, and has to be settled. */
interface Begun {
  readonly name: string;
  isSettled: boolean;
  done: Promise<void>;
}

class Player {
  readonly #plan: Interleaving;
  readonly #begun: Begun[] = [];
  /** Errors of none of the library's classes. */
  readonly foreign: string[] = [];
  readonly #abort = new AbortController();
  readonly #session: Session;
  #turn: AnyTurn | undefined;
  #inner = 0;
  #isInner = false;

  constructor(plan: Interleaving, claude: ScriptedClaude) {
    this.#plan = plan;
    const run = () => this.#runInner();
    const place = plan.innerPlace;
    const options: SyncSessionOptions = {
      claudePath: claude.path,
      closeTimeoutMs: CLOSE_STEPS,
      onBreak: plan.onBreak,
      signal: this.#abort.signal,
      ...plan.limited
        ? {
          turnTimeoutMs: LIMIT_MS,
          controlTimeoutMs: LIMIT_MS,
          startTimeoutMs: 2 * LIMIT_MS,
          idleTimeoutMs: { endMs: LIMIT_MS },
        }
        : {},
      ...plan.recover ? { recover: { attempts: 2 } } : {},
      policy: callback(() => {
        if (place === "policy") run();
        return { behavior: "allow" };
      }),
      hooks: {
        PostToolUse: [{
          run: () => {
            if (place === "hook") run();
          },
        }],
      },
      tools: [defineTool({
        name: "double",
        description: "Doubles a number",
        input: v.object({ of: v.number() }),
        run: ({ of }) => {
          if (place === "tool") run();
          return `${of * 2}`;
        },
      })],
    };
    this.#session = plan.driver === "async"
      ? new AsyncSession(options)
      : new SyncSession(options);
    if (place !== "listener") return;
    for (const type of ["assistant_text", "result", "tool_result"] as const) {
      this.#session.on(type, run);
    }
  }

  /** The next move of those that are made from inside. */
  #runInner(): void {
    const move = this.#plan.inner[this.#inner];
    if (move === undefined || this.#isInner) return;
    this.#inner++;
    this.#isInner = true;
    try {
      this.#begin(`${move}, inside`, () => this.#call(move, this.#inner));
    } finally {
      this.#isInner = false;
    }
  }

  async play(): Promise<void> {
    for (const [at, planned] of this.#plan.moves.entries()) {
      if (at === this.#plan.abortsAt) this.#abort.abort(new Aborted());
      await this.#make(planned);
    }
    this.#begin("close at the end", () => this.#session.close());
    await this.#within(this.#begun.map(({ done }) => done), SETTLE_MS);
  }

  /** What was never settled. */
  get unsettled(): readonly string[] {
    return this.#begun.flatMap(({ name, isSettled }) =>
      isSettled ? [] : [name]
    );
  }

  get count(): number {
    return this.#begun.length;
  }

  async #make({ move, salt, pauseMs, waits }: PlannedMove): Promise<void> {
    const begun = this.#begin(move, () => this.#call(move, salt));
    if (this.#session instanceof SyncSession) return;
    if (waits) await this.#within([begun.done], LIMIT_MS);
    if (pauseMs >= 0) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  async #within(all: readonly Promise<void>[], ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([Promise.all(all), promise]);
    clearTimeout(timer);
  }

  /** Begins something: it has to end by itself, with the session at the latest. */
  #begin(name: string, call: () => unknown): Begun {
    const begun: Begun = { name, isSettled: false, done: Promise.resolve() };
    this.#begun.push(begun);
    begun.done = (async () => {
      try {
        await call();
      } catch (error) {
        this.#judge(name, error);
      }
      begun.isSettled = true;
    })();
    return begun;
  }

  #judge(name: string, error: unknown): void {
    if (error instanceof ClaudeStreamError || error instanceof Aborted) return;
    this.foreign.push(
      `${name}: ${error instanceof Error ? error.stack : String(error)}`,
    );
  }

  #call(move: Move, salt: number): unknown {
    const random = new Random(salt);
    const session = this.#session;
    const prompt = `prompt ${salt}`;
    switch (move) {
      case "start":
        return session.start();
      case "send and read":
        return read(this.#send(prompt), Infinity);
      case "send and leave":
        return read(this.#send(prompt), random.int(1, 6));
      case "send and wait": {
        const turn = this.#send(prompt);
        return random.chance(0.5) ? turn.text() : turn.result();
      }
      case "send and stream": {
        const turn = this.#send(prompt);
        const most = random.pick([1, 3, Infinity]);
        return turn.id === "" ? undefined : stream(turn, most);
      }
      case "send and forget":
        this.#send(prompt);
        return;
      case "ask":
        return session.ask(prompt);
      case "ask with a schema":
        return session.ask(prompt, {
          schema: v.object({ a: v.number() }),
          jsonSchema: {
            type: "object",
            properties: { a: { type: "number" } },
            required: ["a"],
          },
        });
      case "ask with a signal":
        return this.#asked(prompt, { signal: soon(random) });
      case "ask with a time limit":
        return this.#asked(prompt, { timeoutMs: random.int(1, 100) });
      case "push":
        return pushed(session.push(prompt), random.chance(0.5));
      case "events":
        return this.#events(random.int(1, 8));
      case "interrupt":
        return session.interrupt();
      case "interrupt the turn":
        return this.#turn?.interrupt();
      case "request":
        return random.chance(0.5)
          ? session.contextUsage()
          : session.control("of_tomorrow");
      case "request with a signal":
        return session.sessionCost({ signal: soon(random) });
      case "change":
        return random.chance(0.5)
          ? session.setModel("opus")
          : session.setPermissionMode("plan");
      case "respond":
        return session.respond("nobody", { behavior: "allow" });
      case "explain":
        return session.explainPermission("Read");
      case "kill":
        return kill(session.pid);
      case "close":
        return session.close();
    }
  }

  #asked(prompt: string, options: AskOptions): unknown {
    return this.#session.ask(prompt, options);
  }

  #send(prompt: string): AnyTurn {
    this.#turn = this.#session.send(prompt) as AnyTurn;
    return this.#turn;
  }

  /** Reads some of what the session says. A blocking session would wait for ever if nothing runs. */
  #events(most: number): unknown {
    if (this.#session instanceof AsyncSession) {
      return taken(this.#session.events(), most);
    }
    return this.#session.state === "running"
      ? taken(this.#session.events(), 1)
      : undefined;
  }
}

/** The reason of every abort here. */
class Aborted extends Error {}

/** A signal that aborts in a moment, or has already. */
function soon(random: Random): AbortSignal {
  const abort = new AbortController();
  const ms = random.pick([0, 1, 10, 50]);
  if (ms === 0) abort.abort(new Aborted());
  else setTimeout(() => abort.abort(new Aborted()), ms);
  return abort.signal;
}

function kill(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    // It has ended by itself.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function read(turn: AnyTurn, most: number): unknown {
  return taken(turn as Iterable<ClaudeEvent>, most);
}

function stream(turn: AnyTurn, most: number): unknown {
  return taken(turn.textStream() as Iterable<string>, most);
}

function pushed(
  message: ReturnType<Session["push"]>,
  readsStates: boolean,
): unknown {
  return readsStates
    ? taken(message.states as Iterable<string>, Infinity)
    : message.result();
}

/** Reads some values, and leaves. */
function taken<T>(
  source: Iterable<T> | AsyncIterable<T>,
  most: number,
): unknown {
  let count = 0;
  if (Symbol.iterator in source) {
    for (const _ of source) if (++count >= most) return;
    return;
  }
  return (async () => {
    for await (const _ of source) if (++count >= most) return;
  })();
}

/** Plays an interleaving, and tells what came of it. */
export async function interleave(
  plan: Interleaving,
  unhandled: () => readonly string[],
): Promise<Outcome> {
  const startedAt = performance.now();
  await using claude = await ScriptedClaude.create(plan.scenario);
  const player = new Player(plan, claude);
  await player.play();
  const left = await stillThere([
    ...claude.starts.map(({ pid }) => pid),
    ...claude.grandchildren,
  ]);
  return {
    seed: plan.seed,
    turns: [],
    moves: player.count,
    unsettled: player.unsettled,
    foreign: player.foreign,
    closeError: undefined,
    unhandled: unhandled(),
    left,
    ms: performance.now() - startedAt,
  };
}
