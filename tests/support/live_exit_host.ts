// A small program with a session of the real CLI. It prompts, says the type of each event,
// and at the one it is told waits for a line on stdin and then leaves by Deno.exit.
// Its arguments: the driver, the event, and the options of the session as JSON.

import { AsyncSession, SyncSession } from "../../mod.ts";

const [driver, leaveAt, json = "{}"] = Deno.args;

const encoder = new TextEncoder();

function take({ type }: { readonly type: string }): void {
  Deno.stdout.writeSync(encoder.encode(`${type}\n`));
  if (type !== leaveAt) return;
  Deno.stdin.readSync(new Uint8Array(10));
  Deno.exit(7);
}

if (driver === "async") {
  await using session = new AsyncSession(JSON.parse(json));
  for await (const event of session.send("go")) take(event);
  await new Promise<void>((resolve) => setTimeout(resolve, 600_000));
} else {
  using session = new SyncSession(JSON.parse(json));
  for (const event of session.send("go")) take(event);
  await new Promise<void>((resolve) => setTimeout(resolve, 600_000));
}
