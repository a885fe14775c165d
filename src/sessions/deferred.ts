/**
 * Lists tool calls that wait for a decision in a later process.
 *
 * @module
 */

import { isWireObject, type WireObject } from "../messages/_define.ts";
import { transcriptOf } from "./find.ts";
import type { SessionInfo } from "./info.ts";
import { entriesUpTo, type ReadSessionOptions } from "./read.ts";
import { blockIds, textField } from "./records.ts";

/** A call that a hook left to a later process. */
export interface DeferredCall {
  /** Id of the call. */
  readonly toolUseId: string;
  /** Name of the tool. */
  readonly toolName: string;
  /** Input of the call. */
  readonly input: WireObject;
  /** The permission mode that it was left in. */
  readonly permissionMode?: string;
  /** When it was left, in ISO 8601. */
  readonly timestamp?: string;
}

/** Options of {@linkcode deferredCalls}. */
export type DeferredCallsOptions = Omit<
  ReadSessionOptions,
  "view" | "subagents" | "sinceCompaction"
>;

/**
 * Lists the calls of a session that wait for a decision: a hook answered them with `defer`, the
 * turn ended, and no process has run them since. The program that asked and its CLI may be gone. To
 * decide, resume the session with a policy or a hook that allows or denies: the CLI continues with
 * exactly these calls.
 *
 * @param session As with `readSession`.
 * @throws {SessionNotFoundError} If there is no such session, or more than one.
 *
 * @example
 * ```ts ignore
 * import { allow, AsyncSession, callback, deny } from "@claudestream/core";
 * import { deferredCalls } from "@claudestream/core/sessions";
 *
 * async function decide(id: string, isYes: boolean): Promise<void> {
 *   const waiting = await deferredCalls(id);
 *   const ids = new Set(waiting.map(({ toolUseId }) => toolUseId));
 *   await using session = new AsyncSession({
 *     resume: id,
 *     policy: callback((_name, _input, { toolUseId }) =>
 *       ids.has(toolUseId) && isYes ? allow() : deny("not approved")
 *     ),
 *   });
 *   await session.ask("Go on.");
 * }
 * ```
 */
export async function deferredCalls(
  session: string | SessionInfo,
  options: DeferredCallsOptions = {},
): Promise<readonly DeferredCall[]> {
  const file = await transcriptOf(session, options);
  const waiting = new Map<string, DeferredCall>();
  const entries = await entriesUpTo(undefined, file, {
    ...options,
    subagents: "none",
  });
  for await (const { record } of entries) {
    if (record === undefined) continue;
    const call = deferredBy(record);
    if (call !== undefined) waiting.set(call.toolUseId, call);
    if (record.type !== "user" || !isWireObject(record.message)) continue;
    for (
      const id of blockIds(record.message.content, "tool_result", "tool_use_id")
    ) waiting.delete(id);
  }
  return [...waiting.values()];
}

/** Returns the call that a record defers to a later process, in the format of CLI 2.1.332. */
function deferredBy(record: WireObject): DeferredCall | undefined {
  const { attachment } = record;
  if (
    record.type !== "attachment" || !isWireObject(attachment) ||
    attachment.type !== "hook_deferred_tool"
  ) return undefined;
  const toolUseId = textField(attachment, "toolUseID");
  const toolName = textField(attachment, "toolName");
  if (toolUseId === undefined || toolName === undefined) return undefined;
  const { toolInput } = attachment;
  const permissionMode = textField(attachment, "permissionMode");
  const timestamp = textField(record, "timestamp");
  return {
    toolUseId,
    toolName,
    input: isWireObject(toolInput) ? toolInput : {},
    ...permissionMode === undefined ? {} : { permissionMode },
    ...timestamp === undefined ? {} : { timestamp },
  };
}
