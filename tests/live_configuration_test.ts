// What the options are to the real CLI: what it takes apart, and what it takes at all.

import { assert, assertEquals } from "@std/assert";
import { AsyncSession, type PermissionMode } from "../mod.ts";
import { PERMISSION_MODES } from "../src/option_types.ts";
import { splitRules } from "../src/process/flag_lists.ts";
import * as reply from "../src/testing/reply.ts";
import { live, world } from "./live_world.ts";

/** Values for `--disallowedTools`, also such as no option lets through. */
const LISTS: readonly string[] = [
  "Read,Write",
  "Read Write",
  "Bash(git log, x),Read",
  "Bash(a) Read",
  "Bash(a(b),Read",
  "Bash(a), b),Read",
  "Bash(echo \\), x),Read",
  "Skill(x),Bash(*",
  "Bash(,Read",
];

live("splitRules splits a list as the CLI does", async () => {
  await using on = await world();
  for (const value of LISTS) {
    await using session = new AsyncSession({
      ...on.options,
      extraArgs: [`--disallowedTools=${value}`],
    });
    await session.start();
    const { rules } = await session.permissionRules();
    assertEquals(
      rules.filter(({ behavior }) => behavior === "deny")
        .map(({ rule }) => rule),
      splitRules(value),
    );
  }
});

live(
  "the CLI starts in every permission mode that the option takes",
  async () => {
    await using on = await world();
    for (const permissionMode of PERMISSION_MODES) {
      await using session = new AsyncSession({
        ...on.options,
        env: { ...on.options.env, IS_SANDBOX: "1" },
        permissionMode,
      });
      const info = await session.start();
      const named: PermissionMode = permissionMode === "manual"
        ? "default"
        : permissionMode;
      assertEquals(info.permissionMode, named);
    }
  },
);

live("several betas are several to the CLI", async () => {
  await using on = await world({ replies: () => reply.text("ok") });
  const known = "context-1m-2025-08-07";
  await using session = new AsyncSession({
    ...on.options,
    betas: [known, "made-up-2020-01-01"],
  });
  await session.ask("hi");
  assert(session.stderrTail.includes("'made-up-2020-01-01' is not allowed"));
  assert(!session.stderrTail.includes(`'${known}`), session.stderrTail);
});
