/**
 * Where the tests find the real CLI. It is never needed for `deno task test`:
 * what depends on it is skipped when there is none.
 *
 * Nothing here may import `jsr:` or a bare name: scripts/install_claude.ts
 * uses it, too.
 *
 * @module
 */

/** The version that `deno task claude` installs and the tests are made for. */
export const CLAUDE_VERSION = "2.1.332";

/** Where `deno task claude` puts a version. Its number keeps an old one from use. */
export function installedClaudePath(version = CLAUDE_VERSION): string {
  const file = Deno.build.os === "windows" ? "claude.exe" : "claude";
  const url = new URL(
    `../../.tools/claude-${version}/${file}`,
    import.meta.url,
  );
  const path = decodeURIComponent(url.pathname);
  // file:///C:/x → C:/x
  return Deno.build.os === "windows" ? path.slice(1) : path;
}

/**
 * `CLAUDESTREAM_TEST_CLAUDE`, else what `deno task claude` installed, else
 * `undefined`.
 */
export function realClaudePath(): string | undefined {
  const chosen = Deno.env.get("CLAUDESTREAM_TEST_CLAUDE");
  if (chosen) {
    if (isFile(chosen)) return chosen;
    throw new Error(
      `CLAUDESTREAM_TEST_CLAUDE should be the path of a claude binary, but ` +
        `there is no file ${chosen}. Correct it, or unset it and run ` +
        `\`deno task claude\`.`,
    );
  }
  const path = installedClaudePath();
  return isFile(path) ? path : undefined;
}

let version: string | undefined;

/** The version of {@linkcode realClaudePath}; `undefined` if there is none. */
export function realClaudeVersion(): string | undefined {
  const path = realClaudePath();
  if (path === undefined) return undefined;
  version ??= new TextDecoder().decode(
    new Deno.Command(path, { args: ["--version"], stdin: "null" }).outputSync()
      .stdout,
  ).split(" ")[0];
  return version;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
