// This package. Imported only when the clock of `import` runs.

import type { AsyncSession, SyncSession } from "../../mod.ts";
import { clock, cpuMs, measured, percentiles, readJob, tell } from "../job.ts";

const job = readJob();

const importStart = performance.now();
const cpuBefore = cpuMs();
const core = await import("../../mod.ts");
const importMs = performance.now() - importStart;
const importCpuMs = cpuMs() - cpuBefore;

function session(): AsyncSession {
  return new core.AsyncSession({ claudePath: job.standIn });
}

/** Bytes of the heap that are in use, after a collection where that can be had. */
function heapBytes(): number {
  const { gc } = globalThis as { gc?: () => void };
  gc?.();
  return Deno.memoryUsage().heapUsed;
}

switch (job.task) {
  case "import":
    tell({ ms: importMs, cpuMs: importCpuMs, more: {} });
    break;
  case "turn": {
    await using on = session();
    await on.start();
    await measured(async () => {
      let events = 0;
      for await (const _ of on.send("go")) events++;
      return { events };
    });
    break;
  }
  case "blocking": {
    using on: SyncSession = new core.SyncSession({ claudePath: job.standIn });
    on.start();
    await measured(() => {
      let events = 0;
      for (const _ of on.send("go")) events++;
      return Promise.resolve({ events });
    });
    break;
  }
  case "text": {
    await using on = session();
    await on.start();
    await measured(async () => {
      let characters = 0;
      for await (const piece of on.send("go").textStream()) {
        characters += piece.length;
      }
      return { characters };
    });
    break;
  }
  case "decode": {
    await measured(async () => {
      const file = await Deno.open(job.file ?? "");
      let events = 0;
      for await (const _ of core.decodeEvents(file.readable)) events++;
      return { events };
    });
    break;
  }
  case "latency": {
    const now = clock();
    await using on = session();
    await on.start();
    const latencies: number[] = [];
    await measured(async () => {
      for await (const event of on.send("go")) {
        if (event.type !== "stream_delta") continue;
        // Pieces may have been joined: the last stamp is that of the newest line.
        latencies.push(now() - Number(event.text?.slice(-16)));
      }
      return { ...percentiles(latencies), events: latencies.length };
    });
    break;
  }
  case "blocking_latency": {
    const now = clock();
    using on: SyncSession = new core.SyncSession({ claudePath: job.standIn });
    on.start();
    const latencies: number[] = [];
    await measured(() => {
      for (const event of on.send("go")) {
        if (event.type !== "stream_delta") continue;
        latencies.push(now() - Number(event.text?.slice(-16)));
      }
      return Promise.resolve({
        ...percentiles(latencies),
        events: latencies.length,
      });
    });
    break;
  }
  case "first": {
    const cpu = cpuMs();
    const made = performance.now();
    await using on = session();
    const start = performance.now();
    let ms = 0;
    for await (const _ of on.send("go")) {
      if (ms === 0) ms = performance.now() - start;
    }
    tell({ ms, cpuMs: cpuMs() - cpu, more: { makingMs: start - made } });
    break;
  }
  case "sessions": {
    const all = Array.from({ length: job.count ?? 1 }, session);
    await Promise.all(all.map((on) => on.start()));
    await measured(async () => {
      await Promise.all(all.map(async (on) => {
        for await (const _ of on.send("go"));
      }));
    });
    await Promise.all(all.map((on) => on.close()));
    break;
  }
  case "idle": {
    const count = job.count ?? 1;
    // The first one pays for what all of them share.
    await using first = session();
    await first.start();
    const rss = Deno.memoryUsage().rss;
    const heap = heapBytes();
    const all = Array.from({ length: count }, session);
    await Promise.all(all.map((on) => on.start()));
    tell({
      ms: 0,
      cpuMs: 0,
      more: {
        heapKb: (heapBytes() - heap) / count / 1024,
        rssKb: (Deno.memoryUsage().rss - rss) / count / 1024,
      },
    });
    await Promise.all(all.map((on) => on.close()));
    break;
  }
  case "memory": {
    await using on = session();
    await on.start();
    const total = job.count ?? 1_000_000;
    let events = 0;
    let early = { heap: 0, rss: 0 };
    await measured(async () => {
      for await (const _ of on.send("go")) {
        events++;
        // From here on nothing should grow: the program has run in.
        if (events === total / 5) {
          early = { heap: heapBytes(), rss: Deno.memoryUsage().rss };
        }
      }
      return {
        events,
        heapGrowthMb: (heapBytes() - early.heap) / 2 ** 20,
        rssGrowthMb: (Deno.memoryUsage().rss - early.rss) / 2 ** 20,
      };
    });
    break;
  }
  case "stalled": {
    await using on = session();
    await on.start();
    const heap = heapBytes();
    await measured(async () => {
      const turn = on.send("go");
      const reader = turn.readable.getReader();
      await reader.read();
      // The answer to a later request shows that everything before it was read.
      await on.setModel("sonnet");
      const start = performance.now();
      await on.setModel("opus");
      const controlMs = performance.now() - start;
      const outcome = {
        pendingFrames: turn.pending,
        heapMb: (heapBytes() - heap) / 2 ** 20,
        controlMs,
      };
      while (!(await reader.read()).done);
      return outcome;
    });
    break;
  }
  case "rounds": {
    const { AsyncSession, allow, callback, defineTool } = core;
    const on = job.rounds === "permission"
      ? new AsyncSession({
        claudePath: job.standIn,
        policy: callback(() => allow()),
      })
      : job.rounds === "hook"
      ? new AsyncSession({
        claudePath: job.standIn,
        hooks: { PreToolUse: [{ run: () => {} }] },
      })
      : new AsyncSession({
        claudePath: job.standIn,
        tools: [defineTool({
          name: "add",
          description: "Adds",
          input: (await import("valibot")).object({
            a: (await import("valibot")).number(),
            b: (await import("valibot")).number(),
          }),
          run: ({ a, b }) => String(a + b),
        })],
      });
    await on.start();
    await measured(async () => {
      for await (const _ of on.send("go"));
    });
    await on.close();
    break;
  }
}
