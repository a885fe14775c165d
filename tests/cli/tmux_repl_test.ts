// The prompt of the repl in a real terminal: keys are typed, screens are read.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { step } from "../../src/testing/mod.ts";
import { terminal } from "../support/cli_terminal.ts";
import { atTmux } from "../support/tmux.ts";

const ECHO = [step.echo("<{prompt}>")];
const READY = "Ctrl-D to leave\n>";

atTmux("tmux: repl: a line is edited", async () => {
  await using on = await terminal([ECHO], "CLI repl --no-footer");
  await on.tmux.shows(READY);
  await on.tmux.type("one to three 漢字x");
  await on.tmux.press("BSpace", "C-Left", "C-Left", "Left", "BSpace");
  await on.tmux.type("wo");
  await on.tmux.press("C-a", "Delete");
  await on.tmux.type("O");
  await on.tmux.press("C-e");
  await on.tmux.type("!");
  await on.tmux.press("Enter");
  await on.tmux.showed("<One two three 漢字!>");
  await on.tmux.press("C-d");
  assertEquals(await on.tmux.over(), 0);
  assert(await on.tmux.isSane());
});

atTmux(
  "tmux: repl: 200 pasted lines, and one of 9,035 characters, are one prompt each",
  async () => {
    await using on = await terminal([
      [step.text("first")],
      [step.text("second")],
    ], "CLI repl --no-footer");
    await on.tmux.shows(READY);
    const lines = Array.from({ length: 200 }, (_, at) => `line ${at + 1}`);
    await on.tmux.paste(lines.join("\n"));
    await on.tmux.shows("line 200");
    await on.tmux.press("Enter");
    await on.tmux.showed("\nfirst\n");
    const long = `begin${"x".repeat(9026)}end`.padEnd(9035, "!");
    await on.tmux.paste(long);
    await on.tmux.shows("xend");
    await on.tmux.press("Enter");
    await on.tmux.showed("\nsecond\n");
    await on.tmux.press("C-d");
    assertEquals(await on.tmux.over(), 0);
    const prompts = JSON.stringify(on.claude.received);
    assertStringIncludes(
      prompts,
      JSON.stringify(lines.join("\n")).slice(1, -1),
    );
    assertStringIncludes(prompts, long);
  },
);

atTmux(
  "tmux: repl: further lines, the history after a restart, Tab, Ctrl-C",
  async () => {
    await using on = await terminal(
      [ECHO, ECHO, ECHO],
      "echo x >some_file.txt; CLI repl --no-footer; CLI repl --no-footer",
    );
    await on.tmux.shows(READY);
    await on.tmux.type("one\\");
    await on.tmux.press("Enter");
    await on.tmux.type("two");
    await on.tmux.press("C-j");
    await on.tmux.type("three");
    assertStringIncludes(
      await on.tmux.shows("three"),
      "> one\n  two\n  three",
    );
    await on.tmux.press("Enter");
    await on.tmux.told("<onetwothree>");
    await on.tmux.type("see @some_f");
    await on.tmux.press("Tab");
    await on.tmux.shows("> see @some_file.txt");
    await on.tmux.press("C-c");
    await on.tmux.shows("Ctrl-C again leaves\n>");
    await on.tmux.type(":q");
    await on.tmux.press("Tab");
    await on.tmux.shows("> :quit");
    await on.tmux.press("Enter");
    // The second one.
    await on.tmux.showed(READY, 2);
    await on.tmux.press("Up", "Up");
    await on.tmux.shows("three");
    await on.tmux.press("C-c");
    await on.tmux.shows("Ctrl-C again leaves\n>");
    await on.tmux.press("C-c");
    assertEquals(await on.tmux.over(), 130);
    assert(await on.tmux.isSane());
    const path = `${on.scratch.home}/.local/state/claudestream/history`;
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
    assertStringIncludes(
      await Deno.readTextFile(path),
      '"one\\ntwo\\nthree"\n',
    );
  },
);

atTmux("tmux: repl: -c says what it continues", async () => {
  const id = "aaaaaaaa-1111-4111-8111-111111111111";
  await using on = await terminal(
    [ECHO],
    `folder="$HOME/.claude/projects/$(pwd -P | sed 's/[^A-Za-z0-9]/-/g')"
mkdir -p "$folder"
cat >"$folder/${id}.jsonl" <<END
{"type":"user","uuid":"b","parentUuid":null,"sessionId":"${id}","timestamp":"2026-01-05T10:00:00.000Z","cwd":"$(pwd -P)","message":{"role":"user","content":"Plan the \\u001b[2Jtrip"}}
END
CLI repl -c --no-footer`,
  );
  assertStringIncludes(
    await on.tmux.shows("\n>"),
    `continues Plan the ␛[2Jtrip (${id})`,
  );
  await on.tmux.press("C-d");
  assertEquals(await on.tmux.over(), 0);
});

atTmux(
  "tmux: repl: Markdown, typing ahead, a question, an interruption, Ctrl-C twice",
  async () => {
    await using on = await terminal(
      [
        [
          step.text("# Title\n\n- **one**\n\nOpen", { deltas: 5 }),
          step.gate("first"),
        ],
        ECHO,
        [
          step.gate("call"),
          step.toolCall("Bash", { command: "git log" }, {
            asks: true,
            output: "x",
          }),
        ],
        [step.text("Once upon"), step.gate("never")],
        [step.text("Twice"), step.gate("never")],
      ],
      "CLI repl --no-footer",
    );
    await on.tmux.shows(READY);
    await on.tmux.type("go");
    await on.tmux.press("Enter");
    await on.tmux.shows("• one");
    await on.tmux.type("ahead 漢字");
    await on.tmux.press("Enter");
    await on.tmux.shows("> ahead 漢字");
    await on.tmux.type("half");
    await on.tmux.shows("> half");
    await on.claude.release("first");
    // It was sent by itself; what was half written is still there.
    const screen = await on.tmux.shows("<ahead 漢字>\n> half");
    assertStringIncludes(screen, "Title\n\n• one\n\nOpen\n> ahead 漢字\n");
    await on.tmux.press("Enter");
    await on.tmux.shows("waiting for the model");
    // Typed before the question: it is no answer to it.
    await on.tmux.type("yes");
    await on.tmux.shows("> yes");
    await on.claude.release("call");
    await on.tmux.shows("Allow?");
    await on.tmux.press("n");
    await on.tmux.shows("✗ Bash git log");
    await on.tmux.shows("\n> yes");
    await on.tmux.press("Enter");
    await on.tmux.shows("Once upon");
    await on.tmux.type("later");
    await on.tmux.press("Enter");
    await on.tmux.shows("> later");
    await on.tmux.press("C-c");
    // What waited is not sent, and not lost.
    await on.tmux.shows("interrupted\n> later");
    await on.tmux.press("C-u");
    await on.tmux.type("last");
    await on.tmux.press("Enter");
    await on.tmux.shows("Twice");
    await on.tmux.press("C-c", "C-c");
    assertEquals(await on.tmux.over(), 130);
    assert(await on.tmux.isSane());
    assertEquals(JSON.stringify(on.claude.received).includes('"later"'), false);
  },
);

atTmux(
  "tmux: repl: Ctrl-R, Ctrl-O and :edit, binary output, another size, :commands",
  async () => {
    const binary = String.fromCharCode(
      ...Array.from({ length: 160 }, (_, at) => at),
    );
    await using on = await terminal(
      [
        ECHO,
        [
          step.toolCall("Bash", { command: "cat /bin/true" }, {
            output: binary,
          }),
          step.gate("wait"),
          step.text(`all of it ${binary}`),
        ],
        ECHO,
      ],
      `printf '#!/bin/sh\\necho editor is on\\nread key; printf "edited %%s 👩‍👩‍👧" "$key" >"$1"\\n' >ed; chmod +x ed
EDITOR=./ed CLI repl --no-footer`,
    );
    await on.tmux.shows(READY);
    await on.tmux.type("find 漢字 me");
    await on.tmux.press("Enter");
    await on.tmux.shows("<find 漢字 me>\n>");
    await on.tmux.press("C-r");
    await on.tmux.type("漢");
    await on.tmux.shows("> find 漢字 me\nsearch: 漢");
    await on.tmux.press("C-g");
    await on.tmux.type(":show full");
    await on.tmux.press("Enter");
    await on.tmux.type("binary");
    await on.tmux.press("Enter");
    await on.tmux.showed("✓ Bash");
    await on.tmux.resize(40, 15);
    await on.tmux.type("typed");
    await on.tmux.shows("> typed");
    await on.tmux.resize(100, 30);
    await on.claude.release("wait");
    await on.tmux.showed("all of it");
    await on.tmux.shows("\n> typed");
    // A key that is typed while the editor runs is the editor's.
    await on.tmux.press("C-o");
    await on.tmux.shows("editor is on");
    await on.tmux.type("KEY");
    await on.tmux.press("Enter");
    await on.tmux.shows("> edited KEY 👩‍👩‍👧");
    await on.tmux.press("Enter");
    await on.tmux.showed("<edited KEY 👩‍👩‍👧>");
    await on.tmux.type(":cots");
    await on.tmux.press("Enter");
    await on.tmux.shows('did you mean ":cost"?');
    await on.tmux.type(":mod");
    await on.tmux.press("Tab");
    await on.tmux.type(" pl\t");
    await on.tmux.shows("> :mode plan");
    await on.tmux.press("Enter");
    await on.tmux.shows("The permission mode is plan from now on");
    await on.tmux.press("C-d");
    assertEquals(await on.tmux.over(), 0);
    assert(await on.tmux.isSane());
  },
);

atTmux(
  "tmux: repl: two windows at once lose no line of the history",
  async () => {
    await using on = await terminal(
      [ECHO, ECHO],
      "CLI repl --no-footer; CLI repl --no-footer",
    );
    await using other = await terminal(
      [ECHO, ECHO],
      "CLI repl --no-footer",
      {},
      on.scratch,
    );
    for (const each of [on, other]) await each.tmux.shows(READY);
    for (const number of ["1", "2"]) {
      for (const [each, name] of [[on, "one"], [other, "two"]] as const) {
        await each.tmux.type(`${name} ${number}`);
        await each.tmux.press("Enter");
        await each.tmux.showed(`<${name} ${number}>`);
      }
    }
    await other.tmux.press("C-d");
    assertEquals(await other.tmux.over(), 0);
    await on.tmux.press("C-d");
    await on.tmux.showed(READY, 2);
    for (const text of ["two 2", "one 2", "two 1", "one 1"]) {
      await on.tmux.press("Up");
      await on.tmux.shows(`\n> ${text}`);
    }
    await on.tmux.press("C-u", "C-d");
    assertEquals(await on.tmux.over(), 0);
  },
);

for (const signal of ["TERM", "HUP"]) {
  atTmux(`tmux: repl: SIG${signal} restores the terminal`, async () => {
    await using on = await terminal(
      [[step.text("Once"), step.gate("never")]],
      "CLI repl --no-footer",
    );
    await on.tmux.shows(READY);
    await on.tmux.type("go");
    await on.tmux.press("Enter");
    await on.tmux.shows("Once");
    await on.tmux.type("ahead");
    await on.tmux.shows("> ahead");
    await on.tmux.signal(signal);
    assertEquals(await on.tmux.over(), signal === "TERM" ? 143 : 129);
    assert(await on.tmux.isSane());
  });
}
