import { assert, assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../errors.ts";
import type { SessionOptions } from "./session_options.ts";
import { launchOf } from "./args.ts";
import { checkOptions } from "./check_options.ts";
import {
  childEnvironment,
  inheritedEnv,
  lineageOf,
  REMOVED,
  withLineage,
} from "./environment.ts";

Deno.test("a long system prompt is not on the command line", () => {
  const { args } = launchOf({ systemPrompt: "x".repeat(1 << 20) });
  assert(args.join(" ").length < 200);
});

Deno.test("checkOptions names the option that cannot be", () => {
  const wrong: [option: string, options: object, text: string][] = [
    ["modle", { modle: "x" }, `did you mean "model"?`],
    ["zzzzzz", { zzzzzz: 1 }, `Unknown option "zzzzzz"`],
    ["model", { model: "" }, "expected a text that is not empty"],
    ["model", { model: 5 }, "got 5"],
    ["sessionId", { sessionId: "abc" }, "expected a UUID"],
    ["fork", { fork: true }, "give resume as well"],
    ["sessionId", {
      resume: "x",
      sessionId: "cccccccc-1111-4111-8111-111111111111",
    }, "give fork: true as well"],
    ["maxLineBytes", { maxLineBytes: 0 }, "a number above 0"],
    ["closeTimeoutMs", { closeTimeoutMs: NaN }, "got NaN"],
    ["permissionMode", { permissionMode: "yolo" }, "one of default, accept"],
    ["closeTimeoutMs.termMs", { closeTimeoutMs: { termMs: 0 } }, "got 0"],
    ["closeTimeoutMs.eof", { closeTimeoutMs: { eof: 1 } }, "eofMs"],
    ["exitSignals", { exitSignals: true }, "false, or a list of SIGINT"],
    ["exitSignals", { exitSignals: ["SIGKILL"] }, "false, or a list of SIGINT"],
    ["limits.maxTurns", { limits: { maxTurns: 1.5 } }, "whole number"],
    ["effort", { effort: "huge" }, "one of low"],
    ["settingSources", { settingSources: ["all"] }, "user, project or local"],
    ["policy", { policy: () => true }, "a policy such as"],
    ["cwd", { cwd: new URL("https://example.com") }, "file: URL"],
    ["claudePath", { claudePath: [] }, "a path or a command"],
    ["allowedTools", { allowedTools: "Read" }, "a list of texts"],
    [
      "extraArgs",
      { extraArgs: ["--output-format=text"] },
      "always stream-json",
    ],
    ["extraArgs", { extraArgs: ["-p"] }, "always on"],
  ];
  for (const [option, options, text] of wrong) {
    const error = assertThrows(() => checkOptions(options), ConfigError, text);
    assertEquals(error.option, option);
    assertEquals(error.code, "config");
  }
});

Deno.test("childEnvironment removes what would mislead the child", () => {
  const inherited = { PATH: "/bin", HOME: "/h", SECRET: "s" };
  const nested = Object.fromEntries(REMOVED.map((name) => [name, "1"]));
  assertEquals(
    childEnvironment({ ...inherited, ...nested }, {
      SECRET: undefined,
      EXTRA: "e",
      CLAUDE_CODE_OAUTH_TOKEN: "t",
    }),
    { PATH: "/bin", HOME: "/h", EXTRA: "e", CLAUDE_CODE_OAUTH_TOKEN: "t" },
  );
});

Deno.test("inheritedEnv keeps the variables that are named, as the system names them", () => {
  const own = { Path: "/bin", HOME: "/h" };
  const rows: readonly [SessionOptions, string, Record<string, string>][] = [
    [{}, "linux", own],
    [{ clearEnv: true }, "windows", {}],
    [{ keepEnv: ["PATH", "HOME"] }, "linux", { HOME: "/h" }],
    [{ keepEnv: ["PATH", "home"] }, "windows", own],
    [{ keepEnv: [] }, "windows", {}],
  ];
  for (const [options, os, expected] of rows) {
    assertEquals(inheritedEnv(options, own, os), expected);
  }
});

Deno.test("withLineage tells whose a process is, and lineageOf reads it", () => {
  const env = withLineage(withLineage({ PATH: "/bin" }, "outer"), "inner");
  const environ = Object.entries(env).map(([name, value]) =>
    `${name}=${value}\0`
  ).join("");
  assertEquals(lineageOf(environ), ["outer", "inner"]);
  assertEquals(lineageOf("PATH=/bin\0XCLAUDESTREAM_LINEAGE=a\0"), []);
  assertEquals(lineageOf(""), []);
});
