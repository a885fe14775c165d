/**
 * Sends one prompt and returns one answer, async or blocking.
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

/** Options of one-shots in addition to those of a session. */
export interface PrintOptions {
  /**
   * When the call ends: with `"tasks"`, when no background task is running and the turn about the
   * last one has ended; with `"turn"`, when the prompt's own turn ends, which also ends the tasks.
   * Default `"tasks"`.
   */
  readonly until?: Until;
}

/** Separates the options of the session from those of the prompt. */
function takeApart<Options extends SessionOptions>(
  given: (Options & PrintOptions) | undefined,
): {
  readonly options: Options | undefined;
  readonly asked: Pick<AskOptions, "signal" | "until">;
} {
  // The session reports what is wrong with any other value.
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
 * Sends one prompt to a separate process and returns the final text.
 *
 * Events are not read, so a tool call that no policy decides is denied.
 *
 * @param given Options of a session, and `until`.
 * @throws {TurnError} The turn failed.
 * @throws {ConfigError} An option is invalid.
 * @throws {TypeError} The prompt is not valid, or is empty or blank.
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
 * Sends one prompt to a separate process and returns the final text. Blocks until then.
 *
 * Events are not read, so a tool call that no policy decides is denied.
 *
 * @param given Options of a session, and `until`.
 * @throws {TurnError} The turn failed.
 * @throws {ConfigError} An option is invalid.
 * @throws {TypeError} The prompt is not valid, or is empty or blank.
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
