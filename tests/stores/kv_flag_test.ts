// Deno KV in a program without --unstable-kv, which the tests themselves run with.

import { assertEquals } from "@std/assert";

const STORES = new URL("../../src/stores/mod.ts", import.meta.url).href;

/** Opens the store in a program with these flags; returns what it prints. */
async function opened(...flags: readonly string[]): Promise<string> {
  const program = `
    const { DenoKvSessionStore } = await import(${JSON.stringify(STORES)});
    try {
      using _ = await DenoKvSessionStore.open({ path: ":memory:" });
      console.log("open");
    } catch ({ name, option, message, hint }) {
      console.log([name, option, message, hint].join("\\n"));
    }
  `;
  // No configuration: the one of this repository has the flag. Lines of files are not read here.
  const streams = "data:text/javascript,export class TextLineStream {}";
  const map = JSON.stringify({ imports: { "@std/streams": streams } });
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--no-config",
      "--no-check",
      `--import-map=data:application/json,${encodeURIComponent(map)}`,
      ...flags,
      program,
    ],
  }).output();
  const decoder = new TextDecoder();
  return decoder.decode(stdout) + decoder.decode(stderr);
}

Deno.test("Deno KV without its flag is a ConfigError that names the flag", async () => {
  const told = (await opened()).split("\n");
  assertEquals(told, [
    "ConfigError",
    "sessionStore",
    "Cannot open Deno KV: Deno.openKv is not available",
    "Run Deno with --unstable-kv",
    "",
  ]);
});

Deno.test("Deno KV with its flag opens", async () => {
  assertEquals(await opened("--unstable-kv"), "open\n");
});
