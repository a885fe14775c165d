/**
 * What the options of a session need of the CLI, and whether the CLI at hand has it, which is
 * checked before the first prompt. Pure.
 *
 * CLI 2.1.300 and later name their version in the answer to the handshake; an older one is
 * asked for it (`get_binary_version`, which all tested versions answer), if an option or a hook
 * depends on it.
 *
 * @module
 */

import {
  HOOK_FIELDS,
  HOOKS,
  type Need,
  type OptionNeed,
  OPTIONS,
} from "../capabilities/table.ts";
import { isMet, lackText } from "../capabilities/version.ts";
import { ConfigError } from "../errors.ts";
import { blocksItself } from "../hooks/mod.ts";
import type { HookEvent } from "../hooks/inputs.ts";
import type { SessionOptions } from "../options/session_options.ts";
import type { WireObject } from "../messages/_define.ts";
import type { Outcome } from "../protocol/pending.ts";
import type { StartCheck, StartRequest } from "../protocol/start.ts";

/** The needs of options, and of no name that is no option. */
const OF_OPTIONS:
  & { readonly [K in keyof SessionOptions]?: readonly OptionNeed[] }
  & Readonly<
    Record<Exclude<keyof typeof OPTIONS, keyof SessionOptions>, never>
  > = OPTIONS;

/** The needs of hooks: complete by type, and of no name that is no hook. */
const OF_HOOKS:
  & Readonly<Record<HookEvent, Need | undefined>>
  & Readonly<Record<Exclude<keyof typeof HOOKS, HookEvent>, never>> = HOOKS;

/** Something that options ask for and that not every CLI has. */
export interface UsedNeed {
  /** Whether it is an option or a hook. */
  readonly kind: "option" | "hook";
  /** Name of the option, for errors. */
  readonly option: string;
  /** What it is in full, such as `hooks.PreModelSwitch`. */
  readonly what: string;
  /** The first version that has it. */
  readonly since: string;
  /** The field of the same name in the table. */
  readonly older: OptionNeed["older"];
  /** The field of the same name in the table. */
  readonly isGuard: boolean;
}

/** What these options need, of all that not every CLI has. */
export function usedNeeds(options: SessionOptions): readonly UsedNeed[] {
  return [...ofOptions(options), ...ofHooks(options)];
}

function ofOptions(options: SessionOptions): UsedNeed[] {
  return Object.entries(options).flatMap(([option, value]) =>
    (OF_OPTIONS[option as keyof SessionOptions] ?? []).flatMap((need) => {
      const isUsed = value !== undefined &&
        (need.isUsed?.(value) ?? value !== false);
      const { since, older, part = option, isGuard = false } = need;
      return isUsed
        ? [{
          kind: "option" as const,
          option,
          what: part,
          since,
          older,
          isGuard,
        }]
        : [];
    })
  );
}

function ofHooks({ hooks = {} }: SessionOptions): UsedNeed[] {
  return Object.entries(hooks).flatMap(([name, list]) => {
    const event = name as HookEvent;
    if (list === undefined || list.length === 0) return [];
    const base = { kind: "hook", option: "hooks", older: "ignores" } as const;
    const need = OF_HOOKS[event];
    const found: UsedNeed[] = [];
    if (need !== undefined) {
      const { since, isGuard = false } = need;
      found.push({ ...base, what: `hooks.${event}`, since, isGuard });
    }
    if (
      !blocksItself(event) &&
      list.some(({ onFailure }) => onFailure === "block")
    ) {
      const what = `hooks.${event}[].onFailure: "block"`;
      found.push({ ...base, what, ...HOOK_FIELDS.onFailure });
    }
    return found;
  });
}

/** Whether a version calls the hooks of an event. */
export function hasHook(event: HookEvent, version: string): boolean {
  const { since } = OF_HOOKS[event] ?? {};
  return since === undefined || isMet(since, version) === true;
}

/** The error of an option that the CLI at hand would ignore. */
function unmet(
  { option, what, since }: UsedNeed,
  version: string | undefined,
): ConfigError {
  return new ConfigError(
    option,
    `Cannot use the option ${
      lackText(what, since, version)
    }: it would not hold`,
    { hint: `Update the CLI, or leave ${what} out` },
  );
}

/** Checks the needs of the options of one process. */
export class NeedsCheck implements StartCheck {
  readonly #needs: readonly UsedNeed[];
  readonly #makeId: () => string;
  /** Takes the version, if it is known before the first prompt. */
  readonly #learned: (version: string) => void;
  /** Id of the request for the version, as long as it waits for its answer. */
  #open: string | undefined;
  #error: Error | undefined;

  /**
   * @param needs What depends on the version.
   * @param makeId Makes an id for a request.
   * @param learned Takes the version, once it is known.
   */
  constructor(
    needs: readonly UsedNeed[],
    makeId: () => string,
    learned: (version: string) => void,
  ) {
    this.#needs = needs;
    this.#makeId = makeId;
    this.#learned = learned;
  }

  /** Whether everything that it asked for is answered. */
  get isDone(): boolean {
    return this.#open === undefined;
  }

  /** The error if the session cannot start. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** Takes the answer to the handshake. Returns what to ask for, if anything. */
  shakeHands(
    { claude_code_version: version }: WireObject,
  ): StartRequest | undefined {
    if (typeof version === "string") {
      this.#check(version);
      return undefined;
    }
    if (this.#needs.length === 0) return undefined;
    this.#open = this.#makeId();
    return { id: this.#open, subtype: "get_binary_version", payload: {} };
  }

  /** Whether an answer is to one of its own requests. */
  isOwn(id: string): boolean {
    return this.#open === id;
  }

  /** Takes the answer to its own request. */
  take(outcome: Outcome): undefined {
    this.#open = undefined;
    const version = outcome.ok ? outcome.response.version : undefined;
    this.#check(typeof version === "string" ? version : undefined);
  }

  #check(version: string | undefined): void {
    if (version !== undefined) this.#learned(version);
    const lacking = this.#needs.find(({ since, older, isGuard }) => {
      const isThere = isMet(since, version);
      // A CLI that has not refused a flag has it. Of all else nothing is known: an option that
      // keeps something from happening would not hold then.
      return older === "ignores" &&
        (isThere === false || isThere === undefined && isGuard);
    });
    if (lacking !== undefined) this.#error = unmet(lacking, version);
  }
}
