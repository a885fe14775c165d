/**
 * The transcripts of a session's subagents.
 *
 * @module
 */

import { isWireObject, type WireObject } from "../messages/_define.ts";
import {
  entriesOf,
  isGone,
  type TranscriptFile,
} from "../transcripts/place.ts";
import type { RecordAgent } from "./records.ts";
import { textField } from "../transcripts/record_fields.ts";

/** A transcript of a subagent. */
export interface SubagentFile extends RecordAgent {
  /** The transcript. */
  readonly path: string;
}

const NAME = /^agent-(.+)\.jsonl$/;

/** The folder of what belongs to a session beside its transcript. */
export function sessionFolder({ folder, id }: TranscriptFile): string {
  return `${folder}/${id}`;
}

/** The subagents of a session, the oldest first. */
export async function subagentsOf(
  file: TranscriptFile,
): Promise<readonly SubagentFile[]> {
  const folder = `${sessionFolder(file)}/subagents`;
  const found: { readonly agent: SubagentFile; readonly madeMs: number }[] = [];
  for (const { name, isDirectory } of entriesOf(folder)) {
    const agentId = isDirectory ? undefined : NAME.exec(name)?.[1];
    if (agentId === undefined) continue;
    const path = `${folder}/${name}`;
    const meta = await metaOf(`${folder}/agent-${agentId}.meta.json`);
    const { birthtime, mtime } = await Deno.stat(path);
    found.push({
      agent: { agentId, ...factsOf(meta), path },
      madeMs: (birthtime ?? mtime)?.getTime() ?? 0,
    });
  }
  return found.sort((a, b) =>
    a.madeMs - b.madeMs || (a.agent.agentId < b.agent.agentId ? -1 : 1)
  ).map(({ agent }) => agent);
}

function factsOf(meta: WireObject): Omit<RecordAgent, "agentId"> {
  const toolUseId = textField(meta, "toolUseId");
  const agentType = textField(meta, "agentType");
  const description = textField(meta, "description");
  return {
    ...toolUseId === undefined ? {} : { toolUseId },
    ...agentType === undefined ? {} : { agentType },
    ...description === undefined ? {} : { description },
  };
}

/** Returns the CLI's notes about a subagent; empty if there are none yet. */
async function metaOf(path: string): Promise<WireObject> {
  try {
    const value: unknown = JSON.parse(await Deno.readTextFile(path));
    return isWireObject(value) ? value : {};
  } catch (error) {
    if (isGone(error) || error instanceof SyntaxError) return {};
    throw error;
  }
}
