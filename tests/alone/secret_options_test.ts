// Every option with a secret in each of its texts: no argument, no file that stays, no
// log, no recording and no error has it. The values are made from the table of options.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  AsyncSession,
  ClaudeStreamError,
  ConfigError,
  type McpServer,
  type SessionOptions,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";
import { ScriptedClaude, step } from "../../src/testing/mod.ts";
import { OPTION_NAMES } from "../../src/options/table.ts";
import { optionsWith, spotsOf } from "../support/option_values.ts";

/** Looks like nothing: only its place says that it is secret. */
const NAMED = "hush 4711, tell nobody";
/** Looks like a key, wherever it stands. */
const SHAPED = "sk-ant-api03-hush4711tellnobody";
/** What is in both, and in no name of a file or a test. */
const MARKS = ["hush 4711", "hush4711", "hush%204711"];

/** Options with a secret in a place that its name tells, and in any other text. */
interface Row {
  /** Where the name of the place says that it is secret. */
  readonly named?: (secret: string) => readonly SessionOptions[];
  /** Where any text may be: only one that looks like a key is known to be one. */
  readonly shaped?: (secret: string) => readonly SessionOptions[];
}

/** MCP servers with a secret in each of their places. */
function servers(secret: string): Record<string, McpServer<unknown>>[] {
  const inUrl = encodeURIComponent(secret);
  return [
    { type: "stdio" as const, command: "true", env: { A_TOKEN: secret } },
    { command: "true", args: ["--api-key", secret] },
    { command: "true", args: [`--password=${secret}`] },
    { command: "true", args: ["-H", `Authorization: Bearer ${secret}`] },
    { command: "true", args: [`https://me:${inUrl}@host/`] },
    {
      type: "http" as const,
      url: "https://host/mcp",
      headers: { Authorization: `Bearer ${secret}` },
    },
    { type: "sse" as const, url: `https://host/mcp?access_token=${inUrl}` },
    { type: "http" as const, url: `https://me:${inUrl}@host/mcp` },
  ].map((server) => ({ one: server }));
}

function settings(secret: string): Record<string, unknown>[] {
  return [
    { env: { A_TOKEN: secret } },
    { env: { PROXY: `http://me:${encodeURIComponent(secret)}@proxy:1` } },
  ];
}

/**
 * Places that the kinds of the table do not show: those whose names say that a value is
 * secret, and values of which only the CLI knows what is in them.
 */
const MORE: { readonly [K in keyof SessionOptions]?: Row } = {
  systemPrompt: {
    shaped: (secret) => [
      { systemPrompt: { file: `/x/${secret}` } },
      { systemPrompt: { appendFile: `/x/${secret}` } },
    ],
  },
  outputSchema: {
    shaped: (secret) => [
      { outputSchema: { type: "object", description: secret } },
      { outputSchema: { type: secret } },
    ],
  },
  env: {
    named: (secret) => [
      { env: { A_TOKEN: secret } },
      { env: { A_TOKEN: secret, WRONG: 1 as unknown as string } },
      { env: { DATABASE: `pg://me:${encodeURIComponent(secret)}@db/x` } },
      { env: { ANTHROPIC_CUSTOM_HEADERS: `X-Any: ${secret}` } },
    ],
    shaped: (secret) => [{ env: { ANY: secret } }],
  },
  extraArgs: {
    named: (secret) => [
      { extraArgs: [`--some-token=${secret}`] },
      { extraArgs: ["--some-password", secret] },
      { extraArgs: { "api-key": secret } },
      {
        extraArgs: {
          "plugin-url": `https://x/?token=${encodeURIComponent(secret)}`,
        },
      },
      { extraArgs: [1, secret] as never },
    ],
    shaped: (secret) => [
      { extraArgs: { any: secret } },
      { extraArgs: [`--mcp-config={"env":{"X":"${secret}"}}`] },
    ],
  },
  files: {
    shaped: (secret) => [{ files: [{ id: `${secret}:`, path: "x" }] }],
  },
  fromPr: {
    named: (secret) => [
      { fromPr: `https://me:${encodeURIComponent(secret)}@host/pull/1` },
    ],
  },
  allowedTools: {
    shaped: (secret) => [
      { allowedTools: [`Bash(curl -H "Authorization: Bearer ${secret}" *)`] },
      { allowedTools: [`Read(${secret}`] },
      {
        allowedTools: [`Bash(x ${secret})`],
        disallowedTools: [`Bash(x ${secret})`],
      },
    ],
  },
  disallowedTools: {
    shaped: (secret) => [
      { disallowedTools: [`Bash(curl -H "X-Api-Key: ${secret}" *)`] },
      { disallowedTools: [`Bash(${secret})`], settings: "/x/settings.json" },
    ],
  },
  mcpServers: {
    named: (secret) => [
      ...servers(secret).map((mcpServers) => ({ mcpServers })),
      ...[
        { type: "http", url: `no address ${secret}` },
        { command: "x", env: { A_TOKEN: [secret] } },
        { command: "x", args: [{ secret }] },
        { command: "x", envs: { A_TOKEN: secret } },
      ].map((one) => ({ mcpServers: { one } as never })),
    ],
  },
  mcpConfigFiles: {
    shaped: (secret) => [
      { mcpConfigFiles: [`/x/${secret}.json`] },
      { mcpConfigFiles: [`{"mcpServers":{"a":{"env":{"X":"${secret}"}}}}`] },
      { mcpConfigFiles: [new URL(`https://host/${secret}`)] },
    ],
  },
  agents: {
    named: (secret) =>
      servers(secret).map(({ one }) => ({
        agents: {
          a: {
            description: "d",
            prompt: "p",
            mcpServers: [{ one: one as never }],
          },
        },
      })),
    shaped: (secret) => [{
      agents: {
        a: {
          description: "d",
          prompt: "p",
          mcpServers: [1, secret] as never,
        },
      },
    }],
  },
  plugins: {
    named: (secret) => {
      const inUrl = encodeURIComponent(secret);
      return [
        `https://me:${inUrl}@host/p.zip`,
        `https://host/p.zip?token=${inUrl}`,
        `https://host/p.zip?auth=${inUrl}`,
        `https://host/p.zip?X-Amz-Signature=${inUrl}`,
        `https://host/p.zip#access_token=${inUrl}`,
      ].flatMap((url) => [
        { plugins: [{ url }] },
        { plugins: [{ url: new URL(url) }] },
        { plugins: [new URL(url)] },
      ]);
    },
    shaped: (secret) => [
      { plugins: [`/x/${secret}`] },
      { plugins: [{ path: `/x/${secret}` }] },
      { plugins: [{ url: `ftp:${secret}` }] },
      { plugins: [{ url: `https://${secret}@host/p.zip` }] },
    ],
  },
  settings: {
    named: (secret) => [
      ...settings(secret).map((settings) => ({ settings })),
      ...settings(secret).map((settings) => ({
        settings: JSON.stringify(settings),
      })),
      // Cut short: the words of the parser would quote it.
      { settings: `{"env":{"A_TOKEN":"${secret}"` },
      { settings: `{"A_TOKEN":${secret}` },
      { settings: [secret] as never },
    ],
    shaped: (secret) => [
      { settings: { any: [secret] } },
      { settings: `/x/${secret}` },
      { settings: new URL(`https://host/${secret}`) },
    ],
  },
  managedSettings: {
    named: (secret) =>
      settings(secret).map((managedSettings) => ({ managedSettings })),
    shaped: (secret) => [{ managedSettings: { any: secret } }],
  },
  hooks: {
    shaped: (secret) => [
      { hooks: { [secret]: [] } as never },
      { hooks: { PreToolUse: [{ matcher: secret, run: () => undefined }] } },
      { hooks: { PreToolUse: [{ run: secret as never }] } },
      { hooks: { PreToolUse: secret as never } },
    ],
  },
  record: {
    shaped: (secret) => [
      { record: { path: "", secrets: [secret] } },
      { record: { path: secret, secrets: secret as never } },
      { record: [secret] as never },
    ],
  },
  costLog: {
    shaped: (secret) => [
      { costLog: `/nowhere/${secret}` },
      { costLog: new URL(`https://host/${secret}`) },
      { costLog: [secret] as never },
    ],
  },
};

/** A program that is started, and files that are written: only what is in {@linkcode MORE}. */
const ONLY_MORE: ReadonlySet<string> = new Set([
  "claudePath",
  "record",
  "costLog",
]);

/** A secret in each place of an option, and in wrong values of each kind. */
function derived(name: string, secret: string): SessionOptions[] {
  if (ONLY_MORE.has(name)) return [];
  const wrong = [secret, [secret], { [secret]: 1 }, { key: secret }];
  const first = new Map(
    spotsOf(name).toReversed().map((spot) => [spot.path, spot]),
  );
  const placed = [...first.values()].map(({ put }) => put(secret));
  const values = new Map(
    [...wrong, ...placed].map((value) => [JSON.stringify(value), value]),
  );
  return [...values.values()].map((value) => optionsWith(name, value));
}

/** The CLI tells the secret in every way that it has, in pieces, too. */
function telling(secret: string) {
  return step.conversation([[
    step.stderr(`stderr says ${secret}\n`),
    step.thinking(`thinks of ${secret} in pieces`, { deltas: 9 }),
    step.text(`it is ${secret}, in pieces`, { deltas: 9 }),
    step.stderr(`last words: ${secret}`),
    step.exit(3),
  ]]);
}

function has(where: string, text: string, what: string): void {
  for (const mark of MARKS) {
    assert(
      !text.includes(mark),
      `${what}: ${where} has it: ${around(text, mark)}`,
    );
  }
}

function around(text: string, mark: string): string {
  const at = text.indexOf(mark);
  return text.slice(Math.max(0, at - 80), at + 60);
}

/** All that an error says, with its causes. */
function said(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 5) return String(error);
  const { message, stack, cause, ...fields } = error;
  // What the CLI sent is the caller's, as it is.
  const { result: _, ...own } = fields as Record<string, unknown>;
  return [message, stack, JSON.stringify(own), said(cause, depth + 1)].join(
    "\n",
  );
}

/** Runs a session as far as it comes, and looks everywhere. */
async function look(
  kind: "async" | "sync",
  given: SessionOptions,
  secret: string,
  claude: ScriptedClaude,
  what: string,
): Promise<"refused" | "ran"> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/recording.ndjson`;
  const trace = `${folder}/trace.ndjson`;
  const logged: string[] = [];
  const take = (...words: unknown[]) => {
    logged.push(JSON.stringify(words));
  };
  const stderr: string[] = [];
  let files: readonly string[] = [];
  const record = given.record === undefined
    ? path
    : typeof given.record === "object" && "path" in given.record &&
        given.record.path === ""
    ? { ...given.record, path }
    : given.record;
  const options = {
    claudePath: claude.command,
    logger: { debug: take, info: take, warn: take, error: take },
    stderr: (line: string) => {
      stderr.push(line);
    },
    ...given.transport === undefined && given.spawn === undefined
      ? {
        spawn: (
          spec: { args: readonly string[]; files: readonly string[] },
        ) => {
          has("an argument", spec.args.join("\n"), what);
          files = spec.files;
          for (const file of files) {
            assertEquals((Deno.statSync(file).mode ?? 0) & 0o777, 0o600, what);
          }
          return spec as never;
        },
      }
      : {},
    ...given,
    record,
  } as SyncSessionOptions;
  Deno.env.set("CLAUDESTREAM_TRACE", trace);
  let failure: unknown;
  try {
    if (kind === "async") {
      await using session = new AsyncSession(options as SessionOptions);
      for await (const event of session.send("hi")) {
        if (event.type === "configuration_mismatch") {
          has("an event", JSON.stringify(event), what);
        }
      }
      await session.ask("hi");
    } else {
      using session = new SyncSession(options);
      for (const event of session.send("hi")) assert(event.type !== undefined);
      session.ask("hi");
    }
  } catch (error) {
    failure = error;
  } finally {
    Deno.env.delete("CLAUDESTREAM_TRACE");
  }
  assert(failure instanceof Error, `${what}: ${failure}`);
  has("an error", said(failure), what);
  has("the log", logged.join("\n"), what);
  has("stderr", stderr.join("\n"), what);
  for (const file of files) {
    const left = await Deno.stat(file).catch(() => undefined);
    assertEquals(left, undefined, `${what}: ${file} is left`);
  }
  let ran = false;
  for (const file of [path, trace]) {
    const text = await Deno.readTextFile(file).catch(() => "");
    has("a recording", text, what);
    has("its deltas", deltas(text), what);
    for (const line of text.split("\n")) if (line !== "") JSON.parse(line);
    ran ||= text.includes("stream_event");
  }
  await Deno.remove(folder, { recursive: true });
  assert(!Object.values(failure).includes(secret));
  return ran ? "ran" : "refused";
}

/** The pieces of all blocks, put together. */
function deltas(recording: string): string {
  return recording.split("\n").filter((line) => line !== "").map((line) => {
    const delta = JSON.parse(line).in?.event?.delta;
    return delta?.text ?? delta?.thinking ?? delta?.partial_json ?? "";
  }).join("");
}

for (const kind of ["async", "sync"] as const) {
  for (const place of ["named", "shaped"] as const) {
    const secret = place === "named" ? NAMED : SHAPED;
    Deno.test(`no secret in an option is told to anybody (${kind}, ${place})`, async (t) => {
      await using claude = await ScriptedClaude.create(telling(secret));
      const came = { ran: 0, refused: 0 };
      for (const name of OPTION_NAMES) {
        const { [place]: more } = MORE[name as keyof SessionOptions] ?? {};
        const all = [
          ...place === "shaped" ? derived(name, secret) : [],
          ...more?.(secret) ?? [],
        ];
        if (all.length === 0) continue;
        await t.step(name, async () => {
          for (const [index, options] of all.entries()) {
            came[
              await look(kind, options, secret, claude, `${name} ${index}`)
            ]++;
          }
        });
      }
      // Both have to be: a table of refusals alone would show little.
      assert(came.ran > 10 && came.refused > 5, JSON.stringify(came));
    });
  }
}

Deno.test("a plugin's address with a secret is refused, and the error says what to do", () => {
  const urls = [
    "https://me:hunter2hunter2@host/p.zip",
    "https://h/p.zip?sig=abcdefgh1",
  ];
  for (const url of urls) {
    const error = (() => {
      try {
        new AsyncSession({ plugins: [{ url }] });
        return undefined;
      } catch (thrown) {
        return thrown;
      }
    })();
    assert(error instanceof ConfigError);
    assertEquals(error.option, "plugins");
    assertStringIncludes(error.hint ?? "", "path");
  }
  // An address that tells nothing goes to the CLI.
  assert(new AsyncSession({ plugins: [{ url: "https://h/p.zip?ref=main" }] }));
  assert(!(new Error() instanceof ClaudeStreamError));
});
