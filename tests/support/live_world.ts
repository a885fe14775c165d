/**
 * What the tests with the real CLI stand on: an API and an empty home, nothing but
 * loopback.
 *
 * @module
 */

import type { SessionOptions, SyncSessionOptions } from "../../mod.ts";
import {
  type ApiRequest,
  MessagesApi,
  type MessagesApiOptions,
  type Reply,
  Scratch,
} from "../../src/testing/mod.ts";
import type { ApiNews, ApiOrder } from "./api_worker.ts";
import { BEHAVIORS, type Need } from "../../src/capabilities/table.ts";
import { compareVersions } from "../../src/capabilities/version.ts";
import { realClaudePath, realClaudeVersion } from "./real_claude.ts";

const claudePath = realClaudePath();

/** Whether the real CLI is at least of a version. */
export function isSince(version: string): boolean {
  return compareVersions(realClaudeVersion() ?? "0.0.0", version) >= 0;
}

/**
 * A test that needs the real CLI, and says so if there is none.
 *
 * @param needs What is tested, from the table of capabilities: the test is skipped with a CLI
 * that has not all of it, and says which version does.
 */
export function live(
  name: string,
  fn: () => Promise<void>,
  ...needs: readonly (Pick<Need, "since"> | undefined)[]
): void {
  const since = needs.flatMap((need) => need === undefined ? [] : [need.since])
    .sort(compareVersions).at(-1) ?? "0.0.0";
  const missing = claudePath === undefined
    ? 'no real claude, run "deno task claude"'
    : isSince(since)
    ? undefined
    : `claude ${realClaudeVersion()} lacks it, ${since} has it`;
  Deno.test({
    name: missing === undefined ? name : `${name} (skipped: ${missing})`,
    ignore: missing !== undefined,
    fn,
  });
}

/**
 * What the API was asked: all requests, without the one with which an older CLI looks whether
 * the API is there. It holds no prompt and costs nothing.
 */
export function asked({ requests }: MessagesApi): readonly ApiRequest[] {
  if (isSince(BEHAVIORS.silentStart.since)) return requests;
  return requests.filter(({ kind }) => kind !== "other");
}

/** An API and an empty home, and what a session needs to use them. */
export async function world(api: MessagesApiOptions = {}) {
  const scratch = await Scratch.create();
  const server = await MessagesApi.start(api);
  const options: SessionOptions = {
    ...claudePath === undefined ? {} : { claudePath },
    cwd: scratch.cwd,
    clearEnv: true,
    env: server.environment({
      home: scratch.home,
      temporary: scratch.temporary,
    }),
  };
  return {
    api: server,
    scratch,
    options,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await scratch[Symbol.asyncDispose]();
    },
  };
}

/** The same for sessions that block: the API is on a thread of its own. */
export async function syncWorld(replies: readonly Reply[]) {
  const scratch = await Scratch.create();
  const worker = new Worker(new URL("./api_worker.ts", import.meta.url), {
    type: "module",
  });
  async function ask(order: ApiOrder): Promise<ApiNews> {
    const { promise, resolve, reject } = Promise.withResolvers<ApiNews>();
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(order);
    return await promise;
  }
  const { home, temporary } = scratch;
  const started = await ask({ replies, home, temporary });
  if (!("environment" in started)) throw new TypeError("expected variables");
  const options: SyncSessionOptions = {
    ...claudePath === undefined ? {} : { claudePath },
    cwd: scratch.cwd,
    clearEnv: true,
    env: started.environment,
  };
  return {
    scratch,
    options,
    /** The calls of the conversation so far. */
    async requests() {
      const report = await ask("report");
      if (!("requests" in report)) throw new TypeError("expected a report");
      const [problem] = report.problems;
      if (problem !== undefined) throw new Error(problem);
      return report.requests;
    },
    async [Symbol.asyncDispose]() {
      worker.terminate();
      await scratch[Symbol.asyncDispose]();
    },
  };
}

/**
 * Waits until a session is on disk with what the model said last. An older CLI writes it a moment
 * after the result.
 *
 * @param home The home directory.
 */
export async function written(home: string, id: string): Promise<void> {
  if (isSince(BEHAVIORS.writtenAtResult.since)) return;
  const projects = `${home}/.claude/projects`;
  for (;;) {
    for await (const { name } of Deno.readDir(projects)) {
      const path = `${projects}/${name}/${id}.jsonl`;
      if (!await exists(path)) continue;
      const text = await Deno.readTextFile(path);
      if (text.includes(`"type":"assistant"`) && text.endsWith("\n")) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Whether there is a file or folder. */
export function exists(path: string): Promise<boolean> {
  return Deno.stat(path).then(() => true, () => false);
}
