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

/** The session behind the methods of live control. Starts the process where there is none. */
export interface ControlHost<Kind extends SessionKind> {
  /** The commands, where the CLI has sent others since the start. */
  commands(): readonly CommandInfo[] | undefined;
  /** What runs in the background, by its id. */
  tasks(): ReadonlyMap<string, BackgroundTask>;
  /** Names of the MCP servers that live in this process. */
  inProcessServers(): readonly string[];
  /** Reads what the CLI said of itself at the start. */
  info<R>(read: (info: InitializeInfo) => R): Given<Kind, R>;
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
