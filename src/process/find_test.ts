// Where `claude` is looked for, and what is said if it is not there.

import { assertEquals, assertThrows } from "@std/assert";
import { ClaudeNotFoundError } from "../errors.ts";
import { findClaude, type FindContext } from "./find.ts";

function context(
  programs: readonly string[],
  more: Partial<FindContext> & { vars?: Record<string, string> } = {},
): FindContext {
  const { vars = { PATH: "/usr/bin:/opt/bin/", HOME: "/home/me" }, ...rest } =
    more;
  return {
    claudePath: undefined,
    env: (name) => vars[name],
    isProgram: (path) => programs.includes(path),
    os: "linux",
    ...rest,
  };
}

Deno.test("findClaude looks at the option, the variable, PATH and known places", () => {
  const everywhere = [
    "/a/claude",
    "/b/claude",
    "/opt/bin/claude",
    "/home/me/.local/bin/claude",
  ];
  const vars = {
    PATH: "/usr/bin:/opt/bin/",
    HOME: "/home/me",
    CLAUDESTREAM_CLAUDE_PATH: "/b/claude",
  };
  const found = (given: FindContext) => findClaude(given).path;
  const option = context(everywhere, { claudePath: "/a/claude", vars });
  assertEquals(found(option), "/a/claude");
  assertEquals(found(context(everywhere, { vars })), "/b/claude");
  assertEquals(found(context(everywhere)), "/opt/bin/claude");
  assertEquals(
    found(context(["/home/me/.local/bin/claude"])),
    "/home/me/.local/bin/claude",
  );
});

Deno.test("findClaude takes a command with arguments, a name, a script", () => {
  const command = ["ssh", "host", "claude"];
  assertEquals(
    findClaude(context(["/usr/bin/ssh"], { claudePath: command })),
    { path: "/usr/bin/ssh", args: ["host", "claude"] },
  );
  assertEquals(
    findClaude(context(["/opt/bin/cl"], { claudePath: "cl" })),
    { path: "/opt/bin/cl", args: [] },
  );
  assertEquals(
    findClaude(context(["/x/cli.js"], { claudePath: "/x/cli.js" })),
    { path: "node", args: ["/x/cli.js"] },
  );
});

Deno.test("findClaude says where it looked", () => {
  const error = assertThrows(
    () => findClaude(context([])),
    ClaudeNotFoundError,
    "/opt/bin/claude",
  );
  assertEquals(error.code, "cli_not_found");
  assertEquals(error.searched.slice(0, 3), [
    "/usr/bin/claude",
    "/opt/bin/claude",
    "/home/me/.local/bin/claude",
  ]);
  assertEquals(error.hint?.includes("npm install -g"), true);
  assertThrows(
    () => findClaude(context([], { claudePath: "/no/claude" })),
    ClaudeNotFoundError,
    `no executable file "/no/claude"`,
  );
});

Deno.test("findClaude leaves the search to the system where it may not look", () => {
  const blind = context([], { isProgram: () => undefined });
  assertEquals(findClaude(blind), { path: "claude", args: [] });
});
