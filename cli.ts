/**
 * The command line: `deno run -A jsr:@claudestream/core/cli stream "write a poem"`.
 *
 * `claudestream help` lists the commands.
 *
 * @module
 */

import { main } from "./src/cli/main.ts";

export { main };

if (import.meta.main) {
  // Not `Deno.exitCode`: a read of stdin that nobody needs any more would keep it alive.
  Deno.exit(await main(Deno.args));
}
