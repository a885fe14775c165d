/**
 * Installs the pinned real CLI for the tests that need it, into `.tools/`, and
 * prints its path. Only `deno task claude`, `deno task compat` and `.ci/run` do this:
 * 180 MB have to be fetched, and become 380 MB.
 *
 * The package that users install holds no program; its optional dependencies
 * do, one for each platform. Ours is taken directly, so that nothing has to
 * run after the install.
 *
 *     deno run -A --no-config scripts/install_claude.ts
 *
 * @module
 */

import {
  CLAUDE_VERSION,
  installedClaudePath,
} from "../tests/support/real_claude.ts";
import { exists, reasonOf, say as sayAs, withDraft } from "./_files.ts";
import { fetchFromNpm } from "./_npm.ts";

const say = (message: string) => sayAs("claude", message);

if (import.meta.main) {
  try {
    const path = await installClaude(CLAUDE_VERSION);
    // The path alone on stdout, so that a script can take it from there.
    Deno.stdout.writeSync(new TextEncoder().encode(`${path}\n`));
  } catch (error) {
    say(reasonOf(error));
    Deno.exit(1);
  }
}

/** Installs a version unless it is installed already, and returns its path. */
export async function installClaude(version: string): Promise<string> {
  const path = installedClaudePath(version);
  if (!await exists(path)) await install(version, path);
  const printed = await printedVersion(path);
  if (!printed.startsWith(`${version} `)) {
    throw new Error(
      `Expected \`${path} --version\` to print ${version}, but it ` +
        `printed ${JSON.stringify(printed)}. Delete that file and run ` +
        `the task again.`,
    );
  }
  return path;
}

async function install(version: string, path: string): Promise<void> {
  const name = `@anthropic-ai/claude-code-${platform()}`;
  const [tools = "", folder, file] = splitPath(path);
  try {
    await withDraft(tools, async (draft) => {
      // Another run may have done it while this one waited for its turn.
      if (await exists(path)) return;
      say(`Fetching npm:${name}@${version} (180 MB) …`);
      const source = await fetchFromNpm(name, version, draft, {
        // A cache of its own, which goes with the draft: the user's cache
        // would otherwise keep these 380 MB.
        env: { DENO_DIR: `${draft}/cache` },
      });
      if (Deno.build.os !== "windows") {
        await Deno.chmod(`${source}/${file}`, 0o755);
      }
      await Deno.mkdir(`${tools}/${folder}`, { recursive: true });
      await Deno.rename(`${source}/${file}`, path);
    });
  } catch (error) {
    throw new Error(
      `Expected npm to serve ${name}@${version}. ` +
        `${reasonOf(error)}\n` +
        `Check that npm's registry can be reached and that 1 GB is free ` +
        `in ${tools}, then run the task again; or set ` +
        `CLAUDESTREAM_TEST_CLAUDE to the path of a claude binary.`,
    );
  }
}

/** `/a/b/c/d` → `["/a/b", "c", "d"]` */
function splitPath(path: string): string[] {
  const parts = path.split("/");
  return [parts.slice(0, -2).join("/"), ...parts.slice(-2)];
}

/** As the CLI's packages name it. Deno itself does not run on musl. */
function platform(): string {
  const { os, arch } = Deno.build;
  const cpu = { x86_64: "x64", aarch64: "arm64" }[arch as string];
  const system = { linux: "linux", darwin: "darwin", windows: "win32" }[
    os as string
  ];
  if (cpu !== undefined && system !== undefined) return `${system}-${cpu}`;
  throw new Error(
    `The CLI is published for Linux, macOS and Windows on x86_64 and ` +
      `aarch64, but this is ${os} on ${arch}. Set CLAUDESTREAM_TEST_CLAUDE ` +
      `to the path of a claude binary, or do without: the tests that need ` +
      `it are skipped.`,
  );
}

async function printedVersion(path: string): Promise<string> {
  const output = await new Deno.Command(path, {
    args: ["--version"],
    stdin: "null",
  }).output();
  return new TextDecoder().decode(output.stdout).trim();
}
