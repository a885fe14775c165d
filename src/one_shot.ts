/**
 * One prompt, one answer.
 *
 * @module
 */

import type { SessionOptions } from "./options.ts";
import { AsyncSession, type PromptContent } from "./session.ts";

/**
 * Sends one prompt to a process of its own and gives the final text.
 *
 * Nobody reads events, so a tool call that no policy decides is denied.
 *
 * @param options As for a session; `partials` is `false` unless given.
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
export async function printPrompt(
  prompt: PromptContent,
  options: SessionOptions = {},
): Promise<string> {
  const { signal } = options;
  await using session = new AsyncSession({ partials: false, ...options });
  const { text } = await session.ask(
    prompt,
    signal === undefined ? {} : { signal },
  );
  return text;
}
