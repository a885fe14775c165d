// Nothing is left of the real CLI and its shells, however a session or its program ends.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  AsyncSession,
  type SessionOptions,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";
import { Running } from "../../src/cli/fixtures/child.ts";
import { Gate, type Reply, reply } from "../../src/testing/mod.ts";
import { naming } from "../support/processes.ts";
import { live, syncWorld, world } from "../support/live_world.ts";

const HOST = new URL("../support/live_exit_host.ts", import.meta.url).pathname;

/** Where the shell is, and the event after which nothing more happens. */
const PLACES = [["foreground", "tool_use"], ["background", "result"]] as const;

type Place = typeof PLACES[number][0];

function replies(place: Place): Reply[] {
  return [
    reply.toolUse("Bash", {
      // The shell must stay what it is: during an exec a process has no command line.
      command: "echo $$ > gate; sleep 1000; true",
      run_in_background: place === "background",
      // Of Bash itself, in milliseconds.
      timeout: 600_000,
    }),
    reply.text("started"),
    reply.text("over"),
  ];
}

/** What the tests with this world need besides: no permission is asked for. */
const ALLOWED = { allowedTools: ["Bash"] };

async function makeGate(cwd: string): Promise<string> {
  const gate = `${cwd}/gate`;
  const { success } = await new Deno.Command("mkfifo", { args: [gate] })
    .output();
  assert(success);
  return gate;
}

/** Waits until the shell runs. Opens for reading once the shell has it open for writing. */
async function shellOf(gate: string): Promise<string> {
  return (await Deno.readTextFile(gate)).trim();
}

/** The same for a thread that blocks; throws if the shell is not there. */
function checkShellSync(gate: string): void {
  Deno.statSync(`/proc/${Deno.readTextFileSync(gate).trim()}`);
}

/** Checks that the shell is there now, so that its absence means something. */
async function assertThere(root: string, shell: string): Promise<void> {
  const there = await naming(root);
  assert(there.some((line) => line.startsWith(`${shell} `)));
}

/**
 * Ends a host of a test that failed. Deno would do it by SIGKILL, and after that nothing
 * ends a CLI whose shell runs: the end of its input does not.
 */
function ended({ child }: Running): AsyncDisposable {
  let isOver = false;
  const status = child.status.then(() => {
    isOver = true;
  });
  return {
    async [Symbol.asyncDispose]() {
      if (!isOver) child.kill("SIGTERM");
      await status;
    },
  };
}

live("close right after a prompt waits for no turn", async () => {
  const gate = new Gate();
  // An answer that would take for ever.
  await using on = await world({
    replies: [reply.text("never", { before: gate })],
  });
  const session = new AsyncSession({ ...on.options, closeTimeoutMs: 120_000 });
  await session.start();
  const turn = session.send("go");
  const start = performance.now();
  await session.close();
  const ms = performance.now() - start;
  // Its end, or that there is none, was told.
  await turn.result().catch(() => {});
  assertEquals(await naming(on.scratch.root), []);
  assert(ms < 60_000, `${ms} ms`);
});

for (const [place, event] of PLACES) {
  live(`close ends a shell in the ${place}`, async () => {
    await using on = await world({ replies: replies(place) });
    const gate = await makeGate(on.scratch.cwd);
    const session = new AsyncSession({
      ...on.options,
      ...ALLOWED,
      closeTimeoutMs: 120_000,
    });
    const turn = session.send("go");
    const shell = await shellOf(gate);
    await assertThere(on.scratch.root, shell);
    if (place === "background") await turn.result();
    const start = performance.now();
    await session.close();
    await turn.result().catch(() => {});
    assertEquals(await naming(on.scratch.root), []);
    // None of its steps is waited for to the end.
    const ms = performance.now() - start;
    assert(ms < 60_000, `${ms} ms`);
  });

  live(`an abort ends a shell in the ${place}`, async () => {
    await using on = await world({ replies: replies(place) });
    const gate = await makeGate(on.scratch.cwd);
    const controller = new AbortController();
    const options: SessionOptions = { ...on.options, ...ALLOWED };
    const session = new AsyncSession({ ...options, signal: controller.signal });
    const turn = session.send("go");
    const shell = await shellOf(gate);
    if (place === "background") await turn.result();
    await assertThere(on.scratch.root, shell);
    const reason = new Error("enough");
    controller.abort(reason);
    if (place === "foreground") {
      await assertRejects(() => turn.text(), Error, "enough");
    }
    await session.close();
    assertEquals(await naming(on.scratch.root), []);
  });

  live(`SIGKILL of the CLI leaves no shell in the ${place}`, async () => {
    await using on = await world({ replies: replies(place) });
    const gate = await makeGate(on.scratch.cwd);
    const session = new AsyncSession({
      ...on.options,
      ...ALLOWED,
      // No time to do it by itself.
      closeTimeoutMs: { eofMs: 1, termMs: 1 },
    });
    const turn = session.send("go");
    const shell = await shellOf(gate);
    if (place === "background") await turn.result();
    await assertThere(on.scratch.root, shell);
    await session.close();
    await turn.result().catch(() => {});
    assertEquals(await naming(on.scratch.root), []);
  });

  live(
    `the death of the CLI by itself leaves no shell in the ${place}`,
    async () => {
      await using on = await world({ replies: replies(place) });
      const gate = await makeGate(on.scratch.cwd);
      await using session = new AsyncSession({ ...on.options, ...ALLOWED });
      const turn = session.send("go");
      const shell = await shellOf(gate);
      if (place === "background") await turn.result();
      await assertThere(on.scratch.root, shell);
      const { pid } = session;
      assert(pid !== undefined);
      Deno.kill(pid, "SIGKILL");
      await session.close();
      await turn.result().catch(() => {});
      assertEquals(await naming(on.scratch.root), []);
    },
  );

  live(`blocking: close ends a shell in the ${place}`, async () => {
    await using on = await syncWorld(replies(place));
    const gate = await makeGate(on.scratch.cwd);
    const options: SyncSessionOptions = { ...on.options, ...ALLOWED };
    const session = new SyncSession(options);
    for (const { type } of session.send("go")) {
      if (type === "tool_use") checkShellSync(gate);
      // Leaving interrupts the turn, and closing does what that did not.
      if (type === event) break;
    }
    session.close();
    assertEquals(await naming(on.scratch.root), []);
  });

  for (const driver of ["async", "sync"]) {
    for (const way of ["Deno.exit", "SIGTERM", "SIGINT"] as const) {
      live(`${driver} host, ${way}, a shell in the ${place}`, async () => {
        await using on = await world({ replies: replies(place) });
        const gate = await makeGate(on.scratch.cwd);
        const options = { ...on.options, ...ALLOWED };
        const host = new Running(undefined, [
          driver,
          way === "Deno.exit" ? event : "",
          JSON.stringify(options),
        ], [Deno.execPath(), "run", "-A", "--quiet", "--no-check", HOST]);
        await using _ = ended(host);
        const shell = await shellOf(gate);
        await host.says(`\n${event}\n`);
        await assertThere(on.scratch.root, shell);
        const start = performance.now();
        if (way === "Deno.exit") await host.write("\n");
        else host.child.kill(way);
        const { code } = await host.end();
        assertEquals(await naming(on.scratch.root), []);
        // It does not wait for the shell, which takes 1,000 seconds.
        const ms = performance.now() - start;
        assert(ms < 60_000, `${ms} ms`);
        const codes: Readonly<Record<string, number>> = {
          "Deno.exit": 7,
          SIGTERM: 143,
          // In the middle of a blocking call it is an uncaught error.
          SIGINT: driver === "sync" && place === "foreground" ? 1 : 130,
        };
        assertEquals(code, codes[way]);
      });
    }
  }
}
