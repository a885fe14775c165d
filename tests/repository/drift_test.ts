// The comparison with the official SDK names whatever is planted in it.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { cliLists } from "../../scripts/_cli_lists.ts";
import { Declarations } from "../../scripts/_declarations.ts";
import { cliSubjects, sdkSubjects } from "../../scripts/_drift_subjects.ts";
import { drift, listsDrift, readSdk } from "../../scripts/drift.ts";
import { live } from "../support/live_world.ts";
import { installedClaudePath, realClaudePath } from "../support/real_claude.ts";

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
        inner: Mode;
        list: Map<string, () => void>;
        many: { deep: number }[];
        byName: Record<string, { cost: A }>;
        self?: First;
    } | null;
    'quoted-name': '; }';
    readonly run: (a: { b: string; }) => Promise<void>;
};
declare type Third = { type: 'third' };
export declare type Fourth = (Third & { more: string }) & Base;
declare interface Base { base: string; }
declare type Mode = 'a' | 'b' | null;
declare type Inline = Third | { type: 'x' };
declare interface Query extends Base { go(): void; stop(why?: string): Promise<void>; }
`;

Deno.test("Declarations takes unions apart, down to object types", async () => {
  const declarations = await Declarations.read(FILE);
  assertEquals(declarations.members("Line"), ["First", "Third", "Fourth"]);
});

Deno.test("Declarations reads fields at any depth, with the texts that they can be", async () => {
  const declarations = await Declarations.read(FILE);
  assertEquals(
    [...declarations.paths("First")].map(([path, texts]) =>
      [path, ...texts].join(" ")
    ),
    [
      "type system",
      "subtype one two",
      "nested",
      "nested.inner a b",
      "nested.list",
      "nested.many",
      "nested.many.deep",
      "nested.byName",
      "nested.byName.*",
      "nested.byName.*.cost",
      "nested.self",
      "nested.self.type system",
      "nested.self.subtype one two",
      "nested.self.nested",
      "nested.self.nested.inner a b",
      "nested.self.nested.list",
      "nested.self.nested.many",
      "nested.self.nested.many.deep",
      "nested.self.nested.byName",
      "nested.self.nested.byName.*",
      "nested.self.nested.byName.*.cost",
      "nested.self.nested.self",
      "nested.self.quoted-name ; }",
      "nested.self.run",
      "quoted-name ; }",
      "run",
    ],
  );
  assertEquals(declarations.fields("Fourth"), ["type", "more", "base"]);
  assertEquals(declarations.texts("Mode"), ["a", "b"]);
  assert(declarations.isTexts("Mode") && !declarations.isTexts("Second"));
  assertEquals(declarations.methods("Query"), ["go", "stop"]);
});

Deno.test("Declarations names the type that it cannot find or read", async () => {
  const declarations = await Declarations.read(FILE);
  assertThrows(() => declarations.members("Hidden"), Error, '"Hidden"');
  assertThrows(() => declarations.members("Inline"), Error, '"Inline"');
  await assertRejects(() => Declarations.read("declare type = {"), Error);
});

/** As much of the SDK's declarations as each subject needs, in its shapes. */
const MAIN = `
export declare type StdoutMessage = core.SDKMessage | SDKKeepAliveMessage;
declare type SDKMessage = SDKTask | SDKResult;
declare type SDKTask = {
    type: 'system';
    subtype: 'task_updated';
    task_id: string;
    patch: { status?: 'pending' | 'running'; };
};
declare type SDKResult = { type: 'result'; subtype: 'success'; terminal_reason?: TerminalReason; };
declare type SDKKeepAliveMessage = { type: 'keep_alive' };
export declare type TerminalReason = 'completed' | 'max_turns';
export declare type PermissionMode = 'default' | 'plan';
declare type SDKControlRequestInner = SDKControlInterruptRequest | SDKControlPermissionRequest;
declare type SDKControlInterruptRequest = { subtype: 'interrupt'; cancel_queued?: boolean; };
declare type SDKControlInterruptResponse = { still_queued: string[]; };
declare type SDKControlPermissionRequest = { subtype: 'can_use_tool'; tool_name: string; };
export declare type Options = { model?: string; permissionMode?: PermissionMode; };
export declare type AgentDefinition = { prompt: string; };
declare type HookEvent = 'Stop' | 'PreToolUse';
declare type BaseHookInput = { session_id: string; };
declare type HookInput = StopHookInput | PreToolUseHookInput;
declare type StopHookInput = BaseHookInput & { hook_event_name: 'Stop'; stop_hook_active: boolean; };
declare type PreToolUseHookInput = (BaseHookInput & { hook_event_name: 'PreToolUse'; }) & { tool_name: string; };
declare type StopHookSpecificOutput = { hookEventName: 'Stop'; additionalContext?: string; };
declare type PreToolUseHookSpecificOutput = { hookEventName: 'PreToolUse'; permissionDecision?: HookPermissionDecision; };
declare type HookPermissionDecision = 'allow' | 'deny' | 'ask' | 'defer';
declare type SyncHookJSONOutput = {
    continue?: boolean;
    hookSpecificOutput?: StopHookSpecificOutput | PreToolUseHookSpecificOutput;
};
export declare const BUILTIN_TOOL_NAMES: readonly ['Bash', 'Read'];
export declare interface Query extends AsyncGenerator<SDKMessage, void> {
    interrupt(): Promise<void>;
    setModel(model?: string): Promise<void>;
}
`;
const TOOLS = `
export type ToolInputSchemas = BashInput | FileReadInput | ToolOutputSchemas;
export type ToolOutputSchemas = BashOutput;
export interface BashInput { command: string; }
export interface FileReadInput { file_path: string; }
export interface BashOutput { stdout: string; }
`;

/** By subject: what is put in the place of what, and what is new then. */
const PLANTED: Readonly<
  Record<string, readonly [from: string, to: string, found: string]>
> = {
  "Messages": [
    "'task_updated'",
    "'task_updated' | 'task_grown'",
    "system/task_grown",
  ],
  "Fields of messages": [
    "status?:",
    "mood?: { kind: string }; status?:",
    "system/task_updated.patch.mood",
  ],
  "Control requests": [
    "SDKControlRequestInner =",
    "SDKControlRequestInner = SDKControlNapRequest |",
    "nap",
  ],
  "Fields of control requests": [
    "tool_name: string; };\nexport declare type Options",
    "tool_name: string; tool_age: number; };\nexport declare type Options",
    "can_use_tool.tool_age",
  ],
  "Fields of the answers to control requests": [
    "still_queued:",
    "still_asleep: string[]; still_queued:",
    "interrupt.still_asleep",
  ],
  "Options": [
    "model?: string; perm",
    "mascot?: string; model?: string; perm",
    "mascot",
  ],
  "Fields of the option agents": [
    "prompt: string;",
    "prompt: string; shift?: string;",
    "agents.shift",
  ],
  "Hook events": [
    "'Stop' | 'PreToolUse'",
    "'Stop' | 'PreNap' | 'PreToolUse'",
    "PreNap",
  ],
  "Fields of hook inputs": [
    "stop_hook_active: boolean;",
    "stop_hook_active: boolean; tired: boolean;",
    "Stop.tired",
  ],
  "Fields of hook outputs": [
    "permissionDecision?:",
    "permissionMood?: string; permissionDecision?:",
    "PreToolUse.permissionMood",
  ],
  "Tools": ["'Bash', 'Read'", "'Bash', 'Nap', 'Read'", "Nap"],
  "Inputs of tools": ["= BashInput |", "= BashInput | NapInput |", "Nap"],
  "Fields of the inputs of tools": [
    "command: string;",
    "command: string; volume?: number;",
    "Bash.volume",
  ],
  "Values": [
    "'max_turns'",
    "'max_turns' | 'max_naps'",
    "TerminalReason=max_naps",
  ],
  "Methods of the query object": [
    "interrupt(): Promise<void>;",
    "interrupt(): Promise<void>; nap(ms: number): Promise<void>;",
    "nap",
  ],
};

const MORE = `
declare type SDKControlNapRequest = { subtype: 'nap' };
`;

async function findings(
  main: string,
  tools: string,
): Promise<readonly string[]> {
  return sdkSubjects(
    await readSdk(main + MORE, tools + "\nexport interface NapInput {}"),
  )
    .flatMap((subject) =>
      drift(subject).map((line) => `${subject.title}: ${line}`)
    );
}

Deno.test("drift names what is planted in the declarations, each subject once", async (t) => {
  const before = await findings(MAIN, TOOLS);
  const subjects = sdkSubjects(await readSdk(MAIN, TOOLS));
  assertEquals(Object.keys(PLANTED), subjects.map(({ title }) => title));
  const isNew = (line: string) => /: - `[^`]*`$/.test(line);
  assertEquals(before.filter(isNew), []);
  for (const [title, [from, to, found]] of Object.entries(PLANTED)) {
    await t.step(title, async () => {
      const [main, tools] = [MAIN, TOOLS].map((text) =>
        text.replace(from, () => to)
      ) as [string, string];
      assert(main !== MAIN || tools !== TOOLS, from);
      const after = await findings(main, tools);
      assertEquals(after.filter(isNew), [`${title}: - \`${found}\``]);
    });
  }
  await t.step("a mode that our code checks", async () => {
    const main = MAIN.replace("'plan'", "'plan' | 'nap'");
    assertEquals((await findings(main, TOOLS)).filter(isNew), [
      "Values: - `PermissionMode=nap`",
    ]);
  });
});

Deno.test("drift fails over a list that names what is no longer there", () => {
  const subject = {
    title: "Things",
    theirs: ["a", "b.c", "b.d", "ui_x"],
    has: (name: string) => name === "a",
    todo: "do it",
  };
  const all = { "b": "r", "ui_*": "r" };
  assertEquals(drift({ ...subject, leftOut: all }), []);
  const lines = drift({ ...subject, leftOut: { ...all, a: "r", z: "r" } });
  assertEquals(lines.map((line) => /`(.*)`.*: (.*),/.exec(line)?.slice(1)), [
    undefined,
    ["a", "we have it"],
    ["z", "the SDK has it not"],
  ]);
  assert(
    drift({ ...subject, leftOut: all, listed: ["a", "y"] }).join().includes(
      "`y`",
    ),
  );
  assert(
    drift({ ...subject, leftOut: {}, theirs: [] }).join().includes(
      "none found",
    ),
  );
});

/** A program file with lists as a minifier writes them, between other bytes. */
const PROGRAM =
  `\0\xff var a=["Agent","Bash","Read","Skill","WebFetch","New"],` +
  `b={Task:"Agent",Old:"New"};c=[".git",".config",".vscode",".claude",".husky"];` +
  `d=[".git",".vscode",".claude",".husky",".new"],` +
  `e=[".gitconfig",".bashrc",".zshrc",".mcp.json",".newrc"];` +
  `f=u({type:P("system"),subtype:P("init"),x:r()}),g=u({type:P("system"),subtype:P("nap_taken")});` +
  `u({type:P("nap_lifecycle"),why:r().describe("A } and \\" in it"),list:O(u({a:r()})),uuid:g()});` +
  `u({type:P("bed"),size:r()});u({type:P("result"),session_id:r()});` +
  `h=u({subtype:P("interrupt")}),i=u({subtype:P("take_nap")});j={type:"system",subtype:"nap_over"};` +
  `if(e.request.subtype==="side_question")k()\0`;

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
        messages: [
          "nap_lifecycle",
          "result",
          "system/init",
          "system/nap_over",
          "system/nap_taken",
        ],
        requests: ["interrupt", "side_question", "take_nap"],
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
    const subjects = cliSubjects(await cliLists(path), []);
    assertEquals(
      subjects.flatMap(({ theirs, has }) =>
        theirs.filter((name) => !has(name))
      ),
      ["nap_lifecycle", "system/nap_over", "system/nap_taken", "take_nap"],
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
