/**
 * What the tests with the real CLI stand on: an API and an empty home, nothing but
 * loopback.
 *
 * @module
 */

import type { SessionOptions } from "../mod.ts";
import {
  MessagesApi,
  type MessagesApiOptions,
} from "../src/testing/messages_api.ts";
import { Scratch } from "../src/testing/scratch.ts";
import { realClaudePath } from "./real_claude.ts";

const claudePath = realClaudePath();

/** A test that needs the real CLI; says so where there is none. */
export function live(name: string, fn: () => Promise<void>): void {
  const missing = claudePath === undefined;
  Deno.test({
    name: missing
      ? `${name} (skipped: no real claude, run "deno task claude")`
      : name,
    ignore: missing,
    fn,
  });
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

/** Whether there is a file or folder. */
export function exists(path: string): Promise<boolean> {
  return Deno.stat(path).then(() => true, () => false);
}
