import { assertEquals, assertRejects } from "@std/assert";
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
    isProgram: (path) => Promise.resolve(programs.includes(path)),
    os: "linux",
    ...rest,
  };
}

Deno.test("findClaude looks at the option, the variable, PATH and known places", async () => {
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
  const found = async (given: FindContext) => (await findClaude(given)).path;
  const option = context(everywhere, { claudePath: "/a/claude", vars });
  assertEquals(await found(option), "/a/claude");
  assertEquals(await found(context(everywhere, { vars })), "/b/claude");
  assertEquals(await found(context(everywhere)), "/opt/bin/claude");
  assertEquals(
    await found(context(["/home/me/.local/bin/claude"])),
    "/home/me/.local/bin/claude",
  );
});

Deno.test("findClaude takes a command with arguments, a name, a script", async () => {
  const command = ["ssh", "host", "claude"];
  assertEquals(
    await findClaude(context(["/usr/bin/ssh"], { claudePath: command })),
    { path: "/usr/bin/ssh", args: ["host", "claude"] },
  );
  assertEquals(
    await findClaude(context(["/opt/bin/cl"], { claudePath: "cl" })),
    { path: "/opt/bin/cl", args: [] },
  );
  assertEquals(
    await findClaude(context(["/x/cli.js"], { claudePath: "/x/cli.js" })),
    { path: "node", args: ["/x/cli.js"] },
  );
});

Deno.test("findClaude says where it looked", async () => {
  const error = await assertRejects(
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
  await assertRejects(
    () => findClaude(context([], { claudePath: "/no/claude" })),
    ClaudeNotFoundError,
    `no executable file "/no/claude"`,
  );
});

Deno.test("findClaude leaves the search to the system where it may not look", async () => {
  const blind = context([], { isProgram: () => Promise.resolve(undefined) });
  assertEquals(await findClaude(blind), { path: "claude", args: [] });
});
