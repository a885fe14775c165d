// A small program with a session, for tests that kill it while its temporary files are
// there. Its arguments: the driver, the phase, and the command of the CLI as JSON.

import {
  AsyncSession,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";
import { MemorySessionStore } from "../../src/stores/mod.ts";

const [driver, phase, command = "[]"] = Deno.args;
const encoder = new TextEncoder();

function say(text: string): void {
  Deno.stdout.writeSync(encoder.encode(`${text}\n`));
}

/** Blocks for good: the test ends the program. */
function stop(): never {
  say("ready");
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

const options: SyncSessionOptions = {
  claudePath: JSON.parse(command),
  settings: { env: { SERVICE_TOKEN: "hush-4711-do-not-tell" } },
  // The files are written then, and nothing is started.
  ...phase === "written" ? { spawn: () => stop() } : {},
  // The CLI never answers the handshake; this is the first that is heard of it.
  ...phase === "handshake"
    ? { stderr: () => stop(), startTimeoutMs: 600_000 }
    : {},
};

/** A store with a session and a subagent of it. */
async function storeOf(sessionId: string): Promise<MemorySessionStore> {
  const store = new MemorySessionStore();
  const key = { projectKey: "default", sessionId };
  const { token } = await store.acquire(key, { holder: "h", ttlMs: 0 });
  const subpaths = [{}, { subpath: "subagents/agent-a" }];
  for (const [index, subpath] of subpaths.entries()) {
    const entries = [{ type: "user" }, { type: "agent_metadata" }];
    const batch = { token, sequence: index + 1, entries };
    await store.append({ ...key, ...subpath }, batch);
  }
  return store;
}

if (phase === "restored" || phase === "exit") {
  const resume = crypto.randomUUID();
  const { promise: started, resolve } = Promise.withResolvers<void>();
  const session = new AsyncSession({
    claudePath: JSON.parse(command),
    sessionStore: await storeOf(resume),
    resume,
    // The CLI never answers the handshake; this is the first that is heard of it.
    stderr: () => resolve(),
    startTimeoutMs: 600_000,
  });
  session.start().catch(() => {});
  await started;
  if (phase === "exit") Deno.exit(0);
  stop();
} else if (driver === "async") {
  const session = new AsyncSession(options);
  await session.start();
} else {
  const session = new SyncSession(options);
  session.start();
}
if (phase === "next") Deno.exit(0);
stop();
