// Temporary files of a program that was killed: the next run removes them, and nothing
// else.

import { assert, assertEquals } from "@std/assert";
import { type Scenario, ScriptedClaude, step } from "../../src/testing/mod.ts";

const HOST = new URL("../support/leftover_host.ts", import.meta.url).pathname;

/** The CLI says something and never answers the handshake. */
const SILENT: Scenario = {
  processes: [{
    beforeInput: [step.stderr("here\n")],
    answers: { initialize: { answer: "none" } },
  }],
};

function program(
  args: readonly string[],
  temporary: string,
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", HOST, ...args],
    env: { TMPDIR: temporary },
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** Runs a program until it says that it is ready, and kills it. */
async function killed(
  args: readonly string[],
  temporary: string,
): Promise<string[]> {
  const child = program(args, temporary);
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (!said.includes("ready")) {
    const { done, value } = await reader.read();
    assert(!done, `it ended and said only: ${said}`);
    said += value;
  }
  const there = names(temporary);
  child.kill("SIGKILL");
  await reader.cancel();
  await child.status;
  return there;
}

function names(temporary: string, start = "claudestream-"): string[] {
  return [...Deno.readDirSync(temporary)].map(({ name }) => name)
    .filter((name) => name.startsWith(start)).sort();
}

/** Another run: a session that starts and ends. */
async function nextRun(command: string, temporary: string): Promise<void> {
  const { status, stdout } = program(["async", "next", command], temporary);
  await stdout.cancel();
  assertEquals((await status).code, 0);
}

for (const driver of ["async", "sync"]) {
  for (const phase of ["written", "handshake", "started"]) {
    Deno.test(`a program that is killed leaves no settings file behind the next run (${driver}, ${phase})`, async () => {
      await using claude = await ScriptedClaude.create(
        phase === "handshake" ? SILENT : step.conversation([]),
      );
      await using next = await ScriptedClaude.create(step.conversation([]));
      const temporary = await Deno.makeTempDir();
      try {
        const there = await killed([
          driver,
          phase,
          JSON.stringify(claude.command),
        ], temporary);
        // After the start none is left, however the program ends.
        assertEquals(there.length, phase === "started" ? 0 : 1);
        await nextRun(JSON.stringify(next.command), temporary);
        assertEquals(names(temporary), []);
      } finally {
        await Deno.remove(temporary, { recursive: true });
      }
    });
  }
}

Deno.test("a program that is killed leaves no session of a store behind the next run", async () => {
  await using claude = await ScriptedClaude.create(SILENT);
  await using next = await ScriptedClaude.create(step.conversation([]));
  const temporary = await Deno.makeTempDir();
  try {
    const command = JSON.stringify(claude.command);
    const [folder = ""] = await killed(
      ["async", "restored", command],
      temporary,
    );
    assert(folder !== "");
    // The transcript, the metadata and the folder of subagents.
    assertEquals(names(`${temporary}/${folder}`, "").length, 3);
    await nextRun(JSON.stringify(next.command), temporary);
    assertEquals(names(temporary), []);
    // A program that can still act removes it by itself.
    const { stdout, status } = program(["async", "exit", command], temporary);
    await stdout.cancel();
    assertEquals((await status).code, 0);
    assertEquals(names(temporary), []);
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
});

Deno.test("the next run removes what is surely a dead program's, and nothing else", async () => {
  await using claude = await ScriptedClaude.create(step.conversation([]));
  const temporary = await Deno.makeTempDir();
  const outside = await Deno.makeTempDir();
  try {
    const [dead = ""] = await killed(
      ["async", "written", JSON.stringify(claude.command)],
      temporary,
    );
    const path = (name: string) => `${temporary}/${name}`;
    const [, table = "", pid = ""] =
      /^claudestream-([0-9a-z]+)-(\d+)-/.exec(dead) ?? [];
    const kept = [
      // Of a live process, of another table of processes, of an older version.
      `claudestream-${table}-${Deno.pid}-0-live`,
      `claudestream-0123abcd-${pid}-1-foreign`,
      "claudestream-4f2a91",
      // With something in it that is not ours, or open to others.
      `claudestream-${table}-${pid}-1-other`,
      `claudestream-${table}-${pid}-1-nested`,
      `claudestream-${table}-${pid}-1-open`,
      // Like a session from a store, with a link below it, or with something else.
      `claudestream-${table}-${pid}-1-linked`,
      `claudestream-${table}-${pid}-1-mixed`,
    ];
    for (const name of kept) await Deno.mkdir(path(name), { mode: 0o700 });
    await Deno.writeTextFile(`${path(kept[3] ?? "")}/mine.txt`, "mine");
    await Deno.mkdir(`${path(kept[4] ?? "")}/0__settings`);
    await Deno.chmod(path(kept[5] ?? ""), 0o755);
    const id = crypto.randomUUID();
    for (const at of [6, 7]) {
      await Deno.mkdir(`${path(kept[at] ?? "")}/${id}`);
      await Deno.writeTextFile(`${path(kept[at] ?? "")}/${id}.jsonl`, "{}");
    }
    await Deno.symlink(outside, `${path(kept[6] ?? "")}/${id}/subagents`);
    await Deno.writeTextFile(`${path(kept[7] ?? "")}/mine.jsonl`, "mine");
    // Links lead elsewhere: neither they nor what they lead to is touched.
    await Deno.writeTextFile(`${outside}/0__settings`, "elsewhere");
    const link = `claudestream-${table}-${pid}-1-link`;
    await Deno.symlink(outside, path(link));
    const within = `claudestream-${table}-${pid}-1-within`;
    await Deno.mkdir(path(within), { mode: 0o700 });
    await Deno.symlink(`${outside}/0__settings`, `${path(within)}/0__settings`);
    // A number that was given out again since.
    const reused = `claudestream-${table}-${Deno.pid}-1-reused`;
    await Deno.mkdir(path(reused), { mode: 0o700 });
    await nextRun(JSON.stringify(claude.command), temporary);
    assertEquals(names(temporary), [...kept, link, within].sort());
    assertEquals(
      await Deno.readTextFile(`${outside}/0__settings`),
      "elsewhere",
    );
  } finally {
    await Deno.remove(temporary, { recursive: true });
    await Deno.remove(outside, { recursive: true });
  }
});
