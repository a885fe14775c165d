// A server of the official MCP SDK can serve a session.

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ConfigError } from "../errors.ts";
import type { WireObject } from "../messages/_define.ts";
import { ReadyServer } from "./ready_server.ts";

interface FakeTransport {
  onmessage?: (message: WireObject) => void;
  onclose?: () => void;
  start(): Promise<void>;
  send(message: WireObject): Promise<void>;
}

/** A server that answers each request with its method. */
class Echo {
  readonly heard: WireObject[] = [];
  transport: FakeTransport | undefined;
  closed = 0;

  async connect(transport: FakeTransport): Promise<void> {
    this.transport = transport;
    transport.onclose = () => this.closed++;
    transport.onmessage = (message) => {
      this.heard.push(message);
      const { id, method } = message;
      if (id === undefined || method === undefined || method === "never") {
        return;
      }
      const result = { method, tools: [{ name: "a" }, { name: "b" }] };
      transport.send({ jsonrpc: "2.0", id, result });
    };
    await transport.start();
  }
}

const { signal } = new AbortController();

Deno.test("ReadyServer carries requests, notifications and responses", async () => {
  const echo = new Echo();
  const notified: WireObject[] = [];
  const server = new ReadyServer("x", echo, (message) => {
    notified.push(message);
  });
  await server.prepare();
  const answer = await server.receive({ id: 0, method: "ping" }, { signal });
  assertEquals(answer.id, 0);
  const nothing = { jsonrpc: "2.0", id: 0, result: {} };
  assertEquals(
    await server.receive({ method: "notifications/initialized" }, { signal }),
    nothing,
  );
  // The server asks the client; the client's response comes as a message of its own.
  await echo.transport?.send({ id: 5, method: "roots/list" });
  assertEquals(notified, [{ id: 5, method: "roots/list" }]);
  assertEquals(
    await server.receive({ id: 5, result: {} }, { signal }),
    nothing,
  );
  assertEquals(echo.heard.length, 3);
});

Deno.test("ReadyServer knows the tools that were listed", async () => {
  const server = new ReadyServer("x", () => new Echo(), () => {});
  await server.prepare();
  assertEquals(server.toolNames, []);
  await server.receive({ id: 1, method: "tools/list" }, { signal });
  assertEquals(server.toolNames, ["a", "b"]);
});

Deno.test("ReadyServer lets go of a request that is withdrawn", async () => {
  const server = new ReadyServer("x", new Echo(), () => {});
  await server.prepare();
  const withdrawal = new AbortController();
  const answer = server.receive({ id: 1, method: "never" }, {
    signal: withdrawal.signal,
  });
  withdrawal.abort(new Error("gone"));
  await assertRejects(() => answer, Error, "gone");
});

Deno.test("one server object serves one session at a time", async () => {
  const echo = new Echo();
  const first = new ReadyServer("x", echo, () => {});
  const second = new ReadyServer("y", echo, () => {});
  await first.prepare();
  const error = await assertRejects(() => second.prepare(), ConfigError);
  assertStringIncludes(error.message, '"y": it serves another session');
  // The failure of the second does not free it.
  await assertRejects(() => second.prepare(), ConfigError);
  assertEquals(echo.closed, 0);
  first.close();
  assertEquals(echo.closed, 1);
  await second.prepare();
});

Deno.test("a server that cannot be had is a ConfigError", async () => {
  const faults: [() => unknown, string][] = [
    [() => ({}), "connect()"],
    [() => {
      throw new Error("no database");
    }, "no database"],
    [
      () => ({ connect: () => Promise.reject(new Error("not now")) }),
      "not now",
    ],
  ];
  for (const [make, expected] of faults) {
    const server = new ReadyServer("x", make, () => {});
    const error = await assertRejects(() => server.prepare(), ConfigError);
    assertStringIncludes(error.message, expected);
  }
});
