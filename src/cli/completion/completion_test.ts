// Completion: what fits where, and each script in its shell.

import { assert, assertEquals } from "@std/assert";
import {
  answer,
  prompt,
  ScratchConfig,
} from "../../sessions/fixtures/scratch.ts";
import { CLI, run } from "../fixtures/child.ts";
import { candidates } from "./candidates.ts";

const ID = "aaaa1111-0000-4000-8000-000000000000";

const SOURCES = {
  sessions: () => Promise.resolve([[ID, "Parser"], ["Move it", ID]] as const),
  agents: () => Promise.resolve([["reviewer", "a/b"]] as const),
  actions: (command: string) =>
    Promise.resolve(command === "agent" ? ["run", "list"] : ["list", "show"]),
};

/** Words up to the cursor, and what fits; a word with `!` in front does not. */
const ROWS: readonly (readonly [readonly string[], readonly string[]])[] = [
  [["se"], ["send", "sessions", "!ask"]],
  [["", "--mo"], ["!--model"]],
  [["send", "--mod"], ["--model", "!--max-turns"]],
  [["send", "--no-fo"], ["--no-footer"]],
  [["ask", "--fil"], ["!--filter"]],
  [["send", "--model", ""], ["opus", "sonnet", "haiku"]],
  [["send", "-m", "so"], ["sonnet", "!opus"]],
  [["send", "--resume", ""], ["last", ID]],
  [["send", "-r", "aaaa"], [ID, "!last"]],
  [["send", "--permission-mode", "pl"], ["plan"]],
  [["sessions", ""], ["list", "show"]],
  [["sessions", "show", "a"], [ID]],
  [["sessions", "--json", "sh"], ["show"]],
  [["send", "--resume", "Mo"], ["Move it", `!${ID}`]],
  [["ask", "--agent", ""], ["reviewer"]],
  [["agent", "r"], ["run", "!list"]],
  [["config", "sh"], ["show"]],
  [["agent", "run", "re"], ["reviewer"]],
  [["agent", "validate", "a", "re"], ["reviewer"]],
  [["agent", "run", "reviewer", "re"], ["!reviewer"]],
  [["help", "exit"], ["exit-codes"]],
  [["completions", "z"], ["zsh"]],
  [["send", "--", "--mod"], ["!--model"]],
  [["send", "a prompt", ""], ["!send"]],
];

for (const [words, expected] of ROWS) {
  Deno.test(`completion of ${JSON.stringify(words)}`, async () => {
    const found = (await candidates(words, SOURCES)).map(([value]) => value);
    for (const word of expected) {
      const isThere = !word.startsWith("!");
      assertEquals(found.includes(word.replace(/^!/, "")), isThere, word);
    }
  });
}

/** How each shell is driven: its script is in `$1`, the words of the line follow. */
const DRIVERS: Readonly<Record<string, readonly string[]>> = {
  bash: [
    "bash",
    "--norc",
    "-c",
    'source "$1"; shift; COMP_WORDS=(claudestream "$@"); COMP_CWORD=$#; _claudestream; printf "%s\\n" "${COMPREPLY[@]}"',
    "bash",
  ],
  zsh: [
    "zsh",
    "-f",
    "-c",
    '_describe() { print -rl -- "${(@P)2}" }; _files() { }; source "$1"; shift; words=(claudestream "$@"); CURRENT=$#words; _claudestream',
    "zsh",
  ],
  fish: [
    "fish",
    "--no-config",
    "-c",
    'source $argv[1]; complete -C "claudestream $argv[2..-1]"',
  ],
  powershell: [
    "pwsh",
    "-NoProfile",
    "-Command",
    "& { Get-Content -Raw $args[0] | Invoke-Expression; $line = 'claudestream ' + ($args[1..9] -join ' '); (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText }",
  ],
};

/** A command, a flag, a model, a session; and a line that must not be run. */
const LINES: readonly (readonly [readonly string[], string])[] = [
  [["sess"], "sessions"],
  [["send", "--mod"], "--model"],
  [["send", "--model", "so"], "sonnet"],
  [["send", "--resume", "aaaa"], ID],
  [["send", "--resume", "Par"], "Parser-2"],
  [["ask", "--agent", "rev"], "reviewer"],
];

async function has(program: string): Promise<boolean> {
  try {
    await new Deno.Command(program, {
      args: ["-c", "exit"],
      stdout: "null",
      stderr: "null",
    }).output();
    return true;
  } catch {
    return false;
  }
}

for (const [shell, [program = "", ...args]] of Object.entries(DRIVERS)) {
  const isThere = await has(program);
  Deno.test({
    name: `${shell} completes a command, a flag, a model and a session${
      isThere ? "" : ` (skipped: there is no ${program})`
    }`,
    ignore: !isThere || Deno.build.os === "windows",
    async fn() {
      await using config = await ScratchConfig.create();
      const folder = `${config.configDir}/place`;
      await Deno.mkdir(folder);
      await config.write(ID, [
        { ...prompt("1", null, "write a parser"), cwd: folder },
        answer("2", "1", "ok"),
        { type: "custom-title", customTitle: "Parser-2", sessionId: ID },
      ], { project: folder });
      await Deno.mkdir(`${folder}/.claudestream/agents`, { recursive: true });
      await Deno.writeTextFile(
        `${folder}/.claudestream/agents/reviewer.agent.jsonc`,
        "{}",
      );
      const { stdout } = await run(undefined, ["completions", shell]);
      await Deno.writeTextFile(`${folder}/script`, stdout);
      await Deno.writeTextFile(
        `${folder}/claudestream`,
        `#!/bin/sh\nexec '${Deno.execPath()}' run -A --quiet --no-check '${CLI}' "$@"\n`,
        { mode: 0o755 },
      );
      const complete = async (words: readonly string[]) => {
        const { stdout } = await new Deno.Command(program, {
          args: [...args, `${folder}/script`, ...words],
          cwd: folder,
          env: {
            PATH: `${folder}:${Deno.env.get("PATH")}`,
            CLAUDE_CONFIG_DIR: config.configDir,
          },
          stdin: "null",
          stderr: "piped",
        }).output();
        return new TextDecoder().decode(stdout);
      };
      for (const [words, expected] of LINES) {
        const found = (await complete(words)).split("\n");
        assert(
          found.some((line) => line.split(/[\t:]/)[0] === expected),
          `${words.join(" ")}: ${found.join(" | ")}`,
        );
      }
      await complete(["send", "$(touch pwned)", "--mod"]);
      assertEquals(
        await Deno.stat(`${folder}/pwned`).catch(() => "none"),
        "none",
      );
    },
  });
}

Deno.test("completions of a shell that there is none for: exit code 2", async () => {
  const { code, stdout, stderr } = await run(undefined, ["completions", "bsh"]);
  assertEquals([code, stdout], [2, ""]);
  assert(stderr.includes('did you mean "bash"?'), stderr);
});
