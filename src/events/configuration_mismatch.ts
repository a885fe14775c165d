import { type EventBase, makeEvent } from "../messages/_define.ts";
import { maskSecrets } from "../util/secrets.ts";

/**
 * The CLI has something else than the options say: a rule is about a tool that is not
 * there, an MCP server is not connected, a settings file is dropped. One for each
 * difference, behind the first `SystemInit` of each process. With `verify: "strict"` the
 * session fails instead, before the first prompt.
 *
 * `raw` is what the CLI said: its `system/init`, or its answer to `get_settings` or
 * `initialize`.
 */
export interface ConfigurationMismatch
  extends EventBase<"configuration_mismatch"> {
  /** The option, such as `policy`, `allowedTools`, `mcpServers` or `settings`. */
  readonly option: string;
  /** What should be there, by the option: a name, a mode, a path in the settings. */
  readonly expected: string;
  /** What the CLI says instead, such as the status of a server; absent if it says nothing. */
  readonly found?: string;
  /** The difference as a sentence, for people. */
  readonly message: string;
}

/** Makes the event. */
export function configurationMismatch(
  raw: unknown,
  data: Omit<ConfigurationMismatch, "type" | "raw" | "uuid">,
): ConfigurationMismatch {
  return makeEvent<ConfigurationMismatch>(raw, {
    type: "configuration_mismatch",
    ...data,
    // An option may hold what was meant for another one.
    expected: maskSecrets(data.expected),
    ...data.found === undefined ? {} : { found: maskSecrets(data.found) },
    message: maskSecrets(data.message),
  });
}
