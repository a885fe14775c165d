/**
 * Defines what "always" means for a tool call. The label of the question and the effect of the
 * answer both come from here, so that they agree. Pure.
 *
 * @module
 */

import type { ToolRequest } from "../../events/permissions.ts";
import { rememberedRules } from "../../permissions/decision.ts";
import { EDITED_PATH } from "../../permissions/paths.ts";

/** What "always" would allow until the session ends. */
export type AlwaysOffer =
  /** The CLI does not ask about calls that these rules cover. */
  | { readonly kind: "rules"; readonly rules: readonly string[] }
  /** The same, for a rule that covers only the command of this call. */
  | { readonly kind: "command" }
  /** Edits as described by {@linkcode isPlainEdit}; the CLI has no rule for them. */
  | { readonly kind: "edits" };

/**
 * Whether the call is a file edit about which the CLI asks only because it asks about every edit:
 * the file is in the working directories, no rule or hook requires the question, and neither the
 * CLI nor this library protects the file (`.git/config`, `.bashrc`, a link to elsewhere, …). The
 * CLI shows this by suggesting only mode `acceptEdits` and giving no reason.
 */
export function isPlainEdit(
  {
    toolName,
    suggestions = [],
    decisionReason,
    decisionReasonType,
    blockedPath,
    protectedNames = [],
  }: ToolRequest,
): boolean {
  return Object.hasOwn(EDITED_PATH, toolName) && protectedNames.length === 0 &&
    decisionReason === undefined &&
    decisionReasonType === undefined && blockedPath === undefined &&
    suggestions.length > 0 &&
    suggestions.every(({ type, mode }) =>
      type === "setMode" && mode === "acceptEdits"
    );
}

/** Returns what "always" would allow; `undefined` if the CLI would still ask again. */
export function alwaysOffer(request: ToolRequest): AlwaysOffer | undefined {
  if (request.requiresUserInteraction === true) return undefined;
  const rules = rememberedRules(request);
  if (rules.length > 0) {
    const { command } = request.input;
    const isSame = typeof command === "string" && !/[*\\]/.test(command) &&
      rules.every((rule) => rule === `${request.toolName}(${command})`);
    return isSame ? { kind: "command" } : { kind: "rules", rules };
  }
  return isPlainEdit(request) ? { kind: "edits" } : undefined;
}

/**
 * Returns a key that is equal for calls that do the same. The model's description of a command is
 * left out; for a tool of an MCP server, a field `description` may be its main input and is kept.
 */
function sameCall({ toolName, input }: ToolRequest): string {
  if (toolName.startsWith("mcp__")) return JSON.stringify([toolName, input]);
  const { description: _, ...rest } = input;
  return JSON.stringify([toolName, rest]);
}

/** The calls that a person has always allowed in this session. */
export class Remembered {
  /**
   * Kept besides the rules, because the CLI's rules do not always cover the call for which it
   * suggested them: it asks again about a command of several parts.
   */
  readonly #calls = new Set<string>();
  #edits = false;

  /** Remembers that a person said "always" to this call. */
  add(request: ToolRequest, offer: AlwaysOffer): void {
    if (offer.kind === "edits") this.#edits = true;
    else this.#calls.add(sameCall(request));
  }

  /** Whether the call is allowed without another question. */
  covers(request: ToolRequest): boolean {
    return this.#edits && isPlainEdit(request) ||
      this.#calls.has(sameCall(request));
  }
}
