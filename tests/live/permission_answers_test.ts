// Answers about tool calls in all shapes, and what the real CLI makes of them.

import { assertEquals, assertThrows } from "@std/assert";
import { allow, callback, type Decision, deny } from "../../mod.ts";
import { reply } from "../../src/testing/mod.ts";
import {
  each,
  many,
  ODD,
  together,
  type Variant,
} from "../support/live_variants.ts";
import { exists, live } from "../support/live_world.ts";

/** Each with the command it is about, as no call may hide behind another. */
function variants(command: string): readonly Variant[] {
  return [
    ["yes", () => allow(), "taken"],
    [
      "an input with odd text",
      () => allow({ input: { command, description: ODD } }),
      "taken",
    ],
    ["an input of nothing", () => allow({ input: {} }), "refused"],
    [
      "an input of a wrong type",
      () => allow({ input: { command: 5 } }),
      "refused",
    ],
    [
      "an input with more",
      () => allow({ input: { command, unknown: [null, { a: undefined }] } }),
      "taken",
    ],
    [
      "an input that JSON cannot hold",
      () => ({ behavior: "allow", input: { at: 1n } }),
      "refused",
    ],
    [
      "an input of a list",
      () => ({ behavior: "allow", input: [] }),
      "refused",
    ],
    [
      "an input of null",
      () => ({ behavior: "allow", input: null }),
      "refused",
    ],
    [
      "an unknown key",
      () => ({ behavior: "allow", updatedInput: {} }),
      "refused",
    ],
    [
      "an unknown time to remember",
      () => ({ behavior: "allow", remember: "always" }),
      "refused",
    ],
    ["an unknown behavior", () => ({ behavior: "ask" }), "refused"],
    ["an odd denial", () => deny(ODD), "refused"],
    ["a huge denial", () => deny("x".repeat(1_000_000)), "refused"],
    [
      "a denial that ends the turn",
      () => deny("no", { interrupt: true }),
      "refused",
    ],
    [
      "a denial of a number",
      () => ({ behavior: "deny", message: 5 }),
      "refused",
    ],
    ["a denial without a message", () => ({ behavior: "deny" }), "refused"],
    ["true", () => true, "refused"],
    ["a text", () => "allow", "refused"],
    ["a list", () => [], "refused"],
    // The rule holds from then on.
    ["to remember", () => allow({ remember: "session" }), "taken"],
  ];
}

/** Whether the wrong shape is told at the call itself. */
const WRONG =
  /cannot hold|of a list|of null|unknown|of a number|without|^true|^a text|^a list/;

/** All answers in one session, either of the policy or at the question. */
async function fuzz(isQuestion: boolean): Promise<void> {
  let variant: Variant | undefined;
  const now = () => variant?.[1]() as Decision;
  await using on = await many(
    { policy: callback(() => isQuestion ? undefined : now()) },
    (request) => {
      if (!WRONG.test(variant?.[0] ?? "")) {
        on.session.respond(request.requestId, now());
        return;
      }
      assertThrows(
        () => on.session.respond(request.requestId, now()),
        TypeError,
      );
      request.deny("wrong shape");
    },
  );
  const count = variants("").length;
  for (let at = 0; at < count; at++) {
    const command = `touch made-${at}.txt`;
    const current = variants(command).slice(at, at + 1);
    await each(current, async (one) => {
      variant = one;
      const about = `${isQuestion ? "question" : "policy"}: ${one[0]}`;
      await on.turn(
        about,
        reply.toolUse("Bash", { command }),
        reply.text("done"),
      );
      assertEquals(
        await exists(`${on.scratch.cwd}/made-${at}.txt`),
        one[2] === "taken",
        about,
      );
    });
  }
}

live(
  "whatever a policy answers, the CLI takes it or we said no before",
  async () => {
    // Once in the hook, and once at the question.
    await together([fuzz(false), fuzz(true)]);
  },
);
