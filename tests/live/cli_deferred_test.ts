// A hook of the settings leaves a call to a later process: what the command line prints, and that
// the line it says to paste works.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { reply } from "../../src/testing/mod.ts";
import { command } from "../support/live_command.ts";
import { live, world } from "../support/live_world.ts";

/** Defers the first call; the call comes again when the session is resumed. */
const HOOK = `[ -e "$HOME/decided" ] || echo '{"hookSpecificOutput":${
  JSON.stringify({
    hookEventName: "PreToolUse",
    permissionDecision: "defer",
  })
}}'`;

live(
  "ask, stream and repl with a call that a hook of the settings defers: exit code 8, and a hint that works",
  async () => {
    const ways: readonly (readonly [readonly string[], string])[] = [
      [["ask", "call it"], ""],
      [["stream", "call it"], ""],
      [["repl"], "call it\n"],
    ];
    for (const [args, input] of ways) {
      await using on = await world({
        replies: ({ toolResults, prompts }) =>
          toolResults.length === 0 && prompts.length === 1
            ? reply.toolUse("Bash", { command: "echo from the call" })
            : reply.text(`to: ${prompts.at(-1)}`),
      });
      const { home } = on.scratch;
      const settings = {
        hooks: {
          PreToolUse: [{
            matcher: "Bash",
            hooks: [{ type: "command", command: HOOK }],
          }],
        },
        permissions: { allow: ["Bash(echo *)"] },
      };
      await Deno.mkdir(`${home}/.claude`, { recursive: true });
      await Deno.writeTextFile(
        `${home}/.claude/settings.json`,
        JSON.stringify(settings),
      );
      const { code, out, err } = await command(on, args, input);
      assertEquals(code, 8, `${args}: ${out} ${err}`);
      assertStringIncludes(err, 'waits for a decision on a call of "Bash"');
      const hint = /claudestream (send --resume \S+ .*)$/m.exec(err)?.[1];
      assert(hint !== undefined, err);
      await Deno.writeTextFile(`${home}/decided`, "");
      const words = [...hint.matchAll(/"([^"]*)"|(\S+)/g)]
        .map(([, quoted, plain]) => quoted ?? plain ?? "");
      const again = await command(on, words);
      assertEquals([again.code, again.err], [0, ""], again.out);
      assertStringIncludes(again.out, "to: ");
      const results = on.api.requests.flatMap(({ toolResults }) => toolResults);
      assertStringIncludes(results[0]?.text ?? "", "from the call");
    }
  },
);
