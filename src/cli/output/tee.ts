/**
 * The flag `--tee`: every event of a session to a file, beside what is shown.
 *
 * @module
 */

import type { AsyncSession } from "../../session/async_session.ts";
import { eventLine } from "./presenters.ts";
import { UsageError } from "../failure/usage_error.ts";

/**
 * Writes the events of a session to a file, until the session is closed.
 *
 * @param isFurther Whether the file has the events of an earlier session, which are kept.
 * @throws {UsageError} The file cannot be written.
 */
export async function teeTo(
  path: string,
  session: AsyncSession,
  isFurther = false,
): Promise<AsyncDisposable> {
  // For this user alone, as a recording: prompts, answers and what tools saw are in it.
  const options = isFurther
    ? { append: true, create: true, mode: 0o600 }
    : { write: true, create: true, truncate: true, mode: 0o600 };
  const file = await Deno.open(path, options).catch((cause) => {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    throw new UsageError(
      `Cannot write the file of --tee, ${
        JSON.stringify(path)
      }: ${cause.message}`,
    );
  });
  const writer = file.writable.getWriter();
  const encoder = new TextEncoder();
  const writing = (async () => {
    for await (const event of session.events()) {
      await writer.write(encoder.encode(`${eventLine(event)}\n`));
    }
  })();
  // What is wrong is told when the file is closed.
  writing.catch(() => {});
  return {
    async [Symbol.asyncDispose]() {
      try {
        await writing;
      } finally {
        await writer.close();
      }
    },
  };
}
