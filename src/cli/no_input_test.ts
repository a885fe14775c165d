// Every place that asks a person, at a terminal: with --no-input or in a CI nothing is asked, and
// the program ends and says why.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ScriptedClaude, step } from "../testing/mod.ts";
import {
  asking,
  CLI,
  environment,
  hasScript,
  Running,
} from "./fixtures/child.ts";

interface Place {
  readonly args: string;
  readonly code: number;
  /** On the screen; `WHY` is what keeps from asking. */
  readonly says: string;
  /** Typed at once: prompts are no questions. */
  readonly types?: string;
}

const PLACES: readonly Place[] = [
  { args: "send x", code: 0, says: "WHY" },
  { args: "stream x", code: 0, says: "WHY" },
  { args: "repl", code: 0, says: "WHY", types: "x\n/exit\n" },
  { args: "send --stdin", code: 2, says: "from the terminal: WHY" },
  { args: "stream x --resume", code: 2, says: "Cannot choose a session" },
];

const REASONS: Readonly<Record<string, string>> = {
  "--no-input": "--no-input asks nobody",
  CI: "CI is set, which asks nobody",
};

const canShow = await hasScript();

for (const { args, code, says, types = "" } of PLACES) {
  for (const [reason, why] of Object.entries(REASONS)) {
    Deno.test({
      name: `${args}: asks nothing because of ${reason}`,
      ignore: !canShow,
    }, async () => {
      await using claude = await ScriptedClaude.create(
        step.conversation([asking]),
      );
      const [set, flag] = reason === "CI" ? ["CI=1", ""] : ["CI=", reason];
      const command =
        `exec env ${set} '${Deno.execPath()}' run -A --quiet '${CLI}' ${args} ${flag}`;
      const running = new Running(
        undefined,
        [],
        ["script", "-qec", command, "/dev/null"],
        environment(claude),
      );
      if (types !== "") await running.write(types);
      const { code: ended } = await running.child.status;
      const { stdout } = await running.end();
      assertEquals(ended, code, stdout);
      assert(!stdout.includes("[y"), stdout);
      assertStringIncludes(
        stdout.replaceAll(/\s+/g, " "),
        says.replace("WHY", why),
      );
    });
  }
}
