// Secrets are masked in every form and wherever a text is cut, in linear time.

import { assert, assertEquals } from "@std/assert";
import { isSecretName, maskSecrets, SecretMask } from "./secrets.ts";
import { secretsOf } from "./secret_values.ts";

const KEY = "sk-ant-api03-AbC_d-123456789012345678901234567890";

/** Text, secrets besides those with a shape, and what is left. */
const CASES: readonly (readonly [string, readonly string[], string])[] = [
  ["nothing to hide", [], "nothing to hide"],
  [`key ${KEY}.`, [], "key sk-ant-***."],
  ["_sk-ant-oat01-abcdef-ghi_", [], "_sk-ant-***"],
  ["sk-proj-abcdefghij0123456789", [], "sk-***"],
  [
    "risk-taking-and-other-long-words-here",
    [],
    "risk-taking-and-other-long-words-here",
  ],
  ["Authorization: Bearer abc.DEF~123+/=", [], "Authorization: Bearer ***"],
  ['"authorization":"bearer 0123456789"', [], '"authorization":"bearer ***"'],
  ["Bearer authentication failed", [], "Bearer authentication failed"],
  ["ghp_0123456789abcdefghij0123", [], "***"],
  ["AKIAIOSFODNN7EXAMPLE is set", [], "*** is set"],
  ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-x", [], "***"],
  ["x_eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-x y", [], "x_*** y"],
  ["--token-eyJhbGciOiJI.eyJzdWIi.c2ln", [], "--token-***"],
  [
    "http://h/sse?token=0123456789&x=1",
    [],
    "http://h/sse?token=***&x=1",
  ],
  ["http://h/?a=1&key=0123456789#b", [], "http://h/?a=1&key=***#b"],
  ["http://h/?page=0123456789", [], "http://h/?page=0123456789"],
  ["http://h/?sortkey=created_at", [], "http://h/?sortkey=created_at"],
  ["/?cache_key=homepage_v2", [], "/?cache_key=homepage_v2"],
  ["/?x_api_key=0123456789", [], "/?x_api_key=***"],
  ["x-api-key: 0123456789abcdef", [], "x-api-key: ***"],
  ["ANTHROPIC_API_KEY=secretwords next", [], "ANTHROPIC_API_KEY=*** next"],
  ['{"access_token":"opaquevalue","n":1}', [], '{"access_token":"***","n":1}'],
  [
    String.raw`"{\"refresh_token\":\"opaquevalue\"}"`,
    [],
    String.raw`"{\"refresh_token\":\"***\"}"`,
  ],
  ["Wrong password: incorrect", [], "Wrong password: incorrect"],
  [
    '"input_tokens": 12345678, "max_tokens":99999999',
    [],
    '"input_tokens": 12345678, "max_tokens":99999999',
  ],
  ["via http://me:hunter2@proxy:8080/", [], "via http://me:***@proxy:8080/"],
  ["http://127.0.0.1:8080/a@b", [], "http://127.0.0.1:8080/a@b"],
  ["it is open sesame, open sesame", ["open sesame"], "it is ***, ***"],
  ["abcdefghij and abcdefgh", ["abcdefghij", "abcdefgh"], "*** and ***"],
  ["one over the other: aaaaaaaabbbbbbbbcccc", [
    "aaaaaaaabbbbbbbb",
    "bbbbbbbbcccc",
  ], "one over the other: ***"],
  [`Bearer ${KEY}`, [KEY], "Bearer ***"],
];

Deno.test("maskSecrets takes out known values and what looks like a key", () => {
  for (const [text, secrets, expected] of CASES) {
    const masked = maskSecrets(text, secrets);
    assertEquals(masked, expected);
    assertEquals(maskSecrets(masked, secrets), masked, "twice");
  }
});

Deno.test("maskSecrets takes no time over long texts", () => {
  const texts = [
    "\\",
    "=",
    "a",
    " ",
    "://",
    "api_key ",
    "Bearer ",
    "eyJ",
    "-eyJaaaaaaaa",
    "passwd:,",
    "?token",
    "sk-",
  ]
    .map((part) => part.repeat(1_000_000 / part.length));
  const start = performance.now();
  for (const text of texts) maskSecrets(text);
  const ms = performance.now() - start;
  // They take a fraction of a second; with backtracking it would be hours.
  assert(ms < 60_000, `${ms} ms`);
});

Deno.test("isSecretName knows names of secrets from names about them", () => {
  const secret = [
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "AWS_SECRET_ACCESS_KEY",
    "GITHUB_TOKEN",
    "DB_PASSWORD",
    "X-Api-Key",
    "Authorization",
    "clientSecret",
    "PGPASSWORD",
    "DB_PASS",
    "MYSQL_PWD",
    "SSHPASS",
    "REDISCLI_AUTH",
    "API_KEYS",
    "HTTPToken",
  ];
  const harmless = [
    "PATH",
    "HOME",
    "SSH_AUTH_SOCK",
    "KEYBOARD",
    "PWD",
    "OLDPWD",
    "INIT_PWD",
    "COMPASS",
    "AUTH_MODE",
    "MAX_THINKING_TOKENS",
    "SSH_KEY_PATH",
    "AWS_ACCESS_KEY_ID",
    "CLAUDE_CODE_API_KEY_HELPER_TTL_MS",
  ];
  assertEquals(secret.filter((name) => !isSecretName(name)), []);
  assertEquals(harmless.filter(isSecretName), []);
});

Deno.test("secretsOf gives values in each form that they may be seen in, longest first", () => {
  const forms = secretsOf({
    HOME: "/home/somebody",
    A_TOKEN: "short",
    B_TOKEN: 'with "quotes" ',
    C_KEY: "first line of it\nsecond line",
    D_SECRET: undefined,
    ANTHROPIC_CUSTOM_HEADERS: "X-Key: 0123456789\nX-Other: abcdefghi",
  });
  const expected = [
    "first%20line%20of%20it%0Asecond%20line",
    "first line of it\\nsecond line",
    "first line of it\nsecond line",
    "first%20line%20of%20it",
    "with%20%22quotes%22",
    "first line of it",
    'with \\"quotes\\"',
    'with "quotes"',
    "second%20line",
    "second line",
    "0123456789",
    "abcdefghi",
  ];
  assertEquals(expected.filter((form) => !forms.includes(form)), []);
  assertEquals(forms.filter((form) => /short|somebody/.test(form)), []);
  const lengths = forms.map((form) => form.length);
  assertEquals(lengths, lengths.toSorted((a, b) => b - a));
});

Deno.test("SecretMask lets no part of a secret through, wherever the text is cut", () => {
  const secrets = ["open sesame 42"];
  const text = `a ${KEY} b\nopen sesame 42 x\nlast open sesame 42`;
  const expected = "a sk-ant-*** b\n*** x\nlast ***";
  for (let size = 1; size <= text.length; size++) {
    const mask = new SecretMask(() => secrets);
    let out = "";
    for (let at = 0; at < text.length; at += size) {
      out += mask.push(text.slice(at, at + size));
      const seen = out + mask.held;
      assertEquals(/sk-ant-a|open s/.test(seen), false, seen);
    }
    assertEquals(out + mask.end(), expected);
  }
});

Deno.test("SecretMask holds no more than it has to of a line without end", () => {
  const mask = new SecretMask(() => ["open sesame 42"]);
  const padding = "x".repeat(60_000);
  let out = "";
  for (let count = 0; count < 20; count++) {
    // The secret falls on each side of the cut, and on it.
    out += mask.push(`${padding.slice(0, 57_000 + count * 173)} open sesa`);
    out += mask.push("me 42 ");
    assertEquals(mask.held.length < 130_000, true);
  }
  out += mask.end();
  assertEquals(out.includes("open"), false);
  assertEquals(out.split("***").length, 21);
});

Deno.test("SecretMask cuts a line without end before what tells a secret, not behind it", () => {
  const texts = [
    "sk-ant-api03-abcdef",
    "Bearer abcdef0123456789",
    "password=hunter2222",
  ];
  for (const text of texts) {
    // 8,192 characters are held back: the cut is at each place of the text.
    for (let left = 0; left <= text.length + 2; left++) {
      const mask = new SecretMask(() => []);
      const out = mask.push(`${"x".repeat(60_000)} ${text} `) +
        mask.push("y".repeat(8_192 - left)) + mask.end();
      assertEquals(out.includes(text.slice(-6)), false, `${text}, ${left}`);
      assertEquals(out.includes("***"), true);
    }
  }
});

Deno.test("SecretMask cuts no secret in two that stands before another one", () => {
  const secret = "abcdef12.def-ghijkl99";
  const token = `eyJhbGciOiJIUzI1.eyJzdWIiOiIx.${"c2ln".repeat(10)}`;
  const text = `${secret}_${token}`;
  for (let left = 0; left <= text.length + 2; left++) {
    const mask = new SecretMask(() => [secret]);
    const out = mask.push(`${"x".repeat(60_000)} ${text} `) +
      mask.push("y".repeat(8_192 - left)) + mask.end();
    assertEquals(out.includes("abcdef12"), false, `${left}`);
    assertEquals(out.includes("c2lnc2ln"), false, `${left}`);
  }
});
