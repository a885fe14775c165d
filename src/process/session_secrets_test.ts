// The secrets of a session are found wherever an option holds them.

import { assert, assertEquals } from "@std/assert";
import type { SessionOptions } from "../options/session_options.ts";
import { maskSecrets } from "../util/secrets.ts";
import { launchOf } from "../options/args.ts";
import { SessionSecrets } from "./session_secrets.ts";

const VALUE = "open sesame!";

function secretsOf(options: SessionOptions, own: Record<string, string> = {}) {
  return new SessionSecrets(options, launchOf(options), own, "linux");
}

const env = { MY_TOKEN: VALUE, MY_FOLDER: "/not/a/secret" };
const stdio = (args: string[]): SessionOptions => ({
  mcpServers: { x: { type: "stdio", command: "x", args } },
});

/** Every place of an option that hands a secret over. */
const ROWS: readonly SessionOptions[] = [
  { env },
  { settings: { env } },
  { settings: JSON.stringify({ env }) },
  { managedSettings: { env } },
  { mcpServers: { x: { type: "stdio", command: "x", env } } },
  { mcpServers: { x: { type: "http", url: "https://x", headers: env } } },
  {
    mcpServers: {
      x: {
        type: "sse",
        url: "https://x",
        headers: { Authorization: `Bearer ${VALUE}` },
      },
    },
  },
  {
    mcpServers: {
      x: {
        type: "http",
        url: "https://x",
        headers: { Authorization: `Basic ${btoa(`me:${VALUE}`)}` },
      },
    },
  },
  stdio(["serve", "--api-key", VALUE]),
  stdio([`--api-key=${VALUE}`]),
  stdio(["-e", `MY_TOKEN=${VALUE}`]),
  stdio([`--env=MY_TOKEN=${VALUE}`]),
  stdio(["--header", `X-Api-Key: ${VALUE}`]),
  stdio([`postgres://me:${encodeURIComponent(VALUE)}@db/x`]),
  {
    agents: {
      a: {
        description: "d",
        prompt: "p",
        mcpServers: [{ s: { type: "stdio", command: "x", env } }],
      },
    },
  },
  {
    agents: {
      a: {
        description: "d",
        prompt: "p",
        mcpServers: [{ s: { command: "x", args: ["--password", VALUE] } }],
      },
    },
  },
  { claudePath: ["box", "--token", VALUE, "claude"] },
  { env: { DATABASE_URL: `postgres://me:${encodeURIComponent(VALUE)}@db/x` } },
];

Deno.test("the secrets of a session are found wherever an option puts them", () => {
  for (const options of ROWS) {
    const values = secretsOf(options).values();
    assert(values.includes(VALUE), JSON.stringify(options));
    assert(!values.includes("/not/a/secret"));
  }
  assert(secretsOf({}, env).values().includes(VALUE));
  assertEquals(secretsOf({ env: { MY_TOKEN: undefined } }, env).values(), []);
  const random = stdio(["serve.js", "q7Zk29LmVx04TyRb"]);
  assert(secretsOf(random).values().includes("q7Zk29LmVx04TyRb"));
  assert(!secretsOf(random).values().includes("serve.js"));
});

Deno.test("secrets that are told later are learned from requests and answers alone", () => {
  const secrets = secretsOf({});
  assertEquals(secrets.values(), []);
  const server = { command: "x", env: { MY_TOKEN: VALUE } };
  const line = (type: string, token = VALUE) =>
    JSON.stringify({
      type,
      request: { subtype: "mcp_set_servers", servers: { x: server } },
      response: { response: { settings: { env: { OTHER_SECRET: token } } } },
    });
  // What a model or a tool wrote.
  secrets.learn("in", line("assistant"));
  assertEquals(secrets.values(), []);
  secrets.learn("out", line("control_request"));
  assert(secrets.values().includes(VALUE));
  secrets.learn("in", line("control_response", "another secret"));
  assert(secrets.values().includes("another secret"));
});

Deno.test("a secret is masked in every form that a text may hold it in", () => {
  const token = 'pä "ss\\wörd\n+/ ~?';
  const values = secretsOf({ env: { MY_TOKEN: token } }).values();
  const json = JSON.stringify({ a: token });
  const ascii = json.replaceAll(
    /[^\0-\x7f]/g,
    (unit) => `\\u00${unit.charCodeAt(0).toString(16)}`,
  );
  const encoded = encodeURIComponent(token);
  const texts = [
    token,
    json,
    JSON.stringify({ json }),
    JSON.stringify({ deep: JSON.stringify({ json }) }),
    ascii,
    JSON.stringify({ ascii }),
    `https://x/?q=${encoded}`,
    `https://x/?q=${encoded.toLowerCase()}`,
    `${new URLSearchParams({ q: token })}`,
  ];
  for (const text of texts) {
    const masked = maskSecrets(text, values);
    assert(masked.includes("***"), masked);
    assert(!/ss\\*w|ss%5[Cc]w/.test(masked), masked);
  }
  for (const user of ["", "a", "ab", "abc", "user"]) {
    const base64 = new TextEncoder().encode(`${user}:${token}!`).toBase64();
    const masked = maskSecrets(`x ${base64} y`, values);
    // At most a letter or two of each end is left.
    assert(masked.length < 4 + 8 + 2 * user.length + 8, masked);
  }
});
