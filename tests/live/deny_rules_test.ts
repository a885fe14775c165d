// Deny rules under the real CLI: those whose own patterns it ignores hold all the same,
// and what a program puts in at the question is held against all of them.

import { assert, assertEquals } from "@std/assert";
import {
  allowAll,
  AsyncSession,
  type SyncPolicy,
  SyncSession,
} from "../../mod.ts";
import { reply } from "../../src/testing/mod.ts";
import { exists, live, syncWorld, world } from "../support/live_world.ts";

const undecided: SyncPolicy = { name: "undecided", decide: () => undefined };

live(
  "deny rules that the CLI ignores hold, with and without a policy",
  async () => {
    const rows:
      readonly (readonly [string, string, Record<string, unknown>])[] = [
        ["Write(z.txt)", "Write", { file_path: "z.txt", content: "x" }],
        ["MultiEdit(z.txt)", "Write", { file_path: "z.txt", content: "x" }],
        ["NotebookEdit(z.txt)", "Bash", { command: "echo x > z.txt" }],
        ["Monitor(touch *)", "Bash", { command: "touch z.txt" }],
        ["Monitor(touch *)", "Monitor", {
          command: "touch z.txt",
          description: "d",
        }],
      ];
    for (const policy of [allowAll(), undefined]) {
      for (const [rule, tool, input] of rows) {
        await using on = await world({
          replies: [reply.toolUse(tool, input), reply.text("done")],
        });
        await using session = new AsyncSession({
          ...on.options,
          ...policy === undefined
            ? { allowedTools: ["Bash", "Edit", "Monitor", "Write"] }
            : { policy },
          disallowedTools: [rule],
        });
        const errors: boolean[] = [];
        for await (const event of session.send("go")) {
          if (event.type === "tool_result") errors.push(event.isError);
        }
        assertEquals(errors, [true], `${rule}, ${tool}`);
        assert(!await exists(`${on.scratch.cwd}/z.txt`), rule);
      }
    }
  },
);

live(
  "what a program puts in at the question is held against deny rules",
  async () => {
    const replies = [
      reply.toolUse("Bash", { command: "touch harmless" }),
      reply.text("done"),
    ];
    const input = { command: "rm -f kept" };
    const denied = { policy: undecided, disallowedTools: ["Bash(rm *)"] };
    {
      await using on = await world({ replies });
      const kept = `${on.scratch.cwd}/kept`;
      await Deno.writeTextFile(kept, "");
      await using session = new AsyncSession({ ...on.options, ...denied });
      let asked = 0;
      for await (const event of session.send("go")) {
        if (event.type !== "permission_request") continue;
        asked++;
        event.allow({ input });
      }
      assertEquals(asked, 1);
      assert(await exists(kept));
    }
    await using on = await syncWorld(replies);
    const kept = `${on.scratch.cwd}/kept`;
    await Deno.writeTextFile(kept, "");
    using session = new SyncSession({ ...on.options, ...denied });
    const behaviors: string[] = [];
    for (const event of session.send("go")) {
      if (event.type === "permission_request") event.allow({ input });
      if (event.type === "permission_decision") behaviors.push(event.behavior);
    }
    assertEquals(behaviors, ["undecided", "deny"]);
    assert(await exists(kept));
  },
);
