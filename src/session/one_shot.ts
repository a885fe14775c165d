/**
 * One prompt, one answer: in both kinds.
 *
 * @module
 */

import type {
  NeedsContext,
  SessionOptions,
} from "../options/session_options.ts";
import type { PromptContent } from "../prompt/blocks.ts";
import type { Until } from "../protocol/prompt.ts";
import { isWireObject } from "../messages/_define.ts";
import { AsyncSession } from "./async_session.ts";
import type { AskOptions } from "./turn_options.ts";
import { SyncSession } from "./sync_session.ts";
import type { SyncSessionOptions } from "../options/sync_options.ts";

/** Options of `printPrompt()`. */
export type PrintPromptOptions<Context = unknown> =
  & SessionOptions<Context>
  & PrintOptions;

/** What one-shots take beside the options of a session. */
export interface PrintOptions {
  /**
   * What ends it: `"tasks"`, that no task runs in the background any more and the turn about
   * its end is over; `"turn"`, the end of the prompt's own turn, with which the tasks end.
   * Default `"tasks"`.
   */
  readonly until?: Until;
}

/** The options of the session, and those of the one prompt. */
function takeApart<Options extends SessionOptions>(
  given: (Options & PrintOptions) | undefined,
): {
  readonly options: Options | undefined;
  readonly asked: Pick<AskOptions, "signal" | "until">;
} {
  // Whatever else it is, the session says what is wrong with it.
  if (!isWireObject(given)) return { options: given, asked: {} };
  const { until, ...options } = given as SessionOptions & PrintOptions;
  const { signal } = options;
  return {
    options: options as Options,
    asked: {
      ...until === undefined ? {} : { until },
      ...signal === undefined ? {} : { signal },
    },
  };
}

/**
 * Sends one prompt to a process of its own and gives the final text.
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
 * import { printPrompt } from "@claudestream/core";
 *
 * async function capital(): Promise<void> {
 *   console.log(await printPrompt("what is the capital of France?"));
 * }
 * ```
 */
export async function printPrompt<Context = unknown>(
  prompt: PromptContent,
  given?: PrintPromptOptions<Context> & NeedsContext<Context>,
): Promise<string> {
  const { options, asked } = takeApart(given as PrintPromptOptions);
  await using session = new AsyncSession(options);
  const { text } = await session.ask(prompt, asked);
  return text;
}

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
