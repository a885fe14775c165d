// doctor against programs that are well, wrong, silent, old or not there.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { doctor, type DoctorOptions, type DoctorReport } from "../../mod.ts";
import { CLI, Running } from "../../src/cli/fixtures/child.ts";
import {
  type ProcessScript,
  ScriptedClaude,
  step,
} from "../../src/testing/mod.ts";

const VERSION = "2.1.332";

const SIGNED_IN: ProcessScript = {
  initialize: {
    account: { tokenSource: "none", apiKeySource: "ANTHROPIC_API_KEY" },
  },
};

/** A home of its own, and what runs in it. */
async function ward(script: ProcessScript = SIGNED_IN, version = VERSION) {
  const folder = await Deno.makeTempDir({
    prefix: "claudestream-doctor-test-",
  });
  const [cwd, configDir] = [`${folder}/work`, `${folder}/config`];
  await Deno.mkdir(`${cwd}/.claude`, { recursive: true });
  await Deno.mkdir(configDir);
  const claude = await ScriptedClaude.create({
    processes: [script],
    version,
  });
  return {
    claude,
    folder,
    options: { claudePath: claude.path, cwd, configDir } as const,
    async [Symbol.asyncDispose]() {
      await claude.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

function of(report: DoctorReport, name: string) {
  const found = report.checks.find((check) => check.name === name);
  assert(found !== undefined, `no check "${name}"`);
  return found;
}

async function statuses(options: DoctorOptions, ...names: string[]) {
  const report = await doctor(options);
  return [report.exitCode, ...names.map((name) => of(report, name).status)];
}

Deno.test("doctor: all is well, no prompt is sent, nothing is left behind", async () => {
  await using on = await ward();
  const report = await doctor(on.options);
  const bad = report.checks.filter(({ status }) => status === "fail");
  assertEquals([bad, report.exitCode, report.ok], [[], 0, true]);
  assertEquals(report.claudePath, on.claude.path);
  assertEquals(report.claudeVersion, VERSION);
  for (
    const name of [
      "claude",
      "version",
      "cwd",
      "handshake",
      "messages",
      "sign_in",
      "arguments",
      "config_dir",
      "environment_size",
      "permission.run",
      "blocking_session",
    ]
  ) assertEquals(of(report, name).status, "ok", name);
  assertEquals(of(report, "settings.user").status, "skip");
  assertEquals(of(report, "settings.applied").status, "ok");
  // The handshake, and get_settings.
  assertEquals(
    on.claude.received.map(({ type }) => type),
    ["control_request", "control_request"],
  );
  await on.claude.ended(0);
  assertEquals(await Array.fromAsync(Deno.readDir(on.options.configDir)), []);
});

Deno.test("doctor: nobody is signed in", async () => {
  await using on = await ward({
    initialize: { account: { tokenSource: "none", apiProvider: "firstParty" } },
  });
  assertEquals(await statuses(on.options, "handshake", "sign_in"), [
    4,
    "ok",
    "fail",
  ]);
});

Deno.test("doctor: a broken settings file is named with its line", async () => {
  await using on = await ward();
  const file = `${on.options.cwd}/.claude/settings.json`;
  await Deno.writeTextFile(file, '{\n  "model": oops\n}');
  await Deno.writeTextFile(
    `${on.options.configDir}/settings.json`,
    '{"permissions":{"deny":["Bash"]}}',
  );
  const report = await doctor(on.options);
  assertEquals(report.exitCode, 3);
  const { status, detail, hint } = of(report, "settings.project");
  assertEquals([status, hint], ["fail", `Correct the file ${file}:2`]);
  assertStringIncludes(detail, `${file}:2: no JSON from line 2, column 12 on`);
  const user = of(report, "settings.user");
  assertEquals(user.status, "ok");
  assertStringIncludes(user.detail, "settings.json: permissions (deny 1)");
});

Deno.test("doctor: a program that is not there, or cannot be run", async () => {
  await using on = await ward();
  const { folder } = on;
  await Deno.writeTextFile(`${folder}/plain`, "#!/bin/sh\n", { mode: 0o644 });
  const cases = [
    [`${folder}/none`, `there is no ${folder}/none`],
    [`${folder}/plain`, `is not executable: chmod +x '${folder}/plain'`],
    [folder, `${folder} is a directory`],
  ] as const;
  for (const [claudePath, says] of cases) {
    const report = await doctor({ ...on.options, claudePath });
    assertEquals([report.exitCode, report.claudePath], [3, undefined]);
    const { status, detail, hint } = of(report, "claude");
    assertEquals(status, "fail");
    assertStringIncludes(detail, says);
    assertStringIncludes(hint ?? "", "CLAUDESTREAM_CLAUDE_PATH");
    assertEquals(report.checks.some(({ name }) => name === "handshake"), false);
  }
});

Deno.test("doctor: a program that is none, or another one", async () => {
  await using on = await ward();
  const { folder } = on;
  const write = async (name: string, text: string) => {
    await Deno.writeTextFile(`${folder}/${name}`, text, { mode: 0o755 });
    return `${folder}/${name}`;
  };
  const page = await write("page", "<!doctype html><p>Not found\n");
  const other = await write("other", "#!/bin/sh\necho other 1.0\nexit 2\n");
  const flood = await write("flood", "#!/bin/sh\nexec yes\n");
  const cases = [
    [page, "warn", "Syntax error"],
    [other, "ok", "exit code 2"],
    [flood, "ok", 'No end of "initialize" within 1500 ms'],
  ] as const;
  for (const [claudePath, file, says] of cases) {
    const report = await doctor({
      ...on.options,
      claudePath,
      timeoutMs: 1500,
    });
    assertEquals(report.exitCode, 3, claudePath);
    assertEquals(of(report, "claude").status, file);
    assertEquals(of(report, "version").status, "warn");
    const { status, detail, hint } = of(report, "handshake");
    assertEquals([status, hint !== undefined], ["fail", true]);
    assertStringIncludes(detail, says);
    assertEquals(of(report, "sign_in").status, "skip");
  }
  assertStringIncludes(
    of(await doctor({ ...on.options, claudePath: other }), "version").detail,
    "but: other 1.0",
  );
});

Deno.test("doctor: a program that says nothing is given up in time", async () => {
  await using on = await ward({
    ...SIGNED_IN,
    beforeInput: [step.stderr("waiting for something\n"), step.silence()],
    answers: { initialize: { answer: "none" } },
  });
  const start = performance.now();
  const report = await doctor({ ...on.options, timeoutMs: 700 });
  const ms = performance.now() - start;
  assert(ms < 60_000, `${ms} ms`);
  assertEquals(report.exitCode, 3);
  const { status, detail } = of(report, "handshake");
  assertEquals(status, "fail");
  assertEquals(
    detail,
    'No end of "initialize" within 700 ms: waiting for something',
  );
  await on.claude.ended(0);
});

Deno.test("doctor: a version that is too old", async () => {
  await using on = await ward({
    ...SIGNED_IN,
    initialize: { ...SIGNED_IN.initialize, claude_code_version: "2.0.14" },
  });
  assertEquals(await statuses(on.options, "version", "handshake"), [
    3,
    "fail",
    "ok",
  ]);
});

Deno.test("doctor: an old version that does not name itself in the handshake", async () => {
  await using on = await ward(SIGNED_IN, "2.1.197");
  const report = await doctor(on.options);
  assertEquals(report.claudeVersion, "2.1.197");
  assertEquals(of(report, "version").status, "ok");
});

Deno.test("doctor: messages that we do not know", async () => {
  await using on = await ward({
    ...SIGNED_IN,
    beforeInput: [step.line({ type: "from_the_future" })],
  });
  const report = await doctor(on.options);
  const { status, detail } = of(report, "messages");
  assertEquals([report.exitCode, status], [0, "warn"]);
  assertStringIncludes(detail, "1 of 3 unknown: from_the_future (type)");
});

Deno.test("doctor: a directory that is not there", async () => {
  await using on = await ward();
  const cwd = `${on.folder}/nowhere`;
  const report = await doctor({ ...on.options, cwd });
  assertEquals([report.exitCode, of(report, "cwd").status], [3, "fail"]);
});

Deno.test("doctor: variables of the child, and no secret of them", async () => {
  await using on = await ward({
    ...SIGNED_IN,
    beforeInput: [step.stderr("bad key: open sesame 42\n"), step.exit(1)],
  });
  const report = await doctor({
    ...on.options,
    env: { MY_SECRET: "open sesame 42", ANTHROPIC_BASE_URL: "http://x" },
  });
  assertEquals(of(report, "environment").status, "warn");
  assertStringIncludes(of(report, "handshake").detail, "bad key: ***");
  assertEquals(JSON.stringify(report).includes("sesame"), false);
});

Deno.test("claudestream doctor: the report on stdout, and the exit code", async () => {
  await using on = await ward();
  const { cwd, configDir } = on.options;
  const flags = ["--cwd", cwd, "--config-dir", configDir];

  const text = await new Running(on.claude, ["doctor", ...flags]).end();
  assertEquals([text.code, text.stderr], [0, ""]);
  assertStringIncludes(text.stdout, "ok    handshake");
  assertStringIncludes(text.stdout, "\n0 failed, ");

  const json = await new Running(on.claude, ["doctor", "--json", ...flags])
    .end();
  assertEquals([json.code, json.stderr], [0, ""]);
  assertEquals(json.stdout.split("\n").length, 2);
  assertEquals(JSON.parse(json.stdout).exitCode, 0);

  const none = await new Running(undefined, [
    "doctor",
    "--claude-path",
    `${on.folder}/none`,
    ...flags,
  ]).end();
  assertEquals([none.code, none.stderr], [3, ""]);
  assertStringIncludes(none.stdout, "FAIL  claude ");
  assertStringIncludes(none.stdout, "→ Check ");

  const wrong = await new Running(on.claude, ["doctor", "hello"]).end();
  assertEquals([wrong.code, wrong.stdout], [2, ""]);
});

Deno.test("claudestream doctor: with few permissions it asks nobody, and says which flag is missing", async () => {
  await using on = await ward();
  const running = new Running(on.claude, ["doctor", "--json"], [
    Deno.execPath(),
    "run",
    "--quiet",
    `--allow-run=${on.claude.path}`,
    "--allow-env",
    CLI,
  ]);
  const { stdout, stderr } = await running.end();
  assertEquals(stderr, "");
  const report: DoctorReport = JSON.parse(stdout);
  assertEquals(of(report, "handshake").status, "ok");
  assertEquals(of(report, "permission.run").status, "ok");
  const { status, hint } = of(report, "permission.read");
  assertEquals([status, hint], ["warn", "Run Deno with --allow-read"]);
  assertEquals(of(report, "settings.project").status, "skip");
  assertEquals(of(report, "config_dir").status, "skip");
  assertEquals(of(report, "blocking_session").status, "skip");
});
