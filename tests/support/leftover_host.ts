// A small program with a session, for tests that kill it while its temporary files are
// there. Its arguments: the driver, the phase, and the command of the CLI as JSON.

import {
  AsyncSession,
  SyncSession,
  type SyncSessionOptions,
} from "../../mod.ts";

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

if (driver === "async") {
  const session = new AsyncSession(options);
  await session.start();
} else {
  const session = new SyncSession(options);
  session.start();
}
if (phase === "next") Deno.exit(0);
stop();
