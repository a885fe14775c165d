/**
 * Tracks the subagents. Pure.
 *
 * @module
 */

import type { Draft } from "../messages/_define.ts";
import type { AssistantMessage } from "../messages/assistant.ts";
import type { TaskStarted } from "../messages/system/tasks.ts";
import type { UserMessage } from "../messages/user.ts";
import type { ToolRequest } from "../events/permissions.ts";

/** A subagent. */
interface Agent {
  readonly agentId: string;
  readonly toolUseId: string | undefined;
  readonly subagentType: string | undefined;
}

/** The subagents of one process, as reported when they started. */
export class Agents {
  readonly #byId = new Map<string, Agent>();
  readonly #byCall = new Map<string, Agent>();

  /** A task began; not every task is a subagent. */
  started(task: TaskStarted): void {
    const { taskId: agentId, toolUseId, subagentType } = task;
    if (task.taskType !== "local_agent" && subagentType === undefined) return;
    const agent = { agentId, toolUseId, subagentType };
    this.#byId.set(agentId, agent);
    if (toolUseId !== undefined) this.#byCall.set(toolUseId, agent);
  }

  /** Adds the id of the message's subagent, if the line lacks it, as in CLI 2.1.197. */
  sign(message: Draft<AssistantMessage> | Draft<UserMessage>): void {
    const { parentToolUseId } = message;
    if (parentToolUseId === null) return;
    const agent = this.#byCall.get(parentToolUseId);
    if (agent === undefined) return;
    message.agentId ??= agent.agentId;
    if (agent.subagentType !== undefined) {
      message.subagentType ??= agent.subagentType;
    }
  }

  /** The same for a request, which has only the id. */
  signRequest(request: ToolRequest): ToolRequest {
    const agent = request.agentId === undefined
      ? undefined
      : this.#byId.get(request.agentId);
    if (agent === undefined) return request;
    const { toolUseId, subagentType } = agent;
    return {
      ...request,
      ...toolUseId === undefined ? {} : { parentToolUseId: toolUseId },
      ...subagentType === undefined ? {} : { subagentType },
    };
  }
}
