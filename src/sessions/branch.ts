/**
 * Determines which records of a transcript belong to the current conversation.
 *
 * @module
 */

import { isWireObject, type WireObject } from "../messages/_define.ts";
import { parseLine } from "../messages/mod.ts";
import { blockIds, textField } from "../transcripts/record_fields.ts";
import {
  transcriptLines,
  type TranscriptLinesOptions,
} from "./transcript_lines.ts";

/** The fields of a record that are needed to follow the conversation. */
interface Link {
  readonly parent: string | undefined;
  /** Across a compaction: the last record before it. */
  readonly logicalParent: string | undefined;
  /** The previous record in the file, used if the parent is missing. */
  readonly previous: string | undefined;
  readonly messageId: string | undefined;
  readonly calls: readonly string[];
  readonly results: readonly string[];
  /** Messages that a compaction kept word for word. */
  readonly preserved: readonly string[];
}

const NONE: readonly string[] = [];

/** Options of {@linkcode Branch.uuids}. */
export interface BranchOptions {
  /** Leave out what the last compaction replaced. Default `false`. */
  readonly sinceCompaction?: boolean;
  /** The record that the conversation ends with. Default: where the CLI would resume it. */
  readonly leaf?: string;
}

/**
 * Follows the conversation through the records of one transcript: from its last record
 * back by `parentUuid`, and over compactions by `logicalParentUuid`. A reply of several
 * calls is a fork of several records; all of them, and their results, belong to it.
 */
export class Branch {
  readonly #links = new Map<string, Link>();
  /** The calls that started the subagents, by the id of the subagent. */
  readonly agentCalls: Map<string, string> = new Map();
  #last: string | undefined;
  #leaf: string | undefined;

  /**
   * Takes the next record of the file.
   *
   * @param isAgent Whether the transcript is that of a subagent. In other transcripts, records of
   *   subagents, which older CLIs put there, are not part of the branch.
   */
  add(record: WireObject, isAgent = false): void {
    if (record.type === "last-prompt") {
      // The CLI resumes there; later records name their own parents.
      this.#leaf = textField(record, "leafUuid") ?? this.#leaf;
      return;
    }
    const uuid = textField(record, "uuid");
    if (uuid === undefined) return;
    if (record.isSidechain === true && !isAgent) return;
    const content = isWireObject(record.message)
      ? record.message.content
      : undefined;
    const results = record.type === "user"
      ? blockIds(content, "tool_result", "tool_use_id")
      : deferralOf(record);
    this.#noteAgent(record.toolUseResult, results);
    if (!this.#links.has(uuid)) {
      this.#links.set(uuid, {
        parent: textField(record, "parentUuid"),
        logicalParent: textField(record, "logicalParentUuid"),
        previous: this.#last,
        messageId: record.type === "assistant" && isWireObject(record.message)
          ? textField(record.message, "id")
          : undefined,
        calls: record.type === "assistant"
          ? blockIds(content, "tool_use", "id")
          : NONE,
        results,
        preserved: preservedBy(record),
      });
    }
    this.#last = uuid;
    this.#leaf = undefined;
  }

  /** Whether there is a record of this `uuid`. */
  has(uuid: string): boolean {
    return this.#links.has(uuid);
  }

  /** The records of the conversation, by `uuid`. */
  uuids(options: BranchOptions = {}): ReadonlySet<string> {
    const kept = new Set<string>();
    const noted = this.#leaf !== undefined && this.#links.has(this.#leaf)
      ? this.#leaf
      : this.#last;
    for (let at = options.leaf ?? noted; at !== undefined && !kept.has(at);) {
      const link = this.#links.get(at);
      if (link === undefined) break;
      kept.add(at);
      if (link.parent === undefined && options.sinceCompaction === true) {
        for (const uuid of link.preserved) kept.add(uuid);
        break;
      }
      at = this.#before(link);
    }
    this.#addSiblings(kept);
    return kept;
  }

  /** The calls of tools in some of the records, by id. */
  *callsIn(uuids: ReadonlySet<string>): Generator<string> {
    for (const uuid of uuids) yield* this.#links.get(uuid)?.calls ?? [];
  }

  #before(link: Link): string | undefined {
    const parent = link.parent ?? link.logicalParent;
    // The parent may have been in a line that is damaged.
    return parent === undefined || this.#links.has(parent)
      ? parent
      : link.previous;
  }

  /** Adds the other calls of the replies, and the results of all of them. */
  #addSiblings(kept: Set<string>): void {
    const messages = new Set<string>();
    for (const uuid of kept) {
      const messageId = this.#links.get(uuid)?.messageId;
      if (messageId !== undefined) messages.add(messageId);
    }
    const calls = new Set<string>();
    for (const [uuid, link] of this.#links) {
      if (link.messageId === undefined || !messages.has(link.messageId)) {
        continue;
      }
      kept.add(uuid);
      for (const call of link.calls) calls.add(call);
    }
    for (const [uuid, link] of this.#links) {
      if (link.results.some((call) => calls.has(call))) kept.add(uuid);
    }
  }

  #noteAgent(result: unknown, calls: readonly string[]): void {
    const [call] = calls;
    if (call === undefined || !isWireObject(result)) return;
    const agentId = textField(result, "agentId");
    if (agentId !== undefined) this.agentCalls.set(agentId, call);
  }
}

/** The call that a record leaves to a later process: the record takes the place of its result. */
function deferralOf({ attachment }: WireObject): readonly string[] {
  if (
    !isWireObject(attachment) || attachment.type !== "hook_deferred_tool"
  ) return NONE;
  const id = textField(attachment, "toolUseID");
  return id === undefined ? NONE : [id];
}

function preservedBy({ compactMetadata }: WireObject): readonly string[] {
  const kept = isWireObject(compactMetadata)
    ? compactMetadata.preservedMessages
    : undefined;
  const uuids = isWireObject(kept) ? kept.uuids : undefined;
  return Array.isArray(uuids)
    ? uuids.filter((uuid) => typeof uuid === "string")
    : NONE;
}

/** Follows the conversation through a file. */
export async function branchOf(
  path: string,
  limits: TranscriptLinesOptions,
  isAgent: boolean,
): Promise<Branch> {
  const branch = new Branch();
  for await (const lines of transcriptLines(path, limits)) {
    for (const line of lines) {
      const { raw } = parseLine(line);
      if (raw !== undefined) branch.add(raw, isAgent);
    }
  }
  return branch;
}
