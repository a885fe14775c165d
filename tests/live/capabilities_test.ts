// What the real CLI at hand lacks, by the table of capabilities: the same test on each version,
// which expects what the table says of it.

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  allowAll,
  AsyncSession,
  ConfigError,
  ControlError,
  hook,
  type SessionOptions,
  StartupError,
  SyncSession,
  type SyncSessionOptions,
  type Warning,
} from "../../mod.ts";
import {
  BEHAVIORS,
  HOOKS,
  type OptionNeed,
  OPTIONS,
  REQUESTS,
} from "../../src/capabilities/table.ts";
import { reply } from "../../src/testing/mod.ts";
import { isSince, live, syncWorld, world } from "../support/live_world.ts";

async function thrownBy(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
}

const [VERBATIM] = OPTIONS.verbatim;

live("verbatim holds, or there is no session", async () => {
  await using on = await syncWorld([
    reply.text("from the model"),
    reply.text("from the model"),
  ]);
  for (const Session of [AsyncSession, SyncSession]) {
    const session = new Session({ ...on.options, verbatim: true });
    const answer = await thrownBy(async () => {
      // Without it the CLI answers a slash command by itself.
      assertEquals((await session.ask("/cost")).text, "from the model");
    });
    await session.close();
    if (isSince(VERBATIM.since)) assertEquals(answer, undefined);
    else {
      assertInstanceOf(answer, ConfigError);
      assertEquals(answer.option, "verbatim");
      assertEquals((await on.requests()).length, 0);
    }
  }
});

live(
  "verbatim of one prompt: a warning with a CLI that ignores it",
  async () => {
    await using on = await world({ replies: [reply.text("one")] });
    await using session = new AsyncSession(on.options);
    const told: Warning[] = [];
    session.on("warning", (event) => told.push(event));
    await session.ask("/cost", { verbatim: true });
    assertEquals(
      told.map(({ what, needs }) => [what, needs]),
      isSince(VERBATIM.since) ? [] : [["verbatim", VERBATIM.since]],
    );
  },
);

live(
  "a hook PreModelSwitch that denies keeps the model, or there is no session",
  async () => {
    await using on = await syncWorld([reply.text("one")]);
    for (const Session of [AsyncSession, SyncSession]) {
      const options: SyncSessionOptions = {
        ...on.options,
        hooks: { PreModelSwitch: [{ run: () => hook.deny("no") }] },
      };
      const session = new Session(options);
      const thrown = await thrownBy(() => session.setModel("haiku"));
      await session.close();
      if (isSince(HOOKS.PreModelSwitch.since)) {
        assertInstanceOf(thrown, ControlError);
      } else {
        assertInstanceOf(thrown, ConfigError);
        assertEquals(thrown.option, "hooks");
      }
    }
  },
);

/** Options of which an older CLI refuses the flag; a folder is the working directory. */
const refusedOptions = (
  folder: string,
): Readonly<Record<string, SessionOptions>> => ({
  subagentSystemPrompt: { subagentSystemPrompt: { append: "x" } },
  autoCompact: { autoCompact: "auto" },
  projectConfigRoot: { projectConfigRoot: folder },
  resumeDropsTurn: {
    resume: "00000000-0000-4000-8000-000000000001",
    resumeAt: "00000000-0000-4000-8000-000000000002",
    resumeDropsTurn: "00000000-0000-4000-8000-000000000003",
  },
  prompts: { prompts: "none" },
  'permissionMode: "manual"': { permissionMode: "manual" },
  restricted: { restricted: true },
  managedSettings: {
    managedSettings: { permissions: { deny: ["NotebookEdit"] } },
  },
});

live(
  "a flag that the CLI refuses is an error that names the option and its version",
  async () => {
    const table: Readonly<Record<string, readonly OptionNeed[] | undefined>> =
      OPTIONS;
    const refused = Object.entries(table).flatMap(([option, needs = []]) =>
      needs.filter(({ older, flags }) =>
        // Of the option plugins only as many as arguments have no room for.
        older === "refuses" && !(option === "plugins" && flags !== undefined)
      )
        .map(({ part = option, since }) => ({ what: part, since }))
    );
    await using on = await world();
    const options = refusedOptions(on.scratch.cwd);
    assertEquals(
      refused.map(({ what }) => what).sort(),
      Object.keys(options).sort(),
    );
    for (const { what, since } of refused) {
      await using session = new AsyncSession({
        ...on.options,
        ...options[what],
      });
      const thrown = await thrownBy(() => session.start());
      if (isSince(since)) {
        // A session that is not there to be resumed ends in its own way.
        if (what !== "resumeDropsTurn") assertEquals(thrown, undefined, what);
        continue;
      }
      assertInstanceOf(thrown, StartupError, what);
      assert(
        thrown.hint?.includes(`${what} needs CLI ${since} or newer`),
        `${what}: ${thrown.hint}: ${thrown.message}`,
      );
    }
  },
);

live("control requests are there, or the error names the version", async () => {
  await using on = await world({ replies: [reply.text("one")] });
  await using session = new AsyncSession(on.options);
  await session.ask("hi");
  for (const [subtype, need] of Object.entries(REQUESTS)) {
    if (need === undefined) continue;
    // Fields are missing, so one that is known may be refused for another reason.
    const thrown = await thrownBy(() => session.control(subtype));
    const hint = thrown instanceof ControlError ? thrown.hint : undefined;
    assertEquals(
      hint?.includes(`CLI ${need.since} or newer`) ?? false,
      !isSince(need.since),
      `${subtype}: ${thrown}`,
    );
  }
});

live(
  "ask() waits for a command in the background, with a list of tasks or without",
  async () => {
    await using on = await syncWorld([
      reply.toolUse("Bash", { command: "sleep 1", run_in_background: true }),
      reply.text("started"),
      reply.text("all done"),
    ]);
    await using session = new SyncSession({
      ...on.options,
      policy: allowAll(),
    });
    const lists: unknown[] = [];
    session.on("background_tasks_changed", (event) => lists.push(event.tasks));
    assertEquals(session.ask("go").text, "all done");
    assertEquals(lists.length > 0, isSince(BEHAVIORS.taskList.since));
  },
);

live(
  "an answer that max_tokens cut is whole, or a warning says so",
  async () => {
    const cut = { stopReason: "max_tokens" } as const;
    for (const Session of [AsyncSession, SyncSession]) {
      for (const partials of [true, false]) {
        await using on = await syncWorld([
          reply.text("One, tw", cut),
          reply.text("o."),
          reply.text("and more"),
        ]);
        const session = new Session({ ...on.options, partials });
        const told: Warning[] = [];
        session.on("warning", (event) => told.push(event));
        const { text: answer } = await session.ask("go");
        assertEquals((await session.ask("on")).text, "and more");
        await session.close();
        const { since } = BEHAVIORS.resumptionLine;
        assertEquals(
          [answer, told.map(({ kind, what, needs }) => [kind, what, needs])],
          isSince(since)
            ? ["One, two.", []]
            : ["o.", [["behavior", "resumptionLine", since]]],
        );
      }
    }
  },
);

live(
  "a process that dies with its result leaves a session, or that is told",
  async () => {
    await using on = await world({
      replies: ({ prompts }) => reply.text(prompts.join(" and ")),
    });
    await using session = new AsyncSession({
      ...on.options,
      recover: { attempts: 1 },
    });
    const told: Warning[] = [];
    session.on("warning", (event) => told.push(event));
    const { promise, resolve } = Promise.withResolvers<void>();
    session.on("session_restarted", () => resolve());
    session.on("result", () => {
      if (session.turnCount === 1) Deno.kill(session.pid ?? 0, "SIGKILL");
    });
    assertEquals((await session.ask("one")).text, "one");
    await promise;
    const { since } = BEHAVIORS.writtenAtResult;
    const answer = await thrownBy(async () => {
      const { text } = await session.ask("two");
      assert(isSince(since) ? text === "one and two" : text.endsWith("two"));
      const warnings = told.map(({ what, needs }) => [what, needs]);
      assertEquals(
        warnings,
        isSince(since) ? [] : [["writtenAtResult", since]],
      );
    });
    if (answer === undefined) return;
    assert(!isSince(since), `${answer}`);
    assertInstanceOf(answer, StartupError);
    assertEquals(answer.code, "session_not_found");
  },
);
