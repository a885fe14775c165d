/**
 * Checks, before the first prompt, whether the CLI at hand has what the options need. Pure.
 *
 * CLI 2.1.300 and later name their version in the answer to the handshake; an older one is
 * asked for it (`get_binary_version`, which all tested versions answer), if an option or a hook
 * depends on it.
 *
 * @module
 */

import type { WireObject } from "../messages/_define.ts";
import type { Outcome } from "../protocol/pending.ts";
import type { StartCheck, StartRequest } from "../protocol/start.ts";
import { unmet, type UsedNeed } from "./needs.ts";
import { isMet } from "../capabilities/version.ts";

/** Checks the needs of the options of one process. */
export class NeedsCheck implements StartCheck {
  readonly #needs: readonly UsedNeed[];
  readonly #makeId: () => string;
  /** Takes the version, if it is known before the first prompt. */
  readonly #learned: (version: string) => void;
  /** Id of the request for the version, as long as it waits for its answer. */
  #open: string | undefined;
  #error: Error | undefined;

  /**
   * @param needs What depends on the version.
   * @param makeId Makes an id for a request.
   * @param learned Takes the version, once it is known.
   */
  constructor(
    needs: readonly UsedNeed[],
    makeId: () => string,
    learned: (version: string) => void,
  ) {
    this.#needs = needs;
    this.#makeId = makeId;
    this.#learned = learned;
  }

  /** Whether everything that it asked for is answered. */
  get isDone(): boolean {
    return this.#open === undefined;
  }

  /** Why there is no session. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** Takes the answer to the handshake. Returns what to ask for, if anything. */
  shakeHands(
    { claude_code_version: version }: WireObject,
  ): StartRequest | undefined {
    if (typeof version === "string") {
      this.#check(version);
      return undefined;
    }
    if (this.#needs.length === 0) return undefined;
    this.#open = this.#makeId();
    return { id: this.#open, subtype: "get_binary_version", payload: {} };
  }

  /** Whether an answer is to a request of its own. */
  isOwn(id: string): boolean {
    return this.#open === id;
  }

  /** Takes the answer to its own request. */
  take(outcome: Outcome): undefined {
    this.#open = undefined;
    const version = outcome.ok ? outcome.response.version : undefined;
    this.#check(typeof version === "string" ? version : undefined);
  }

  #check(version: string | undefined): void {
    if (version !== undefined) this.#learned(version);
    const lacking = this.#needs.find(({ since, older, isGuard }) => {
      const isThere = isMet(since, version);
      // A CLI that has not refused a flag has it. Of all else nothing is known: an option that
      // keeps something from happening would not hold then.
      return older === "ignores" &&
        (isThere === false || isThere === undefined && isGuard);
    });
    if (lacking !== undefined) this.#error = unmet(lacking, version);
  }
}
