/**
 * Tools of a module that `--tools ./tools.ts` names.
 *
 * @module
 */

import type { SessionOptions } from "../../options/session_options.ts";
import { UsageError } from "../failure/usage_error.ts";

type Tools = NonNullable<SessionOptions["tools"]>;

/**
 * Loads the tools that a module exports as `tools`, or by default: a list of what `defineTool()` returns.
 *
 * @throws {UsageError} It cannot be loaded, or exports none.
 */
export async function loadTools(path: string): Promise<Tools> {
  const shown = JSON.stringify(path);
  let url: string;
  try {
    url = fileUrl(await Deno.realPath(path));
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    throw new UsageError(`Cannot load the tools: there is no ${shown}`);
  }
  const exports = await import(url).catch((cause) => {
    throw new UsageError(
      `Cannot load the tools of ${shown}: ${
        cause instanceof Error ? cause.message : String(cause)
      }`,
    );
  });
  const tools: unknown = exports.tools ?? exports.default;
  // The session checks what is in the list.
  if (Array.isArray(tools) && tools.length > 0) return tools;
  throw new UsageError(
    `Cannot use the tools of ${shown}: expected a list that is exported as "tools", or by default`,
    'As in: export const tools = [defineTool({ name: "…", … })];',
  );
}

function fileUrl(path: string): string {
  const url = new URL("file:///");
  url.pathname = path.replaceAll("\\", "/").replaceAll("%", "%25");
  return url.href;
}
