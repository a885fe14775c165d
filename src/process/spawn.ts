/**
 * Starts and ends `claude`. No other module uses `Deno.Command`.
 *
 * @module
 */

import { ClaudeNotFoundError, DOCTOR_HINT, StartupError } from "../errors.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { type Launch, pathOf } from "../options/launch.ts";
import { LATE_OUTPUT_MS, MAX_LATE_OUTPUT_BYTES } from "./late_output.ts";
import {
  checkSignIn,
  childEnvironment,
  inheritedEnv,
  withLineage,
} from "../options/environment.ts";
import { startHint } from "./file_hint.ts";
import { type Command, findClaude } from "./find.ts";
import { LaunchFiles, removeForgotten } from "./launch_files.ts";
import { maySignal } from "./process_tree.ts";
import type { HeldTransport, SpawnSpec } from "../options/transport.ts";
import { isWorker, watchThread } from "./worker_watch.ts";
import { isGranted, operatingSystem, requireDeno } from "./runtime.ts";

/** A process of this machine. */
export interface LocalProcess extends HeldTransport {
  /** Process id. */
  readonly pid: number;
  /** Stderr of the process. Must be read, or the process blocks. */
  readonly stderr: ReadableStream<Uint8Array>;
}

/** Whether Deno may read all variables; `childEnvironment` needs that to leave some out. */
function mayReadEnv(): boolean {
  return isGranted({ name: "env" });
}

/** Reads a variable if permitted: `--allow-env=CLAUDESTREAM_CLAUDE_PATH` is enough for that one. */
export function readVariable(name: string): string | undefined {
  return isGranted({ name: "env", variable: name })
    ? Deno.env.get(name)
    : undefined;
}

/** Reads those of the given variables that may be read, one by one. */
function readable(names: readonly string[] = []): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of names) {
    const value = readVariable(name);
    if (value !== undefined) env[name] = value;
  }
  return env;
}

/** Whether the path is an executable file; `undefined` without permission to check. */
export function isProgram(path: string): boolean | undefined {
  if (!isGranted({ name: "read", path })) return undefined;
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && (mode === null || (mode & 0o111) !== 0 ||
      /\.[cm]?js$/.test(path));
  } catch {
    // The file does not exist, or is in a folder that may not be searched: not usable either way.
    return false;
  }
}

function mayLook(path: string): boolean {
  return isGranted({ name: "read", path });
}

function checkCwd(cwd: string): void {
  if (!mayLook(cwd)) return;
  let isDirectory = false;
  try {
    isDirectory = Deno.statSync(cwd).isDirectory;
  } catch (cause) {
    throw new StartupError(
      "cwd_not_found",
      `Cannot start the CLI: no directory "${cwd}"`,
      { cause, hint: "Check the option cwd" },
    );
  }
  if (!isDirectory) {
    throw new StartupError(
      "cwd_not_found",
      `Cannot start the CLI: "${cwd}" is not a directory`,
      { hint: "Check the option cwd" },
    );
  }
}

/**
 * Finds the CLI.
 *
 * @param orName Return the plain name if no program is found.
 * @throws {ClaudeNotFoundError} There is none.
 * @throws {StartupError} The program does not run in Deno, and so can start none.
 */
export function commandOf(
  { claudePath }: SessionOptions,
  orName: boolean,
): Command {
  if (!orName) requireDeno("Cannot start the CLI");
  return findClaude({
    claudePath,
    env: readVariable,
    isProgram,
    os: operatingSystem(),
    orName,
  });
}

/** Everything needed to start a process. */
export interface PreparedSpawn {
  /** Command, arguments and environment of the process. */
  readonly spec: SpawnSpec;
  /** Files written for the process, removed when it ends. */
  readonly files: LaunchFiles;
  /**
   * Whether the process ends when this thread is terminated, as can happen to a worker. Default:
   * true in a worker.
   */
  readonly isWatched?: boolean;
  /** Last id of the process's lineage. Absent if the caller changed the command. */
  readonly lineage?: string;
}

/**
 * Finds the CLI and writes its files.
 *
 * @param willChange The caller changes the command: a path missing on this machine may exist on the
 *   one where it runs.
 * @throws {ClaudeNotFoundError} There is none.
 * @throws {StartupError} It cannot be started.
 */
export function prepareSpawn(
  options: SessionOptions,
  launch: Launch,
  willChange: boolean,
): PreparedSpawn {
  const cwd = options.cwd === undefined
    ? undefined
    : pathOf("cwd", options.cwd);
  // Deno reports a missing directory and a missing program by the same class.
  if (cwd !== undefined && !willChange) checkCwd(cwd);
  const canReadEnv = mayReadEnv();
  const command = commandOf(options, willChange);
  const own = canReadEnv ? Deno.env.toObject() : readable(options.keepEnv);
  const inherited = inheritedEnv(options, own, operatingSystem());
  const env = childEnvironment(inherited, launch.env);
  checkSignIn(options, env);
  const files = LaunchFiles.write(launch.files);
  const lineage = crypto.randomUUID();
  return {
    lineage,
    spec: {
      command: command.path,
      args: [...command.args, ...launch.args, ...files.args],
      ...cwd === undefined ? {} : { cwd },
      env: withLineage(env, lineage),
      // Without permission to read the variables, the child inherits them unchanged.
      clearEnv: canReadEnv || options.clearEnv === true ||
        options.keepEnv !== undefined,
      files: files.paths,
    },
    files,
  };
}

/**
 * Starts a process on this machine.
 *
 * @throws {ClaudeNotFoundError} Deno found none in `PATH`, which may not be read from here.
 * @throws {StartupError} It cannot be started.
 */
export function startProcess(
  { spec, files, lineage, isWatched = isWorker() }: PreparedSpawn,
): LocalProcess {
  requireDeno("Cannot start the CLI");
  const { command, args, cwd, env, clearEnv, uid, gid } = spec;
  let child: Deno.ChildProcess;
  try {
    // The caller may have changed the directory in the meantime.
    if (cwd !== undefined) checkCwd(cwd);
    child = new Deno.Command(command, {
      args: [...args],
      ...cwd === undefined ? {} : { cwd },
      env,
      clearEnv,
      ...uid === undefined ? {} : { uid },
      ...gid === undefined ? {} : { gid },
      // Put the process in its own group, so that its children can be ended with it.
      detached: operatingSystem() !== "windows",
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (cause) {
    files.removeNow();
    throw cause instanceof StartupError ? cause : spawnError(
      spec,
      cause,
      cwd !== undefined && !mayLook(cwd) ? cwd : undefined,
    );
  }
  removeForgotten();
  return running(child, files, lineage, isWatched);
}

/**
 * Builds the error for a command that could not be started. Pure.
 *
 * @param cwd Its working directory, if that could not be checked before.
 */
export function spawnError(
  { command, env }: Pick<SpawnSpec, "command" | "env">,
  cause: unknown,
  cwd?: string,
): ClaudeNotFoundError | StartupError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof Deno.errors.NotCapable) {
    // Loader variables can make any program run any code, so Deno passes them on only with
    // permission to run everything.
    const loader = Object.keys(env).find((name) => /^(LD|DYLD)_/.test(name));
    return new StartupError(
      "permission",
      `Cannot start the CLI: Deno may not run "${command}"`,
      {
        cause,
        hint: loader === undefined
          ? `Run Deno with --allow-run=${command}`
          : `Run Deno with --allow-run for all programs, or without the variable ${loader}`,
      },
    );
  }
  const isMissing = cause instanceof Deno.errors.NotFound;
  // Without permission to search PATH, the search was left to Deno.
  const isName = !/[\\/]/.test(command);
  if (isMissing && cwd !== undefined) {
    return new StartupError(
      "spawn_failed",
      `Cannot start the CLI: there is no "${command}", or no directory "${cwd}"`,
      { cause, hint: `To know which, run Deno with --allow-read=${cwd}` },
    );
  }
  if (isMissing && command === "claude") {
    return new ClaudeNotFoundError([], undefined);
  }
  return new StartupError(
    "spawn_failed",
    `Cannot start the CLI: "${command}": ${reason}`,
    {
      cause,
      hint: !isMissing
        ? startHint(cause, command) ?? DOCTOR_HINT
        : isName
        ? `Nothing in PATH has the name "${command}": install it, or give its path`
        // The program itself was found earlier.
        : `See whether what its first line (#!) names is there: head -1 ${command}; or look with: claudestream doctor`,
    },
  );
}

function running(
  child: Deno.ChildProcess,
  files: LaunchFiles,
  lineage: string | undefined,
  isWatched: boolean,
): LocalProcess {
  let ended = false;
  const endWatch = isWatched ? watchThread(child.pid) : () => {};
  const exited = child.status.then(async ({ code, signal }) => {
    ended = true;
    endWatch();
    await files.remove();
    return { code, signal };
  });
  return {
    pid: child.pid,
    ...lineage === undefined ? {} : { lineage },
    readable: child.stdout,
    stderr: child.stderr,
    writable: child.stdin,
    exited,
    lateOutput: {
      silenceMs: LATE_OUTPUT_MS,
      maxBytes: MAX_LATE_OUTPUT_BYTES,
    },
    removeFiles: () => files.removeNow(),
    kill(signal) {
      if (ended) return;
      // With --allow-run=claude Deno may signal only the child; anything else would prompt the
      // user.
      if (!maySignal()) return killOne(child, signal);
      try {
        Deno.kill(-child.pid, signal);
      } catch {
        // The group is gone, or this is Windows, which has no groups.
        killOne(child, signal);
      }
    },
  };
}

function killOne(
  child: Deno.ChildProcess,
  signal: "SIGTERM" | "SIGKILL",
): void {
  try {
    child.kill(signal);
  } catch (error) {
    // The process has just ended, and its status is about to arrive.
    if (!(error instanceof TypeError)) throw error;
  }
}
