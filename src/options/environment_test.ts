// The variables that a process gets, and those by which it is found again.

import { assertEquals } from "@std/assert";
import {
  childEnvironment,
  inheritedEnv,
  lineageOf,
  REMOVED,
  withLineage,
} from "./environment.ts";
import type { SessionOptions } from "./session_options.ts";

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
