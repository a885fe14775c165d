// allow({ remember }): what is remembered, and that nothing is remembered in silence.

import { assertEquals } from "@std/assert";
import {
  allow,
  type AllowOptions,
  callback,
  type PermissionRequest,
  rememberedRules,
  type SyncSessionOptions,
} from "../../../mod.ts";
import { type JsonObject, step } from "../../../src/testing/mod.ts";
import {
  type Case,
  type Doing,
  each,
  type Session,
} from "../../support/both_drivers.ts";

type Remember = NonNullable<AllowOptions["remember"]>;

const RULES = {
  type: "addRules",
  behavior: "allow",
  rules: [{ toolName: "Bash", ruleContent: "git *" }, { toolName: "Read" }],
  destination: "localSettings",
};
const MODE = { type: "setMode", mode: "acceptEdits", destination: "session" };

/** What the CLI suggests, and what of it would be remembered. */
const SUGGESTIONS: readonly (readonly [
  tool: string,
  suggestions: JsonObject["permission_suggestions"],
  rules: readonly string[],
])[] = [
  ["Bash", [RULES], ["Bash(git *)", "Read"]],
  ["Bash", [MODE, RULES], ["Bash(git *)", "Read"]],
  ["Write", [MODE], []],
  ["Bash", [{ ...RULES, behavior: "deny" }], []],
  ["Bash", [], []],
  ["mcp__db__query", [], ["mcp__db__query"]],
];

export const REMEMBER_SCENARIOS: Record<string, Case> = {};

for (const [at, [tool, suggestions, rules]] of SUGGESTIONS.entries()) {
  // One that is remembered and one that is not, each in every way.
  const isSample = at === 1 || at === 2;
  for (const remember of ["session", "local", "project", "user"] as const) {
    for (const by of ["consumer", "policy"] as const) {
      if (!isSample && (remember !== "session" || by === "policy")) continue;
      const options: SyncSessionOptions = {
        policy: callback(() =>
          by === "policy" ? allow({ remember }) : undefined
        ),
      };
      REMEMBER_SCENARIOS[
        `a ${by} remembers "${remember}": ${tool}, ${rules.length} rules (${at})`
      ] = {
        turns: [[
          step.toolCall(tool, { command: "git status" }, {
            asks: true,
            request: { permission_suggestions: suggestions },
          }),
          step.text("done"),
        ]],
        options,
        does: (session, seen) => answer(session, remember, seen),
        check: (seen) => {
          const said = rules.length > 0
            ? { remember }
            : { notRemembered: remember };
          const asked = by === "consumer" ? [rules] : [];
          assertEquals(seen.slice(0, -1), [...asked, said]);
        },
      };
    }
  }
}

function* answer(session: Session, remember: Remember, seen: unknown[]): Doing {
  yield* each(session.send("go") as Iterable<never>, (event) => {
    if (event.type === "permission_request") {
      const request: PermissionRequest = event;
      seen.push(rememberedRules(request));
      request.allow({ remember });
    }
    if (event.type === "permission_decision" && event.behavior === "allow") {
      const { remember, notRemembered } = event;
      seen.push({
        ...remember === undefined ? {} : { remember },
        ...notRemembered === undefined ? {} : { notRemembered },
      });
    }
  });
}
