/**
 * The launch of a process, and how options are placed in it. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import type { WireObject } from "../messages/_define.ts";

/** A file for one process alone: secrets and long values are never arguments. */
export interface LaunchFile {
  /** The flag that takes its path. */
  readonly flag: string;
  /** Contents of the file. */
  readonly content: string;
}

/** Everything that a process is started with. */

export interface Launch {
  /** Arguments, without the command and without those that name {@linkcode files}. */
  readonly args: readonly string[];
  /** Variables over those inherited; `undefined` removes one. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Fields of the `initialize` request. */
  readonly initialize: WireObject;
  /** Files that the process reads. They are written for it and removed at its end. */
  readonly files: readonly LaunchFile[];
  /** Contents of the caller's settings file, if it can be read from here. */
  readonly settingsInFile?: WireObject;
  /** Differences for a CLI that does not read MCP servers in the handshake. */
  readonly older?: Pick<Launch, "args" | "files">;
}

/** A launch under construction. */
export interface Draft {
  /** Arguments so far. */
  readonly args: string[];
  /** Variables so far. */
  readonly env: Record<string, string | undefined>;
  /** Fields of `initialize` so far. */
  readonly initialize: Record<string, unknown>;
  /** Files so far. */
  readonly files: LaunchFile[];
  /** MCP servers of other processes, for a CLI that takes them in a file only. */
  servers: WireObject | undefined;
  /** Settings that go into one file in the end: a second `--settings` replaces the first. */
  readonly settings: Record<string, unknown>;
  /** Rules for `--allowedTools`, from more than one option. */
  readonly allowed: string[];
  /** Alternative places for lists that are too long for arguments. */
  readonly spill: {
    /** Into the settings. */
    readonly settings: boolean;
    /** Into `initialize`. */
    readonly handshake: boolean;
  };
}

/** Puts the value of an option where it belongs. */
export type Place<T> = (draft: Draft, value: T) => void;

const AWAIT_INITIALIZE = "--await-initialize";

// `--flag=value` throughout: a value that begins with "-" is then not taken for a flag.

/** The value of a flag. */
export function flag<T extends string | number>(name: string): Place<T> {
  return (draft, value) => {
    draft.args.push(`${name}=${value}`);
  };
}

/** The value of a flag, as a list with commas. */
export function list(name: string): Place<readonly string[]> {
  return (draft, values) => {
    draft.args.push(`${name}=${values.join(",")}`);
  };
}

/** The value of a flag that is given once for each: the CLI takes a list for one name. */
export function each<T>(
  name: string,
  text: (value: T) => string,
): Place<readonly T[]> {
  return (draft, values) => {
    draft.args.push(...values.map((value) => `${name}=${text(value)}`));
  };
}

/** A flag without a value, present or absent. */
export function when(wanted: boolean, name: string): Place<boolean> {
  return (draft, value) => {
    if (value === wanted) draft.args.push(name);
  };
}

/** A field of `initialize`. */
export function field<T>(name: string): Place<T> {
  return (draft, value) => {
    draft.initialize[name] = value;
  };
}

/** A path as the value of a flag. */
export function path(option: string, name: string): Place<string | URL> {
  return (draft, value) => {
    draft.args.push(`${name}=${pathOf(option, value)}`);
  };
}

/** A variable; `undefined` removes it. */
export function variable<T>(
  name: string,
  text: (value: T) => string | undefined,
): Place<T> {
  return (draft, value) => {
    draft.env[name] = text(value);
  };
}

/** Used only by the library, not passed to the CLI. */
export function library(): void {}

/**
 * The CLI reads `initialize` before anything else, and takes some fields only then.
 * Not known to CLI before 2.1.266, so it is asked for only if a field needs it.
 */
export function awaitInitialize(draft: Draft): void {
  if (!draft.args.includes(AWAIT_INITIALIZE)) draft.args.push(AWAIT_INITIALIZE);
}

/**
 * Returns the differences for an older CLI, if only MCP servers require that the handshake comes
 * first.
 */
export function olderLaunch(draft: Draft): Launch["older"] {
  const { args, files, servers, initialize } = draft;
  if (
    servers === undefined || initialize.managedSettings !== undefined ||
    initialize.plugins !== undefined
  ) return undefined;
  const content = JSON.stringify({ mcpServers: servers });
  return {
    args: args.filter((argument) => argument !== AWAIT_INITIALIZE),
    files: [...files, { flag: "--mcp-config", content }],
  };
}

/** Adds to a list under `permissions` in the settings. */
export function addPermissions(
  draft: Draft,
  key: "allow" | "deny" | "additionalDirectories",
  values: readonly string[],
): void {
  const permissions = draft.settings.permissions as
    | Readonly<Record<string, readonly string[]>>
    | undefined;
  draft.settings.permissions = {
    ...permissions,
    [key]: [...permissions?.[key] ?? [], ...values],
  };
}

/** A path, also of a `file:` URL. */
export function pathOf(option: string, value: string | URL): string {
  if (typeof value === "string") return value;
  if (value.protocol !== "file:") {
    throw new ConfigError(
      option,
      // The rest of an address may hold a secret.
      `Cannot use a URL (${value.protocol}) as ${option}: expected a path or a file: URL`,
    );
  }
  return decodeURIComponent(value.pathname);
}
