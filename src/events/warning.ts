import { type EventBase, makeEvent } from "../messages/_define.ts";
import { maskSecrets } from "../util/secrets.ts";

/**
 * Something that was asked for does not hold with this CLI, which says nothing about it
 * itself: an older version ignores it, or a version is not known to have it. Also logged, at the
 * level `warn`.
 *
 * An option of the session that the CLI at hand would ignore is a `ConfigError` at the start
 * instead, before the first prompt, if the CLI tells its version by then.
 *
 * `raw` is what the CLI said that told its version, or `null`.
 */
export interface Warning extends EventBase<"warning"> {
  /** What kind of thing it is about. */
  readonly kind: "option" | "hook" | "request" | "behavior";
  /** Which one: the name of an option, a hook event, a control request or a behavior. */
  readonly what: string;
  /** First version of the CLI that has it; absent if none is known to have it. */
  readonly needs?: string;
  /** Version of this CLI; absent if it does not tell. */
  readonly has?: string;
  /** What does not hold, and what to do, as a sentence for people. */
  readonly message: string;
}

/** Makes the event. */
export function warning(
  raw: unknown,
  data: Omit<Warning, "type" | "raw" | "uuid">,
): Warning {
  return makeEvent<Warning>(raw, {
    type: "warning",
    ...data,
    message: maskSecrets(data.message),
  });
}
