/**
 * The option `auth`: who is to pay. Pure.
 *
 * What the process signs in with is told before the first prompt, by the answer to the
 * handshake, and again by each turn's `system/init`.
 *
 * @module
 */

import { StartupError } from "../errors.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import type { AuthMode } from "./options.ts";

/** `account.tokenSource` of a subscription, in the words of CLI 2.1.330. */
const SUBSCRIPTIONS: ReadonlySet<unknown> = new Set([
  "claude.ai",
  "CLAUDE_CODE_OAUTH_TOKEN",
  "CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR",
  "CCR_OAUTH_TOKEN_FILE",
]);

const WANTED: { readonly [M in AuthMode]: string } = {
  subscription: "a subscription",
  "api-key": "an API key",
  any: "anything",
};

/** Watches which account one process uses. */
export class SignIn {
  readonly #mode: AuthMode;
  /** Whether no account was signed in at the handshake: nothing can be spent, and the turn says so. */
  #isNobody = false;
  #key: string | undefined;

  /** @param mode The option. */
  constructor(mode: AuthMode = "any") {
    this.#mode = mode;
  }

  /** The source of the API key that pays, as the CLI says; `undefined` if a login pays. */
  get key(): string | undefined {
    return this.#key;
  }

  /** Whether anything is wanted at all. */
  get #isGuarded(): boolean {
    return this.#mode !== "any";
  }

  /** Checks the answer to the handshake. Returns why there is no session, if there is none. */
  atHandshake(response: WireObject): StartupError | undefined {
    if (!this.#isGuarded) return undefined;
    const { account } = response;
    if (!isWireObject(account)) return this.#refused("something unknown");
    const { apiProvider = "firstParty", tokenSource = "none" } = account;
    const key = keyOf(account.apiKeySource);
    if (apiProvider !== "firstParty") return this.#refused(String(apiProvider));
    this.#isNobody = key === undefined && tokenSource === "none";
    if (this.#isNobody) return undefined;
    if (this.#mode === "api-key") {
      return key === undefined ? this.#refused(String(tokenSource)) : undefined;
    }
    if (key !== undefined) return this.#refused(key);
    return SUBSCRIPTIONS.has(tokenSource)
      ? undefined
      : this.#refused(String(tokenSource));
  }

  /** Checks the begin of a turn. Returns why the session cannot continue, if it cannot. */
  atInit(init: WireObject): StartupError | undefined {
    const key = keyOf(init.apiKeySource);
    this.#key = key;
    if (!this.#isGuarded) return undefined;
    if (this.#mode === "subscription") {
      return key === undefined ? undefined : this.#refused(key);
    }
    return key === undefined && !this.#isNobody
      ? this.#refused("no API key")
      : undefined;
  }

  #refused(found: string): StartupError {
    return new StartupError(
      "billing",
      `The session was to be paid by ${
        WANTED[this.#mode]
      }, and the CLI would use ${found.slice(0, 100)}`,
      {
        hint: this.#mode === "subscription"
          ? "Sign in with: claude auth login; look for a key in the settings (apiKeyHelper, env); or leave out auth"
          : "Set ANTHROPIC_API_KEY; or leave out auth",
      },
    );
  }
}

/** The source of the API key, if there is one. */
function keyOf(source: unknown): string | undefined {
  return source === undefined || source === null || source === "none"
    ? undefined
    : String(source);
}
