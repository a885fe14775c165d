// `deno compile` of the command and of a program that uses SyncSession.
//
// A compiled program is Deno's own small runtime with the program behind it. That runtime
// comes from dl.deno.land, or from DENORT_BIN; without it nothing that was compiled can
// run. What is put into it can be looked at all the same: any file does for a runtime
// then, and Deno itself is one.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { ScriptedClaude, step } from "../../src/testing/mod.ts";
import { run, type Said } from "../support/registry.ts";

const ROOT = decodeURIComponent(new URL("../..", import.meta.url).pathname);
const PROGRAM = "tests/consumer/compiled.ts";

/** Which runtime can be had: the variable for it, or why there is none. */
async function findRuntime(): Promise<Record<string, string> | string> {
  const given = Deno.env.get("DENORT_BIN");
  if (given) return { DENORT_BIN: given };
  const { os, target } = Deno.build;
  if (os === "windows") return "the stand-in is a shell script there";
  const url =
    `https://dl.deno.land/release/v${Deno.version.deno}/denort-${target}.zip`;
  try {
    const signal = AbortSignal.timeout(5_000);
    const answer = await fetch(url, { method: "HEAD", signal });
    await answer.body?.cancel();
    return answer.ok ? {} : `${url} answered ${answer.status}`;
  } catch {
    return "no DENORT_BIN, and dl.deno.land cannot be reached";
  }
}

const runtime = await findRuntime();

/** What compiling needs of the machine: where things are, and the way to the network. */
function machineEnv(): Record<string, string> {
  const wanted = /^(HOME|TMPDIR|DENO_|JSR_URL|.*_proxy$|.*CERT|SSL_)/i;
  return Object.fromEntries(
    Object.entries(Deno.env.toObject()).filter(([name]) => wanted.test(name)),
  );
}

async function compile(
  source: string,
  output: string,
  flags: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Said> {
  const args = ["compile", "--no-check", ...flags, "-o", output, source];
  const options = { cwd: ROOT, env: { ...machineEnv(), ...env } };
  const said = await run(Deno.execPath(), args, {
    ...options,
    limitMs: 120_000,
  });
  assertEquals(said.code, 0, said.stderr);
  return said;
}

Deno.test("deno compile takes the command, and a program with SyncSession together with its worker", async () => {
  const folder = await Deno.makeTempDir({ prefix: "claudestream-compile-" });
  try {
    // The command itself never blocks.
    for (
      const [source, file] of [[PROGRAM, "line_worker.ts"], [
        "cli.ts",
        "main.ts",
      ]]
    ) {
      const env = { DENORT_BIN: Deno.execPath() };
      const said = await compile(`${source}`, `${folder}/program`, [], env);
      const embedded = `${said.stdout}${said.stderr}`;
      assertStringIncludes(embedded, "Embedded Files");
      assertStringIncludes(embedded, `── ${file} (`);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  name: typeof runtime === "string"
    ? `compiled programs run (skipped: ${runtime})`
    : "compiled programs run, with the permissions that they were compiled with",
  ignore: typeof runtime === "string",
  async fn() {
    const denort = typeof runtime === "string" ? {} : runtime;
    const folder = await Deno.makeTempDir({ prefix: "claudestream-compile-" });
    await using claude = await ScriptedClaude.create({
      processes: Array.from(
        { length: 3 },
        () => ({ turns: [[step.text("done")]] }),
      ),
    });
    try {
      const flags = [`--allow-run=${claude.path}`, "--no-prompt"];
      const options = { cwd: folder, env: { HOME: folder } };
      await compile(PROGRAM, `${folder}/program`, flags, denort);
      const words = ["ask", "hi", "--claude-path", claude.path];
      await compile("cli.ts", `${folder}/claudestream`, flags, denort);
      assertEquals(
        await run(`${folder}/program`, [claude.path], options),
        { code: 0, stdout: "done\ndone\n", stderr: "" },
      );
      assertEquals(
        await run(`${folder}/claudestream`, words, options),
        { code: 0, stdout: "done\n", stderr: "" },
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
