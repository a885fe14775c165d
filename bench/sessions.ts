// deno-lint-ignore-file no-console -- prints its figures

/**
 * How long it takes to list 1,000 sessions of 10 MB each, against the official SDK on the
 * same files in the same run, to search and to read them: `deno run -A bench/sessions.ts`.
 * The files are sparse; what is read of them for a list,
 * their first and last 64 KiB, is full. Says nothing of cold disks: each is warmed up.
 *
 * @module
 */

import {
  listSessions,
  readSession,
  searchSessions,
  sessionInfo,
} from "../src/sessions/mod.ts";

import { hasProgram, installSdk } from "./contestants.ts";

const SESSIONS = 1_000;
const BYTES = 10_000_000;
const FULL = 64 * 1024;
const encoder = new TextEncoder();

function lineOf(uuid: string, parentUuid: string | null, text: string): string {
  const isPrompt = uuid.endsWith("p");
  return `${
    JSON.stringify({
      parentUuid,
      isSidechain: false,
      type: isPrompt ? "user" : "assistant",
      message: isPrompt ? { role: "user", content: text } : {
        id: `msg_${uuid}`,
        role: "assistant",
        model: "m",
        content: [{ type: "text", text }],
      },
      uuid,
      timestamp: "2026-11-29T12:00:00.000Z",
      cwd: "/work/demo",
      sessionId: "s",
      version: "2.1.332",
      gitBranch: "main",
    })
  }\n`;
}

/** Lines of a conversation, as many as fill so many bytes. */
function conversation(bytes: number, name: string): string {
  const lines: string[] = [];
  let parent: string | null = null;
  for (let size = 0, at = 0; size < bytes; at++) {
    const uuid = `${name}-${at}${at % 2 === 0 ? "p" : "a"}`;
    const line = lineOf(uuid, parent, `${name} says ${"word ".repeat(100)}`);
    lines.push(line);
    size += line.length;
    parent = uuid;
  }
  return lines.join("");
}

async function makeSparse(path: string, name: string): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  await file.write(encoder.encode(conversation(FULL, name)));
  const tail = encoder.encode(`\n${conversation(FULL, `${name}-end`)}`);
  await file.seek(BYTES - tail.length, Deno.SeekMode.Start);
  await file.write(tail);
}

async function measure<T>(what: string, run: () => Promise<T>): Promise<T> {
  await run();
  const before = Deno.memoryUsage().rss;
  const start = performance.now();
  const result = await run();
  const ms = performance.now() - start;
  const mb = (Deno.memoryUsage().rss - before) / 1e6;
  console.log(`${what}: ${ms.toFixed(0)} ms, ${mb.toFixed(1)} MB more`);
  return result;
}

/** Lists with the SDK, in a separate process, warm. */
async function withSdk(configDir: string): Promise<void> {
  if (!await hasProgram("node")) {
    console.log("listSessions of the SDK: skipped, there is no node");
    return;
  }
  const script = new URL("contestants/list_sessions.mjs", import.meta.url);
  const sdk = new URL(await installSdk(), "file:");
  const { stdout, success, stderr } = await new Deno.Command("node", {
    args: [script.pathname, sdk.href, "2"],
    env: { CLAUDE_CONFIG_DIR: configDir },
  }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(text.decode(stderr));
  const { count, ms, mb } = JSON.parse(text.decode(stdout));
  console.log(
    `listSessions of the SDK on Node: ${
      ms.toFixed(0)
    } ms, ${count} sessions, ` +
      `${mb.toFixed(1)} MB more with the first run`,
  );
}

const configDir = await Deno.makeTempDir({ prefix: "sessions-" });
try {
  const folder = `${configDir}/projects/-work-demo`;
  await Deno.mkdir(folder, { recursive: true });
  for (let at = 0; at < SESSIONS; at++) {
    await makeSparse(`${folder}/${crypto.randomUUID()}.jsonl`, `n${at}`);
  }
  const start = Deno.memoryUsage().rss;
  const { sessions } = await measure(
    `listSessions, ${SESSIONS} of ${BYTES / 1e6} MB`,
    () => listSessions({ configDir }),
  );
  const mb = (Deno.memoryUsage().rss - start) / 1e6;
  console.log(
    `  ${sessions.length} sessions, with the first run ${mb.toFixed(1)} MB`,
  );
  await withSdk(configDir);
  await measure(
    "listSessions, the first 50",
    () => listSessions({ configDir, limit: 50 }),
  );
  await measure(
    "sessionInfo, no such session",
    () => sessionInfo("no such title", { configDir }).catch(() => undefined),
  );
  await Deno.remove(folder, { recursive: true });
  await Deno.mkdir(folder);
  const bytes = 50_000_000;
  await Deno.writeTextFile(`${folder}/large.jsonl`, conversation(bytes, "x"));
  await measure(
    `searchSessions, ${bytes / 1e6} MB`,
    () => Array.fromAsync(searchSessions("not in there", { configDir })),
  );
  await measure(`readSession, ${bytes / 1e6} MB`, async () => {
    let count = 0;
    for await (const _ of readSession("large", { configDir })) count++;
    return count;
  });
} finally {
  await Deno.remove(configDir, { recursive: true });
}
