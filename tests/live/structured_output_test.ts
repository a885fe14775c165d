// Structured output with the real CLI.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
} from "@std/assert";
import * as v from "valibot";
import {
  AsyncSession,
  callback,
  ConfigError,
  deny,
  StructuredOutputError,
  SyncSession,
  TurnError,
} from "../../mod.ts";
import { OPTIONS } from "../../src/capabilities/table.ts";
import { roundUsd } from "../../src/decode/usage.ts";
import { reply } from "../../src/testing/mod.ts";
import { isSince, live, syncWorld, world } from "../support/live_world.ts";

/** With words that the CLI checks, and words that it does not know. */
const CITY = v.object({
  name: v.pipe(v.string(), v.minLength(1)),
  // An older CLI drops a schema with a format.
  founded: v.optional(
    isSince(OPTIONS.outputSchema[0].since)
      ? v.pipe(v.string(), v.isoDate())
      : v.string(),
  ),
  at: v.tuple([v.number(), v.number()]),
  tags: v.record(v.string(), v.union([v.literal("a"), v.null_()])),
});
const YES = v.object({ yes: v.boolean() });

const ULM = { name: "Ulm", at: [48.4, 10], tags: { x: null } };

const gives = (output: unknown) =>
  reply.toolUse("StructuredOutput", output as never);

/** What the model is told of the answer, by the calls of the API. */
function offered(requests: readonly { readonly body: unknown }[]): string[] {
  return requests.map(({ body }) => {
    const { tools } = body as {
      tools?: { name: string; input_schema: { properties: object } }[];
    };
    const tool = tools?.find(({ name }) => name === "StructuredOutput");
    return Object.keys(tool?.input_schema.properties ?? {}).join();
  });
}

const TOLD = {
  outputs: [undefined, ULM, { yes: true }, undefined],
  text: "just text",
  modes: ["plan", "plan"],
  isSameId: true,
  turnCount: 4,
  // The second answer takes two calls of the same price.
  prices: [1, 5],
};

const REPLIES = [
  reply.text("hello"),
  gives({ name: "" }),
  gives(ULM),
  gives({ yes: true }),
  reply.text("just text"),
];

function checkRequests(requests: readonly { readonly body: unknown }[]): void {
  assertEquals(offered(requests), [
    "",
    "name,founded,at,tags",
    "name,founded,at,tags",
    "yes",
    "",
  ]);
  // One conversation: the last call has heard it all.
  const heard = JSON.stringify(requests.at(-1)?.body);
  for (const word of ["hi", "hello", "a city", "Ulm", "yes?"]) {
    assert(heard.includes(word), word);
  }
}

live("a schema for one answer, another for the next, and none", async () => {
  const seen: { body: unknown }[] = [];
  const replies = [...REPLIES];
  await using on = await world({
    replies: (request) => {
      seen.push(request);
      return replies.shift() ?? reply.text("too many");
    },
  });
  await using session = new AsyncSession(on.options);
  const { output: none, costUsd: price } = await session.ask("hi");
  const { id } = session;
  await session.setPermissionMode("plan");
  const city = await session.ask("a city", { schema: CITY });
  const modes = [session.permissionMode];
  const { output: yes } = await session.ask("yes?", { schema: YES });
  const last = await session.ask("and now?");
  modes.push(session.permissionMode);
  assertEquals({
    outputs: [none, city.output, yes, last.output],
    text: last.text,
    modes,
    isSameId: session.id === id,
    turnCount: session.turnCount,
    prices: [last.costUsd, last.totalCostUsd].map((usd) =>
      roundUsd(usd / price)
    ),
  }, TOLD as never);
  checkRequests(seen);
});

live("blocking: a schema for one answer, another, and none", async () => {
  await using on = await syncWorld(REPLIES);
  using session = new SyncSession(on.options);
  const { output: none, costUsd: price } = session.ask("hi");
  const { id } = session;
  session.setPermissionMode("plan");
  const city = session.ask("a city", { schema: CITY });
  const modes = [session.permissionMode];
  const { output: yes } = session.ask("yes?", { schema: YES });
  const last = session.ask("and now?");
  modes.push(session.permissionMode);
  session.close();
  assertEquals({
    outputs: [none, city.output, yes, last.output],
    text: last.text,
    modes,
    isSameId: session.id === id,
    turnCount: session.turnCount,
    prices: [last.costUsd, last.totalCostUsd].map((usd) =>
      roundUsd(usd / price)
    ),
  }, TOLD as never);
  checkRequests(await on.requests());
});

live("no answer, and none that fits, are errors of their own", async () => {
  await using on = await world({
    replies: (request) =>
      !request.prompts.includes("wrong")
        ? reply.text("in prose")
        : gives({ yes: "no" }),
  });
  await using session = new AsyncSession({ ...on.options, outputRetries: 1 });
  const schema = YES;
  const missing = await assertRejects(
    () => session.ask("never", { schema }),
    StructuredOutputError,
  );
  assertEquals([missing.reason, missing.text], ["missing", "in prose"]);
  const before = on.api.requests.length;
  const retries = await assertRejects(
    () => session.ask("wrong", { schema }),
    TurnError,
  );
  assertEquals(retries.code, "structured_output_retries");
  // The first try and one more.
  assertEquals(on.api.requests.length - before, 2);
});

live("what the CLI takes, the schema may still refuse", async () => {
  await using on = await world({ replies: [gives({ yes: false })] });
  await using session = new AsyncSession(on.options);
  const schema = v.object({
    yes: v.pipe(v.boolean(), v.check((yes) => yes, "expected a yes")),
  });
  const invalid = await assertRejects(
    () => session.ask("yes?", { schema, jsonSchema: { type: "object" } }),
    StructuredOutputError,
    "expected a yes",
  );
  assertEquals(invalid.output, { yes: false });
});

live("a policy is not asked about the answer itself", async () => {
  await using on = await world({ replies: [gives({ yes: true })] });
  await using session = new AsyncSession({
    ...on.options,
    policy: callback(() => deny("nothing at all")),
  });
  const { output } = await session.ask("yes?", { schema: YES });
  assertEquals(output, { yes: true });
});

live("a schema with a format holds, or there is no answer", async () => {
  const schema = v.object({ day: v.pipe(v.string(), v.isoDate()) });
  await using on = await syncWorld([gives({ day: "2026-11-30" })]);
  for (const Session of [AsyncSession, SyncSession]) {
    const session = new Session(on.options);
    const error = await (async () => {
      const { output } = await session.ask("when?", { schema });
      assertEquals(output, { day: "2026-11-30" });
    })().catch((error: unknown) => error);
    await session.close();
    const [{ since }] = OPTIONS.outputSchema;
    if (isSince(since)) {
      assertEquals(error, undefined);
      break;
    }
    assertInstanceOf(error, ConfigError);
    assertEquals(error.option, "outputSchema");
    assertEquals((await on.requests()).length, 0);
  }
});
