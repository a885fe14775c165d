import { type EventBase, makeEvent } from "../messages/_define.ts";
import type { AllowOptions } from "./permission_request.ts";

/** Who decided on a tool call. */
export type DecidedBy =
  /** The session's policy. */
  | "policy"
  /** The caller, through a `PermissionRequest` or `session.respond()`. */
  | "consumer"
  /** Nobody was there to ask, so it was denied. */
  | "unattended"
  /** The answer took longer than `permissionTimeoutMs`, so it was denied. */
  | "timeout";

/**
 * A decision on a tool call went to the CLI. One for each answer, in their order: what
 * a policy leaves undecided has one that says so, and where the CLI then asks, another
 * one of whoever answered. What the CLI decides by itself has none; its denials are
 * `permission_denied`.
 *
 * Made by this library: `raw` is the request that was answered.
 */
export interface PermissionDecision extends EventBase<"permission_decision"> {
  /** Name of the tool. */
  readonly toolName: string;
  /** Id of the call. */
  readonly toolUseId: string;
  /** The subagent whose call it is. Absent for the main agent. */
  readonly agentId?: string;
  /** What was decided; on `"undecided"` the CLI's own rules go on. */
  readonly behavior: "allow" | "deny" | "undecided";
  /** Who decided. */
  readonly by: DecidedBy;
  /** Name of the policy, where it decided. */
  readonly policy?: string;
  /** Why it was denied, as the model sees it. */
  readonly reason?: string;
  /** For how long the CLI was asked to remember it. */
  readonly remember?: NonNullable<AllowOptions["remember"]>;
  /**
   * For how long it was to be remembered, and was not: the CLI suggests no rule for such a
   * call. The next one is decided on again. `rememberedRules(request)` tells beforehand.
   */
  readonly notRemembered?: NonNullable<AllowOptions["remember"]>;
  /** The tool runs with another input than the model gave. */
  readonly inputChanged?: boolean;
}

/** Makes the event of a decision. */
export function permissionDecision(
  raw: unknown,
  sessionId: string | undefined,
  data: Omit<PermissionDecision, "raw" | "type" | "sessionId" | "uuid">,
): PermissionDecision {
  return makeEvent<PermissionDecision>(raw, {
    type: "permission_decision",
    ...sessionId === undefined ? {} : { sessionId },
    ...data,
  });
}
