/**
 * Records of a transcript as messages of the wire. Pure.
 *
 * @module
 */

import { isWireObject, type WireObject } from "../messages/_define.ts";
import { isPrompt } from "../transcripts/record_fields.ts";

/** The subagent whose transcript a record is from. */
export interface RecordAgent {
  /** Its id. */
  readonly agentId: string;
  /** The call of the tool `Agent` that started it, if that is known. */
  readonly toolUseId?: string;
  /** Its kind, such as `"general-purpose"`. */
  readonly agentType?: string;
  /** What it is for, in a few words. */
  readonly description?: string;
}

/**
 * Types of records that are no part of the conversation: what the CLI keeps for itself.
 *
 * Seen in: the CLI 2.1.332, its table of record types.
 */
const BOOKKEEPING: ReadonlySet<unknown> = new Set([
  "progress",
  "summary",
  "custom-title",
  "ended-by-model",
  "continued-in",
  "ai-title",
  "last-prompt",
  "tag",
  "relocated",
  "agent-name",
  "agent-color",
  "agent-setting",
  "pr-link",
  "frame-link",
  "artifact-comment-monitor",
  "artifact-autoreact-ledger",
  "bridge-session",
  "history-suppression",
  "file-history-snapshot",
  "file-history-delta",
  "attribution-snapshot",
  "mode",
  "permission-mode",
  "isolation-latch",
  "session-owner",
  "dev-mods",
  "memory-mode",
  "atis-latch",
  "tools-used",
  "data-flow-records",
  "data-flow-incomplete",
  "derived-from",
  "worktree-state",
  "cost-state",
  "queue-operation",
  "content-replacement",
  "api-request-shape",
  "api-request-blob",
  "api-request",
  "api-request-resumed",
  "fork-context-ref",
  "observer-ref",
  "resume-head-vouch",
]);

/**
 * The message that a session wrote, or would have written, to stdout for a record, with
 * all fields of the record beside those of the wire. `undefined` for records that are
 * the CLI's own business: bookkeeping, context given to the model, and what `isMeta`
 * marks.
 *
 * @param agent The subagent whose transcript it is; absent for the main agent.
 */
export function wireOf(
  record: WireObject,
  agent?: RecordAgent,
): WireObject | undefined {
  switch (record.type) {
    case "assistant":
      return {
        ...onWire(record),
        ...originOf(agent),
        ...record.isAbortedMidStream === true ? { aborted: true } : {},
      };
    case "user":
      return record.isMeta === true ? undefined : {
        ...onWire(record),
        ...originOf(agent),
        ...record.isCompactSummary === true
          ? { isSynthetic: true }
          : agent === undefined && isPrompt(record)
          ? { isReplay: true }
          : {},
      };
    case "attachment":
      return queuedPrompt(record, agent);
    case "system": {
      if (record.subtype === "local_command") return localCommand(record);
      const wire = onWire(record);
      if (isWireObject(record.compactMetadata)) {
        wire.compact_metadata = snakeCased(record.compactMetadata);
      }
      return wire;
    }
    default:
      return BOOKKEEPING.has(record.type) ? undefined : onWire(record);
  }
}

/**
 * Converts the output of a CLI command to the form in a live session: a reply that does not come
 * from a model.
 */
function localCommand(record: WireObject): WireObject {
  const content = typeof record.content === "string" ? record.content : "";
  const text = /^<(local-command-std(?:out|err))>([^]*)<\/\1>$/.exec(content)
    ?.[2];
  return {
    ...onWire(record),
    type: "assistant",
    message: {
      // The id that the session got is not written.
      id: record.uuid,
      role: "assistant",
      model: "<synthetic>",
      content: [{ type: "text", text: text ?? content }],
    },
    parent_tool_use_id: null,
    local_command_source: content,
  };
}

/** A prompt that came while a turn ran, and that the turn took up. */
function queuedPrompt(
  record: WireObject,
  agent: RecordAgent | undefined,
): WireObject | undefined {
  const { attachment } = record;
  if (!isWireObject(attachment) || attachment.type !== "queued_command") {
    return undefined;
  }
  const { prompt: content, origin, isMeta } = attachment;
  if (isMeta === true || content === undefined) return undefined;
  return {
    ...onWire(record),
    type: "user",
    message: { role: "user", content },
    ...originOf(agent),
    ...origin === undefined ? {} : { origin },
    isReplay: true,
  };
}

function originOf(agent: RecordAgent | undefined): WireObject {
  if (agent === undefined) return { parent_tool_use_id: null };
  const { agentId, toolUseId, agentType, description } = agent;
  return {
    // Without its call a subagent is told from the main agent by its own id.
    parent_tool_use_id: toolUseId ?? agentId,
    agent_id: agentId,
    ...agentType === undefined ? {} : { subagent_type: agentType },
    ...description === undefined ? {} : { task_description: description },
  };
}

/** A record with the wire's names beside its own. */
function onWire(record: WireObject): Record<string, unknown> {
  const wire: Record<string, unknown> = { ...record };
  for (const key of Object.keys(record)) {
    const name = snakeCase(key);
    if (name !== key) wire[name] ??= record[key];
  }
  return wire;
}

function snakeCased(value: WireObject): WireObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      snakeCase(key),
      isWireObject(inner) ? snakeCased(inner) : inner,
    ]),
  );
}

/** Names that were translated before: the same few stand in every record. */
const TRANSLATED = new Map<string, string>();
const MOST_TRANSLATED = 1_000;

/** `toolUseID` → `tool_use_id` */
function snakeCase(name: string): string {
  const known = TRANSLATED.get(name);
  if (known !== undefined) return known;
  const snake = name.replace(
    /[A-Z]+/g,
    (letters) => `_${letters.toLowerCase()}`,
  );
  if (TRANSLATED.size < MOST_TRANSLATED) TRANSLATED.set(name, snake);
  return snake;
}
