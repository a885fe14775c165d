// What must hold over 10,000 turns and 100 sessions, in figures; they are printed.

import { assert, assertEquals } from "@std/assert";
import { AsyncSession, SyncSession, type SyncTurn } from "../../mod.ts";
import { ScriptedClaude, step } from "../../src/testing/mod.ts";

const TURNS = 10_000;
/** After so many turns everything is compiled and every cache is full. */
const WARM_UP = 2_000;
const MOST_GROWTH_MB = 20;
const SESSIONS = 100;
/** 100 processes at once take their time to end on a busy machine. */
const LONG = { eofMs: 120_000, termMs: 60_000, killMs: 60_000 };

const ECHO = step.conversation([], {
  forEveryPrompt: [step.echo("The answer to {prompt}.", { deltas: 3 })],
});

function print(text: string): void {
  // deno-lint-ignore no-console -- The figure is what the issue asks for.
  console.log(text);
}

/** What is on the heap and is in use, in MB. */
function usedMb(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return Deno.memoryUsage().heapUsed / 2 ** 20;
}

/** How many of the turns came out wrong, and how much memory they kept. */
function grown(before: number, what: string): void {
  const growthMb = usedMb() - before;
  print(
    `${what}: ${growthMb.toFixed(1)} MB more in use after ${
      TURNS - WARM_UP
    } turns`,
  );
  assert(growthMb < MOST_GROWTH_MB, `${growthMb} MB`);
}

Deno.test(`${TURNS} turns of one session keep no memory`, async () => {
  await using claude = await ScriptedClaude.create(ECHO);
  await using session = new AsyncSession({ claudePath: claude.command });
  let before = 0;
  for (let index = 0; index < TURNS; index++) {
    if (index === WARM_UP) before = usedMb();
    assertEquals(await session.send(`${index}`).text(), answer(index));
  }
  grown(before, "AsyncSession");
  assertEquals(session.turnCount, TURNS);
});

Deno.test(`${TURNS} turns of one blocking session keep no memory`, async () => {
  await using claude = await ScriptedClaude.create(ECHO);
  using session = new SyncSession({ claudePath: claude.command });
  let before = 0;
  for (let index = 0; index < TURNS; index++) {
    if (index === WARM_UP) before = usedMb();
    assertEquals(session.send(`${index}`).text(), answer(index));
  }
  grown(before, "SyncSession");
  assertEquals(session.turnCount, TURNS);
});

/** A signal that counts who listens to it. */
function countedSignal() {
  const { signal } = new AbortController();
  const listeners = { left: 0, added: 0 };
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (
    ...args: Parameters<typeof addEventListener>
  ) => {
    listeners.left++;
    listeners.added++;
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (
    ...args: Parameters<typeof removeEventListener>
  ) => {
    listeners.left--;
    removeEventListener.apply(signal, args);
  };
  return { signal, listeners };
}

Deno.test(`${SESSIONS} sessions at once, on one signal, each with its own answers`, async () => {
  await using claude = await ScriptedClaude.create(ECHO);
  const { signal, listeners } = countedSignal();
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: SESSIONS }, async (_, index) => {
    await using session = new AsyncSession({
      claudePath: claude.command,
      closeTimeoutMs: LONG,
      signal,
    });
    for (let turn = 0; turn < 3; turn++) {
      const prompt = `turn ${turn} of ${index}`;
      assertEquals(
        (await session.ask(prompt, { signal })).text,
        answer(prompt),
      );
    }
  }));
  const seconds = (performance.now() - startedAt) / 1_000;
  print(
    `AsyncSession: ${SESSIONS} sessions at once in ${seconds.toFixed(1)} s`,
  );
  assert(listeners.added >= SESSIONS);
  assertEquals(listeners.left, 0);
  assertEquals(claude.starts.length, SESSIONS);
});

Deno.test(`${SESSIONS} blocking sessions at once, on one signal, each with its own answers`, async () => {
  await using claude = await ScriptedClaude.create(ECHO);
  const { signal, listeners } = countedSignal();
  const startedAt = performance.now();
  const sessions = Array.from(
    { length: SESSIONS },
    () =>
      new SyncSession({
        claudePath: claude.command,
        closeTimeoutMs: LONG,
        signal,
      }),
  );
  try {
    for (let turn = 0; turn < 3; turn++) {
      const prompts = sessions.map((_, index) => `turn ${turn} of ${index}`);
      const turns: SyncTurn[] = sessions.map((session, index) =>
        session.send(`${prompts[index]}`, { signal })
      );
      assertEquals(
        turns.map((turn) => turn.text()),
        prompts.map(answer),
      );
    }
  } finally {
    for (const session of sessions) session.close();
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  print(`SyncSession: ${SESSIONS} sessions at once in ${seconds.toFixed(1)} s`);
  assert(listeners.added >= SESSIONS);
  assertEquals(listeners.left, 0);
  assertEquals(claude.starts.length, SESSIONS);
});

function answer(prompt: string | number): string {
  return `The answer to ${prompt}.`;
}
