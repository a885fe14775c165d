/**
 * What is measured, by name. Ratios say how often as fast this package is as the
 * other one: above 1 it is faster.
 *
 * @module
 */

import { pathOf } from "../scripts/_files.ts";
import { type Contestant, run, wall } from "./contestants.ts";
import {
  writeDeltas,
  writeLongLine,
  writeRecordings,
  writeReplies,
} from "./data.ts";
import type { Job } from "./job.ts";
import { alternate, median, middle, type Runs, speedup } from "./rounds.ts";
import type { StandIn } from "./stand_in.ts";
import type { Row } from "./table.ts";

/** What all measurements of a run have in common. */
export interface Setting {
  /** Where files may be put. */
  readonly folder: string;
  /** The process that everybody drives. */
  readonly standIn: StandIn;
  /** Less than a minute for everything. */
  readonly isShort: boolean;
  /** How often each contestant runs. */
  readonly rounds: number;
  /** The module of the official SDK, where it takes part. */
  readonly sdk: string | undefined;
  /** Whether there is Node. */
  readonly hasNode: boolean;
}

type Measure = (setting: Setting) => Promise<readonly Row[]>;

/** All measurements, in the order of the table. */
export const MEASUREMENTS: Readonly<Record<string, Measure>> = {
  async: (setting) => sessions(setting, "turn", { least: 0.65 }),
  blocking,
  decode,
  text: (setting) => sessions(setting, "text"),
  recordings,
  latency,
  start,
  ask,
  line,
  many,
  rounds,
  memory,
};

const LINES = 200_000;
const SHORT_LINES = 60_000;

function opponents({ sdk, hasNode }: Setting): Contestant[] {
  if (sdk === undefined) return [];
  return hasNode ? ["sdk on Node", "sdk on Deno"] : ["sdk on Deno"];
}

function runner(setting: Setting, job: Omit<Job, "standIn">, plan: string) {
  const standIn = setting.standIn.path;
  return (contestant: Contestant) =>
    run(contestant, { ...job, standIn }, plan, setting.sdk);
}

/** A file that is made once. */
async function file(
  { folder }: Setting,
  name: string,
  write: (path: string) => Promise<void>,
): Promise<string> {
  const path = `${folder}/${name}`;
  try {
    await Deno.stat(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await write(path);
  }
  return path;
}

function replies(setting: Setting): Promise<string> {
  const count = setting.isShort ? SHORT_LINES : LINES;
  return file(setting, "replies", (path) => writeReplies(path, count));
}

const times = (runs: Runs<Contestant>): string =>
  (Object.keys(runs) as Contestant[])
    .map((name) => `${name} ${middle(runs, name).toFixed(0)} ms`).join(", ");

/** One turn of a session, against the bare loop and the SDK. */
async function sessions(
  setting: Setting,
  task: "turn" | "text",
  need?: Row["need"],
): Promise<readonly Row[]> {
  const label = task === "turn" ? "async" : "textStream";
  const path = await replies(setting);
  const others = opponents(setting);
  const runs = await alternate<Contestant>(
    ["ours", "bare", ...others],
    setting.rounds,
    runner(setting, { task }, `file ${path} 1`),
  );
  return [
    ratio(`${label} / bare loop`, runs, "bare", need),
    ...others.map((other) =>
      ratio(
        `${label} / ${other}`,
        runs,
        other,
        task === "turn" && other === "sdk on Node" ? { least: 2 } : undefined,
      )
    ),
    ...others.map((other): Row => ({
      name: `(bare loop / ${other}, for ${label})`,
      value: speedup(runs, "bare", other),
      unit: "",
    })),
  ];
}

function ratio(
  name: string,
  runs: Runs<Contestant>,
  other: Contestant,
  need?: Row["need"],
): Row {
  const cpu = speedup(runs, "ours", other, ({ cpuMs }) => cpuMs);
  return {
    name,
    value: speedup(runs, "ours", other),
    unit: "×",
    cpu,
    ...need === undefined ? {} : { need },
    note: `${times(runs)}; by CPU ${cpu.toFixed(2)} ×`,
  };
}

/** The two drivers, one beside the other. */
function bothDrivers(
  setting: Setting,
  tasks: { readonly async: Job["task"]; readonly blocking: Job["task"] },
  plan: string,
): Promise<Runs<"async" | "blocking">> {
  return alternate(
    ["async", "blocking"],
    setting.rounds,
    (driver) => runner(setting, { task: tasks[driver] }, plan)("ours"),
  );
}

async function blocking(setting: Setting): Promise<readonly Row[]> {
  const plan = `file ${await replies(setting)} 1`;
  const runs = await alternate<Contestant>(
    ["ours", "bare"],
    setting.rounds,
    runner(setting, { task: "blocking" }, plan),
  );
  const tasks = { async: "turn", blocking: "blocking" } as const;
  const drivers = await bothDrivers(setting, tasks, plan);
  return [ratio("blocking / bare loop", runs, "bare", { least: 0.9 }), {
    name: "blocking / async",
    value: speedup(drivers, "blocking", "async"),
    unit: "×",
    need: { least: 1 },
    note: `blocking ${middle(drivers, "blocking").toFixed(0)} ms, async ${
      middle(drivers, "async").toFixed(0)
    } ms`,
  }];
}

async function decode(setting: Setting): Promise<readonly Row[]> {
  const path = await replies(setting);
  const runs = await alternate<Contestant>(
    ["ours", "bare"],
    setting.rounds,
    runner(setting, { task: "decode", file: path }, ""),
  );
  return [ratio("decodeEvents / bare loop", runs, "bare", { least: 0.65 })];
}

async function recordings(setting: Setting): Promise<readonly Row[]> {
  const bytes = setting.isShort ? 15e6 : 50e6;
  const path = await file(
    setting,
    "recordings",
    (path) => writeRecordings(path, bytes),
  );
  const rows: Row[] = [];
  for (const task of ["turn", "decode"] as const) {
    const runs = await alternate<Contestant>(
      ["ours", "bare"],
      setting.rounds,
      runner(setting, { task, file: path }, `file ${path} 1`),
    );
    rows.push(ratio(`recordings, ${task} / bare loop`, runs, "bare"));
  }
  return rows;
}

async function latency(setting: Setting): Promise<readonly Row[]> {
  if (!setting.standIn.isCompiled || setting.isShort) return [];
  const rows: Row[] = [];
  for (
    const [label, plan] of [
      ["100 events/s", "stamped 300 100"],
      ["full speed", "stamped 100000 0"],
    ] as const
  ) {
    const others = opponents(setting);
    const runs = await alternate<Contestant>(
      ["ours", "bare", ...others],
      setting.rounds,
      runner(setting, { task: "latency" }, plan),
    );
    const tasks = { async: "latency", blocking: "blocking_latency" } as const;
    const drivers = await bothDrivers(setting, tasks, plan);
    for (const [name, most] of [["p50", 0.2], ["p99", 2]] as const) {
      const of = (contestant: Contestant) =>
        middle(runs, contestant, ({ more }) => more[name] ?? NaN);
      rows.push({
        name: `latency at ${label}, ${name}, above the bare loop`,
        value: of("ours") - of("bare"),
        unit: "ms",
        ...label === "full speed" ? {} : { need: { most } },
        note: (["ours", "bare", ...others] as const)
          .map((name) => `${name} ${of(name).toFixed(2)} ms`).join(", "),
      });
      const own = (driver: "async" | "blocking") =>
        middle(drivers, driver, ({ more }) => more[name] ?? NaN);
      rows.push({
        name: `latency at ${label}, ${name}, blocking above async`,
        value: own("blocking") - own("async"),
        unit: "ms",
        ...label === "full speed" ? {} : { need: { most: 0 } },
        note: (["async", "blocking"] as const)
          .map((driver) => `${driver} ${own(driver).toFixed(2)} ms`).join(", "),
      });
    }
  }
  return rows;
}

async function start(setting: Setting): Promise<readonly Row[]> {
  // A few milliseconds each: more rounds cost nothing.
  const rounds = setting.rounds * 3;
  const others = opponents(setting);
  const rows: Row[] = [];
  const imports = await alternate<Contestant>(
    ["ours", ...others],
    rounds,
    runner(setting, { task: "import" }, ""),
  );
  rows.push({
    name: "import, cold process",
    value: middle(imports, "ours"),
    unit: "ms",
    need: { most: 40 },
    note: times(imports),
  });
  for (const other of others) {
    rows.push({
      name: `import / ${other}`,
      value: speedup(imports, "ours", other),
      unit: "×",
      // The milliseconds that are needed are those of a machine on which the SDK took 120.
      ...other === "sdk on Node" ? { need: { least: 120 / 40 } } : {},
      note: times(imports),
    });
  }
  const firsts = await alternate<Contestant>(
    ["ours", "bare", ...others],
    rounds,
    runner(
      setting,
      { task: "first" },
      `file ${await file(setting, "one", (path) => writeDeltas(path, 1))} 1`,
    ),
  );
  rows.push({
    name: "send() to first event, above the bare loop",
    value: middle(firsts, "ours") - middle(firsts, "bare"),
    unit: "ms",
    need: { most: 5 },
    note: (Object.keys(firsts) as Contestant[])
      .map((name) => `${name} ${middle(firsts, name).toFixed(1)} ms`)
      .join(", ") +
      `; new AsyncSession() before that ${
        middle(firsts, "ours", ({ more }) => more.makingMs ?? NaN).toFixed(1)
      } ms`,
  });
  return rows;
}

async function ask({ standIn, rounds }: Setting): Promise<readonly Row[]> {
  const cli = pathOf(new URL("../cli.ts", import.meta.url));
  const runs = await alternate(
    ["claudestream ask", "claude -p", "deno eval"],
    rounds * 2,
    (who) => {
      switch (who) {
        case "claudestream ask":
          return wall(Deno.execPath(), [
            "run",
            "--allow-all",
            "--no-check",
            cli,
            "ask",
            "hi",
            `--claude-path=${standIn.path}`,
          ]);
        case "claude -p":
          return wall(standIn.path, ["-p", "hi"]);
        default:
          return wall(Deno.execPath(), ["eval", ""]);
      }
    },
  );
  const [ours, bare, empty] = [
    middle(runs, "claudestream ask"),
    middle(runs, "claude -p"),
    middle(runs, "deno eval"),
  ];
  return [{
    name: "claudestream ask, above claude -p",
    value: ours - bare,
    unit: "ms",
    need: { most: 120 },
    note: `ours ${ours.toFixed(0)} ms, the process ${
      bare.toFixed(0)
    } ms, an empty Deno program ${empty.toFixed(0)} ms`,
  }];
}

/** A line in one piece; its time must grow no faster than its length. */
async function line(setting: Setting): Promise<readonly Row[]> {
  const sizes = setting.isShort ? [4, 16] : [1, 16, 64];
  const rows: Row[] = [];
  const medians: number[] = [];
  for (const size of sizes) {
    const path = await file(
      setting,
      `line-${size}`,
      (path) => writeLongLine(path, size << 20),
    );
    const runs = await alternate<Contestant>(
      ["ours", "bare"],
      setting.rounds,
      // The bare loop must not join strings here.
      runner(setting, { task: "turn", count: 1 }, `file ${path} 1`),
    );
    medians.push(middle(runs, "ours"));
    rows.push(ratio(`a line of ${size} MiB / bare loop`, runs, "bare"));
    await Deno.remove(path);
  }
  const [small = NaN, large = NaN] = medians.slice(-2);
  rows.push({
    name: `a line of ${sizes.at(-1)} MiB against ${sizes.at(-2)} MiB`,
    value: large / small,
    unit: "",
    need: { most: 4.5 },
    note: `${large.toFixed(0)} ms and ${small.toFixed(0)} ms`,
  });
  return rows;
}

/** The same lines in all, from one process or from many at once. */
async function many(setting: Setting): Promise<readonly Row[]> {
  if (setting.isShort) return [];
  const rows: Row[] = [];
  const perSecond: number[] = [];
  for (const count of [1, 10, 100]) {
    const path = await file(
      setting,
      `replies-${count}`,
      (path) => writeReplies(path, LINES / count),
    );
    const runs = await alternate<Contestant>(
      ["ours", "bare"],
      setting.rounds,
      runner(setting, { task: "sessions", count }, `file ${path} 1`),
    );
    perSecond.push(median(runs.ours.map(({ ms }) => LINES / ms)));
    rows.push(ratio(`${count} sessions at once / bare loop`, runs, "bare"));
  }
  const [one = NaN, , hundred = NaN] = perSecond;
  rows.push({
    name: "100 sessions at once / 1, events per second",
    value: hundred / one,
    unit: "×",
    need: { least: 1 },
    note: `${hundred.toFixed(0)} and ${one.toFixed(0)} events/ms`,
  });
  return rows;
}

/** A question of the CLI, and the answer that the caller's function returns. */
async function rounds(setting: Setting): Promise<readonly Row[]> {
  if (!setting.standIn.isCompiled) return [];
  const count = setting.isShort ? 500 : 2_000;
  const rows: Row[] = [];
  for (const rounds of ["permission", "hook", "tool"] as const) {
    const runs = await alternate<Contestant>(
      ["ours", "bare", ...opponents(setting)],
      setting.rounds,
      runner(setting, { task: "rounds", rounds }, `${rounds} ${count}`),
    );
    rows.push(
      ratio(`${rounds} round trips / bare loop`, runs, "bare"),
      ...opponents(setting).map((other) =>
        ratio(`${rounds} round trips / ${other}`, runs, other)
      ),
    );
  }
  return rows;
}

async function memory(setting: Setting): Promise<readonly Row[]> {
  if (setting.isShort) return [];
  const count = 1_000_000;
  const text = await file(
    setting,
    "deltas",
    (path) => writeDeltas(path, count / 10),
  );
  const read = (job: Omit<Job, "standIn">, plan: string) =>
    runner(setting, job, plan)("ours");
  const idle = await read({ task: "idle", count: 20 }, "");
  const long = await read({ task: "memory", count }, `file ${text} 10`);
  const stalled = await read({ task: "stalled" }, `file ${text} 1`);
  return [
    {
      name: "memory of an idle session",
      value: idle.more.rssKb ?? NaN,
      unit: "kB",
      note: `heap ${(idle.more.heapKb ?? NaN).toFixed(0)} kB`,
    },
    {
      name: "growth of the heap, 1,000,000 events read",
      value: long.more.heapGrowthMb ?? NaN,
      unit: "MB",
      need: { most: 10 },
      note: `RSS ${(long.more.rssGrowthMb ?? NaN).toFixed(1)} MB`,
    },
    {
      name: "heap, 100,000 deltas that nobody reads",
      value: stalled.more.heapMb ?? NaN,
      unit: "MB",
      note: `${stalled.more.pendingFrames} frames pending`,
    },
    {
      name: "control request meanwhile",
      value: stalled.more.controlMs ?? NaN,
      unit: "ms",
    },
  ];
}
