/** The version of the package; a test keeps it in step with deno.json. */
export const VERSION = "0.1.0";

/** What `--version` prints. */
export function versionLine(): string {
  return `claudestream ${VERSION} (deno ${Deno.version.deno})`;
}
