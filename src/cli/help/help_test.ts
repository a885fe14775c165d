// The help names every command and flag, and its examples can be run.

import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { COMMANDS } from "../flags/command_names.ts";
import { FLAG_LIST } from "../flags/flags.ts";
import { helpText } from "./help.ts";
import { flagsOf, parse } from "../flags/parse.ts";
import { TOPICS } from "./topics.ts";
import { UsageError } from "../failure/usage_error.ts";
import { VERSION, versionLine, type Versions } from "./version.ts";
import config from "../../../deno.json" with { type: "json" };

Deno.test("help leads with examples and names every command and topic", () => {
  const text = helpText(undefined);
  assert(text.indexOf("Examples") < text.indexOf("Commands"));
  for (const name of [...Object.keys(COMMANDS), ...Object.keys(TOPICS)]) {
    assertStringIncludes(text, name);
  }
});

Deno.test("the help of a command shows its flags and no others", () => {
  for (const command of Object.keys(COMMANDS) as (keyof typeof COMMANDS)[]) {
    const text = helpText(command);
    const own = flagsOf(command);
    for (const [, spec] of FLAG_LIST) {
      const isShown = new RegExp(`--(\\[no-\\])?${spec.name}( |$)`, "m");
      const [, flags = ""] = text.split("\nFlags\n");
      assertEquals(isShown.test(flags), own.includes(spec), spec.name);
    }
  }
});

Deno.test("every name of a flag is there once", () => {
  const names = FLAG_LIST.flatMap(([, { name, alias, synonyms = [] }]) => [
    name,
    ...synonyms,
    ...alias === undefined ? [] : [alias],
  ]);
  assertEquals(names.length, new Set(names).size);
});

Deno.test("the examples of the help can be run", () => {
  let count = 0;
  for (const topic of [undefined, ...Object.keys(COMMANDS)]) {
    for (const line of helpText(topic).split("\n")) {
      const [, call] = /^ {2}(?:.*\| )?claudestream (.*)$/.exec(line) ?? [];
      if (call === undefined || /[A-Z]{4}/.test(call)) continue;
      const words = (call.split(/ [|<>] /)[0] ?? "").match(
        /"[^"]*"|'[^']*'|\S+/g,
      );
      parse((words ?? []).map((word) => word.replace(/^(["'])(.*)\1$/, "$2")));
      count++;
    }
  }
  const commands = Object.keys(COMMANDS).length;
  assert(count >= commands, `${count} examples of ${commands} commands`);
});

Deno.test("help does not know everything", () => {
  assertThrows(
    () => helpText("exit-cods"),
    UsageError,
    'did you mean "exit-codes"?',
  );
  assertThrows(() => helpText("constructor"), UsageError, "Unknown topic");
});

Deno.test("the version is that of deno.json", () => {
  assertEquals(VERSION, config.version);
});

Deno.test("the version line names all that takes part", () => {
  const versions = {
    claudestream: "1.2.3",
    deno: "2.9.6",
    tested: { oldest: "2.1.0", newest: "2.2.0" },
  };
  const line = (claude: Versions["claude"]) =>
    versionLine({ ...versions, claude });
  assertEquals(
    line({ path: "/bin/claude", version: "2.1.5" }),
    "claudestream 1.2.3 (deno 2.9.6, claude 2.1.5)\n",
  );
  assertEquals(
    line({ path: "/bin/claude", version: null }),
    "claudestream 1.2.3 (deno 2.9.6, claude of an unknown version)\n",
  );
  assertEquals(line(null), "claudestream 1.2.3 (deno 2.9.6, no claude)\n");
});
