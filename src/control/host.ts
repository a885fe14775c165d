/**
 * What the methods of live control need from a session.
 *
 * @module
 */

import type { BackgroundTask } from "../messages/system/tasks.ts";
import type { CommandInfo, InitializeInfo } from "./initialize.ts";
import type { ControlCall, ControlOptions } from "./call.ts";

/** How a session returns a value that takes time: as a promise, or by blocking until it has it. */
export type SessionKind = "async" | "sync";

/** The return type of a method that takes time, in a session of a kind. */
export type Given<Kind extends SessionKind, T> = Kind extends "async"
  ? Promise<T>
  : T;

/** Requests whose answers are read together; `undefined` for a request that is not made. */
export type ControlCalls<Answers extends readonly unknown[]> = {
  readonly [At in keyof Answers]:
    | ControlCall<Exclude<Answers[At], undefined>>
    | undefined;
};

/** The session behind the methods of live control. Starts the process if there is none. */
export interface ControlHost<Kind extends SessionKind> {
  /** The commands, if the CLI has sent other ones since the start. */
  commands(): readonly CommandInfo[] | undefined;
  /** The tasks that run in the background, by id. */
  tasks(): ReadonlyMap<string, BackgroundTask>;
  /** Names of the MCP servers in this process. */
  inProcessServers(): readonly string[];
  /** Reads what the CLI said about itself at the start. */
  info<R>(read: (info: InitializeInfo) => R): Given<Kind, R>;
  /** Makes a request and reads its answer. It fails with what `make` throws. */
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
