// What JSON cannot hold, at each place where a value from the caller is written: an
// error for the caller, a session as before, and a CLI that is not left waiting.

import { assert, assertEquals, assertMatch } from "@std/assert";
import * as v from "valibot";
import {
  allow,
  AsyncSession,
  ConfigError,
  defineTool,
  dialog,
  hook,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";
import { Protocol } from "../../src/protocol/mod.ts";
import { ScriptedClaude, step } from "../../src/testing/mod.ts";
import type { Session } from "../support/both_drivers.ts";

/** Made again for each test: one of them throws only at the second write. */
const UNWRITABLE: Readonly<Record<string, () => object>> = {
  "a BigInt": () => ({ type: "text", text: "x", size: 12n }),
  "a cycle": () => {
    const cycle: Record<string, unknown> = { type: "text", text: "x" };
    cycle.inside = { again: [cycle] };
    return cycle;
  },
  "a toJSON that throws": () => ({
    type: "text",
    text: "x",
    toJSON() {
      throw new RangeError("not as JSON");
    },
  }),
  "a getter that throws": () => ({
    type: "text",
    text: "x",
    get more(): string {
      throw new RangeError("not to be read");
    },
  }),
};

const KINDS = {
  async: (options: SyncSessionOptions): Session => new AsyncSession(options),
  blocking: (options: SyncSessionOptions): Session => new SyncSession(options),
};

/** What throws, or rejects, when something unwritable is handed over. */
const CALLS: Readonly<
  Record<string, (session: Session, bad: object) => unknown>
> = {
  send: (session, bad) => session.send([bad as never]),
  ask: (session, bad) => session.ask([bad as never]),
  push: (session, bad) => session.push([bad as never]),
  control: (session, bad) => session.control("x", { bad }),
  applySettings: (session, bad) => session.applySettings({ bad }),
  "mcp.call": (session, bad) => session.mcp.call("mcp__a__b", { bad }),
};

for (const [kind, make] of Object.entries(KINDS)) {
  for (const [what, bad] of Object.entries(UNWRITABLE)) {
    Deno.test(`${kind}: ${what} is refused by each call, and the session is as before`, async () => {
      await using claude = await ScriptedClaude.create({
        processes: [{ forEveryPrompt: [step.echo("to {prompt}")] }],
      });
      const session = make({ claudePath: claude.path });
      try {
        for (const isStarted of [false, true]) {
          if (isStarted) await session.start();
          for (const [name, call] of Object.entries(CALLS)) {
            const error = await thrownBy(() => call(session, bad()));
            assert(error instanceof TypeError, `${name}: ${error}`);
            assertMatch(error.message, /^Cannot .*JSON/);
            assertEquals(session.state, isStarted ? "idle" : "new", name);
          }
        }
        assertEquals((await session.ask("one")).text, "to one");
        assertEquals((await session.ask("two")).text, "to two");
      } finally {
        await session.close();
      }
    });
  }
}

Deno.test("a prompt is what it was when it was sent", async () => {
  await using claude = await ScriptedClaude.create({
    processes: [{
      turns: [
        [step.text("a"), step.gate("go")],
        [step.echo("to {prompt}")],
      ],
    }],
  });
  await using session = new AsyncSession({
    claudePath: claude.path,
    onBreak: "drain",
  });
  for await (const { type } of session.send("one")) {
    if (type === "assistant_text") break;
  }
  const block = { type: "text" as const, text: "two" };
  const turn = session.send([block]);
  block.text = "changed";
  await claude.release("go");
  assertEquals(await turn.text(), "to two");
});

/** What asks the host for an answer, and the option whose function returns it. */
const ASKED: Readonly<
  Record<
    string,
    {
      readonly turn: Parameters<typeof step.conversation>[0][number];
      readonly options: (bad: () => object) => SyncSessionOptions;
    }
  >
> = {
  policy: {
    turn: [step.toolCall("Bash", { command: "ls" }, { asks: true })],
    options: (bad) => ({
      policy: { name: "p", decide: () => allow({ input: { bad: bad() } }) },
    }),
  },
  hook: {
    turn: [step.toolCall("Bash", { command: "ls" })],
    options: (bad) => ({
      hooks: {
        PreToolUse: [{ run: () => hook.allow({ input: { bad: bad() } }) }],
      },
    }),
  },
  tool: {
    turn: [step.toolCall("mcp__tools__bad", {})],
    options: (bad) => ({
      tools: [defineTool({
        name: "bad",
        description: "Gives what JSON cannot hold",
        input: v.object({}),
        run: () => ({ structuredContent: { bad: bad() } }) as never,
      })],
    }),
  },
  onDialog: {
    turn: [step.request({
      subtype: "request_user_dialog",
      dialog_kind: "colour",
      payload: {},
    })],
    options: (bad) => ({
      dialogKinds: ["colour"],
      onDialog: () => dialog.complete(bad()),
    }),
  },
  onElicitation: {
    turn: [step.request({
      subtype: "elicitation",
      mcp_server_name: "demo",
      message: "Your name?",
      mode: "form",
      requested_schema: { type: "object" },
    })],
    options: (bad) => ({
      onElicitation: () => ({ action: "accept", content: { a: bad() } }),
    }),
  },
};

/** It can be written once, when it is looked at, and then no more. */
function once(): object {
  let count = 0;
  return {
    toJSON() {
      if (count++ > 0) throw new RangeError("only once");
      return { type: "text" };
    },
  };
}

for (const [kind, make] of Object.entries(KINDS)) {
  for (const [name, { turn, options }] of Object.entries(ASKED)) {
    Deno.test(`${kind}: an answer of ${name} that JSON cannot hold is another answer`, async () => {
      for (const bad of [...Object.values(UNWRITABLE), once]) {
        await using claude = await ScriptedClaude.create({
          processes: [{ turns: [[...turn, step.text("done")]] }],
        });
        const session = make({
          claudePath: claude.path,
          ...options(bad),
        });
        try {
          // The turn continues only when the CLI has its answer.
          assertEquals((await session.ask("go")).text, "done");
        } finally {
          await session.close();
        }
      }
    });
  }
  Deno.test(`${kind}: an answer by hand that JSON cannot hold leaves the question open`, async () => {
    // `once` is looked at once: what was checked then is what is written.
    for (const bad of [...Object.values(UNWRITABLE), once]) {
      await using claude = await ScriptedClaude.create({
        processes: [{
          turns: [[
            step.toolCall("Bash", { command: "ls" }, { asks: true }),
            step.text("done"),
          ]],
        }],
      });
      const refused: unknown[] = [];
      const session = make({
        claudePath: claude.path,
        policy: { name: "nobody", decide: () => undefined },
      });
      session.on("permission_request", (event) => {
        try {
          event.allow({ input: { bad: bad() } });
        } catch (error) {
          refused.push(error);
          event.deny("no, then");
        }
      });
      try {
        assertEquals((await session.ask("go")).text, "done");
        assertEquals(refused.length, bad === once ? 0 : 1);
      } finally {
        await session.close();
      }
    }
  });
}

Deno.test("a server of another library that answers what JSON cannot hold leaves nobody waiting", async () => {
  await using claude = await ScriptedClaude.create({
    processes: [{
      turns: [[step.toolCall("mcp__odd__t", {}), step.text("done")]],
    }],
  });
  const told: unknown[] = [];
  await using session = new AsyncSession({
    claudePath: claude.path,
    mcpServers: {
      odd: {
        connect: async (transport: never) => {
          const port = transport as {
            onmessage?: (message: { id?: number; method?: string }) => void;
            send(message: object): Promise<void>;
          };
          port.onmessage = ({ id, method }) => {
            if (id === undefined) return;
            const result = method === "tools/list"
              ? { tools: [{ name: "t", inputSchema: { type: "object" } }] }
              : method === "initialize"
              ? {
                protocolVersion: "2025-11-25",
                capabilities: { tools: {} },
                serverInfo: { name: "odd", version: "1" },
              }
              : { content: [{ type: "text", text: 1n }] };
            port.send({ jsonrpc: "2.0", id, result });
          };
          await Promise.resolve();
        },
      },
    },
  });
  session.on("handler_failed", ({ handler }) => told.push(handler));
  assertEquals((await session.ask("go")).text, "done");
  assertEquals(told, ["mcpServers"]);
});

Deno.test("an option that JSON cannot hold is a ConfigError of the constructor", () => {
  for (const bad of Object.values(UNWRITABLE)) {
    for (const make of Object.values(KINDS)) {
      for (const name of ["settings", "managedSettings", "sandbox"]) {
        let error: unknown;
        try {
          make({ [name]: { network: bad() } } as SyncSessionOptions);
        } catch (thrown) {
          error = thrown;
        }
        assert(error instanceof ConfigError, `${name}: ${error}`);
      }
    }
  }
});

Deno.test("the state machine changes nothing where a line cannot be written", () => {
  const protocol = new Protocol();
  const bad = [{ type: "text", text: 1n }];
  assertEquals(
    refused(() => protocol.start("start", { bad }, 1_000)),
    "new",
  );
  protocol.start("start", {}, 1_000);
  const idle = [
    () => protocol.send({ id: "a", content: bad }),
    () => protocol.push({ id: "b", content: bad }, {}),
    () => protocol.request("c", "x", { bad }, 1_000),
  ];
  for (const call of idle) assertEquals(refused(call), "idle");
  assertEquals([protocol.turns.id, protocol.isBusy], [undefined, false]);
  assertEquals(protocol.expire("c"), []);
  const answer = { subtype: "success", request_id: "start", response: {} };
  protocol.receive(
    JSON.stringify({ type: "control_response", response: answer }),
  );
  protocol.send({ id: "d", content: "x" });
  protocol.leave("d");
  assertEquals(
    refused(() => protocol.send({ id: "e", content: bad })),
    "draining",
  );
  assertEquals(protocol.turns.hasWaiting, false);

  function refused(call: () => unknown): string {
    let error: unknown;
    try {
      call();
    } catch (thrown) {
      error = thrown;
    }
    assert(error instanceof TypeError);
    return protocol.state;
  }
});

async function thrownBy(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
}
