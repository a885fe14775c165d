// Deny rules against what a person or a program puts in at the question, and what is told
// of a question and of a policy that fails, through both drivers.

import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  allow,
  allowAll,
  callback,
  type ClaudeEvent,
  deny,
  firstOf,
  type SessionOptions,
  type SyncPolicy,
} from "../../../mod.ts";
import { step } from "../../../src/testing/mod.ts";
import { type Case, each, got, listed } from "../../support/both_drivers.ts";

const undecided: SyncPolicy = { name: "undecided", decide: () => undefined };

function asks(name: string, input: Parameters<typeof step.toolCall>[1]) {
  return step.toolCall(name, input, { asks: true, output: "ran" });
}

/** What a case took down; the rest is of every case. */
function toldOf(seen: readonly unknown[]): readonly string[][] {
  return seen.filter((one): one is string[] =>
    Array.isArray(one) && one[0] === "told"
  );
}

/** A yes with another input, and what became of it. */
function changed(
  options: Pick<SessionOptions, "disallowedTools"> & { policy?: SyncPolicy },
  input: Record<string, unknown>,
  expected: readonly string[],
): Case {
  return {
    turns: [[asks("Bash", { command: "ls" }), step.text("done")]],
    options: () => ({ policy: undecided, ...options }),
    *does(session, seen) {
      yield* each(session.send("go"), (event: ClaudeEvent) => {
        if (event.type === "permission_request") event.allow({ input });
        if (event.type === "permission_decision") {
          seen.push(["told", event.behavior, event.by, event.reason ?? ""]);
        }
      });
    },
    check(seen) {
      const [, behavior, by, reason] = toldOf(seen).at(-1) ?? [];
      assertEquals([behavior, by], expected.slice(0, 2));
      assertStringIncludes(reason ?? "", expected[2] ?? "");
    },
  };
}

/** A policy, what hears of it, and what the model reads. */
function fails(policy: SyncPolicy, message: string): Case {
  return {
    turns: [[asks("Bash", { command: "ls" }), step.text("done")]],
    options: () => ({ policy }),
    *does(session, seen) {
      session.on("handler_failed", ({ handler, error, consequence }) => {
        seen.push(["told", handler, (error as Error).message, consequence]);
      });
      yield* each(session.send("go"), () => {});
    },
    check(seen) {
      const told = toldOf(seen);
      assertEquals(told.length, 1);
      const [, handler, text, consequence] = told[0] ?? [];
      assertEquals([handler, consequence], ["policy", "the call was denied"]);
      assertStringIncludes(text ?? "", message);
    },
  };
}

/** What is said of a call that a deny rule covers. */
function explains(policy?: SyncPolicy): Case {
  return {
    turns: [[step.text("done")]],
    options: () => ({
      disallowedTools: ["Edit(a/**)"],
      ...policy === undefined ? {} : { policy },
    }),
    *does(session, seen) {
      yield* each(session.send("go"), () => {});
      const { rule, by } = yield* got(session.explainPermission("Write", {
        file_path: "a/b",
        content: "",
      }));
      seen.push(["told", rule, ...by]);
    },
    check: (seen) =>
      assertEquals(toldOf(seen), [["told", "Edit(a/**)", "disallowedTools"]]),
  };
}

const broken = callback(() => {
  throw new Error("no database");
});

export const DENY_RULE_SCENARIOS: Readonly<Record<string, Case>> = {
  "a changed input that a deny rule covers is denied": changed(
    { disallowedTools: ["Bash(rm *)"] },
    { command: "cd x; rm -f w13" },
    ["deny", "policy", 'the rule "Bash(rm *)"'],
  ),
  "a changed input that writes a denied path is denied": changed(
    { disallowedTools: ["Write(q.txt)"] },
    { command: "echo x > q.txt" },
    ["deny", "policy", 'the rule "Write(q.txt)"'],
  ),
  "a changed input that the policy denies is denied": changed(
    {
      policy: callback((_name, { command }) =>
        command === "ls" ? undefined : deny("only ls")
      ),
    },
    { command: "ls -l" },
    ["deny", "policy", "only ls"],
  ),
  "a changed input that nothing denies runs": changed(
    { disallowedTools: ["Bash(rm *)"] },
    { command: "ls rm" },
    ["allow", "consumer"],
  ),
  "the input of a policy's yes is held against deny rules": changed(
    {
      policy: callback(() => allow({ input: { command: "rm a" } })),
      disallowedTools: ["Bash(rm *)"],
    },
    {},
    ["deny", "policy", 'the rule "Bash(rm *)"'],
  ),
  "explainPermission names the deny rule": explains(),
  "explainPermission names the deny rule before a policy": explains(allowAll()),
  "a question has the protected names of its path": {
    turns: [[
      asks("Write", { file_path: "sub/.git/hooks/x", content: "x" }),
      step.text("done"),
    ]],
    options: () => ({ policy: undecided }),
    *does(session, seen) {
      yield* each(session.send("go"), (event: ClaudeEvent) => {
        if (event.type !== "permission_request") return;
        seen.push(["told", ...event.protectedNames ?? []]);
        event.deny("no");
      });
    },
    check: (seen) => assertEquals(toldOf(seen), [["told", ".git"]]),
  },
  "handler_failed tells of a policy that throws": fails(broken, "no database"),
  "handler_failed tells of a policy that throws inside of another": fails(
    firstOf(undecided, broken),
    "no database",
  ),
  "handler_failed tells of a policy that answers in a wrong shape": fails(
    { name: "odd", decide: () => ({ behavior: "yes" }) as never },
    '"behavior"',
  ),
  "textStream: a call that the policy leaves undecided is denied at once": {
    turns: [[asks("Bash", { command: "ls" }), step.text("done")]],
    options: () => ({ policy: undecided }),
    *does(session, seen) {
      const pieces = yield* listed<string>(session.send("go").textStream());
      seen.push(["told", pieces.join("")]);
    },
    check: (seen) => assertEquals(toldOf(seen), [["told", "done"]]),
  },
  "textStream: a listener can answer": {
    turns: [[asks("Bash", { command: "ls" }), step.text("done")]],
    options: () => ({ policy: undecided }),
    *does(session, seen) {
      session.on("permission_request", (request) => request.allow());
      session.on("permission_decision", ({ behavior, by }) => {
        seen.push(["told", behavior, by]);
      });
      yield* listed<string>(session.send("go").textStream());
    },
    check: (seen) =>
      assertEquals(toldOf(seen).at(-1), ["told", "allow", "consumer"]),
  },
};
