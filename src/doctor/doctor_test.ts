// What doctor() finds in versions, settings and variables; its exit code; no secret in
// its report.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { childEnvironment } from "../options/environment.ts";
import {
  type ClaudeStreamError,
  DeadlineError,
  StartupError,
} from "../errors.ts";
import { unknownEvent } from "../messages/unknown.ts";
import { configDirCheck } from "./config_dir.ts";
import { argumentsCheck, environmentChecks } from "./environment.ts";
import { handshakeFailure, messagesCheck, signInCheck } from "./handshake.ts";
import { permissionCheck, permissionNeeds } from "./permissions.ts";
import { check, type CheckStatus, reportOf } from "./report.ts";
import { settingsPaths } from "./settings_files.ts";
import { readSettings } from "./settings_text.ts";
import { compareVersions } from "../capabilities/version.ts";
import { versionIn } from "../process/version.ts";
import { versionCheck } from "./version.ts";

Deno.test("the exit code is 4 where only the sign-in failed, else 3", () => {
  const cases: readonly (readonly [Record<string, CheckStatus>, 0 | 3 | 4])[] =
    [
      [{}, 0],
      [{ sign_in: "warn", version: "warn", cwd: "skip" }, 0],
      [{ sign_in: "fail", version: "warn" }, 4],
      [{ sign_in: "fail", "settings.user": "fail" }, 3],
      [{ handshake: "fail" }, 3],
    ];
  for (const [statuses, exitCode] of cases) {
    const checks = Object.entries(statuses).map(([name, status]) =>
      check(name, status, "x")
    );
    const report = reportOf(checks, {}, []);
    assertEquals([report.exitCode, report.ok], [exitCode, exitCode === 0]);
  }
});

Deno.test("a report masks secrets and keeps to one line", () => {
  const { checks } = reportOf(
    [check("x", "fail", " open sesame\n sk-ant-api03-abc ", "do it")],
    {},
    ["open sesame"],
  );
  assertEquals(checks, [{
    name: "x",
    status: "fail",
    detail: "*** sk-ant-***",
    hint: "do it",
  }]);
});

Deno.test("versions: too old fails, newer than known warns", () => {
  const cases: readonly (readonly [string, string | undefined, CheckStatus])[] =
    [
      ["2.1.330 (Claude Code)", "2.1.330", "ok"],
      ["2.1.197 (Claude Code)\n", "2.1.197", "ok"],
      ["note\n2.1.200-beta.1 (Claude Code)", "2.1.200-beta.1", "ok"],
      ["2.1.196 (Claude Code)", "2.1.196", "fail"],
      ["1.0.128 (Claude Code)", "1.0.128", "fail"],
      ["2.10.0 (Claude Code)", "2.10.0", "warn"],
      ["cat (GNU coreutils) 9.1", undefined, "warn"],
      ["", undefined, "warn"],
    ];
  for (const [printed, version, status] of cases) {
    assertEquals(versionIn(printed), version);
    assertEquals(versionCheck(version, printed).status, status, printed);
  }
  // It could not even be started: nothing is known of its version.
  assertEquals(versionCheck(undefined, undefined).status, "skip");
  const sorted = ["2.1.9", "2.1.30", "2.2.0", "10.0.0"];
  assertEquals(sorted.toReversed().sort(compareVersions), sorted);
});

Deno.test("settings: what will load, and where a file is broken", () => {
  const cases: readonly (readonly [string, CheckStatus, string, number?])[] = [
    ["", "ok", "empty"],
    ["\ufeff{}", "ok", "empty"],
    [
      '{"model":"x","permissions":{"allow":["Read","Edit"],"defaultMode":"plan"},"env":{"A_KEY":"secret"}}',
      "ok",
      "model, permissions (allow 2, defaultMode), env (A_KEY)",
    ],
    [
      '{\n  "model": "x",\n  "key": s3cret\n}',
      "fail",
      "no JSON from line 3, column 10 on (Unexpected token 's'): nothing of it holds",
      3,
    ],
    [
      '{\n  "a": 1',
      "fail",
      "no JSON from line 2, column 9 on (Expected ',' or '}' after property value): nothing of it holds",
      2,
    ],
    [
      '{"a": ',
      "fail",
      "no JSON from line 1, column 7 on (Unexpected end of JSON input): nothing of it holds",
      1,
    ],
    [
      '{\n"a": tru,\n"b": [1, 2,],\n"c": 1}',
      "fail",
      "no JSON from line 2, column 9 on (Unexpected token ','): nothing of it holds",
      2,
    ],
    [
      '{\n"b": [\n1,\n2,\n],\n"c": 1}',
      "fail",
      "no JSON from line 5, column 1 on (Unexpected token ']'): nothing of it holds",
      5,
    ],
    ["[]", "fail", "not a JSON object: nothing of it holds"],
    [
      '{"permissions":{"deny":"Bash"},"env":[]}',
      "fail",
      "permissions.deny is no list of texts; env is no object",
    ],
  ];
  for (const [text, status, detail, line] of cases) {
    const expected = line === undefined
      ? { status, detail }
      : { status, detail, line };
    assertEquals(readSettings(text), expected);
  }
});

Deno.test("settings files of each operating system", () => {
  const places = { configDir: "/h/.claude", cwd: "/w" };
  assertEquals(settingsPaths({ ...places, os: "linux" }), {
    "settings.managed": "/etc/claude-code/managed-settings.json",
    "settings.local": "/w/.claude/settings.local.json",
    "settings.project": "/w/.claude/settings.json",
    "settings.user": "/h/.claude/settings.json",
    "settings.mcp": "/w/.mcp.json",
  });
  const managed = (os: string) =>
    settingsPaths({ configDir: undefined, cwd: "/w", os })["settings.managed"];
  assertEquals(
    managed("darwin"),
    "/Library/Application Support/ClaudeCode/managed-settings.json",
  );
  assertEquals(
    managed("windows"),
    "C:\\Program Files\\ClaudeCode/managed-settings.json",
  );
});

Deno.test("environment: what is kept from claude, what leads it astray", () => {
  const cases: readonly (readonly [
    Record<string, string>,
    Record<string, string>,
    CheckStatus,
    string,
  ])[] = [
    [{ PATH: "/bin" }, {}, "ok", "nothing that disturbs claude"],
    [
      { CLAUDECODE: "1", NODE_OPTIONS: "--inspect" },
      {},
      "ok",
      "kept from claude: CLAUDECODE, NODE_OPTIONS",
    ],
    [
      {},
      { CLAUDECODE: "1" },
      "warn",
      "CLAUDECODE: set by the option env; claude may refuse to start",
    ],
    [
      { ANTHROPIC_API_KEY: "k", CLAUDE_CODE_OAUTH_TOKEN: "t" },
      {},
      "warn",
      "ANTHROPIC_API_KEY beside CLAUDE_CODE_OAUTH_TOKEN: the key pays, not the subscription",
    ],
    [
      { NODE_TLS_REJECT_UNAUTHORIZED: "0" },
      {},
      "warn",
      "NODE_TLS_REJECT_UNAUTHORIZED=0: nobody checks whom claude talks to",
    ],
    [
      { LD_PRELOAD: "/x.so" },
      {},
      "warn",
      "LD_PRELOAD: Deno starts claude only with --allow-run for all programs",
    ],
  ];
  for (const [inherited, changes, status, detail] of cases) {
    const env = childEnvironment(inherited, changes);
    const [first, size] = environmentChecks(inherited, env);
    assertEquals([first?.status, first?.detail], [status, detail]);
    assertEquals([size?.name, size?.status], ["environment_size", "ok"]);
  }
  const long = { BIG: "x".repeat(128 * 1024) };
  assertEquals(environmentChecks(long, long)[1]?.status, "fail");
  const many = Object.fromEntries(
    Array.from({ length: 20 }, (_, at) => [`V${at}`, "x".repeat(60_000)]),
  );
  assertEquals(environmentChecks(many, many)[1]?.status, "warn");
  assertEquals(argumentsCheck(["claude", "--x"]).status, "ok");
  assertEquals(argumentsCheck(["x".repeat(9000)]).status, "fail");
});

Deno.test("sign-in: who pays, never the secret", () => {
  const cases = [
    [{}, "fail", "nobody is signed in"],
    [
      { tokenSource: "none", apiKeySource: "none" },
      "fail",
      "nobody is signed in",
    ],
    [
      { tokenSource: "none", apiKeySource: "ANTHROPIC_API_KEY" },
      "ok",
      "the API key of ANTHROPIC_API_KEY",
    ],
    [
      { tokenSource: "claude.ai", subscriptionType: "max", organization: "O" },
      "ok",
      "claude.ai, plan max, O",
    ],
    [
      {
        tokenSource: "CLAUDE_CODE_OAUTH_TOKEN",
        apiKeySource: "ANTHROPIC_API_KEY",
      },
      "warn",
      "two: the API key of ANTHROPIC_API_KEY, and CLAUDE_CODE_OAUTH_TOKEN; the API key pays",
    ],
    [{ apiProvider: "bedrock" }, "ok", "by the provider bedrock"],
  ] as const;
  for (const [account, status, detail] of cases) {
    const found = signInCheck(account);
    assertEquals([found.status, found.detail], [status, detail]);
    assertEquals(found.hint === undefined, status === "ok");
  }
});

Deno.test("messages: unknown ones by their names", () => {
  assertEquals(messagesCheck(2, []).status, "ok");
  const { status, detail } = messagesCheck(3, [
    unknownEvent({ type: "invented" }, "type"),
    unknownEvent({ type: "system", subtype: "odd" }, "subtype"),
    unknownEvent("no JSON", "not_json"),
  ]);
  assertEquals(status, "warn");
  assertEquals(
    detail,
    "3 of 3 unknown: invented (type), system/odd (subtype), not_json",
  );
});

Deno.test("a handshake that failed says what stderr said last, and what to do", () => {
  const cases: readonly (readonly [ClaudeStreamError, string])[] = [
    [
      new DeadlineError("initialize", 10, { stderrTail: "a\nwaiting\n" }),
      'No end of "initialize" within 10 ms: waiting',
    ],
    [
      new StartupError("exited", "It ended: bad option", {
        stderrTail: "bad option",
      }),
      "It ended: bad option",
    ],
  ];
  for (const [error, detail] of cases) {
    const [found, ...more] = handshakeFailure(error, 0, []);
    assertEquals([found?.status, found?.detail], ["fail", detail]);
    assertEquals(found?.hint?.includes("claude --version"), true);
    assertEquals(more, []);
    assertEquals(handshakeFailure(error, 1, []).length, 2);
  }
});

Deno.test("permissions: what is missing, and the flag for it", () => {
  const needs = permissionNeeds("/bin/claude", "/h/.claude", "/w");
  assertEquals(
    needs.map((need) => {
      const { name, status, hint } = permissionCheck(need, false);
      return [name, status, hint];
    }),
    [
      ["permission.run", "fail", "Run Deno with --allow-run=/bin/claude"],
      ["permission.env", "warn", "Run Deno with --allow-env"],
      ["permission.read", "warn", "Run Deno with --allow-read"],
      [
        "permission.read_folder",
        "skip",
        "Run Deno with --allow-read=/h/.claude",
      ],
      ["permission.read_folder", "skip", "Run Deno with --allow-read=/w"],
      ["permission.write", "skip", "Run Deno with --allow-write"],
      ["permission.run_all", "skip", "Run Deno with --allow-run"],
    ],
  );
  assertEquals(
    needs.map((need) => permissionCheck(need, true).status),
    needs.map(() => "ok"),
  );
});

Deno.test("permissions: a name without a path is dropped by Deno where it is not found", () => {
  const [run] = permissionNeeds("claude", "/h/.claude", "/w");
  assert(run !== undefined);
  const { hint = "" } = permissionCheck(run, false);
  assertStringIncludes(hint, "--allow-run=claude; it drops a name");
});

Deno.test("config_dir: a file is none, and no right would make it one", async () => {
  const path = await Deno.makeTempFile();
  try {
    const { status, detail, hint } = await configDirCheck(path);
    assertEquals([status, detail], ["fail", `${path} is a file, not a folder`]);
    assertStringIncludes(hint ?? "", "CLAUDE_CONFIG_DIR");
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("config_dir: no home is a failure only where it could be seen", async () => {
  const { status, hint } = await configDirCheck(undefined);
  assertEquals(status, "fail", hint);
});

Deno.test({
  name: "config_dir: without the right to read HOME nothing is said of it",
  permissions: { env: false },
  async fn() {
    const { status, hint } = await configDirCheck(undefined);
    assertEquals(status, "skip");
    assert(hint?.includes("--allow-env="), hint);
  },
});
