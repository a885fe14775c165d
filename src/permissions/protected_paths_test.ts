// Names of files that the CLI protects are found in each spelling and behind links.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { byTool } from "./by_tool.ts";
import { unattendedDenial } from "./decide.ts";
import { allOf, firstOf } from "./combine.ts";
import { allow, deny } from "./decision.ts";
import { PolicyGate } from "./gate.ts";
import type { RealPath } from "../util/real_path.ts";
import { logged } from "./logged.ts";
import {
  allowAll,
  allowBuiltins,
  allowList,
  callback,
  denyAll,
} from "./policy.ts";
import type { Policy } from "./policy_types.ts";
import {
  foldedName,
  namesWrittenOut,
  oddNames,
  PROTECTED_FILES,
  PROTECTED_FOLDERS,
  protectedDenial,
  protectedNames,
  protectedNamesOf,
  ruleNaming,
} from "./protected_paths.ts";
import { readOnly } from "./read_only.ts";
import { writePaths } from "./write_paths.ts";

const context = {
  signal: new AbortController().signal,
  cwd: "/work",
};

/** A machine with these links, on which all is there but what has "new" in it. */
function links(table: Readonly<Record<string, string>>): RealPath {
  return (path) => {
    if (path.includes("new")) return undefined;
    const link = Object.keys(table).find((link) =>
      path === link || path.startsWith(`${link}/`)
    );
    return link === undefined ? path : table[link] + path.slice(link.length);
  };
}

/** Spellings that some file system takes for the same name. */
const SPELLINGS: readonly [spelling: string, name: string][] = [
  [".GIT", ".git"],
  [".Claude", ".claude"],
  [".hu\u017fky", ".husky"],
  [".v\u017fcode", ".vscode"],
  [".\u0131dea", ".idea"],
  [".\uff47it", ".git"],
  [".g\u200cit", ".git"],
  ["\ufeff.git", ".git"],
  [".git\u200b", ".git"],
  // Some file systems without case drop these as well.
  [".mcp.json\u034f", ".mcp.json"],
  [".g\ufe0fit", ".git"],
  [".claude.", ".claude"],
  [".claude ", ".claude"],
  [".claude\t", ".claude"],
  [".git. .", ".git"],
  [".git:stream", ".git"],
  [".git::$INDEX_ALLOCATION", ".git"],
  [".BashRC", ".bashrc"],
  [".Mcp.JSON", ".mcp.json"],
  ["LeftHook.yml", "lefthook.yml"],
  [".zprofile...", ".zprofile"],
];

Deno.test("each protected name is found, alone, below and in each spelling", () => {
  for (const name of [...PROTECTED_FOLDERS, ...PROTECTED_FILES]) {
    for (
      const path of [
        name,
        `/work/${name}`,
        `~/${name}`,
        `a/b/${name}`,
        `a/${name}/c/d.txt`,
        `a/./${name}//c`,
        name.toUpperCase(),
        `a\\${name.replace("/", "\\")}\\c`,
        `${name}.`,
      ]
    ) {
      assertEquals(protectedNames(path), [name], path);
    }
  }
  for (const [spelling, name] of SPELLINGS) {
    assertEquals(foldedName(spelling), name);
    assertEquals(protectedNames(`a/${spelling}/b`), [name], spelling);
  }
});

Deno.test("other names are not protected, however near they are", () => {
  const open = [
    "git",
    ".github/workflows/x.yml",
    ".gitignore",
    ".gitattributes",
    "claude/settings.json",
    "CLAUDE.md",
    ".claudex/a",
    "a.git/b",
    ".config/other",
    "config/git",
    "src/.config/x/git",
    "mcp.json",
    "x.mcp.json",
    ".bashrc.bak",
    "npmrc",
    "package.json",
    "Makefile",
    "\u4e2d\u6587/\u00e9.txt",
    "",
  ];
  for (const path of open) {
    assertEquals([...protectedNames(path), ...oddNames(path)], [], path);
  }
});

Deno.test("the CLI's copies of a repository are open, their own folders are not", () => {
  const root = "/work/.claude/worktrees/a";
  assertEquals(protectedNames(`${root}/src/x.ts`), []);
  assertEquals(protectedNames(`${root}/.claude/settings.json`), [".claude"]);
  assertEquals(protectedNames(`${root}/.git/config`), [".git"]);
  assertEquals(protectedNames(`${root}/.claude/worktrees/b/x`), [".claude"]);
  assertEquals(protectedNames("/work/.claude/worktree/a"), [".claude"]);
});

Deno.test("names that may mean another one are found", () => {
  for (
    const path of [
      "CLAUDE~1/settings.json",
      "GIT~2",
      "a/x.",
      "a /b",
      "a/.../b",
      "a/x.con",
      "x.LPT1",
      "\\\\server\\share\\x",
      "//?/C:/x",
    ]
  ) {
    assertEquals(oddNames(path).length, 1, path);
  }
});

Deno.test("protectedNamesOf looks at the path that the tool uses", () => {
  const of = (toolName: string, input: Record<string, unknown>) =>
    protectedNamesOf({ toolName, input }, context);
  assertEquals(of("Write", { file_path: ".git/x" }), [".git"]);
  assertEquals(of("Edit", { file_path: " .git/x" }), [".git"]);
  assertEquals(of("MultiEdit", { file_path: "/home/u/.zshrc" }), [".zshrc"]);
  assertEquals(of("NotebookEdit", { notebook_path: ".claude/a.ipynb" }), [
    ".claude",
  ]);
  assertEquals(of("NotebookEdit", { file_path: ".claude/a" }), []);
  assertEquals(of("Read", { file_path: ".git/x" }), []);
  assertEquals(of("Bash", { command: "x > .git/x" }), []);
  assertEquals(of("Write", { file_path: 5 }), []);
  assertEquals(of("toString", {}), []);
});

Deno.test("where the session is does not make its files odd, but may protect them", () => {
  const write = { toolName: "Write", input: { file_path: "src/a.ts" } };
  const at = (cwd: string) => protectedNamesOf(write, { cwd });
  assertEquals(at("C:\\Users\\RUNNER~1\\work"), []);
  assertEquals(at("/tmp/dir~1"), []);
  assertEquals(at("/home/u/.cargo/registry/x"), [".cargo"]);
  assertEquals(at("/work/.claude/worktrees/a"), []);
});

Deno.test("protectedNamesOf follows links, and takes one that it cannot follow for a protected one", () => {
  const of = (path: string, realPath: RealPath, ...trusted: string[]) =>
    protectedNamesOf(
      { toolName: "Write", input: { file_path: path } },
      context,
      { realPath, trusted },
    );
  const table = links({
    "/work/docs": "/work/.claude",
    "/work/a": "/elsewhere/b",
    "/work/cfg": "/etc/cfg",
  });
  assertEquals(of("docs/settings.json", table), [".claude"]);
  assertEquals(of("docs/new/x.json", table), [".claude"]);
  assertEquals(of("a/new.txt", table), []);
  assertEquals(of("a/../docs/x", table), [".claude"]);
  assertEquals(of("/etc/cfg/settings.json", table, "/etc/cfg"), ["/etc/cfg"]);
  assertEquals(of("cfg/new.json", table, "/etc/cfg"), ["/etc/cfg"]);
  assertEquals(of("/etc/cfg2/x", table, "/etc/cfg"), []);
  assertEquals(of("x/s.json", table, "/p", "/work/x/s.json"), [
    "/work/x/s.json",
  ]);
  const broken = () => {
    throw new Error("too many links");
  };
  assertEquals(of("a/x", broken), ["too many links"]);
});

function decide(policy: Policy, file_path: string, toolName = "Write") {
  const decision = policy.decide(
    { toolName, input: { file_path }, toolUseId: "1" },
    context,
  );
  if (decision instanceof Promise) throw new Error("expected no promise");
  return decision;
}

Deno.test("a rule covers what is protected only if it names it", () => {
  const rows: readonly [rule: string, path: string, expected: string][] = [
    ["Write", "src/a.ts", "allow"],
    ["Write", ".claude/settings.json", "deny"],
    ["Write", "/home/u/.bashrc", "deny"],
    ["Write(**)", ".git/config", "deny"],
    ["Write(*)", ".mcp.json", "deny"],
    ["Write(.*)", ".mcp.json", "deny"],
    ["Write(.claude*/**)", ".claude/x", "deny"],
    ["Write(src/**)", "src/.git/hooks/x", "deny"],
    ["Write(.claude/**)", ".claude/settings.json", "allow"],
    ["Write(.claude/skills/**)", ".claude/skills/a/SKILL.md", "allow"],
    ["Write(.claude/skills/**)", ".claude/settings.json", "deny"],
    ["Write(.claude/**)", ".claude/a/.git/config", "deny"],
    ["Write(.claude/*/.git/**)", ".claude/a/.git/config", "allow"],
    ["Write(**/.vscode/settings.json)", "a/.vscode/settings.json", "allow"],
    ["Write(.mcp.json)", ".mcp.json", "allow"],
    ["Write(.config/git/**)", ".config/git/config", "allow"],
    ["Write(.config/**)", ".config/git/config", "deny"],
  ];
  for (const [rule, path, expected] of rows) {
    const decision = decide(allowList([rule]), path);
    assertEquals(decision?.behavior, expected, `${rule} on ${path}`);
  }
  // One rule may name it, and another one not.
  const both = allowList(["Write", "Write(.mcp.json)"]);
  assertEquals(decide(both, ".mcp.json"), allow({ protected: true }));
  assertEquals(decide(both, "a.txt"), allow());
  assert(namesWrittenOut("a/*/.git/**").has(".git"));
});

Deno.test("the denial says what is protected and which rule would allow it", () => {
  const decision = decide(allowList(["Edit"]), ".husky/pre-commit", "Edit");
  assert(decision?.behavior === "deny");
  assertStringIncludes(decision.message, `".husky"`);
  assertStringIncludes(decision.message, `"Edit(.husky/pre-commit)"`);
});

Deno.test("the rule that a denial names covers the call, or there is none", () => {
  const paths = [
    ".husky/pre-commit",
    "/work/a/.git/config",
    ".config/git/config",
    "/home/u/.bashrc",
    "CLAUDE~1/settings.json",
    ".VSCode/tasks.json",
    "a/.claude/b/.npmrc",
    ".mcp.json",
  ];
  for (const path of paths) {
    const call = { toolName: "Write", input: { file_path: path } };
    const rule = ruleNaming(call, protectedNamesOf(call, context));
    assert(rule !== undefined, path);
    assertEquals(decide(allowList([rule]), path)?.behavior, "allow", rule);
    const unattended = unattendedDenial({ ...call, toolUseId: "1" }, undefined);
    assert(unattended.behavior === "deny");
    assertStringIncludes(unattended.message, `allowList(["${rule}"])`);
  }
  for (const path of ["docs/x", ".git/a*b", "a/../.git/x", ".git/x(1)"]) {
    const call = { toolName: "Write", input: { file_path: path } };
    assertEquals(ruleNaming(call, [".git"]), undefined, path);
    const denial = protectedDenial(call, [".git"]);
    assert(denial.behavior === "deny");
    assertStringIncludes(denial.message, "allow({ protected: true })");
  }
});

const yes = () => allow();

/** Each policy that says yes to writing, and what a session makes of it. */
const GENERAL: readonly [policy: Policy, expected: string | undefined][] = [
  [allowAll(), undefined],
  [allowAll({ bypass: true }), "allow"],
  [allowBuiltins(), undefined],
  [allowList(["Write", "Edit", "NotebookEdit"]), "deny"],
  [allowList(["Write(.claude/**)", "Write(docs/**)"]), "allow"],
  [callback((name) => name !== "Bash" ? allow() : deny()), "deny"],
  [
    callback((_name, _input, { protectedNames }) =>
      protectedNames?.join() === ".claude" ? allow({ protected: true }) : deny()
    ),
    "allow",
  ],
  [callback(() => Promise.resolve(allow())), "deny"],
  [callback(() => allow({ input: { file_path: ".claude/x" } })), "deny"],
  [byTool({ Write: yes }), "deny"],
  [byTool({ "*": yes }), "deny"],
  [byTool({ Write: allowAll() }), undefined],
  [firstOf(allowBuiltins(), callback(yes)), "deny"],
  [
    allOf(callback(yes), allowList(["Write(.claude/**)", "Write(docs/**)"])),
    "deny",
  ],
  [logged(callback(yes), () => {}), "deny"],
  [{ name: "mine", decide: yes }, "deny"],
  [readOnly(), "deny"],
  [denyAll(), "deny"],
];

Deno.test("no general yes lets a session write what is protected, by name or through a link", async () => {
  const machine = {
    realPath: (path: string) => path.replace("/work/docs", "/work/.claude"),
    trusted: [],
  };
  for (const [policy, expected] of GENERAL) {
    for (const file_path of [".claude/settings.json", "docs/settings.json"]) {
      const gate = new PolicyGate(policy, false, machine);
      const input = {
        tool_name: "Write",
        tool_input: { file_path },
        tool_use_id: "1",
        cwd: "/work",
      };
      const what = `${policy.name} on ${file_path}`;
      const heard = await gate.beforeCall(input, context);
      // A rule of text does not know where a link leads.
      const isNamed = file_path.startsWith("docs") &&
        policy.name === "allowList";
      const wanted = isNamed ? "deny" : expected;
      assertEquals(heard?.behavior, wanted, what);
      const request = {
        toolName: "Write",
        input: { file_path },
        toolUseId: "2",
      };
      const asked = await gate.atQuestion(request, context);
      assertEquals(asked?.behavior, wanted, what);
      const told = await gate.explain(request, context);
      assertEquals(told.decision?.behavior, wanted, what);
    }
  }
});

Deno.test("a yes that changes the path is held against the new one", async () => {
  const to = (file_path: string) =>
    new PolicyGate(callback(() => allow({ input: { file_path } })), false)
      .beforeCall({
        tool_name: "Write",
        tool_input: { file_path: ".git/config" },
        tool_use_id: "1",
        cwd: "/work",
      }, context);
  assertEquals((await to("a.txt"))?.behavior, "allow");
  assertEquals((await to(".hg/../.git/x"))?.behavior, "deny");
});

Deno.test("writePaths keeps closed what the CLI protects, in each spelling", () => {
  const realPath: RealPath = (path) => path;
  const policy = writePaths(["/work"], { realPath });
  for (const name of [...PROTECTED_FOLDERS, ...PROTECTED_FILES]) {
    assertEquals(decide(policy, `/work/a/${name}`)?.behavior, "deny", name);
    assertEquals(decide(policy, `/work/${name}/x`)?.behavior, "deny", name);
  }
  for (const [spelling] of SPELLINGS) {
    assertEquals(decide(policy, `/work/${spelling}/x`)?.behavior, "deny");
  }
  assertEquals(decide(policy, "/work/a.ts"), allow({ protected: true }));
  const skills = writePaths(["/work/.claude/skills"], { realPath });
  assertEquals(decide(skills, "/work/.claude/skills/a.md")?.behavior, "allow");
  assertEquals(decide(skills, "/work/.claude/b.md")?.behavior, "deny");
  const closed = writePaths(["/work"], { realPath, closed: ["secret"] });
  assertEquals(decide(closed, "/work/.git/x")?.behavior, "allow");
  assertEquals(decide(closed, "/work/\u017fecret./x")?.behavior, "deny");
});
