/** A worker of a program: holds a session in the middle of a turn. */

import { AsyncSession, SyncSession } from "../../mod.ts";

/** What keeps the session from being collected. */
const held: unknown[] = [];

globalThis.addEventListener("message", async (event) => {
  const { path, kind, closes } = (event as MessageEvent).data;
  const options = { claudePath: path };
  const session = kind === "async"
    ? new AsyncSession(options)
    : new SyncSession(options);
  held.push(session);
  await session.start();
  const { pid } = session;
  if (closes === true) await session.close();
  else held.push(session.send("go"));
  (globalThis as unknown as Worker).postMessage(pid);
});
