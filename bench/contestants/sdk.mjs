// The official SDK, on Node and on Deno.

const { process } = globalThis;

const job = JSON.parse(process.argv[2]);

function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function tell(outcome) {
  process.stdout.write(JSON.stringify(outcome));
}

const importStart = performance.now();
const importCpu = cpuMs();
const { createSdkMcpServer, query, tool } = await import(job.sdk);
const importMs = performance.now() - importStart;
const importCpuMs = cpuMs() - importCpu;

const PROMPT = {
  type: "user",
  message: { role: "user", content: "go" },
  parent_tool_use_id: null,
};

/** A session whose prompt goes out when it is told to. */
function session(more = {}) {
  const { promise, resolve } = Promise.withResolvers?.() ?? deferred();
  const over = deferred();
  const messages = query({
    // The input stays open to the end: its end is the end of the session.
    prompt: (async function* () {
      await promise;
      yield PROMPT;
      await over.promise;
    })(),
    options: {
      pathToClaudeCodeExecutable: job.standIn,
      includePartialMessages: true,
      ...more,
    },
  });
  return { messages, go: resolve, close: over.resolve };
}

function deferred() {
  let resolve;
  const promise = new Promise((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

async function turn(on, take = () => {}) {
  let events = 0;
  on.go();
  for (;;) {
    const { done, value } = await on.messages.next();
    if (done) break;
    events++;
    take(value);
    if (value.type === "result") break;
  }
  return events;
}

async function measured(work) {
  const cpu = cpuMs();
  const start = performance.now();
  const more = await work() ?? {};
  tell({ ms: performance.now() - start, cpuMs: cpuMs() - cpu, more });
}

async function ready(more) {
  const on = session(more);
  await on.messages.initializationResult();
  return on;
}

function percentiles(latencies) {
  const sorted = [...latencies].sort((a, b) => a - b);
  const at = (share) => sorted[Math.floor((sorted.length - 1) * share)] / 1000;
  return { p50: at(0.5), p99: at(0.99) };
}

function clock() {
  let base = 0;
  for (let i = 0; i < 20; i++) {
    const before = Date.now();
    while (Date.now() === before);
    const at = Date.now() * 1000 - performance.now() * 1000;
    base = i === 0 ? at : Math.max(base, at);
  }
  return () => base + performance.now() * 1000;
}

switch (job.task) {
  case "import":
    tell({ ms: importMs, cpuMs: importCpuMs, more: {} });
    break;
  case "turn":
  case "text": {
    const on = await ready();
    await measured(async () => ({ events: await turn(on) }));
    on.close();
    break;
  }
  case "latency": {
    const now = clock();
    const on = await ready();
    const latencies = [];
    await measured(async () => {
      await turn(on, (message) => {
        const text = message.event?.delta?.text;
        if (text !== undefined) latencies.push(now() - Number(text));
      });
      return percentiles(latencies);
    });
    on.close();
    break;
  }
  case "first": {
    const cpu = cpuMs();
    const start = performance.now();
    const on = session();
    let ms = 0;
    await turn(on, () => {
      if (ms === 0) ms = performance.now() - start;
    });
    tell({ ms, cpuMs: cpuMs() - cpu, more: { importMs } });
    on.close();
    break;
  }
  case "sessions": {
    const all = await Promise.all(
      Array.from({ length: job.count }, () => ready()),
    );
    await measured(async () => {
      await Promise.all(all.map((on) => turn(on)));
    });
    for (const on of all) on.close();
    break;
  }
  case "rounds": {
    const on = await ready(
      job.rounds === "permission"
        ? {
          canUseTool: (_name, input) =>
            Promise.resolve({ behavior: "allow", updatedInput: input }),
        }
        : job.rounds === "hook"
        ? {
          hooks: { PreToolUse: [{ hooks: [() => Promise.resolve({})] }] },
        }
        : {
          mcpServers: {
            bench: createSdkMcpServer({
              name: "bench",
              version: "1.0.0",
              tools: [
                tool(
                  "add",
                  "Adds",
                  await numbers(),
                  ({ a, b }) =>
                    Promise.resolve({
                      content: [{ type: "text", text: String(a + b) }],
                    }),
                ),
              ],
            }),
          },
        },
    );
    await measured(async () => {
      await turn(on);
    });
    on.close();
    break;
  }
  default:
    throw new TypeError(`No such task for the SDK: ${job.task}`);
}
// Its own end of the process is not what is measured.
process.exit(0);

async function numbers() {
  // The SDK's own zod, wherever it was put: it is no dependency of anybody else here.
  const { createRequire } = process.getBuiltinModule("node:module");
  const { realpathSync } = process.getBuiltinModule("node:fs");
  const real = realpathSync(new URL(job.sdk));
  const { z } = await import(createRequire(real).resolve("zod"));
  return { a: z.number(), b: z.number() };
}
