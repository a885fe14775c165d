/**
 * The part of a batch that one machine does. Pure.
 *
 * @module
 */

import { UsageError } from "../failure/usage_error.ts";

/** One of several equal parts: every `count`-th line, from `index` on. */
export interface Shard {
  /** From 0. */
  readonly index: number;
  /** How many parts there are. */
  readonly count: number;
}

/** Says how many parts there are where the scheduler does not. */
export const COUNT_VARIABLE = "CLAUDESTREAM_SHARD_COUNT";

/**
 * Returns the part that `--shard` names, or that a Kubernetes Indexed Job or a Slurm array assigns
 * to this process; `undefined` for the whole.
 *
 * @throws {UsageError} It names no part, or the scheduler does not say how many there are.
 */
export function shardOf(
  flag: string | undefined,
  readEnv: (name: string) => string | undefined,
): Shard | undefined {
  if (flag !== undefined) return flagShard(flag);
  const number = (name: string): number | undefined => {
    const text = readEnv(name);
    if (text === undefined || text === "") return undefined;
    if (/^\d+$/.test(text)) return Number(text);
    throw new UsageError(
      `Cannot use ${JSON.stringify(text)} as ${name}: expected a whole number`,
    );
  };
  const count = number(COUNT_VARIABLE);
  const completion = number("JOB_COMPLETION_INDEX");
  if (completion !== undefined) {
    return part(completion, count, "JOB_COMPLETION_INDEX");
  }
  const task = number("SLURM_ARRAY_TASK_ID");
  if (task === undefined) return undefined;
  // A resubmitted task is an array of its own, whose count is no longer that of the whole.
  if (count !== undefined) return part(task, count, "SLURM_ARRAY_TASK_ID");
  const tasks = number("SLURM_ARRAY_TASK_COUNT");
  const first = number("SLURM_ARRAY_TASK_MIN") ?? 0;
  const last = number("SLURM_ARRAY_TASK_MAX");
  const step = number("SLURM_ARRAY_TASK_STEP") || 1;
  const index = (task - first) / step;
  const isEven = tasks !== undefined && Number.isInteger(index) &&
    (last === undefined || (last - first) / step + 1 === tasks);
  if (isEven) return part(index, tasks, "SLURM_ARRAY_TASK_ID");
  throw new UsageError(
    "Cannot tell the part of this Slurm task: its array has no even steps",
    `Submit it with --array=0-7, say, or set ${COUNT_VARIABLE}`,
  );
}

function flagShard(flag: string): Shard {
  const [, number = "", total = ""] = /^(\d+)\/(\d+)$/.exec(flag) ?? [];
  const index = Number(number) - 1;
  const count = Number(total);
  if (index >= 0 && index < count) return { index, count };
  throw new UsageError(
    `Cannot use ${
      JSON.stringify(flag)
    } as --shard: expected I/N, such as 1/4 to 4/4`,
  );
}

function part(index: number, count: number | undefined, name: string): Shard {
  if (count === undefined) {
    throw new UsageError(
      `Cannot tell how many parts there are: ${name} is ${index}, and ${COUNT_VARIABLE} is not set`,
      `Set it to the completions of the job, or name the part with --shard; for all lines: --shard 1/1`,
    );
  }
  if (index < count) return { index, count };
  throw new UsageError(
    `Cannot use ${name}=${index}: there are ${count} parts, 0 to ${count - 1}`,
  );
}

/** Returns the lines of a part. */
export function linesOf<T>(
  lines: readonly T[],
  shard: Shard | undefined,
): readonly T[] {
  if (shard === undefined) return lines;
  const { index, count } = shard;
  return lines.filter((_, at) => at % count === index);
}
