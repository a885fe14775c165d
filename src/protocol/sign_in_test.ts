// A sign-in that cannot work, or pays from another account, is found before the first
// prompt.

import { assert, assertEquals } from "@std/assert";
import type { WireObject } from "../messages/_define.ts";
import type { AuthMode } from "./options.ts";
import { SignIn } from "./sign_in.ts";

const FIRST = { apiProvider: "firstParty" };
const NOBODY = { ...FIRST, tokenSource: "none" };
const KEY = { ...NOBODY, apiKeySource: "ANTHROPIC_API_KEY" };
const HELPER = { ...FIRST, tokenSource: "none", apiKeySource: "apiKeyHelper" };
const LOGIN = { ...FIRST, tokenSource: "claude.ai" };
const TOKEN = { ...FIRST, tokenSource: "CLAUDE_CODE_OAUTH_TOKEN" };
const BOTH = { ...TOKEN, apiKeySource: "ANTHROPIC_API_KEY" };
const BEARER = { ...FIRST, tokenSource: "ANTHROPIC_AUTH_TOKEN" };
const PROFILE = { ...FIRST, tokenSource: "profile" };
const BEDROCK = { apiProvider: "bedrock" };

// Each as CLI 2.1.330 writes it, but for LOGIN, PROFILE and HELPER, which are from its source.
const ACCOUNTS: readonly [unknown, string, string][] = [
  [NOBODY, "yes", "yes"],
  [KEY, "ANTHROPIC_API_KEY", "yes"],
  [HELPER, "apiKeyHelper", "yes"],
  [LOGIN, "yes", "claude.ai"],
  [TOKEN, "yes", "CLAUDE_CODE_OAUTH_TOKEN"],
  [BOTH, "ANTHROPIC_API_KEY", "yes"],
  [BEARER, "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_AUTH_TOKEN"],
  [PROFILE, "profile", "profile"],
  [BEDROCK, "bedrock", "bedrock"],
  [undefined, "something unknown", "something unknown"],
];

function verdict(mode: AuthMode, account: unknown): string {
  const error = new SignIn(mode).atHandshake({ account });
  if (error === undefined) return "yes";
  assertEquals([error.code, error.reason], ["billing", "billing"]);
  return error.message.split("would use ")[1] ?? "";
}

Deno.test("SignIn: the answer to the handshake", () => {
  for (const [account, subscription, key] of ACCOUNTS) {
    assertEquals(
      [
        verdict("any", account),
        verdict("subscription", account),
        verdict("api-key", account),
      ],
      ["yes", subscription, key],
      JSON.stringify(account),
    );
  }
});

Deno.test("SignIn: the begin of a turn", () => {
  const allowed = (mode: AuthMode, account: WireObject, source: unknown) => {
    const signIn = new SignIn(mode);
    assertEquals(signIn.atHandshake({ account }), undefined);
    return signIn.atInit({ apiKeySource: source }) === undefined;
  };
  for (const source of ["none", undefined, null]) {
    assert(allowed("subscription", LOGIN, source));
    assert(!allowed("api-key", KEY, source));
    // The turn says that no account is signed in.
    assert(allowed("api-key", NOBODY, source));
  }
  assert(!allowed("subscription", LOGIN, "ANTHROPIC_API_KEY"));
  assert(!allowed("subscription", NOBODY, "apiKeyHelper"));
  assert(allowed("api-key", KEY, "ANTHROPIC_API_KEY"));
  assert(allowed("any", KEY, "anything"));
});
