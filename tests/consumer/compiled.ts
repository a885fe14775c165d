// A program to compile: both sessions, the one with a worker first.

import { AsyncSession, SyncSession } from "../../mod.ts";

const [claudePath = ""] = Deno.args;
{
  using session = new SyncSession({ claudePath });
  console.log(session.ask("hi").text);
}
await using session = new AsyncSession({ claudePath });
console.log((await session.ask("hi")).text);
