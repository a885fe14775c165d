/**
 * Compiles programs that use us with `tsc`, against declarations that `tsc` made, with
 * and without `skipLibCheck`: people who do not use Deno see the types too, and none
 * of them has become `any`.
 *
 *     deno run -A scripts/consumer.ts
 *
 * @module
 */

import { exists, pathOf, reasonOf, say as sayAs, withDraft } from "./_files.ts";
import { fetchFromNpm } from "./_npm.ts";

const TYPESCRIPT_VERSION = "5.9.3";

const say = (message: string) => sayAs("consumer", message);
const root = pathOf(new URL("../", import.meta.url));
const tools = `${root}/.tools`;
const home = `${tools}/typescript-${TYPESCRIPT_VERSION}`;

const COMMON = {
  target: "esnext",
  module: "esnext",
  moduleResolution: "bundler",
  types: [],
  strict: true,
  allowImportingTsExtensions: true,
};

if (import.meta.main) {
  try {
    await install();
    const problems = await compile();
    for (const line of problems) say(line);
    if (problems.length > 0) Deno.exit(1);
    say("What uses us compiles, with and without skipLibCheck.");
  } catch (error) {
    say(reasonOf(error));
    Deno.exit(1);
  }
}

async function install(): Promise<void> {
  if (await exists(`${home}/lib/tsc.js`)) return;
  await withDraft(tools, async (draft) => {
    if (await exists(`${home}/lib/tsc.js`)) return;
    say(`Fetching npm:typescript@${TYPESCRIPT_VERSION} …`);
    const source = await fetchFromNpm("typescript", TYPESCRIPT_VERSION, draft, {
      // A cache of its own, which goes with the draft.
      env: { DENO_DIR: `${draft}/cache` },
    });
    await Deno.rename(source, home);
  });
}

/** What `tsc` says about the programs; nothing where all is well. */
async function compile(): Promise<readonly string[]> {
  await Deno.mkdir(tools, { recursive: true });
  // Below the root: that is where the declarations find our dependencies.
  const dir = await Deno.makeTempDir({ dir: tools, prefix: "consumer-" });
  try {
    for (const name of ["session.ts", "events.ts", "ambient.d.ts"]) {
      await Deno.copyFile(`${root}/scripts/consumer/${name}`, `${dir}/${name}`);
    }
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["types"],
    }).output();
    await Deno.writeFile(`${dir}/deno.d.ts`, stdout);
    const deno = ["deno.d.ts", "ambient.d.ts"];
    const problems = await tsc(dir, [
      ...deno,
      "../../mod.ts",
      "../../src/decode/public.ts",
    ], {
      lib: ["esnext"],
      declaration: true,
      emitDeclarationOnly: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: true,
      rootDir: "../..",
      outDir: "out",
    });
    if (problems.length > 0) return problems;
    const programs = [
      { files: [...deno, "session.ts"], lib: ["esnext"] },
      { files: ["events.ts"], lib: ["esnext", "dom"] },
    ];
    for (const { files, lib } of programs) {
      for (const skipLibCheck of [true, false]) {
        const found = await tsc(dir, files, {
          lib,
          noEmit: true,
          skipLibCheck,
        });
        problems.push(
          ...found.map((line) => `skipLibCheck ${skipLibCheck}: ${line}`),
        );
      }
    }
    return problems;
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function tsc(
  dir: string,
  files: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<string[]> {
  const config = { compilerOptions: { ...COMMON, ...options }, files };
  await Deno.writeTextFile(`${dir}/tsconfig.json`, JSON.stringify(config));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-config",
      "--unstable-detect-cjs",
      `${home}/lib/tsc.js`,
      "-p",
      dir,
    ],
    cwd: dir,
    env: { NO_COLOR: "1" },
  }).output();
  // With problems in a program it ends with 1 or 2 and names them on stdout.
  if (code !== 0 && stdout.length === 0) {
    throw new Error(`Cannot run tsc: ${new TextDecoder().decode(stderr)}`);
  }
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  // Deno's own declarations want more of the platform than tsc has; they are not ours.
  const ours = lines.filter((line) =>
    line !== "" && !line.startsWith("deno.d.ts(") && !line.startsWith(" ")
  );
  return code === 0 ? [] : ours;
}
