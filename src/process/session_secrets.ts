/**
 * Collects the secrets that the process of a session can see.
 *
 * @module
 */

import type { SessionOptions } from "../options/session_options.ts";
import {
  answeredSecrets,
  argumentSecrets,
  namedSecrets,
  nestedSecrets,
  secretForms,
} from "../util/secret_values.ts";
import { childEnvironment, inheritedEnv } from "../options/environment.ts";
import type { Launch } from "../options/launch.ts";
import { isGranted, operatingSystem } from "./runtime.ts";

type Direction = "in" | "out";

type Named = Readonly<Record<string, string>>;

/** Kinds of lines that carry or describe a configuration. */
const LEARNED = {
  out: /^\{"type":"control_request"/,
  in: /^\{"type":"control_response"/,
} as const;

/**
 * The secrets that a process received at its start and later. They are collected on first use: most
 * sessions never have to hide anything.
 */
export class SessionSecrets {
  /** Environment variables of the process, until they are searched for secrets. */
  #env: Named | undefined;
  /** Lines that may contain more secrets. */
  #unread: { readonly direction: Direction; readonly line: string }[] = [];
  readonly #raw: Set<string> = new Set();
  #values: readonly string[] | undefined;

  /** @param own Environment variables of this program. */
  constructor(
    options: Pick<SessionOptions, "clearEnv" | "keepEnv" | "claudePath">,
    launch: Launch,
    own: Named,
    os: string,
  ) {
    // Copy them now: the caller's objects may change.
    this.#env = childEnvironment(inheritedEnv(options, own, os), launch.env);
    const { claudePath } = options;
    const command = Array.isArray(claudePath) ? claudePath.slice(1) : [];
    this.#add(argumentSecrets([...command, ...launch.args]));
    this.#add(nestedSecrets(launch.initialize));
    for (const { content } of launch.files) {
      this.#add(nestedSecrets(parsed(content)));
    }
  }

  /** Returns the secrets known so far, in all their forms, the longest first. */
  readonly values = (): readonly string[] => {
    const known = this.#raw.size;
    if (this.#env !== undefined) this.#add(namedSecrets(this.#env));
    this.#env = undefined;
    for (const { direction, line } of this.#unread.splice(0)) {
      const find = direction === "out" ? nestedSecrets : answeredSecrets;
      this.#add(find(parsed(line)));
    }
    if (this.#values === undefined || this.#raw.size !== known) {
      this.#values = secretForms([...this.#raw]);
    }
    return this.#values;
  };

  /** Notes a line that may contain a configuration, such as MCP servers that are set later. */
  learn(direction: Direction, line: string): void {
    if (LEARNED[direction].test(line)) this.#unread.push({ direction, line });
  }

  #add(secrets: readonly string[]): void {
    for (const secret of secrets) this.#raw.add(secret);
  }
}

/** Returns the secrets of a process started now, with this program's environment variables. */
export function sessionSecrets(
  options: SessionOptions,
  launch: Launch,
): SessionSecrets {
  // Without that permission the child inherits variables that cannot be read here; those secrets
  // are only recognized by their shape.
  const own = isGranted({ name: "env" }) ? Deno.env.toObject() : {};
  return new SessionSecrets(options, launch, own, operatingSystem());
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    // A file that is not JSON, such as a system prompt, has no variables.
    return undefined;
  }
}
