/**
 * One attempt at a line, in a new session.
 *
 * @module
 */

import type { ToolRequest } from "../../events/permissions.ts";
import type { SessionOptions } from "../../options/session_options.ts";
import type { Until } from "../../protocol/prompt.ts";
import { AsyncSession } from "../../session/async_session.ts";
import { DeniedError, TimeoutError } from "../failure/exit_code.ts";
import { unattendedMessage } from "../flags/policy.ts";
import type { BatchLine } from "./batch_input.ts";
import type { Attempt } from "./batch_run.ts";

/** What all attempts have in common. */
export interface AttemptOptions {
  readonly session: SessionOptions;
  readonly until: Until;
  readonly timeoutMs?: number | undefined;
  readonly failsOnDeny: boolean;
}

/** Sends the prompt of a line in a new session, and waits for the answer. */
export async function attemptLine(
  { prompt, options: own }: BatchLine,
  { session: common, until, timeoutMs, failsOnDeny }: AttemptOptions,
  budgetUsd: number | undefined,
  signal: AbortSignal,
): Promise<Attempt> {
  const session = new AsyncSession({
    ...common,
    ...own,
    limits: {
      ...common.limits,
      ...own.limits,
      ...budgetUsd === undefined ? {} : { maxBudgetUsd: budgetUsd },
    },
  });
  const denied: ToolRequest[] = [];
  using _denying = session.on("permission_request", (request) => {
    denied.push(request);
    request.deny(unattendedMessage(request));
  });
  const clock = new AbortController();
  const timer = timeoutMs === undefined ? undefined : setTimeout(
    () => clock.abort(new TimeoutError(timeoutMs)),
    timeoutMs,
  );
  try {
    await using _closing = session;
    const { text, output, result, usage, durationMs, sessionId } = await session
      .ask(prompt, { signal: AbortSignal.any([signal, clock.signal]), until });
    const { permissionDenials = [] } = result;
    const tools = [...denied, ...permissionDenials]
      .map(({ toolName }) => toolName);
    if (failsOnDeny && tools.length > 0) throw new DeniedError(tools);
    return {
      costUsd: session.totalCostUsd,
      outcome: {
        status: "done",
        text,
        ...output === undefined ? {} : { output },
        usage,
        durationMs,
        sessionId,
      },
    };
  } catch (error) {
    return {
      costUsd: session.totalCostUsd,
      outcome: {
        status: "thrown",
        error,
        hasRunTools: Object.keys(session.stats().tools).length > 0,
      },
    };
  } finally {
    clearTimeout(timer);
  }
}
