// What is a list, or a part of one, to the CLI: no value becomes another one.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertThrows,
} from "@std/assert";
import { ConfigError } from "../errors.ts";
import type { SessionOptions } from "./session_options.ts";
import { checkOptions } from "./check_options.ts";
import { launchOf } from "./args.ts";
import { ENTRIES, OPTION_NAMES } from "./table.ts";
import { splitRules } from "./flag_lists.ts";
import {
  optionsWith,
  sampleOf,
  spotsOf,
} from "../../tests/support/option_values.ts";

Deno.test("splitRules splits as CLI 2.1.332 was seen to", () => {
  const rows: readonly [string, readonly string[]][] = [
    ["Read,Write", ["Read", "Write"]],
    ["Read Write", ["Read", "Write"]],
    [" Read ", ["Read"]],
    ["Bash(git log, x),Read", ["Bash(git log, x)", "Read"]],
    ["Bash(a) Read", ["Bash(a)", "Read"]],
    ["Bash(a)Read", ["Bash(a)Read"]],
    ["Bash(a(b),Read", ["Bash(a(b)", "Read"]],
    ["Bash(a), b),Read", ["Bash(a)", "b)", "Read"]],
    ["Bash((a) c),Read", ["Bash((a)", "c)", "Read"]],
    ["Bash(echo \\), x),Read", ["Bash(echo \\)", "x)", "Read"]],
    ["Skill(x),Bash(*", ["Skill(x)", "Bash(*"]],
    ["Bash(a)(b, c),Read", ["Bash(a)(b, c)", "Read"]],
    ["Bash(,Read", ["Bash(,Read"]],
  ];
  for (const [value, parts] of rows) assertEquals(splitRules(value), parts);
});

/** Texts that are two things to one flag or another, or the beginning of one. */
const HOSTILE: readonly string[] = [
  "x),Bash(*",
  "x), Bash(*)",
  "x) Bash(* ",
  "x,Bash",
  "x Bash",
  "x\tBash",
  "x\nBash",
  "x\n--dangerously-skip-permissions",
  "x --dangerously-skip-permissions",
  "--dangerously-skip-permissions",
  "-x",
  "Bash(",
  "Bash(x",
  "Bash(x), y)",
  "Bash()",
  "Bash)",
  "*),Bash(*",
  "x\u2028Bash",
  "x\u00a0Bash",
  "",
  " ",
  "x\0",
  '{"mcpServers":{"x":{"command":"sh"}}}',
];

/** Arguments as they are: see "a flag in extraArgs" in `check_options_test.ts`. */
const BY_HAND = "extraArgs";

/** How the CLI takes apart the value of a flag; all others it takes whole. */
const SPLIT: Readonly<Record<string, (value: string) => readonly string[]>> = {
  "--allowedTools": splitRules,
  "--disallowedTools": splitRules,
  "--tools": splitRules,
  "--fallback-model": (value) => value.split(/[\s,]/),
  "--betas": (value) => value.split(/[\s,]/),
  "--setting-sources": (value) => value.split(/[\s,]/),
  // A path that is JSON is no path.
  "--mcp-config": (value) => value.trim().startsWith("{") ? [] : [value],
  "--settings": (value) => value.trim().startsWith("{") ? [] : [value],
  "--file": (value) => /^[^:,\s]+:/.test(value) ? [value] : [],
  "--plugin-url": (value) => value.split(/\s/),
};

/** The names of all flags, and how many values the CLI finds in each. */
function found({ args }: { readonly args: readonly string[] }) {
  return args.map((argument) => {
    const cut = argument.indexOf("=");
    if (cut < 0) return [argument, 0] as const;
    const name = argument.slice(0, cut);
    const value = argument.slice(cut + 1);
    return [name, (SPLIT[name] ?? (() => [value]))(value).length] as const;
  });
}

Deno.test("every option takes the sample of its kind, so that the tests below are about each", () => {
  for (const [name, { kind }] of Object.entries(ENTRIES)) {
    checkOptions(optionsWith(name, sampleOf(kind)));
  }
});

/** A text that is one thing to every flag. */
const HARMLESS = "harmless";

Deno.test("no text in an option becomes more than one value, or another flag", () => {
  const always = launchOf({}).args.join(" ");
  let taken = 0;
  for (const name of OPTION_NAMES) {
    if (name === BY_HAND) continue;
    for (const { path, put } of spotsOf(name)) {
      for (const around of ["", "https://h/"]) {
        const make = (text: string) =>
          attempt(optionsWith(name, put(`${around}${text}`)));
        const good = make(HARMLESS);
        for (const text of HOSTILE) {
          // The one option that takes JSON, and puts it into a file.
          if (path === "settings" && text.startsWith("{")) continue;
          const launch = make(text);
          if (launch instanceof Error) continue;
          const where = `${path}: ${around}${JSON.stringify(text)}`;
          assert(
            !(good instanceof Error),
            `${where} is taken, and a plain text is not`,
          );
          taken++;
          assertEquals(found(launch), found(good), where);
          // In no argument but those where any text is.
          if (always.includes(text)) continue;
          assertEquals(
            count(launch.args, text),
            count(good.args, HARMLESS),
            where,
          );
        }
      }
    }
  }
  assert(taken > 500, `${taken} are taken as they are: paths, names, ids`);
});

function count(args: readonly string[], text: string): number {
  return args.filter((argument) => argument.includes(text)).length;
}

function attempt(options: SessionOptions) {
  try {
    checkOptions(options);
    return launchOf(options);
  } catch (error) {
    assertInstanceOf(error, ConfigError);
    return error;
  }
}

Deno.test("rules, names of tools, of skills and of agents' tools: one each", () => {
  const agent = (more: object) => ({
    agents: { a: { description: "d", prompt: "p", ...more } },
  });
  const refused: readonly object[] = [
    { allowedTools: ["Bash(git *),Bash(*)"] },
    { disallowedTools: ["Bash(", "Read"] },
    { disallowedTools: ["Read Write"] },
    { disallowedTools: ["Bash(echo (a) b)"] },
    { builtinTools: ["Bash(git *)"] },
    { builtinTools: ["Read,Bash"] },
    { skills: ["pdf*"] },
    { skills: ["pdf)"] },
    { skills: [" pdf"] },
    agent({ tools: ["Read,Bash"] }),
    agent({ disallowedTools: ["Bash("] }),
    agent({ skills: ["x),Bash(*"] }),
    agent({ permissionMode: "yolo" }),
    agent({ effort: 3.5 }),
    { fallbackModel: "a,b" },
    { betas: ["a,b"] },
    { permissionPromptTool: "stdio" },
    { plugins: [{ path: "/p", url: "https://h/p.zip" }] },
    { plugins: [{ type: "local", path: "/p" }] },
    { extraArgs: { "chrome=--x": true } },
    { extraArgs: { "chrome --x": true } },
  ];
  for (const options of refused) {
    assertThrows(
      () => checkOptions(options as SessionOptions),
      ConfigError,
      undefined,
      JSON.stringify(options),
    );
  }
  const taken: readonly SessionOptions[] = [
    {
      allowedTools: [
        "Bash(git log --format='%h, %s')",
        "Bash(npm run test:*)",
        "Edit(src/a b/**)",
        "mcp__db",
        "mcp__db__*",
        "WebFetch(domain:example.com)",
        "Bash(echo $(date))",
      ],
    },
    { builtinTools: ["Bash", "mcp__x__y"] },
    { skills: ["pdf", "my plugin:review", "größe"] },
    agent({ tools: ["Bash(git *)", "Agent(reviewer)"], effort: 3 }),
  ];
  for (const options of taken) checkOptions(options);
});
