import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { cliLists } from "../scripts/_cli_lists.ts";
import { Declarations, literalsOf } from "../scripts/_declarations.ts";
import { listsDrift } from "../scripts/drift.ts";
import { live } from "./live_world.ts";
import { installedClaudePath, realClaudePath } from "./real_claude.ts";

const FILE = `
import type { A } from 'a'; // declare type Hidden = { x: 1 };
/** Says "it's" { and } ; in a comment. */
export declare type Line = core.First | Second;
declare type Second = Third | Fourth;
export declare type First = {
    type: 'system';
    /** A field: not this one; */
    subtype: 'one' | "two";
    nested?: {
        inner: string;
        list: Map<string, () => void>;
    };
    'quoted-name': '; }';
    readonly run: (a: { b: string; }) => Promise<void>;
    method(x: number): void;
};
declare type Third = { type: 'third' };
export declare type Fourth = {
    type: 'fourth';
};
`;

Deno.test("Declarations takes unions apart, down to object types", () => {
  const members = new Declarations(FILE).members("Line");
  assertEquals(members, ["First", "Third", "Fourth"]);
});

Deno.test("Declarations reads the fields of an object, not those inside", () => {
  const fields = new Declarations(FILE).fields("First");
  assertEquals(fields.map((field) => field.name), [
    "type",
    "subtype",
    "nested",
    "quoted-name",
    "run",
    "method",
  ]);
  assertEquals(literalsOf(fields[1]?.type ?? ""), ["one", "two"]);
});

Deno.test("Declarations names the type that it cannot find or read", () => {
  const declarations = new Declarations(FILE);
  assertThrows(() => declarations.members("Hidden"), Error, '"Hidden"');
  assertThrows(() => declarations.fields("Line"), Error, '"Line"');
});

/** A program file with lists as a minifier writes them, between other bytes. */
const PROGRAM =
  `\0\xff var a=["Agent","Bash","Read","Skill","WebFetch","New"],` +
  `b={Task:"Agent",Old:"New"};c=[".git",".config",".vscode",".claude",".husky"];` +
  `d=[".git",".vscode",".claude",".husky",".new"],` +
  `e=[".gitconfig",".bashrc",".zshrc",".mcp.json",".newrc"]\0`;

Deno.test("cliLists finds the lists in a program file, wherever they are", async () => {
  const path = await Deno.makeTempFile();
  try {
    // The lists are where a chunk ends, and where another begins.
    for (const before of [0, 16 * 1024 * 1024 - 100]) {
      await Deno.writeTextFile(path, " ".repeat(before) + PROGRAM);
      assertEquals(await cliLists(path), {
        tools: ["Agent", "Bash", "Read", "Skill", "WebFetch", "New"],
        formerNames: { Task: "Agent", Old: "New" },
        folders: [".git", ".vscode", ".claude", ".husky", ".new"],
        files: [".gitconfig", ".bashrc", ".zshrc", ".mcp.json", ".newrc"],
      });
    }
    assertEquals(
      listsDrift(await cliLists(path)).map((line) =>
        /the (.*): put it into/.exec(line)?.[1]
      ),
      [
        'tool "New"',
        `tool's former name "Old, now New"`,
        'protected folder ".new"',
        'protected file ".newrc"',
      ],
    );
    await Deno.writeTextFile(path, PROGRAM.replaceAll(".husky", ".other"));
    await assertRejects(() => cliLists(path), Error, "folders");
  } finally {
    await Deno.remove(path);
  }
});

live(
  "our lists have all tools and protected files of the real CLI",
  async () => {
    const path = realClaudePath() ?? installedClaudePath();
    assertEquals(listsDrift(await cliLists(path)), []);
  },
);
