/** Outputs of a player, and what it waits for. */

import type { GrandchildStep, Json, ScriptedSignal } from "../scenario.ts";

/** An action that a player's environment must carry out. */
export type PlayerOutput =
  /** Write a line to stdout; `chunkBytes` asks for several small writes. */
  | {
    readonly do: "line";
    readonly line: string;
    readonly chunkBytes?: number;
  }
  /** Write bytes to stdout unchanged. */
  | { readonly do: "bytes"; readonly bytes: Uint8Array }
  /** Write to stderr. */
  | { readonly do: "stderr"; readonly text: string; readonly bytes: number }
  /** Call `resume(key)` after `ms` milliseconds. */
  | { readonly do: "pause"; readonly ms: number; readonly key: string }
  /** Call `resume(key)` when the gate is released. */
  | { readonly do: "gate"; readonly name: string; readonly key: string }
  /** Report that this place was reached. */
  | { readonly do: "mark"; readonly name: string }
  /** Start a process that outlives the player's. */
  | GrandchildStep
  /** Write a file into the folder of the handle. */
  | { readonly do: "file"; readonly name: string; readonly text: string }
  | { readonly do: "close_stdout" }
  | { readonly do: "stop_reading" }
  /** Die of a signal. */
  | { readonly do: "kill"; readonly signal: ScriptedSignal }
  /** End the process, as if by a signal if one is given. No output follows. */
  | {
    readonly do: "exit";
    readonly code: number;
    readonly signal?: string | null;
  }
  /** Report that the host misbehaved. No output follows. */
  | { readonly do: "fail"; readonly message: string };

/** Pauses a script until one of the keys is resumed. */
export interface Wait {
  readonly do: "wait";
  readonly keys: readonly string[];
}

/** What resumed a script. */
export interface Resumption {
  readonly key: string;
  readonly value: HostAnswer | undefined;
}

/** The answer of the host to a request, or its absence at the end of input. */
export type HostAnswer =
  | { readonly kind: "success"; readonly response: Json }
  | { readonly kind: "error"; readonly error: string }
  | { readonly kind: "closed" };

/** A sequence of outputs that can be stopped at each of them. */
export type Script = Generator<PlayerOutput | Wait, void, Resumption>;

/** A part of a script that returns a value. */
export type SubScript<T> = Generator<PlayerOutput | Wait, T, Resumption>;
