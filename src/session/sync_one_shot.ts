/**
 * One prompt, one answer, blocking.
 *
 * @module
 */

import type { NeedsContext } from "../options/session_options.ts";
import { type PrintOptions, takeApart } from "./one_shot.ts";
import type { PromptContent } from "../prompt/blocks.ts";
import { SyncSession } from "./sync_session.ts";
import type { SyncSessionOptions } from "../options/sync_options.ts";

/** Options of `printPromptSync()`. */
export type PrintPromptSyncOptions<Context = unknown> =
  & SyncSessionOptions<Context>
  & PrintOptions;

/**
 * Sends one prompt to a process of its own and gives the final text. Blocks until then.
 *
 * Nobody reads events, so a tool call that no policy decides is denied.
 *
 * @param given As for a session, and `until`.
 * @throws {TurnError} The turn failed.
 * @throws {ConfigError} An option cannot be.
 * @throws {TypeError} The prompt is none, or has nothing to read in it: empty, or blanks.
 *
 * @example
 * ```ts
 * import { printPromptSync } from "@claudestream/core";
 *
 * function capital(): void {
 *   console.log(printPromptSync("what is the capital of France?"));
 * }
 * ```
 */
export function printPromptSync<Context = unknown>(
  prompt: PromptContent,
  given?: PrintPromptSyncOptions<Context> & NeedsContext<Context>,
): string {
  const { options, asked } = takeApart(given as PrintPromptSyncOptions);
  using session = new SyncSession(options);
  return session.ask(prompt, asked).text;
}
