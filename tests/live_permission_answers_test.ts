// Answers about tool calls in all shapes, and what the real CLI makes of them.

import { assert, assertEquals } from "@std/assert";
import {
  allow,
  AsyncSession,
  callback,
  type ClaudeEvent,
  type Decision,
  deny,
} from "../mod.ts";
import { reply } from "../src/testing/messages_api.ts";
import { exists, live, world } from "./live_world.ts";

live(
  "whatever a policy answers, the CLI takes it or we said no before",
  async () => {
    const command = "touch made.txt";
    const odd = "\u2028\u0000\ud800\"'\\ \n{}";
    const answers: [unknown, "allow" | "deny"][] = [
      [allow(), "allow"],
      [allow({ input: { command, description: odd } }), "allow"],
      [allow({ input: {} }), "deny"],
      [allow({ input: { command: 5 } }), "deny"],
      [
        allow({ input: { command, unknown: [null, { a: undefined }] } }),
        "allow",
      ],
      [allow({ remember: "session" }), "allow"],
      [{ behavior: "allow", input: { at: 1n } }, "deny"],
      [{ behavior: "allow", input: [] }, "deny"],
      [{ behavior: "allow", input: null }, "deny"],
      [{ behavior: "allow", updatedInput: {} }, "deny"],
      [{ behavior: "allow", remember: "always" }, "deny"],
      [{ behavior: "ask" }, "deny"],
      [deny(odd), "deny"],
      [deny("x".repeat(1_000_000)), "deny"],
      [deny("no", { interrupt: true }), "deny"],
      [{ behavior: "deny", message: 5 }, "deny"],
      [{ behavior: "deny" }, "deny"],
      [true, "deny"],
      ["allow", "deny"],
      [[], "deny"],
    ];
    // Once in the hook, and once at the question.
    for (const question of [false, true]) {
      for (const [answer, expected] of answers) {
        await using on = await world({
          replies: [reply.toolUse("Bash", { command }), reply.text("done")],
        });
        await using session = new AsyncSession({
          ...on.options,
          policy: callback(() => question ? undefined : answer as Decision),
        });
        const events: ClaudeEvent[] = [];
        for await (const event of session.send("go")) {
          events.push(event);
          if (event.type !== "permission_request") continue;
          try {
            session.respond(event.requestId, answer as Decision);
          } catch (error) {
            assert(error instanceof TypeError);
            event.deny("wrong shape");
          }
        }
        const shown = `${question} ${
          String(
            JSON.stringify(
              answer,
              (_, v) => typeof v === "bigint" ? "bigint" : v,
            ),
          ).slice(0, 80)
        }`;
        assertEquals(
          await exists(`${on.scratch.cwd}/made.txt`),
          expected === "allow",
          shown,
        );
        for (const event of events) {
          assert(event.type !== "unknown", shown);
          // This is how the CLI tells of an answer that it cannot read.
          assert(event.type !== "informational", shown);
          if (event.type === "tool_result") {
            assert(!/ZodError|invalid.*permission/i.test(event.text), shown);
          }
        }
      }
    }
  },
);
