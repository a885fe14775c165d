// `record`, `--record`, `--tee` and `replay`: a session to a file, and back in every view.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { pauseADayBefore } from "../../tests/support/slow_recording.ts";
import { type Step, step } from "../testing/mod.ts";
import { asking, run } from "./fixtures/child.ts";
import { FLAGS } from "./flags/flags.ts";

async function withFile(body: (file: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await body(`${folder}/session.ndjson`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const GOOD = [[...asking, step.stderr("a warning\n")]];

Deno.test("what was recorded by any command is shown again, in every view", () =>
  withFile(async (file) => {
    const commands: readonly (readonly string[])[] = [
      ["record", file, "look"],
      ["send", "look", "--record", file],
      ["stream", "look", "--record", file],
      ["ask", "look", "--record", file],
      ["events", "look", "--record", file],
    ];
    for (const command of commands) {
      const lived = await run(GOOD, [...command, "--allow", "Bash"]);
      assertEquals(lived.code, 0, lived.stderr);
      const view = command[0] === "record" ? "send" : command[0] ?? "";
      const shown = await run(undefined, [
        ...["replay", file, "--as", view, "--fast"],
      ]);
      assertEquals(shown.code, 0, shown.stderr);
      if (view !== "events") {
        assertEquals(shown.stdout, lived.stdout, view);
        continue;
      }
      // What the session itself adds is of its policies and tools, and in no recording.
      const told = (text: string) =>
        text.trimEnd().split("\n").map((line) => JSON.parse(line))
          // Nor does a turn show what comes after its result.
          .filter(({ type }) =>
            type !== "permission_decision" && type !== "command_lifecycle"
          )
          .map(({ type, text }) => [type, text]);
      assertEquals(told(shown.stdout), told(lived.stdout));
    }
    const raw = await run(undefined, ["replay", file, "--raw", "--fast"]);
    assertStringIncludes(raw.stdout, '"type":"assistant"');
    const spoken = await run(undefined, ["replay", file, "--fast"]);
    assertStringIncludes(spoken.stderr, "> look");
    const quiet = await run(undefined, ["replay", file, "--fast", "--quiet"]);
    assert(!quiet.stderr.includes("> look"), quiet.stderr);
  }));

Deno.test("a replay ends with the exit code of the session", () =>
  withFile(async (file) => {
    const rows: readonly (readonly [Parameters<typeof run>[0], number])[] = [
      [[[step.text("fine")]], 0],
      [[[step.apiError(500, "server_error", "Oh no")]], 1],
      [[[step.apiError(401, "authentication_failed", "No")]], 4],
      [[[step.text("x"), step.result("error_max_turns")]], 5],
      [[[step.rateLimited()]], 75],
      [[[step.overloaded()]], 75],
      [[[step.text("x"), step.exit(3)]], 1],
      [[[step.text("x"), step.kill("SIGKILL")]], 1],
    ];
    for (const [scenario, code] of rows) {
      const lived = await run(scenario, ["record", file, "x"]);
      const shown = await run(undefined, ["replay", file, "--fast"]);
      assertEquals([lived.code, shown.code], [code, code], lived.stderr);
      assertEquals(shown.stdout, lived.stdout);
    }
  }));

/** Views of a replay: those of `--as`, and what takes their place. */
const VIEWS: readonly (readonly string[])[] = [
  ...(FLAGS.as.values ?? []).map((view) => ["--as", view]),
  ["--json"],
  ["--raw"],
];

/** Its own speed, a slower and a faster one, and none. */
const SPEEDS: readonly (readonly string[])[] = [
  [],
  ["--speed", "0.9"],
  ["--speed", "100"],
  ["--fast"],
];

/** A session that went well, and two that did not, with a pause that a replay repeats. */
const ENDS: readonly (readonly [last: Step, code: number])[] = [
  [step.text("fine"), 0],
  [step.result("error_max_turns"), 5],
  [step.exit(3), 1],
];

for (const view of VIEWS) {
  Deno.test(`a replay ends with the recorded exit code at each speed: ${view.join(" ")}`, () =>
    withFile(async (file) => {
      for (const [last, code] of ENDS) {
        const turn = [step.text("x"), step.pause(20), last];
        const lived = await run([turn], ["record", file, "x"]);
        assertEquals(lived.code, code, lived.stderr);
        const shown = [];
        for (const speed of SPEEDS) {
          shown.push(
            await run(undefined, ["replay", file, ...view, ...speed]),
          );
        }
        for (const [at, { code: ended, stdout, stderr }] of shown.entries()) {
          const name = SPEEDS[at]?.join(" ");
          assertEquals(ended, code, `${name}: ${stderr}`);
          // The speed changes nothing of what is shown.
          assertEquals(stdout, shown[0]?.stdout, name);
        }
      }
    }));
}

Deno.test("a replay takes the time of the recording, or less by --speed", () =>
  withFile(async (file) => {
    const slow = [[step.text("a"), step.pause(600), step.text("b")]];
    await run(slow, ["record", file, "x"]);
    const took = async (...flags: string[]) => {
      const began = performance.now();
      const { stdout } = await run(undefined, ["replay", file, ...flags]);
      assertStringIncludes(stdout, "b");
      return performance.now() - began;
    };
    assert(await took() >= 590);
    assert(await took("--speed", "0.5") >= 1_190);
    await pauseADayBefore('"text":"b"', file);
    await took("--fast");
  }));

Deno.test("--tee writes every event to a file, beside any view", () =>
  withFile(async (file) => {
    for (const command of ["send", "ask", "stream"]) {
      const { code, stdout } = await run(GOOD, [
        ...[command, "look", "--allow", "Bash", "--tee", file],
      ]);
      assertEquals(code, 0);
      assertStringIncludes(stdout, "It is clean.");
      const types = (await Deno.readTextFile(file)).trimEnd().split("\n")
        .map((line) => JSON.parse(line).type);
      for (const type of ["system_init", "tool_use", "result"]) {
        assert(types.includes(type), `${command}: ${types}`);
      }
      if (Deno.build.os !== "windows") {
        assertEquals((await Deno.stat(file)).mode! & 0o777, 0o600);
      }
    }
    const { code, stderr } = await run(GOOD, ["ask", "x", "--tee", "/no/x"]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "Cannot write the file of --tee");
  }));

Deno.test("what cannot be replayed is a usage error", () =>
  withFile(async (file) => {
    await Deno.writeTextFile(file, "no recording\n");
    const rows: readonly (readonly [readonly string[], string])[] = [
      [["replay"], "no file was named"],
      [["record"], "no file was named"],
      [["replay", "a", "b"], 'got also "b"'],
      [["replay", `${file}.gone`], "there is no"],
      [["replay", file], "line 1: no JSON"],
      [["replay", file, "--speed", "0"], "--speed"],
      [["replay", file, "--model", "x"], "--model"],
    ];
    for (const [args, text] of rows) {
      const { code, stderr } = await run(undefined, args);
      assertEquals(code, 2, stderr);
      assertStringIncludes(stderr, text);
    }
    await run([[step.text("x")]], ["record", file, "x"]);
    const { code, stderr } = await run(undefined, [
      ...["replay", file, "--as", "repl"],
    ]);
    assertEquals([code, stderr.includes("expected send, stream")], [2, true]);
  }));
