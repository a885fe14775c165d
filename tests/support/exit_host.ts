// A small program with a session, for tests that end it in all the ways a program can end.
// Its arguments: the driver, the way, and the options of the session as JSON.

import {
  AsyncSession,
  ClaudeStreamError,
  type ExitSignal,
  SyncSession,
} from "../../mod.ts";

const [driver, way, json = "{}"] = Deno.args;
const options: { readonly exitSignals?: false | readonly ExitSignal[] } = JSON
  .parse(json);

if (way === "catches errors") {
  globalThis.addEventListener("error", (event) => event.preventDefault());
}

const encoder = new TextEncoder();

function say(text: string): void {
  Deno.stdout.writeSync(encoder.encode(`${text}\n`));
}

/** Ends the program in the middle of a turn, or says that it can be ended now. */
function act(): void {
  switch (way) {
    case "exit":
      Deno.exit(7);
      break;
    case "throw":
      throw new Error("nobody catches this");
    case "throw later":
      say("ready");
      setTimeout(() => {
        throw new Error("nobody catches this");
      });
      break;
    case "reject":
      Promise.reject(new Error("nobody catches this"));
      break;
    case "own handler":
      Deno.addSignalListener("SIGINT", () => {
        say("handled");
        Deno.exit(9);
      });
      break;
    case "catches errors":
      // After ours, which has seen by then that nothing ends.
      globalThis.addEventListener("error", () => say("caught"));
      setTimeout(() => {
        throw new Error("this one is caught");
      });
      break;
  }
  say("ready");
}

/** Time for what comes later: the event loop turns. */
async function rest(): Promise<void> {
  await new Promise<void>((resolve) => setTimeout(resolve, 60_000));
}

/** Waits for an answer that never comes, so that a call blocks. */
function blocked(session: SyncSession): void {
  try {
    session.ask("go");
  } catch (error) {
    if (!(error instanceof ClaudeStreamError)) throw error;
    say(`${error.code}: ${error.message}`);
  } finally {
    say("finally");
  }
}

if (driver === "async") {
  await using session = new AsyncSession(options);
  for await (const event of session.send("go")) {
    if (event.type !== "assistant_text") continue;
    act();
    if (way === "return") break;
  }
} else {
  using session = new SyncSession(options);
  if (way === "wait") blocked(session);
  else {
    for (const event of session.send("go")) {
      if (event.type !== "assistant_text") continue;
      act();
      if (way === "return") break;
      await rest();
    }
  }
}
say("end");
