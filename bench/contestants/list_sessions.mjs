// Lists sessions with the official SDK, for bench/sessions.ts: the module, then how often.
// The configuration folder is CLAUDE_CONFIG_DIR.

// An import of node:process asks `deno check .` for types that are not installed.
const { process } = globalThis;

const [, , sdk, times] = process.argv;
const { listSessions } = await import(sdk);
const start = process.memoryUsage().rss;
let ms = 0;
let count = 0;
for (let run = 0; run < Number(times); run++) {
  const begun = performance.now();
  count = (await listSessions()).length;
  ms = performance.now() - begun;
}
const mb = (process.memoryUsage().rss - start) / 1e6;
process.stdout.write(JSON.stringify({ count, ms, mb }));
