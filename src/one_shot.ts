/**
 * One prompt, one answer.
 *
 * @module
 */

import type { NeedsContext, SessionOptions } from "./options.ts";
import type { PromptContent } from "./prompt/blocks.ts";
import { AsyncSession } from "./session.ts";

/**
 * Sends one prompt to a process of its own and gives the final text.
 *
 * Nobody reads events, so a tool call that no policy decides is denied.
 *
 * @param given As for a session; `partials` is `false` unless given.
 * @throws {TurnError} The turn failed.
 *
 * @example
 * ```ts
 * import { printPrompt } from "@claudestream/core";
 *
 * async function capital(): Promise<void> {
 *   console.log(await printPrompt("what is the capital of France?"));
 * }
 * ```
 */
export async function printPrompt<Context = unknown>(
  prompt: PromptContent,
  given?: SessionOptions<Context> & NeedsContext<Context>,
): Promise<string> {
  const options = (given ?? {}) as SessionOptions;
  const { signal } = options;
  await using session = new AsyncSession({ partials: false, ...options });
  const { text } = await session.ask(
    prompt,
    signal === undefined ? {} : { signal },
  );
  return text;
}
