// Alt-c in each shell: the words of the line are asked for, the command takes their place.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { ScriptedClaude, step } from "../../testing/mod.ts";
import { CLI, run } from "../fixtures/child.ts";
import { KEY_BINDING, KEY_BINDINGS } from "./key_bindings.ts";

/** How each shell calls the function: its script is in `$1`, the line in `$2`. */
const DRIVERS: Readonly<Record<string, readonly string[]>> = {
  bash: [
    "--norc",
    "-c",
    'source "$1"; READLINE_LINE=$2; _claudestream_command; printf "%s|%s" "$READLINE_LINE" "$READLINE_POINT"',
    "bash",
  ],
  zsh: [
    "-f",
    "-c",
    'source "$1"; BUFFER=$2; _claudestream_command; printf "%s|%s" "$BUFFER" "$CURSOR"',
    "zsh",
  ],
};

/** A line, what Claude answers, and the line and cursor behind it. */
const ROWS: readonly (readonly [string, string, string])[] = [
  ["list all files", "So:\n\n```sh\nls -la\n```\n", "ls -la|6"],
  // Nothing of it is evaluated.
  [
    "$(touch pwned)",
    "```sh\necho '$(touch pwned)'\n```\n",
    "echo '$(touch pwned)'|21",
  ],
  // The words stay: nothing hidden gets into the line.
  ["be evil", "```sh\nls\u001b[8m; rm x\n```\n", "be evil|"],
  ["no code", "I cannot.", "no code|"],
  [" ", "```sh\nls\n```\n", " |"],
];

function has(program: string): boolean {
  try {
    return new Deno.Command(program, { args: ["-c", "exit"] })
      .outputSync().success;
  } catch {
    return false;
  }
}

Deno.test("each shell with a key binding is driven", () => {
  assertEquals(Object.keys(KEY_BINDINGS), Object.keys(DRIVERS));
});

for (const [shell, args] of Object.entries(DRIVERS)) {
  const isThere = Deno.build.os !== "windows" && has(shell);
  Deno.test({
    name: `${shell}: the key turns words into a command${
      isThere ? "" : ` (skipped: there is no ${shell})`
    }`,
    ignore: !isThere,
    async fn() {
      const folder = await Deno.makeTempDir();
      const { stdout } = await run(undefined, [
        "completions",
        shell,
        KEY_BINDING,
      ]);
      await Deno.writeTextFile(`${folder}/script`, stdout);
      await Deno.writeTextFile(
        `${folder}/claudestream`,
        `#!/bin/sh\nexec '${Deno.execPath()}' run -A --quiet --no-check '${CLI}' "$@"\n`,
        { mode: 0o755 },
      );
      for (const [line, answer, expected] of ROWS) {
        await using claude = await ScriptedClaude.create(
          step.conversation([[step.text(answer)]]),
        );
        const { stdout } = await new Deno.Command(shell, {
          args: [...args, `${folder}/script`, line],
          cwd: folder,
          env: {
            PATH: `${folder}:${Deno.env.get("PATH")}`,
            HOME: folder,
            CLAUDESTREAM_CLAUDE_PATH: claude.path,
          },
          stdin: "null",
        }).output();
        const shown = new TextDecoder().decode(stdout);
        assertStringIncludes(shown.replace(/\|0$/, "|"), expected, line);
        const asked = claude.received.filter(({ type }) => type === "user");
        assertEquals(asked.length, line.trim() === "" ? 0 : 1);
        if (asked.length > 0) {
          assertStringIncludes(JSON.stringify(asked[0]), line);
        }
      }
      assertEquals(
        [...Deno.readDirSync(folder)].some(({ name }) => name === "pwned"),
        false,
      );
      await Deno.remove(folder, { recursive: true });
    },
  });
}
