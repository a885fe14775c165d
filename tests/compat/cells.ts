/**
 * What is tried with each version of the CLI: one row of `docs/compatibility.md` for each.
 * A cell runs once with each session; it is written for both, as `await` takes a value
 * that is there already.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import * as v from "valibot";
import {
  allow,
  allowAll,
  AsyncSession,
  callback,
  type ClaudeEvent,
  createMcpServer,
  defineTool,
  deny,
  hook,
  type PreToolUseInput,
  StateError,
  SyncSession,
  type SyncSessionOptions,
  TurnError,
} from "../../mod.ts";
import { block, reply } from "../../src/testing/mod.ts";
import { command } from "../support/live_command.ts";
import { exists, syncWorld } from "../support/live_world.ts";

/** The scripted replies, in the order of the calls of the API. */
type Replies = Parameters<typeof syncWorld>[0];

/** What a cell has to work with. */
export interface CellWorld {
  /** Makes a session of the kind that is tried. */
  open(options?: SyncSessionOptions): AsyncSession | SyncSession;
  /** The folder that the CLI works in. */
  readonly cwd: string;
  /** The calls of the conversation so far. */
  requests(): ReturnType<Awaited<ReturnType<typeof syncWorld>>["requests"]>;
  /** Runs the command line. */
  command(args: readonly string[], input?: string): ReturnType<typeof command>;
}

/** A row. */
export interface Cell {
  /** What a user would call it. */
  readonly name: string;
  readonly replies: Replies;
  /** It is no matter of the session: tried once. */
  readonly once?: true;
  run(on: CellWorld): Promise<void>;
}

/** This CLI does not have it, and the caller is told so. */
export class Absent extends Error {}

/** Begins to speak and never ends. */
const ENDLESS = reply.message([block.text(["one", { fault: "silence" }])]);
const touch = (file: string) =>
  reply.toolUse("Bash", { command: `touch ${file}` });

const add = defineTool({
  name: "add",
  description: "Adds two numbers",
  input: v.object({ a: v.number(), b: v.number() }),
  alwaysLoad: true,
  run: ({ a, b }) => `${a + b}`,
});

/** All events of a turn. */
async function eventsOf(
  turn: AsyncIterable<ClaudeEvent> | Iterable<ClaudeEvent>,
): Promise<ClaudeEvent[]> {
  const events: ClaudeEvent[] = [];
  for await (const event of turn) events.push(event);
  return events;
}

/** Closes the session in any case. */
async function using(
  session: AsyncSession | SyncSession,
  use: (session: AsyncSession | SyncSession) => Promise<void>,
): Promise<void> {
  try {
    await use(session);
  } finally {
    await session.close();
  }
}

/** All rows. */
export const CELLS: readonly Cell[] = [
  {
    name: "a prompt and its events",
    replies: [reply.text("one")],
    run: (on) =>
      using(on.open(), async (session) => {
        const events = await eventsOf(session.send("hi"));
        const types = events.map(({ type }) => type);
        assertEquals(
          types[0] === "system_init" || types.includes("system_init"),
          true,
        );
        assertEquals(types.filter((type) => type === "result"), ["result"]);
        assertEquals(types.filter((type) => type === "unknown"), []);
        const text = events.find((event) => event.type === "assistant_text");
        assertEquals(text?.text, "one");
      }),
  },
  {
    name: "`textStream()`",
    replies: [reply.text(["one ", "two"])],
    run: (on) =>
      using(on.open(), async (session) => {
        let text = "";
        for await (const piece of session.send("hi").textStream()) {
          text += piece;
        }
        assertEquals(text, "one two");
      }),
  },
  {
    name: "`ask()`, three turns of one process",
    replies: ["one", "two", "three"].map((text) => reply.text(text)),
    run: (on) =>
      using(on.open(), async (session) => {
        const texts: string[] = [];
        for (const prompt of ["a", "b", "c"]) {
          texts.push((await session.ask(prompt)).text);
        }
        assertEquals(texts, ["one", "two", "three"]);
        assertEquals(session.turnCount, 3);
        const prompts = (await on.requests()).map(({ prompts }) =>
          prompts.length
        );
        assertEquals(prompts, [1, 2, 3]);
      }),
  },
  {
    name: "without a mode named, mode `default`",
    replies: [reply.text("one")],
    run: (on) =>
      using(on.open(), async (session) => {
        await session.ask("hi");
        assertEquals(session.permissionMode, "default");
      }),
  },
  {
    name: "a mode that the settings name is kept",
    replies: [reply.text("one")],
    run: async (on) => {
      await Deno.mkdir(`${on.cwd}/.claude`);
      await Deno.writeTextFile(
        `${on.cwd}/.claude/settings.json`,
        JSON.stringify({ permissions: { defaultMode: "acceptEdits" } }),
      );
      await using(on.open(), async (session) => {
        await session.ask("hi");
        assertEquals(session.permissionMode, "acceptEdits");
      });
    },
  },
  {
    name: "without a policy, nothing that the CLI would ask about runs",
    replies: [touch("made"), reply.text("done")],
    run: (on) =>
      using(on.open(), async (session) => {
        const { result } = await session.ask("go");
        assertEquals(result.permissionDenials?.length, 1);
        assert(!await exists(`${on.cwd}/made`));
      }),
  },
  {
    name: "a policy allows",
    replies: [touch("made"), reply.text("done")],
    run: (on) =>
      using(on.open({ policy: allowAll() }), async (session) => {
        assertEquals((await session.ask("go")).text, "done");
        assert(await exists(`${on.cwd}/made`));
      }),
  },
  {
    name: "a policy denies, also what the CLI would run unasked",
    replies: [
      touch("made"),
      reply.toolUse("Bash", { command: "echo x" }),
      reply.text("done"),
    ],
    run: (on) =>
      using(
        on.open({
          policy: callback((_name, _input, request) =>
            request.toolName === "Bash" ? deny("no shell") : allow()
          ),
        }),
        async (session) => {
          const events = await eventsOf(session.send("go"));
          const results = events.filter((event) =>
            event.type === "tool_result"
          );
          assertEquals(results.map(({ isError }) => isError), [true, true]);
          assert(results.every(({ text }) => text.includes("no shell")));
          assert(!await exists(`${on.cwd}/made`));
        },
      ),
  },
  {
    name: "a policy leaves it open: a `permission_request` that is answered",
    replies: [touch("made"), touch("other"), reply.text("done")],
    run: (on) =>
      using(on.open({ policy: callback(() => undefined) }), async (session) => {
        const asked: string[] = [];
        for await (const event of session.send("go")) {
          if (event.type !== "permission_request") continue;
          asked.push(event.toolName);
          if (asked.length === 1) event.allow();
          else event.deny("no more");
        }
        assertEquals(asked, ["Bash", "Bash"]);
        assert(await exists(`${on.cwd}/made`));
        assert(!await exists(`${on.cwd}/other`));
      }),
  },
  {
    name: "a hook hears of a call",
    replies: [
      reply.toolUse("Bash", { command: "echo heard" }),
      reply.text("done"),
    ],
    run: async (on) => {
      const heard: unknown[] = [];
      const hooks = {
        PreToolUse: [{
          run: ({ toolInput }: PreToolUseInput) => {
            heard.push(toolInput);
            return hook.allow();
          },
        }],
      };
      await using(on.open({ hooks }), async (session) => {
        await session.ask("go");
        assertEquals(heard, [{ command: "echo heard" }]);
      });
    },
  },
  {
    name: "a tool of the program",
    replies: [
      reply.toolUse("mcp__own__add", { a: 2, b: 3 }),
      reply.text("done"),
    ],
    run: (on) =>
      using(
        on.open({
          mcpServers: { own: createMcpServer({ tools: [add] }) },
          policy: allowAll(),
        }),
        async (session) => {
          await session.ask("go");
          const last = (await on.requests()).at(-1);
          assertEquals(last?.toolResults.map(({ text }) => text), ["5"]);
        },
      ),
  },
  {
    name: "an answer of a schema",
    replies: [
      reply.toolUse("StructuredOutput", { age: 7 }),
      reply.text("done"),
    ],
    run: (on) =>
      using(on.open(), async (session) => {
        const schema = v.object({ age: v.number() });
        const { output } = await session.ask("how old?", { schema });
        assertEquals(output, { age: 7 });
      }),
  },
  {
    name: "`interrupt()`, and the next turn",
    replies: [ENDLESS, reply.text("two")],
    run: (on) =>
      using(on.open(), async (session) => {
        const turn = session.send("a");
        for await (const event of turn) {
          if (event.type === "stream_delta" && event.text !== undefined) {
            await turn.interrupt();
          }
        }
        const error = await Promise.try(() => turn.text()).catch((error) =>
          error
        );
        assert(error instanceof TurnError && error.code === "interrupted");
        assertEquals((await session.ask("b")).text, "two");
      }),
  },
  {
    name: "a loop that is left, and the next turn",
    replies: [ENDLESS, reply.text("two")],
    run: (on) =>
      using(on.open(), async (session) => {
        for await (const event of session.send("a")) {
          if (event.type === "stream_delta" && event.text !== undefined) break;
        }
        assertEquals((await session.ask("b")).text, "two");
      }),
  },
  {
    name: "a message that is pushed during a call is answered with the turn",
    replies: [
      reply.toolUse("Bash", { command: "sleep 1" }),
      reply.text("done"),
      reply.text("more"),
    ],
    run: (on) =>
      using(on.open({ policy: allowAll() }), async (session) => {
        const turn = session.send("one");
        let pushed: ReturnType<typeof session.push> | undefined;
        for await (const event of turn) {
          if (event.type === "tool_use") pushed ??= session.push("and two");
        }
        assertEquals(await turn.text(), "done");
        try {
          assertEquals((await pushed?.result())?.result, "done");
        } catch (error) {
          if (
            error instanceof StateError &&
            error.message.includes("does not say")
          ) {
            throw new Absent(error.message);
          }
          throw error;
        }
      }),
  },
  {
    name: "a session is resumed",
    replies: [reply.text("one"), reply.text("two")],
    run: async (on) => {
      let resume: string | undefined;
      await using(on.open(), async (session) => {
        await session.ask("the first");
        resume = session.id;
      });
      await using(on.open({ resume: resume ?? "none" }), async (session) => {
        assertEquals((await session.ask("the second")).text, "two");
      });
      assertEquals((await on.requests()).at(-1)?.prompts, [
        "the first",
        "the second",
      ]);
    },
  },
  {
    name: "`ask()` waits for a command in the background",
    replies: [
      reply.toolUse("Bash", { command: "sleep 1", run_in_background: true }),
      reply.text("started"),
      reply.text("all done"),
    ],
    run: (on) =>
      using(on.open({ policy: allowAll() }), async (session) => {
        assertEquals((await session.ask("go")).text, "all done");
        assertEquals(session.turnCount, 2);
      }),
  },
  {
    name: "`claudestream ask`",
    once: true,
    replies: [reply.text("one")],
    run: async (on) => {
      const { code, out, err } = await on.command(["ask", "hi"]);
      assertEquals([code, out], [0, "one\n"], err);
    },
  },
  {
    name: "`claudestream stream`",
    once: true,
    replies: [reply.text(["one ", "two"])],
    run: async (on) => {
      const { code, out, err } = await on.command(["stream", "hi"]);
      assertEquals([code, out], [0, "one two\n"], err);
    },
  },
];

/** The kinds of session that cells run with. */
export const KINDS = ["async", "blocking"] as const;

/** Runs a cell with one kind of session, in a world of its own. */
export async function runCell(
  cell: Cell,
  kind: typeof KINDS[number],
): Promise<void> {
  await using on = await syncWorld(cell.replies);
  await cell.run({
    cwd: on.scratch.cwd,
    requests: () => on.requests(),
    open: (options = {}) =>
      kind === "async"
        ? new AsyncSession({ ...on.options, ...options })
        : new SyncSession({ ...on.options, ...options }),
    command: (args, input) => command(on, args, input),
  });
}
