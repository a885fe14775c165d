// writePaths() lets no tool write outside its directories.

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ConfigError } from "../errors.ts";
import type { RealPath } from "../util/real_path.ts";
import { writePaths, type WritePathsOptions } from "./write_paths.ts";

/** A file system: what is there, and where links lead. Follows them part by part. */
function fileSystem(
  there: readonly string[],
  links: Record<string, string>,
): RealPath {
  const known = new Set(["/", ...there]);
  const follow = (path: string, depth = 0): string | undefined => {
    if (depth > 20) throw new Error("too many links");
    let real = "/";
    for (const part of path.split("/")) {
      if (part === "" || part === ".") continue;
      if (part === "..") {
        real = real.slice(0, real.lastIndexOf("/")) || "/";
        continue;
      }
      const next = real === "/" ? `/${part}` : `${real}/${part}`;
      const target = links[next];
      if (target !== undefined) {
        const led = follow(target, depth + 1);
        if (led === undefined) throw new Error("a link to nothing");
        real = led;
      } else if (known.has(next)) real = next;
      else return undefined;
    }
    return real;
  };
  return (path) => follow(path);
}

const realPath = fileSystem(
  [
    "/work",
    "/work/src",
    "/work/src/deep",
    "/work/src/a.ts",
    "/work/src-evil",
    "/work/src/.git",
    "/work/sub",
    "/etc",
    "/etc/passwd",
    "/etc/dir",
    "/home",
  ],
  {
    "/work/src/out": "/etc",
    "/work/src/outdir": "/etc/dir",
    "/work/src/in": "/work/src/deep",
    "/work/src/dangling": "/etc/new",
    "/work/src/loop": "/work/src/loop",
    "/work/src/Kelvin": "/etc",
    "/work/link": "/work/src",
  },
);

function behavior(
  dirs: string[],
  file_path: unknown,
  options: WritePathsOptions = {},
  callCwd?: string,
) {
  const input = file_path === undefined ? {} : { file_path };
  return writePaths(dirs, { realPath, ...options }).decide(
    { toolName: "Write", input, toolUseId: "1" },
    {
      signal: new AbortController().signal,
      cwd: "/work",
      ...callCwd === undefined ? {} : { callCwd },
    },
  )?.behavior;
}

Deno.test("writePaths lets nothing out of its directories", () => {
  const table: [unknown, "allow" | "deny"][] = [
    ["/work/src/a.ts", "allow"],
    ["/work/src/new/very/deep.ts", "allow"],
    ["src/a.ts", "allow"],
    ["./src/a.ts", "allow"],
    ["src/deep/../a.ts", "allow"],
    ["/work/src/in/x", "allow"],
    ["/work/link/x", "allow"],
    ["/work/src-evil/x", "deny"],
    ["/work/x", "deny"],
    ["/etc/passwd", "deny"],
    ["src/../x", "deny"],
    ["/work/src/../../etc/passwd", "deny"],
    ["/work/src/new/../../x", "deny"],
    // Text says src/x, the file system says /etc/x.
    ["/work/src/outdir/../x", "deny"],
    ["/work/src/out/passwd", "deny"],
    ["/work/src/out/new", "deny"],
    ["/work/src/dangling", "deny"],
    ["/work/src/loop/x", "deny"],
    ["~/src/a.ts", "deny"],
    ["~root/x", "deny"],
    [" /etc/passwd", "deny"],
    ["src/\u212Aelvin/x", "deny"],
    ["src/a\0b", "deny"],
    ["/proc/self/cwd/src/a.ts", "deny"],
    ["//proc/self/cwd/x", "deny"],
    ["/dev/fd/3", "deny"],
    ["src/.git/hooks/pre-commit", "deny"],
    ["src/.GIT/config", "deny"],
    ["src/.claude/settings.json", "deny"],
    ["src/.mcp.json", "deny"],
    ["", "deny"],
    ["  ", "deny"],
    [undefined, "deny"],
    [5, "deny"],
  ];
  for (const [path, expected] of table) {
    assertEquals(behavior(["src"], path), expected, JSON.stringify(path));
    assertEquals(
      behavior(["/work/src/"], path),
      expected,
      JSON.stringify(path),
    );
  }
});

Deno.test("writePaths takes files, several directories, and those that are not there yet", () => {
  assertEquals(behavior(["notes.md"], "notes.md"), "allow");
  assertEquals(behavior(["notes.md"], "notes.md.exe"), "deny");
  assertEquals(behavior(["src", "out/x"], "out/x/y"), "allow");
  assertEquals(behavior(["src", "out/x"], "out/y"), "deny");
  assertEquals(behavior(["/"], "/etc/passwd"), "allow");
  assertEquals(behavior(["src/.git"], "src/.git/config"), "allow");
  assertEquals(behavior(["src"], "src/.git/x", { closed: [] }), "allow");
  assertEquals(behavior(["src"], "src/Secret", { closed: ["Secret"] }), "deny");
});

Deno.test("a path begins where the CLI is, a directory where the session is", () => {
  assertEquals(behavior(["src"], "src/a.ts", {}, "/work/sub"), "deny");
  assertEquals(behavior(["src"], "../src/a.ts", {}, "/work/sub"), "allow");
  assertEquals(behavior(["sub"], "a.ts", {}, "/work/sub"), "allow");
});

Deno.test("the directories stay where they were when the policy was first asked", () => {
  const links: Record<string, string> = {};
  const moving = fileSystem(["/work", "/work/src", "/etc"], links);
  const policy = writePaths(["src"], { realPath: moving });
  const decide = (toolName: string, input: Record<string, unknown>) =>
    policy.decide({ toolName, input, toolUseId: "1" }, {
      signal: new AbortController().signal,
      cwd: "/work",
    })?.behavior;
  assertEquals(decide("Bash", { command: "ln -s /etc src" }), undefined);
  links["/work/src"] = "/etc";
  assertEquals(decide("Write", { file_path: "src/x" }), "deny");
});

Deno.test("writePaths covers the tools that write, those that are named, and no others", () => {
  const policy = writePaths(["src"], {
    realPath,
    tools: { mcp__fs__write: "path" },
  });
  const table: [string, Record<string, unknown>, string | undefined][] = [
    ["Write", { file_path: "src/x" }, "allow"],
    ["Edit", { file_path: "x" }, "deny"],
    ["MultiEdit", { file_path: "x" }, "deny"],
    ["NotebookEdit", { notebook_path: "src/x" }, "allow"],
    ["NotebookEdit", { file_path: "src/x", notebook_path: "x" }, "deny"],
    ["mcp__fs__write", { path: "x" }, "deny"],
    ["mcp__fs__write", { path: "src/x" }, "allow"],
    ["Read", { file_path: "/etc/passwd" }, undefined],
    ["Bash", { command: "rm x" }, undefined],
  ];
  for (const [toolName, input, expected] of table) {
    const decision = policy.decide({ toolName, input, toolUseId: "1" }, {
      signal: new AbortController().signal,
      cwd: "/work",
    });
    assertEquals(decision?.behavior, expected, toolName);
  }
});

Deno.test("writePaths denies where it cannot tell", () => {
  const failing: RealPath = () => {
    throw new Error("Requires read access");
  };
  const decide = (policy: ReturnType<typeof writePaths>, cwd?: string) => {
    try {
      return policy.decide(
        { toolName: "Write", input: { file_path: "src/x" }, toolUseId: "1" },
        {
          signal: new AbortController().signal,
          ...cwd === undefined ? {} : { cwd },
        },
      )?.behavior;
    } catch {
      // The caller treats an exception as a denial.
      return "deny";
    }
  };
  assertEquals(
    decide(writePaths(["src"], { realPath: failing }), "/work"),
    "deny",
  );
  assertEquals(decide(writePaths(["src"], { realPath })), "deny");
  for (const dirs of [[], [""], [" "], ["~/x"], ["a\0"]]) {
    assertThrows(() => writePaths(dirs), ConfigError);
  }
});

Deno.test("writePaths takes folders, and no patterns, which it would never match", () => {
  for (const dir of ["src/**", "*.ts", "a?c", "src/{a,b}", "/tmp/*/x"]) {
    const error = assertThrows(() => writePaths(["ok", dir]), ConfigError);
    assertStringIncludes(error.message, `"${dir}": expected a folder`);
  }
  // Frameworks name folders so.
  for (const dir of ["app/[id]", "app/(group)", "a{b}", "@x", "a,b"]) {
    writePaths([dir]);
  }
});
