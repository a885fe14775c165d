// Options that contradict each other, or could never have an effect without another one.

import { assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../errors.ts";
import { denyAll } from "../permissions/policy.ts";
import { checkOptions } from "./check_options.ts";
import type { SessionOptions } from "./session_options.ts";

const ID = "cccccccc-1111-4111-8111-111111111111";
const answer = () => undefined;

const ROWS:
  readonly (readonly [SessionOptions, option: string, said: string])[] = [
    [{ onDialog: answer }, "onDialog", "give dialogKinds as well"],
    [
      { onDialog: answer, dialogKinds: [] },
      "onDialog",
      "give dialogKinds as well",
    ],
    [{ resumeAt: ID }, "resumeAt", "give resume as well"],
    [{ resume: ID, resumeDropsTurn: ID }, "resumeDropsTurn", "give resumeAt"],
    [{ fork: true }, "fork", "give resume as well"],
    [{ resume: ID, sessionId: ID }, "sessionId", "give fork: true as well"],
    [
      { recover: { attempts: 1 }, persist: false },
      "recover",
      "leave out persist: false",
    ],
    [{ fromPr: 1, resume: ID }, "fromPr", "together with resume"],
    [{ fromPr: 1, sessionId: ID }, "fromPr", "together with sessionId"],
    [{ keepEnv: ["A"], clearEnv: true }, "keepEnv", "together with clearEnv"],
    ...["policy", "onQuestion", "onPlan"].map((name) =>
      [
        {
          permissionPromptTool: "mcp__a__b",
          [name]: name === "policy" ? denyAll() : answer,
        },
        "permissionPromptTool",
        `together with ${name}`,
      ] as const
    ),
    ...["permissionPromptTool", "onQuestion", "onPlan"].map((name) =>
      [
        {
          prompts: "none",
          [name]: name === "permissionPromptTool" ? "mcp__a__b" : answer,
        } as SessionOptions,
        name,
        'with prompts: "none" no question is asked',
      ] as const
    ),
    [{ prompts: "host" }, "prompts", "give a policy as well"],
    [{ skillShell: "policy" }, "skillShell", "there is no policy"],
  ];

Deno.test("options that contradict each other, or do nothing alone, are an error", () => {
  for (const [options, option, said] of ROWS) {
    const error = assertThrows(() => checkOptions(options), ConfigError, said);
    assertEquals(error.option, option);
  }
});

Deno.test("options that belong together are taken", () => {
  const rows: readonly SessionOptions[] = [
    { onDialog: answer, dialogKinds: ["x"] },
    { resume: ID, resumeAt: ID, resumeDropsTurn: ID },
    { resume: ID, fork: true, sessionId: ID },
    { recover: { attempts: 1 }, persist: true },
    { prompts: "host", policy: denyAll() },
    { prompts: "host", onPlan: answer },
    { skillShell: "policy", policy: denyAll() },
  ];
  for (const options of rows) checkOptions(options);
});
