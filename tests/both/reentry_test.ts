// The caller's functions call the session that called them: each method, in each
// kind of function, in both sessions. It is safe, or a `StateError`, and always the same;
// events are heard in order, and none is lost.

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import * as v from "valibot";
import {
  AsyncSession,
  callback,
  type ClaudeEvent,
  ClaudeStreamError,
  defineTool,
  StateError,
  SyncSession,
  type SyncSessionOptions,
  type SyncTurn,
  type Turn,
} from "../../mod.ts";
import {
  type PlainStep,
  ScriptedClaude,
  type Step,
  step,
} from "../../src/testing/mod.ts";
import type { Session } from "../support/both_drivers.ts";
import { assertSameNames } from "../support/same_names.ts";

type AnyTurn = Turn | SyncTurn;

/**
 * What comes of a call in a function: `safe`, an answer or an error of the CLI's;
 * `refused`, a StateError in both; `refused in sync`, one where it would have to wait for
 * the turn that waits for the function.
 */
type Outcome = "safe" | "refused" | "refused in sync";

interface Method {
  readonly call: (session: Session, turn: AnyTurn | undefined) => unknown;
  readonly outcome?: Outcome;
  /** It ends the turn: it has a process of its own. */
  readonly ends?: boolean;
}

/** Takes the next of an iterator of either kind, and leaves it. */
function first(
  source: Iterator<unknown> | AsyncIterator<unknown>,
): unknown {
  const next = source.next();
  source.return?.();
  return next;
}

const METHODS: Readonly<Record<string, Method>> = {
  // First, while the turn is not over: then there is nothing to wait for.
  "turn.text": { call: (_, turn) => turn?.text(), outcome: "refused in sync" },
  "turn.result": {
    call: (_, turn) => turn?.result(),
    outcome: "refused in sync",
  },
  "push.result": {
    call: (s) => {
      const result = s.push("inside", { query: false }).result();
      // Nothing answers it, so it fails with the session, later.
      if (result instanceof Promise) result.catch(() => {});
      return result instanceof Promise ? undefined : result;
    },
    outcome: "refused in sync",
  },
  start: { call: (s) => s.start() },
  send: { call: (s) => s.send("inside"), outcome: "refused" },
  ask: { call: (s) => s.ask("inside"), outcome: "refused" },
  push: { call: (s) => s.push("inside", { query: false }) },
  events: {
    call: (s) => {
      // An async one that is left ends at once.
      const events = s.events();
      return first(events);
    },
    outcome: "refused in sync",
  },
  on: { call: (s) => s.on("result", () => {})[Symbol.dispose]() },
  respond: {
    call: (s) => s.respond("nobody", { behavior: "allow" }),
    outcome: "refused",
  },
  explainPermission: { call: (s) => s.explainPermission("Read") },
  interrupt: { call: (s) => s.interrupt(), ends: true },
  close: { call: (s) => s.close(), ends: true },
  "Symbol(Symbol.dispose)": { call: (s) => s.close(), ends: true },
  "Symbol(Symbol.asyncDispose)": { call: (s) => s.close(), ends: true },
  compact: { call: (s) => s.compact(), outcome: "refused" },
  setModel: { call: (s) => s.setModel("opus") },
  setPermissionMode: { call: (s) => s.setPermissionMode("plan") },
  setThinking: { call: (s) => s.setThinking({}) },
  setEffort: { call: (s) => s.setEffort("low") },
  settings: { call: (s) => s.settings() },
  applySettings: { call: (s) => s.applySettings({}) },
  saveSettings: { call: (s) => s.saveSettings("user", {}) },
  permissionRules: { call: (s) => s.permissionRules() },
  contextUsage: { call: (s) => s.contextUsage() },
  planUsage: { call: (s) => s.planUsage() },
  sessionCost: { call: (s) => s.sessionCost() },
  models: { call: (s) => s.models() },
  stats: { call: (s) => s.stats() },
  commands: { call: (s) => s.commands() },
  agents: { call: (s) => s.agents() },
  account: { call: (s) => s.account() },
  reload: { call: (s) => s.reload() },
  rewindFiles: { call: (s) => s.rewindFiles(crypto.randomUUID()) },
  readFile: { call: (s) => s.readFile("x") },
  suggestFiles: { call: (s) => s.suggestFiles("x") },
  cancelMessage: { call: (s) => s.cancelMessage(crypto.randomUUID()) },
  sideQuestion: { call: (s) => s.sideQuestion("why?") },
  renameSession: { call: (s) => s.renameSession("x") },
  generateTitle: { call: (s) => s.generateTitle("x") },
  exportConversation: { call: (s) => s.exportConversation() },
  control: { call: (s) => s.control("of_tomorrow") },
  "mcp.status": { call: (s) => s.mcp.status() },
  "mcp.reconnect": { call: (s) => s.mcp.reconnect("x") },
  "mcp.toggle": { call: (s) => s.mcp.toggle("x", true) },
  "mcp.set": { call: (s) => s.mcp.set({}) },
  "mcp.readResource": { call: (s) => s.mcp.readResource("x", "ui://x") },
  "mcp.call": { call: (s) => s.mcp.call("mcp__a__b") },
  "mcp.setMode": { call: (s) => s.mcp.setMode("x", "default") },
  "tasks.get": { call: (s) => s.tasks.get("x") },
  "tasks.stop": { call: (s) => s.tasks.stop("x") },
  "tasks.background": { call: (s) => s.tasks.background() },
  "tasks.output": { call: (s) => s.tasks.output("x") },
  "tasks.Symbol(Symbol.iterator)": { call: (s) => [...s.tasks] },
};

/** What makes the scripted Claude call a function, and the options that put it there. */
interface Place {
  readonly trigger: readonly (Step | PlainStep)[];
  readonly options: (run: () => void) => SyncSessionOptions;
}

const QUESTION = {
  subtype: "can_use_tool",
  tool_name: "AskUserQuestion",
  input: {
    questions: [{
      question: "Which colour?",
      header: "Colour",
      options: [{ label: "Red" }, { label: "Blue" }],
      multiSelect: false,
    }],
  },
};

const PLACES: Readonly<Record<string, Place>> = {
  // The text itself.
  listener: { trigger: [], options: () => ({}) },
  policy: {
    trigger: [step.toolCall("Bash", { command: "ls" }, { output: "x" })],
    options: (run) => ({
      policy: callback((name) => {
        // Also asked by explainPermission().
        if (name === "Bash") run();
        return undefined;
      }),
    }),
  },
  hook: {
    trigger: [step.toolCall("Bash", { command: "ls" }, { output: "x" })],
    options: (run) => ({ hooks: { PostToolUse: [{ run }] } }),
  },
  tool: {
    trigger: [step.toolCall("mcp__tools__t", {})],
    options: (run) => ({
      tools: [
        defineTool({
          name: "t",
          description: "Calls the session",
          input: v.object({}),
          run,
        }),
      ],
    }),
  },
  "question handler": {
    trigger: [],
    options: (run) => ({
      onQuestion: () => {
        run();
        return { "Which colour?": "Blue" };
      },
    }),
  },
};

const KINDS = {
  async: (options: SyncSessionOptions): Session => new AsyncSession(options),
  blocking: (options: SyncSessionOptions): Session => new SyncSession(options),
};

/** Plays a turn in which each method is called once, in a place. */
async function played(
  kind: keyof typeof KINDS,
  place: string,
  methods: readonly Method[],
): Promise<{
  readonly outcomes: readonly PromiseSettledResult<unknown>[];
  readonly heard: readonly string[];
  readonly read: readonly string[];
  /** `"result"`, or the error that it ended with. */
  readonly end: unknown;
}> {
  const { trigger, options } = PLACES[place] as Place;
  const steps = methods.flatMap((_, at) => [
    step.text(`text ${at}`),
    ...place === "question handler"
      ? [step.request({ ...QUESTION, tool_use_id: `q${at}` }, { id: `q${at}` })]
      : trigger,
    step.text(`after ${at}`),
  ]);
  await using claude = await ScriptedClaude.create({
    processes: [{ turns: [steps] }],
  });
  const outcomes: Promise<PromiseSettledResult<unknown>>[] = [];
  let turn: AnyTurn | undefined;
  let next = 0;
  const run = () => {
    const method = methods[next++];
    if (method === undefined) return;
    const attempt = (async () => await method.call(session, turn))();
    outcomes.push(Promise.allSettled([attempt]).then(([one]) => one));
  };
  const session = KINDS[kind]({
    claudePath: claude.path,
    partials: false,
    closeTimeoutMs: 5_000,
    ...options(run),
  });
  const heard: string[] = [];
  session.on("assistant_text", ({ text }) => {
    // A message that is pushed may have a turn of its own.
    if (/^(text|after) \d/.test(text)) heard.push(text);
    if (place === "listener" && text.startsWith("text")) run();
  });
  const read: string[] = [];
  let end: unknown;
  const take = (event: ClaudeEvent) => {
    if (event.type === "assistant_text") read.push(event.text);
    if (event.type === "result") end = "result";
  };
  try {
    turn = session.send("go") as AnyTurn;
    if (Symbol.iterator in turn) { for (const event of turn) take(event); }
    else for await (const event of turn) take(event);
  } catch (error) {
    end = error;
  }
  const settled = await Promise.all(outcomes);
  await session.close();
  return { outcomes: settled, heard, read, end };
}

for (const kind of ["async", "blocking"] as const) {
  for (const place of Object.keys(PLACES)) {
    Deno.test(`${kind}: each method may be called in a ${place}, or is refused`, async () => {
      const names = Object.keys(METHODS).filter((name) =>
        METHODS[name]?.ends !== true
      );
      const methods = names.map((name) => METHODS[name] as Method);
      const { outcomes, heard, read, end } = await played(
        kind,
        place,
        methods,
      );
      assertEquals(end, "result");
      const all = names.flatMap((_, at) => [`text ${at}`, `after ${at}`]);
      assertEquals(read, all);
      assertEquals(heard, all);
      assertEquals(outcomes.length, names.length);
      names.forEach((name, at) => {
        const one = outcomes[at];
        const expected = METHODS[name]?.outcome ?? "safe";
        const isRefused = expected === "refused" ||
          expected === "refused in sync" && kind === "blocking";
        const told = `${name}: ${JSON.stringify(one)}`;
        if (isRefused) {
          assert(one?.status === "rejected", told);
          assertInstanceOf(one.reason, StateError, told);
        } else if (one?.status === "rejected") {
          assertInstanceOf(one.reason, ClaudeStreamError, told);
          assert(!(one.reason instanceof StateError), told);
        }
      });
    });

    Deno.test(`${kind}: a method that ends the turn is safe in a ${place}`, async () => {
      for (const name of ["interrupt", "close"]) {
        const { outcomes, heard, read, end } = await played(kind, place, [
          METHODS[name] as Method,
        ]);
        assertEquals(outcomes.map(({ status }) => status), ["fulfilled"]);
        const all = ["text 0", "after 0"];
        assertEquals(read, all.slice(0, read.length));
        assertEquals(heard, read);
        assert(end === "result" || end instanceof StateError, `${end}`);
      }
    });
  }
}

Deno.test("the table has each method of both sessions", () => {
  const known = new Set(
    Object.keys(METHODS).filter((name) =>
      !name.startsWith("turn.") && !name.startsWith("push.")
    ),
  );
  const found = new Set<string>();
  for (const session of [new AsyncSession(), new SyncSession()]) {
    for (const name of methodsOf(session)) found.add(name);
    for (const name of methodsOf(session.mcp)) found.add(`mcp.${name}`);
    for (const name of methodsOf(session.tasks)) found.add(`tasks.${name}`);
    session.close();
  }
  assertSameNames(found, known, "METHODS in tests/both/reentry_test.ts");
});

function methodsOf(value: object): string[] {
  const names: string[] = [];
  let at: object = Object.getPrototypeOf(value);
  for (; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const key of Reflect.ownKeys(at)) {
      const { value: own } = Object.getOwnPropertyDescriptor(at, key) ?? {};
      if (typeof own === "function" && key !== "constructor") {
        names.push(String(key));
      }
    }
  }
  return names;
}

Deno.test("blocking: send() and ask() in a listener are refused at each event, and change nothing", async () => {
  await using claude = await ScriptedClaude.create({
    processes: [{ forEveryPrompt: [step.echo("to {prompt}")] }],
  });
  using session = new SyncSession({ claudePath: claude.path });
  const codes: unknown[] = [];
  for (
    const type of [
      "system_init",
      "assistant_text",
      "result",
      "turn_end",
    ] as const
  ) {
    session.on(type, () => {
      for (
        const call of [
          () => session.send("inside"),
          () => session.ask("inside"),
        ]
      ) {
        try {
          call();
        } catch (error) {
          codes.push(error instanceof StateError ? error.code : error);
        }
      }
    });
  }
  assertEquals(session.ask("one").text, "to one");
  assertEquals(session.ask("two").text, "to two");
  assertEquals(codes, Array(16).fill("session_busy"));
  const prompts = claude.received.filter(({ type }) => type === "user");
  assertEquals(prompts.length, 2);
});

Deno.test("blocking: what looks on cannot hold up the session", async () => {
  const places = ["onWire", "stderr", "costLog", "logger", "spawn"];
  for (const place of places) {
    const codes = new Set<unknown>();
    const attempt = () => {
      for (const call of [() => session.setModel("x"), () => session.close()]) {
        try {
          call();
          codes.add("nothing was thrown");
        } catch (error) {
          codes.add(error instanceof StateError ? error.code : error);
        }
      }
    };
    await using claude = await ScriptedClaude.create({
      processes: [{ turns: [[step.stderr("oh\n"), step.text("done")]] }],
    });
    const session = new SyncSession({
      claudePath: claude.path,
      ...place === "logger"
        ? {
          logger: {
            debug: attempt,
            info: attempt,
            warn: attempt,
            error: attempt,
          },
        }
        : place === "spawn"
        ? {
          spawn: (spec) => {
            attempt();
            return spec;
          },
        }
        : { [place]: attempt },
    });
    try {
      assertEquals(session.ask("go").text, "done");
    } finally {
      session.close();
    }
    assertEquals([...codes], ["session_busy"], place);
  }
});

Deno.test("blocking: a signal that is aborted in what looks on closes the session", async () => {
  for (const place of ["onWire", "stderr", "costLog"] as const) {
    await using claude = await ScriptedClaude.create({
      processes: [{ forEveryPrompt: [step.stderr("oh\n"), step.text("done")] }],
    });
    const abort = new AbortController();
    const reason = new Error("enough");
    using session = new SyncSession({
      claudePath: claude.path,
      signal: abort.signal,
      [place]: () => abort.abort(reason),
    });
    let error: unknown;
    try {
      for (;;) session.ask("go");
    } catch (thrown) {
      error = thrown;
    }
    assert(
      error === reason ||
        error instanceof StateError && error.code === "session_closed",
      `${place}: ${error}`,
    );
    assertEquals(session.state, "closed");
  }
});
