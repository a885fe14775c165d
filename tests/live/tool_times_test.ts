// How long a tool took, with the real CLI: what somebody thought about it is left out.

import { assert, assertEquals } from "@std/assert";
import {
  allow,
  AsyncSession,
  callback,
  type ClaudeEvent,
  SyncSession,
} from "../../mod.ts";
import { BEHAVIORS } from "../../src/capabilities/table.ts";
import { reply } from "../../src/testing/mod.ts";
import { live, syncWorld, world } from "../support/live_world.ts";

/** How long somebody thinks. */
const THOUGHT_MS = 1500;

const TOOL = reply.toolUse("Bash", { command: "touch thought-about" });

/** The time that the CLI wrote on a line. */
function timeOf({ raw }: ClaudeEvent): number {
  const { timestamp } = raw as { readonly timestamp: string };
  return Date.parse(timestamp);
}

function check(events: readonly ClaudeEvent[]): void {
  const call = events.find(({ type }) => type === "tool_use");
  const results = events.filter((event) => event.type === "tool_result");
  const [result] = results;
  assert(call !== undefined && result !== undefined);
  assertEquals([results.length, result.isError], [1, false]);
  const { durationMs } = result;
  const wholeMs = timeOf(result) - timeOf(call);
  assert(durationMs !== undefined && durationMs >= 0);
  assert(wholeMs >= THOUGHT_MS, `${wholeMs}`);
  assert(durationMs <= wholeMs - THOUGHT_MS + 1, `${durationMs} of ${wholeMs}`);
}

live("the time of a tool: a person who answers an event", async () => {
  await using on = await world({ replies: [TOOL, reply.text("ok")] });
  await using session = new AsyncSession({
    ...on.options,
    permissionMode: "default",
    policy: callback(() => undefined),
  });
  const events: ClaudeEvent[] = [];
  for await (const event of session.send("go")) {
    events.push(event);
    if (event.type !== "permission_request") continue;
    await new Promise((resolve) => setTimeout(resolve, THOUGHT_MS));
    event.allow();
  }
  check(events);
}, BEHAVIORS.callTimes);

live("the time of a tool: a policy that waits for a person", async () => {
  await using on = await world({ replies: [TOOL, reply.text("ok")] });
  await using session = new AsyncSession({
    ...on.options,
    policy: callback(async () => {
      await new Promise((resolve) => setTimeout(resolve, THOUGHT_MS));
      return allow();
    }),
  });
  check(await Array.fromAsync(session.send("go")));
}, BEHAVIORS.callTimes);

live(
  "the time of a tool: a blocking session, whose caller thinks",
  async () => {
    await using on = await syncWorld([TOOL, reply.text("ok")]);
    using session = new SyncSession({
      ...on.options,
      permissionMode: "default",
      policy: callback(() => undefined),
    });
    const events: ClaudeEvent[] = [];
    const sleep = new Int32Array(new SharedArrayBuffer(4));
    for (const event of session.send("go")) {
      events.push(event);
      if (event.type !== "permission_request") continue;
      Atomics.wait(sleep, 0, 0, THOUGHT_MS);
      event.allow();
    }
    check(events);
  },
  BEHAVIORS.callTimes,
);
