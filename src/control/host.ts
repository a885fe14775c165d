/**
 * What the methods of live control need of a session.
 *
 * @module
 */

import type { BackgroundTask } from "../messages/system/tasks.ts";
import type { CommandInfo, InitializeInfo } from "./initialize.ts";
import type { ControlCall, ControlOptions } from "./call.ts";

/** How a session gives what takes time: as a promise, or by blocking until it is there. */
export type SessionKind = "async" | "sync";

/** What takes time, as a session of a kind gives it. */
export type Given<Kind extends SessionKind, T> = Kind extends "async"
  ? Promise<T>
  : T;

/** Requests whose answers are wanted together; none where nothing is asked. */
export type ControlCalls<Answers extends readonly unknown[]> = {
  readonly [At in keyof Answers]:
    | ControlCall<Exclude<Answers[At], undefined>>
    | undefined;
};

/** What does not depend on how a session waits. */
interface KnownToHost {
  /** The commands, where the CLI has sent others since the start. */
  commands(): readonly CommandInfo[] | undefined;
  /** What runs in the background, by its id. */
  tasks(): ReadonlyMap<string, BackgroundTask>;
  /** Names of the MCP servers that live in this process. */
  inProcessServers(): readonly string[];
}

/** The session behind the methods of live control. Starts the process where there is none. */
export interface ControlHost<Kind extends SessionKind> extends KnownToHost {
  /** Reads what the CLI said of itself at the start. */
  start<R>(read: (info: InitializeInfo) => R): Given<Kind, R>;
  /** Makes a request and reads its answer. What `make` throws fails it like any other. */
  request<T>(
    make: () => ControlCall<T>,
    options?: ControlOptions,
  ): Given<Kind, T>;
  /** Makes several requests, and reads their answers together. */
  requestAll<Answers extends readonly unknown[], R>(
    make: () => ControlCalls<Answers>,
    read: (answers: Answers) => R,
    options?: ControlOptions,
  ): Given<Kind, R>;
}

/** What a session of a kind can do, of which its host is made. */
export interface ControlSource<Kind extends SessionKind> extends KnownToHost {
  /** Starts the process where there is none. */
  start(): Given<Kind, InitializeInfo>;
  /** Makes a request and reads its answer. Starts the process where there is none. */
  request<T>(call: ControlCall<T>, options?: ControlOptions): Given<Kind, T>;
}

/** The host of a session that gives promises. */
export function asyncHost(
  source: ControlSource<"async">,
): ControlHost<"async"> {
  return {
    ...source,
    start: async (read) => read(await source.start()),
    request: async (make, options) => await source.request(make(), options),
    requestAll: async (make, read, options) => {
      const answers = make().map((call) =>
        call === undefined ? undefined : source.request(call, options)
      );
      return read(await Promise.all(answers) as never);
    },
  };
}

/** The host of a session that blocks. */
export function syncHost(source: ControlSource<"sync">): ControlHost<"sync"> {
  return {
    ...source,
    start: (read) => read(source.start()),
    request: (make, options) => source.request(make(), options),
    requestAll: (make, read, options) => {
      const answers = make().map((call) =>
        call === undefined ? undefined : source.request(call, options)
      );
      return read(answers as never);
    },
  };
}
