/**
 * Lists tool calls that wait for a decision in a later process.
 *
 * @module
 */

import type { DeferredCall } from "../events/permissions.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import { openTranscript } from "./find.ts";
import type { SessionInfo } from "../transcripts/info.ts";
import { entriesUpTo, type ReadSessionOptions } from "./read.ts";
import { blockIds, isPrompt, textField } from "../transcripts/record_fields.ts";

/** Options of {@linkcode deferred}. */
export type DeferredOptions = Omit<
  ReadSessionOptions,
  "view" | "subagents" | "sinceCompaction"
>;

/**
 * Lists the calls of a session that wait for a decision: a policy or a hook answered `defer()`, the
 * turn ended, and no process has run them since. The program that asked and its CLI may be gone.
 * To decide, resume the session with `decided(call, allow())` as its policy, or with a policy or a
 * hook that allows or denies: the CLI continues with exactly this call.
 *
 * At most one call waits at present. A prompt that was sent before the decision has dropped it.
 *
 * @param session As with `readSession`.
 * @throws {SessionNotFoundError} If there is no such session, or more than one.
 *
 * @example
 * ```ts ignore
 * import { allow, AsyncSession, decided, deny } from "@claudestream/core";
 * import { deferred } from "@claudestream/core/sessions";
 *
 * async function decide(id: string, isYes: boolean): Promise<void> {
 *   const [call] = await deferred(id);
 *   if (call === undefined) return;
 *   await using session = new AsyncSession({
 *     resume: id,
 *     policy: decided(call, isYes ? allow() : deny("not approved")),
 *   });
 *   console.log((await session.ask("Go on.")).text);
 * }
 * ```
 */
export async function deferred(
  session: string | SessionInfo,
  options: DeferredOptions = {},
): Promise<readonly DeferredCall[]> {
  await using opened = await openTranscript(session, options);
  const { file } = opened;
  let waiting: DeferredCall | undefined;
  const entries = await entriesUpTo(undefined, file, {
    ...options,
    subagents: "none",
  });
  for await (const { record } of entries) {
    if (record === undefined) continue;
    // The CLI continues with the last one only.
    waiting = deferredBy(record) ?? waiting;
    if (waiting !== undefined && endsWait(record, waiting)) {
      waiting = undefined;
    }
  }
  return waiting === undefined ? [] : [waiting];
}

/** Whether a record answers the call, or is a prompt that came before its decision. */
function endsWait(
  record: WireObject,
  { toolUseId }: DeferredCall,
): boolean {
  if (record.type !== "user" || !isWireObject(record.message)) return false;
  return isPrompt(record) ||
    blockIds(record.message.content, "tool_result", "tool_use_id")
      .includes(toolUseId);
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
