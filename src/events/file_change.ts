import {
  type ContentBase,
  type Draft,
  isWireObject,
  makeEvent,
} from "../messages/_define.ts";
import type { ToolResult } from "./blocks.ts";

/**
 * A file was written by one of the CLI's tools. Comes behind the result of the call,
 * and only where the call went well. What shell commands do to files is not known.
 */
export interface FileChange extends ContentBase<"file_change"> {
  /** Which tool: `Write`, `Edit` or `NotebookEdit`. */
  readonly op: "write" | "edit" | "notebook_edit";
  /** The file, as the tool said. */
  readonly path: string;
  /** Id of the call. */
  readonly toolUseId: string;
}

const OPS: ReadonlyMap<string | undefined, FileChange["op"]> = new Map([
  ["Write", "write"],
  ["Edit", "edit"],
  ["NotebookEdit", "notebook_edit"],
]);

/** The change that a result of a tool tells of, if any. */
export function fileChange(result: ToolResult): FileChange | undefined {
  const op = OPS.get(result.toolName);
  if (op === undefined || result.isError) return undefined;
  // What the tool says it wrote holds also where a policy changed the input.
  const said = isWireObject(result.structured)
    ? result.structured.filePath ?? result.structured.notebook_path
    : undefined;
  const asked = result.toolInput?.file_path ?? result.toolInput?.notebook_path;
  const path = said ?? asked;
  if (typeof path !== "string") return undefined;
  const { toolUseId, parentToolUseId } = result;
  const data: Draft<Omit<FileChange, "raw">> = {
    type: "file_change",
    op,
    path,
    toolUseId,
    parentToolUseId,
  };
  if (result.sessionId !== undefined) data.sessionId = result.sessionId;
  if (result.uuid !== undefined) data.uuid = result.uuid;
  if (result.agentId !== undefined) data.agentId = result.agentId;
  if (result.subagentType !== undefined) {
    data.subagentType = result.subagentType;
  }
  return makeEvent<FileChange>(result.raw, data);
}
