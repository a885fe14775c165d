// The hint of a file or program that cannot be used fits the cause.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { startHint, writeHint } from "./file_hint.ts";

function coded(code: string): Error {
  return Object.assign(new Error("made up"), { code });
}

Deno.test("the hint of a file that cannot be written fits its cause", () => {
  const rows: readonly [unknown, string][] = [
    [coded("ENOSPC"), "disk is full"],
    [coded("EDQUOT"), "quota"],
    [coded("EROFS"), "read-only"],
    [coded("EACCES"), "may not write"],
    [coded("EMFILE"), "files open"],
    [new Deno.errors.NotFound("x"), "does not exist"],
    [new Deno.errors.PermissionDenied("x"), "may not write"],
    [new Deno.errors.NotCapable("x"), "--allow-write=/a/b"],
  ];
  const hints = rows.map(([cause]) => writeHint(cause, "/a/b") ?? "");
  for (const [at, [, part]] of rows.entries()) {
    assertStringIncludes(hints[at] ?? "", part);
  }
  // Deno's own permission is the matter of its own error alone.
  assertEquals(hints.filter((hint) => hint.includes("--allow")).length, 1);
  assertEquals(writeHint(coded("EWHAT"), "/a/b"), undefined);
  assertEquals(writeHint(coded("constructor"), "/a/b"), undefined);
  assertEquals(writeHint("ENOSPC", "/a/b"), undefined);
});

Deno.test({
  name: "the errors of the operating system have the codes that the hints know",
  ignore: Deno.build.os !== "linux",
  fn() {
    const folder = Deno.makeTempDirSync();
    const cause = (path: string): unknown => {
      try {
        // Made only by a write: opening is possible.
        const file = Deno.openSync(path, { write: true, create: true });
        try {
          file.writeSync(new Uint8Array(1));
        } finally {
          file.close();
        }
      } catch (error) {
        return error;
      }
      return undefined;
    };
    assertStringIncludes(writeHint(cause("/dev/full"), "x") ?? "", "full");
    assertStringIncludes(writeHint(cause(`${folder}/a/b`), "x") ?? "", "exist");
    assertStringIncludes(writeHint(cause(folder), "x") ?? "", "is a folder");
    Deno.removeSync(folder);
  },
});

Deno.test("the hint of a program that cannot be started fits its cause", () => {
  assertStringIncludes(startHint(coded("E2BIG"), "x") ?? "", "too long");
  assertStringIncludes(startHint(coded("EACCES"), "/x") ?? "", "chmod +x /x");
  assertStringIncludes(startHint(coded("ENOEXEC"), "/x") ?? "", "file /x");
  const denied = new Deno.errors.PermissionDenied("x");
  assert(startHint(denied, "/x")?.includes("chmod"));
  assertEquals(startHint(new Deno.errors.NotFound("x"), "/x"), undefined);
});
