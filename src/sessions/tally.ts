/**
 * The numbers of a session on disk.
 *
 * @module
 */

import * as v from "valibot";
import type { CountedTotals } from "../decode/stats.ts";
import { Tally } from "../decode/tally.ts";
import type { WireObject } from "../messages/_define.ts";
import { modelUsage } from "../messages/usage.ts";
import { TurnDecoder } from "./entries.ts";
import { openTranscript } from "./find.ts";
import type { SessionInfo } from "../transcripts/info.ts";
import { entriesUpTo, type ReadSessionOptions } from "./read.ts";

/** Options of {@linkcode sessionTally}. */
export type SessionTallyOptions = Omit<ReadSessionOptions, "view">;

/**
 * Adds up a session on disk: tokens by model, agent and tool, changed files, the list of
 * what is to be done. They are those of the live session. The costs are what the CLI noted
 * when it ended last; a CLI that was killed noted none, and one that runs will.
 *
 * @param session As with `readSession`.
 * @throws {SessionNotFoundError} If there is no such session, or more than one.
 *
 * @example
 * ```ts
 * import { sessionTally } from "@claudestream/core/sessions";
 * import { assert } from "@std/assert";
 *
 * const tally = await sessionTally("last", { configDir: "tests/fixtures/config" });
 * const { outputTokens, main, tools } = tally.stats();
 * console.log(outputTokens, main.toolCalls, tally.changes().length);
 * assert(Object.keys(tools).length > 0);
 * ```
 */
export async function sessionTally(
  session: string | SessionInfo,
  options: SessionTallyOptions = {},
): Promise<Tally> {
  await using opened = await openTranscript(session, options);
  const { file } = opened;
  const tally = new Tally();
  const decoder = new TurnDecoder();
  let noted: CountedTotals | undefined;
  for await (const entry of await entriesUpTo(undefined, file, options)) {
    if (entry.record?.type === "cost-state") {
      noted = totalsOf(entry.record) ?? noted;
    }
    for (const event of decoder.eventsOf(entry, "flat")) tally.add(event);
  }
  if (noted !== undefined) tally.settle(noted);
  return tally;
}

/** Returns the totals that the CLI has recorded for the session. */
function totalsOf(record: WireObject): CountedTotals | undefined {
  const { totalCostUSD: costUsd, totalAPIDuration: apiMs } = record;
  const models = v.safeParse(modelUsage, record.modelUsage);
  if (typeof costUsd !== "number" || !models.success) return undefined;
  return {
    costUsd,
    models: models.output,
    ...typeof apiMs === "number" ? { apiMs } : {},
  };
}
