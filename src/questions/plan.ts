/**
 * The tool `ExitPlanMode`: a plan that needs approval. Pure.
 *
 * @module
 */

import type { ToolRequest } from "../events/permissions.ts";

/** The tool that submits a plan. */
export const EXIT_PLAN_MODE = "ExitPlanMode";

/**
 * A plan of the model. Allowing it ends the permission mode `plan`; a denial's message
 * is what the model should think of instead.
 */
export interface PlanRequest {
  /** The plan in Markdown. Absent if the model wrote none to its file. */
  readonly plan?: string;
  /** The file that the plan is in. */
  readonly planFilePath?: string;
  /** Id of the call. */
  readonly toolUseId: string;
  /** The subagent whose plan it is. Absent for the main agent. */
  readonly agentId?: string;
}

/** The plan of a call of `ExitPlanMode`; `undefined` for any other call. */
export function planOf(request: ToolRequest): PlanRequest | undefined {
  if (request.toolName !== EXIT_PLAN_MODE) return undefined;
  const { plan, planFilePath } = request.input;
  return {
    ...typeof plan === "string" ? { plan } : {},
    ...typeof planFilePath === "string" ? { planFilePath } : {},
    toolUseId: request.toolUseId,
    ...request.agentId === undefined ? {} : { agentId: request.agentId },
  };
}
