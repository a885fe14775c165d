// A policy that could not hold with the other options is an error; hooks cannot be
// turned off under it.

import { assertEquals, assertThrows } from "@std/assert";
import * as v from "valibot";
import { ConfigError } from "../errors.ts";
import type { SessionOptions } from "./session_options.ts";
import { launchOf } from "./args.ts";
import { checkOptions } from "./check_options.ts";
import { createMcpServer } from "../tools/mcp_servers.ts";
import { defineTool } from "../tools/tool.ts";
import { byTool } from "../permissions/by_tool.ts";
import { firstOf } from "../permissions/combine.ts";
import { allowAll, allowList, denyAll } from "../permissions/policy.ts";

Deno.test("a policy that could not hold is a ConfigError", () => {
  const policy = denyAll();
  const table: SessionOptions[] = [
    { policy, bare: true },
    { policy, extraArgs: ["--bare"] },
    { policy, env: { CLAUDE_CODE_SIMPLE: "1" } },
    { policy, env: { CLAUDE_CODE_SIMPLE: "TRUE" } },
    { policy, settings: { env: { CLAUDE_CODE_SIMPLE: "1" } } },
    { policy, settings: ' {"env":{"CLAUDE_CODE_SIMPLE":"1"}}' },
    { hooks: {}, settings: '{"env":{"CLAUDE_CODE_SIMPLE":"on"}}' },
    { policy, permissionPromptTool: "mcp__a__b" },
    { policy: allowAll({ bypass: true }), permissionMode: "plan" },
    { policy: (() => true) as unknown as ReturnType<typeof denyAll> },
    { policy: {} as unknown as ReturnType<typeof denyAll> },
  ];
  for (const options of table) {
    assertThrows(() => checkOptions(options), ConfigError);
  }
  checkOptions({ policy, env: { CLAUDE_CODE_SIMPLE: "0" } });
  checkOptions({ policy, settings: '{"env":{"CLAUDE_CODE_SIMPLE":"0"}}' });
  checkOptions({ bare: true });
  checkOptions({ policy: allowAll({ bypass: true }) });
});

Deno.test("a policy takes the variable that turns hooks off away", () => {
  const { env } = launchOf({ policy: denyAll() });
  assertEquals(env, { CLAUDE_CODE_SIMPLE: undefined });
  assertEquals(launchOf({}).env, {});
});

Deno.test("only allowAll with bypass skips the CLI's own questions", () => {
  const flag = "--dangerously-skip-permissions";
  const args = (options: SessionOptions) => launchOf(options).args;
  assertEquals(args({ policy: allowAll() }).includes(flag), false);
  assertEquals(
    args({ policy: allowAll({ bypass: true }) }).includes(flag),
    true,
  );
});

Deno.test("a rule for a tool of this process by its short name is an error that names the whole one", () => {
  const run = () => "sunny";
  const input = v.object({});
  const weather = defineTool({ name: "weather", description: "d", input, run });
  const tides = defineTool({ name: "tides", description: "d", input, run });
  const servers = {
    tools: [weather],
    mcpServers: { sea: createMcpServer({ tools: [tides] }) },
  };
  const agent = { description: "d", prompt: "p" };
  const full = { weather: "mcp__tools__weather", tides: "mcp__sea__tides" };
  for (const [name, whole] of Object.entries(full)) {
    const rows: readonly SessionOptions[] = [
      { policy: allowList(["Read", name]) },
      { policy: byTool({ [name]: allowAll(), "*": denyAll() }) },
      { policy: firstOf(allowList([`${name}(x)`])) },
      { allowedTools: [name] },
      { disallowedTools: [name] },
      { builtinTools: [name] },
      { agents: { a: { ...agent, tools: [name] } } },
      { agents: { a: { ...agent, disallowedTools: [name] } } },
    ];
    for (const row of rows) {
      assertThrows(
        () => checkOptions({ ...servers, ...row }),
        ConfigError,
        `did you mean "${whole}"`,
      );
      // Without the tool it may be one of a newer CLI.
      checkOptions(row);
    }
    checkOptions({ ...servers, policy: allowList([whole]) });
  }
  assertThrows(
    () =>
      checkOptions({
        tools: [weather],
        toolServerName: "sky",
        policy: allowList(["weather"]),
      }),
    ConfigError,
    '"mcp__sky__weather"',
  );
});
