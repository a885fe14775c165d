import { assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../errors.ts";
import type { SessionOptions } from "../options.ts";
import { launchOf } from "../process/args.ts";
import { checkOptions } from "../process/check_options.ts";
import { allowAll, denyAll } from "./policy.ts";

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
