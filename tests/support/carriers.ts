/**
 * Ways from a session to its CLI, for tests that hold over each of them.
 *
 * @module
 */

import {
  AsyncSession,
  type SessionOptions,
  type SpawnSpec,
  SyncSession,
  type SyncSessionOptions,
  type Transport,
} from "../../mod.ts";

/** Stands for ssh, docker and the like: another program starts the CLI. */
export function throughShell(spec: SpawnSpec): SpawnSpec {
  return {
    ...spec,
    command: "sh",
    args: ["-c", 'exec "$@"', "sh", spec.command, ...spec.args],
  };
}

/** Stands for a container's API and the like: the caller moves the bytes. */
export function overTransport(spec: SpawnSpec): Transport {
  const { command, args, cwd, env, clearEnv } = spec;
  const child = new Deno.Command(command, {
    args: [...args],
    ...cwd === undefined ? {} : { cwd },
    env,
    clearEnv,
    detached: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let isOver = false;
  const exited = child.status.then(({ code, signal }) => {
    isOver = true;
    return { code, signal };
  });
  return {
    readable: child.stdout,
    writable: child.stdin,
    stderr: child.stderr,
    pid: child.pid,
    exited,
    kill: (signal) => {
      if (!isOver) Deno.kill(-child.pid, signal);
    },
  };
}

/** All ways, by name. */
export const CARRIERS: Readonly<
  Record<string, Pick<SessionOptions, "spawn">>
> = {
  "a process": {},
  "sh -c": { spawn: throughShell },
  "a transport": { spawn: overTransport },
};

let current: Pick<SessionOptions, "spawn"> = {};

/** Options of the way that the test of now takes. */
export function carrier(): Pick<SessionOptions, "spawn"> {
  return current;
}

/** A test over each way. */
export function testOverEach(name: string, run: () => Promise<void>): void {
  for (const [way, options] of Object.entries(CARRIERS)) {
    Deno.test(`${name} (over ${way})`, async () => {
      current = options;
      try {
        await run();
      } finally {
        current = {};
      }
    });
  }
}

/** Makes a session of the kind, and over the way, that is tested. */
export type MakeSession = (
  options: SyncSessionOptions,
) => AsyncSession | SyncSession;

/**
 * A test of AsyncSession over each way, and of SyncSession over a process. What is awaited
 * may have its value at once.
 */
export function testEachSession(
  name: string,
  run: (make: MakeSession) => Promise<void>,
): void {
  for (const [way, carrier] of Object.entries(CARRIERS)) {
    Deno.test(`AsyncSession: ${name} (over ${way})`, () =>
      run((options) => new AsyncSession({ ...carrier, ...options })));
  }
  Deno.test(`SyncSession: ${name}`, () =>
    run((options) => new SyncSession(options)));
}
