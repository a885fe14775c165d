// Files and directories that flags of `claude` name: a wrong one is told before anything starts.

import { assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../failure/usage_error.ts";
import { claudeFlagOptions } from "./claude_flags.ts";
import type { Flags } from "./flags.ts";

const read = (_flag: string, value: string) => Promise.resolve(value);

/** Flags that name a path, and what is told of one that is not there, or of the other kind. */
const PATHS: readonly (readonly [Flags, string])[] = [
  [{ addDir: ["none"] }, "as --add-dir: there is no such directory"],
  [{ addDir: [".", "file"] }, "as --add-dir: expected a directory, got a file"],
  [{ addDir: ["file/x"] }, "as --add-dir: there is no such directory"],
  [{ mcpConfig: ["file", "none"] }, "as --mcp-config: there is no such file"],
  [{ mcpConfig: ["."] }, "as --mcp-config: expected a file, got a directory"],
  [{ settings: "none" }, "as --settings: there is no such file"],
  [{ settings: "." }, "as --settings: expected a file, got a directory"],
];

for (const [flags, expected] of PATHS) {
  Deno.test(`${JSON.stringify(flags)}: ${expected}`, async () => {
    const cwd = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(`${cwd}/file`, "{}");
      await assertRejects(
        () => claudeFlagOptions({ ...flags, cwd }, read),
        UsageError,
        expected,
      );
    } finally {
      await Deno.remove(cwd, { recursive: true });
    }
  });
}

Deno.test("paths that are there, and JSON in place of a file, are handed on as they are", async () => {
  const cwd = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${cwd}/file`, "{}");
    const flags = {
      addDir: [".", cwd],
      mcpConfig: ["file", ' {"mcpServers":{}}'],
      settings: '{"model":"opus"}',
    };
    const options = await claudeFlagOptions({ ...flags, cwd }, read);
    assertEquals(
      [options.addDirs, options.mcpConfigFiles, options.settings],
      [flags.addDir, flags.mcpConfig, flags.settings],
    );
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
});
