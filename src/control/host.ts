/**
 * What the methods of live control need of a session.
 *
 * @module
 */

import type { BackgroundTask } from "../messages/system/background_tasks_changed.ts";
import type { CommandInfo } from "./_infos.ts";
import type { ControlCall, ControlOptions } from "./call.ts";
import type { InitializeInfo } from "./initialize.ts";

/** The session behind the methods of live control. */
export interface ControlHost {
  /** Starts the process where there is none. */
  start(): Promise<InitializeInfo>;
  /** Makes a request and reads its answer. Starts the process where there is none. */
  request<T>(call: ControlCall<T>, options?: ControlOptions): Promise<T>;
  /** The commands, where the CLI has sent others since the start. */
  commands(): readonly CommandInfo[] | undefined;
  /** What runs in the background, by its id. */
  tasks(): ReadonlyMap<string, BackgroundTask>;
  /** Names of the MCP servers that live in this process. */
  inProcessServers(): readonly string[];
}

/** The blocking session behind the methods of live control. */
export interface SyncControlHost
  extends Omit<ControlHost, "start" | "request"> {
  /** Starts the process where there is none. */
  start(): InitializeInfo;
  /** Makes a request and reads its answer. Starts the process where there is none. */
  request<T>(call: ControlCall<T>, options?: ControlOptions): T;
}
