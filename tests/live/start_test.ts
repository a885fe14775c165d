// The real CLI at the start: doctor, and what a start can fail of.

import {
  assertEquals,
  assertInstanceOf,
  assertStringIncludes,
} from "@std/assert";
import {
  AsyncSession,
  doctor,
  type DoctorReport,
  StartupError,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";
import { reply } from "../../src/testing/mod.ts";
import { asked, live, world } from "../support/live_world.ts";
import { realClaudeVersion } from "../support/real_claude.ts";

live("doctor: the real handshake, and who is signed in", async () => {
  await using on = await world();
  const of = ({ checks }: DoctorReport, wanted: string) =>
    checks.find(({ name }) => name === wanted);
  const report = await doctor(on.options);
  assertEquals(report.checks.filter(({ status }) => status === "fail"), []);
  assertEquals([report.exitCode, report.claudeVersion], [
    0,
    realClaudeVersion(),
  ]);
  assertEquals(
    of(report, "sign_in")?.detail,
    "the API key of ANTHROPIC_API_KEY",
  );
  for (const name of ["claude", "version", "messages", "config_dir"]) {
    assertEquals(of(report, name)?.status, "ok", name);
  }
  assertEquals(asked(on.api).length, 0);

  const nobody = await doctor({
    ...on.options,
    env: { ...on.options.env, ANTHROPIC_API_KEY: undefined },
  });
  assertEquals(nobody.exitCode, 4);
  assertEquals(of(nobody, "sign_in")?.detail, "nobody is signed in");

  const both = await doctor({
    ...on.options,
    env: {
      ...on.options.env,
      CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-made-up",
    },
  });
  assertEquals([both.exitCode, of(both, "sign_in")?.status], [0, "warn"]);
  assertEquals(asked(on.api).length, 0);
});

live(
  "a session that is not there is told at once, with the directory",
  async () => {
    await using on = await world();
    const id = "cccccccc-1111-4111-8111-111111111111";
    // No limit ends the wait: the CLI says so itself, if it may be on another machine.
    const options = {
      ...on.options,
      claudePath: ["env", `${on.options.claudePath}`],
      resume: id,
      startTimeoutMs: Infinity,
    };
    for (const Session of [AsyncSession, SyncSession]) {
      const session = new Session(options as SyncSessionOptions);
      const error = await (async () => await session.ask("hi"))().then(
        () => undefined,
        (error: unknown) => error,
      );
      await session.close();
      assertInstanceOf(error, StartupError);
      assertEquals([error.code, error.sessionId], ["session_not_found", id]);
      assertStringIncludes(error.message, `in "${on.scratch.cwd}"`);
    }
  },
);

live("the id of a session that is there leads to resume", async () => {
  await using on = await world({ replies: () => reply.text("ok") });
  const sessionId = crypto.randomUUID();
  {
    await using first = new AsyncSession({ ...on.options, sessionId });
    await first.ask("hi");
  }
  for (const Session of [AsyncSession, SyncSession]) {
    const session = new Session(
      { ...on.options, sessionId } as SyncSessionOptions,
    );
    let error: unknown;
    try {
      await session.start();
    } catch (thrown) {
      error = thrown;
    }
    await session.close();
    assertInstanceOf(error, StartupError);
    assertStringIncludes(error.message, "already in use");
    assertStringIncludes(error.hint ?? "", "the option resume");
  }
});
