/**
 * The secrets that a process of a session can see.
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

type Direction = "in" | "out";

type Named = Readonly<Record<string, string>>;

/** What lines are about that hand over a configuration, or tell of one. */
const LEARNED = {
  out: /^\{"type":"control_request"/,
  in: /^\{"type":"control_response"/,
} as const;

/**
 * The secrets that a process was given, with its start and later on. They are gathered
 * when they are asked for: most sessions never have to hide anything.
 */
export class SessionSecrets {
  /** Variables of the process, until they were looked at. */
  #env: Named | undefined;
  /** Lines that may have more of them. */
  #unread: { readonly direction: Direction; readonly line: string }[] = [];
  readonly #raw: Set<string> = new Set();
  #values: readonly string[] | undefined;

  /** @param own Variables of this process. */
  constructor(
    options: Pick<SessionOptions, "clearEnv" | "keepEnv" | "claudePath">,
    launch: Launch,
    own: Named,
    os: string,
  ) {
    // As they are now: the caller's objects may change.
    this.#env = childEnvironment(inheritedEnv(options, own, os), launch.env);
    const { claudePath } = options;
    const command = Array.isArray(claudePath) ? claudePath.slice(1) : [];
    this.#add(argumentSecrets([...command, ...launch.args]));
    this.#add(nestedSecrets(launch.initialize));
    for (const { content } of launch.files) {
      this.#add(nestedSecrets(parsed(content)));
    }
  }

  /** Those that are known by now, in all their forms, the longest first. */
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

  /** A line passed that may hold a configuration, such as MCP servers that are set later. */
  learn(direction: Direction, line: string): void {
    if (LEARNED[direction].test(line)) this.#unread.push({ direction, line });
  }

  #add(secrets: readonly string[]): void {
    for (const secret of secrets) this.#raw.add(secret);
  }
}

/** The secrets of a process that is started now, with the variables that this one has. */
export function sessionSecrets(
  options: SessionOptions,
  launch: Launch,
): SessionSecrets {
  const { state } = Deno.permissions.querySync({ name: "env" });
  // Without that right the child inherits what we cannot see: then only shapes tell.
  const own = state === "granted" ? Deno.env.toObject() : {};
  return new SessionSecrets(options, launch, own, Deno.build.os);
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    // A file that is no JSON, as a system prompt is none, has no variables.
    return undefined;
  }
}
