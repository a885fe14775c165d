/**
 * What "always" would mean for a tool call: the label of the question and what is done
 * afterwards come from the same place. Pure.
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
  /** The same, of a rule that covers the command of this call and no other. */
  | { readonly kind: "command" }
  /** The edits that {@linkcode isPlainEdit} describes: the CLI has no rule for them. */
  | { readonly kind: "edits" };

/**
 * Whether a call edits a file, and the CLI asks about it only because it asks about each
 * edit: the file is in the working directories, no rule or hook wants the question, and
 * neither the CLI nor this library protects the file (`.git/config`, `.bashrc`, a link to
 * elsewhere, …). The CLI tells by what it suggests: mode `acceptEdits` and nothing else, and
 * no reason.
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

/** What "always" would allow; `undefined` where the CLI would ask again all the same. */
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
 * Equal for calls that do the same. What the model says about a command is no part of that;
 * the description that a tool of a server is given may be all that it is about.
 */
function sameCall({ toolName, input }: ToolRequest): string {
  if (toolName.startsWith("mcp__")) return JSON.stringify([toolName, input]);
  const { description: _, ...rest } = input;
  return JSON.stringify([toolName, rest]);
}

/** What a person allowed for good in this session. */
export class Remembered {
  /**
   * The CLI's own rules do not cover each call that they were suggested for: it asks again
   * about a command of several parts.
   */
  readonly #calls = new Set<string>();
  #edits = false;

  /** A person said "always" to this call. */
  add(request: ToolRequest, offer: AlwaysOffer): void {
    if (offer.kind === "edits") this.#edits = true;
    else this.#calls.add(sameCall(request));
  }

  /** Whether the call needs no further question. */
  covers(request: ToolRequest): boolean {
    return this.#edits && isPlainEdit(request) ||
      this.#calls.has(sameCall(request));
  }
}
