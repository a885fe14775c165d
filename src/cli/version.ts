import { VERSION } from "../version.ts";

export { VERSION };

/** What `--version` prints. */
export function versionLine(): string {
  return `claudestream ${VERSION} (deno ${Deno.version.deno})`;
}
