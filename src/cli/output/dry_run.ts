/**
 * `--dry-run`: what would be started and said, and nothing is.
 *
 * @module
 */

import type { SessionOptions } from "../../options/session_options.ts";
import type { SpawnSpec, Transport } from "../../options/transport.ts";
import {
  argumentSecrets,
  namedSecrets,
  nestedSecrets,
  secretForms,
} from "../../util/secret_values.ts";
import { maskSecrets } from "../../util/secrets.ts";
import type { AsyncSession } from "../../session/async_session.ts";
import { jsonLine } from "./json_line.ts";
import type { Output } from "./output.ts";

/** What a process would be started with, and be told first. */
interface Start {
  readonly spec: SpawnSpec;
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly handshake: unknown;
}

/**
 * Prints the arguments, the changes to the environment, the files and the handshake of a
 * session, without secrets. The session itself makes them: for it the process has begun.
 *
 * @param open Makes the session with these options over those of the command.
 */
export async function dryRun(
  open: (options: SessionOptions) => Promise<AsyncSession>,
  prompt: string,
  output: Output,
): Promise<number> {
  const { spec, files, handshake } = await startOf(open);
  const { command, args, cwd, env } = spec;
  const own = Deno.env.toObject();
  const environment = Object.fromEntries(
    Object.entries(env).filter(([name, value]) => own[name] !== value),
  );
  const removed = Object.keys(own).filter((name) => !Object.hasOwn(env, name));
  const shown = jsonLine({
    command,
    args,
    ...cwd === undefined ? {} : { cwd },
    environment: { set: environment, removed },
    files,
    handshake,
    prompt,
  });
  const secrets = secretForms([
    ...namedSecrets({ ...own, ...env }),
    ...argumentSecrets(args),
    ...nestedSecrets(handshake),
    ...files.flatMap(({ text }) => nestedSecrets(parsed(text))),
  ]);
  await output.stdout(maskSecrets(shown, secrets));
  return 0;
}

async function startOf(
  open: (options: SessionOptions) => Promise<AsyncSession>,
): Promise<Start> {
  const spawned = Promise.withResolvers<Omit<Start, "handshake">>();
  const said = Promise.withResolvers<string>();
  await using session = await open({
    onWire: (direction, line) => {
      if (direction === "out") said.resolve(line);
    },
    async spawn(spec) {
      const files = await Promise.all(
        spec.files.map(async (path) => ({
          path,
          text: await Deno.readTextFile(path),
        })),
      );
      spawned.resolve({ spec, files });
      return silent();
    },
  });
  // The handshake is never answered: this rejects with an error of the start, or at the
  // end of the session, which is of no interest.
  const start = session.start();
  start.catch(() => {});
  const [started, line] = await Promise.race([
    Promise.all([spawned.promise, said.promise]),
    start.then(() => Promise.reject(new Error("The handshake was answered"))),
  ]);
  return { ...started, handshake: JSON.parse(line).request };
}

/** A process that says nothing, and ends when it is asked to. */
function silent(): Transport {
  const { promise: exited, resolve } = Promise.withResolvers<
    { readonly code: number; readonly signal: null }
  >();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const end = () => {
    controller?.close();
    controller = undefined;
    resolve({ code: 0, signal: null });
  };
  return {
    readable: new ReadableStream({
      start(made) {
        controller = made;
      },
      cancel: end,
    }),
    writable: new WritableStream({ close: end, abort: end }),
    exited,
    kill: end,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A text for the model, no configuration.
    return text;
  }
}
