/**
 * What does not hold with the CLI at hand, reported once each: as an event, which is also logged.
 * Pure.
 *
 * @module
 */

import type { ClaudeEvent } from "../events/mod.ts";
import { type Warning, warning } from "../events/session.ts";
import type { WireObject } from "../messages/_define.ts";
import { isKnownEvent } from "../hooks/inputs.ts";
import type { HookOptions } from "../hooks/options.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { BEHAVIORS, OPTIONS, REQUEST_FIELDS } from "../capabilities/table.ts";
import type { UsedNeed } from "./needs.ts";
import { isMet, lackText } from "../capabilities/version.ts";

/** Something that was asked for, and what happens without it. */
export type Asked =
  & Pick<Warning, "kind" | "what">
  & {
    /** The first version that has it. */
    readonly since: string;
    /** What an older CLI does instead, as the rest of a sentence. */
    readonly instead: string;
  };

/** What the warnings need from their conversation. */
interface WarningsPort {
  /** Version of the CLI, once it is known. */
  version(): string | undefined;
  /** Whether a turn runs whose readers can be told at once. */
  isHeard(): boolean;
  /** Reports to readers and the log. */
  emit(event: Warning): void;
}

/** The warnings of one conversation. */
export class Warnings {
  readonly #port: WarningsPort;
  /** Asked for before the version was known, or before anything listened. */
  #waiting: Asked[] = [];
  readonly #told = new Set<string>();
  readonly #cutReplies = new CutReplies();
  /** Hook events that are still to be reported. */
  readonly #unknownHooks = new Set<string>();

  /** Whether events are of interest: not once the CLI is known to report everything itself. */
  followsReplies = true;

  constructor(port: WarningsPort) {
    this.#port = port;
  }

  /** Something is asked for that not every CLI has. */
  ask(asked: Asked): void {
    this.#waiting.push(asked);
    if (this.#port.isHeard()) this.tell();
  }

  /** Warns about options that the CLI does not know and the session carries out itself. */
  askOptions(needs: readonly UsedNeed[]): void {
    for (const { kind, what, since, older } of needs) {
      if (older === "refuses") continue;
      const instead = INSTEAD[what] ?? "it would not hold";
      this.ask({ kind, what, since, instead });
    }
  }

  /** Hooks of events that this version does not know: the CLI may or may not know them. */
  askHooks(hooks: HookOptions = {}): void {
    for (const [event, list] of Object.entries(hooks)) {
      if (isKnownEvent(event) || list === undefined || list.length === 0) {
        continue;
      }
      this.#unknownHooks.add(event);
    }
  }

  /** A control request is made: some of its fields may be ignored. */
  askRequest(subtype: string, payload: WireObject): void {
    for (
      const [field, need] of Object.entries(REQUEST_FIELDS[subtype] ?? {})
    ) {
      if (payload[field] === undefined || payload[field] === false) continue;
      this.ask({
        kind: "request",
        what: `${subtype}.${need.option}`,
        since: need.since,
        instead: "it is ignored",
      });
    }
  }

  /** A prompt is sent, perhaps a verbatim one. */
  askPrompt(verbatim: boolean | undefined, options: SessionOptions): void {
    // As an option of the session it was checked before the first prompt.
    if (verbatim !== true || options.verbatim === true) return;
    this.ask({
      kind: "option",
      what: "verbatim",
      since: OPTIONS.verbatim[0].since,
      instead: "@file and slash commands in the prompt are expanded",
    });
  }

  /** An event was passed on that shows what an older CLI does not report. */
  observe(event: ClaudeEvent): void {
    if (this.#cutReplies.observe(event)) this.askBehavior("resumptionLine");
  }

  /** Something happened about which an older CLI keeps or reports less. */
  askBehavior(what: keyof typeof WITHOUT): void {
    const { since } = BEHAVIORS[what];
    this.ask({ kind: "behavior", what, since, instead: WITHOUT[what] });
  }

  /** Reports what is due: a turn begins, or the version is known. */
  tell(): void {
    const version = this.#port.version();
    for (const event of this.#unknownHooks) this.#tellUnknown(event, version);
    this.#unknownHooks.clear();
    if (version === undefined) return;
    const { since: tellsReplies } = BEHAVIORS.resumptionLine;
    this.followsReplies = isMet(tellsReplies, version) !== true;
    for (const { kind, what, since, instead } of this.#waiting.splice(0)) {
      const key = `${kind} ${what}`;
      if (isMet(since, version) === true || this.#told.has(key)) continue;
      this.#told.add(key);
      this.#port.emit(warning(null, {
        kind,
        what,
        needs: since,
        has: version,
        message: `${
          lackText(
            kind === "behavior" ? `The behavior "${what}"` : what,
            since,
            version,
          )
        }: ${instead}`,
      }));
    }
  }

  #tellUnknown(event: string, version: string | undefined): void {
    this.#port.emit(warning(null, {
      kind: "hook",
      what: `hooks.${event}`,
      ...version === undefined ? {} : { has: version },
      message:
        `hooks.${event} is an event that this version of the library does not know: a CLI that has it calls the hooks, with what only this event has in input.raw; any other never calls them`,
    }));
  }
}

/** What happens without a part of an option that the session replaces. */
const INSTEAD: Readonly<Record<string, string>> = {
  skillShell:
    'shell commands in skills and slash commands are turned off, as with skillShell: "off"',
};

/** What happens without a behavior of the CLI. */
const WITHOUT = {
  resumptionLine:
    "the answer of the turn may be only the end of what the model said, as the CLI does not say whether a reply goes on with the one before it, which max_tokens cut off; the assistant_text events have all of it",
  writtenAtResult:
    "it writes a session to disk up to 100 ms after a result, so the end of what was said before the process died may be missing in the session that was resumed",
} as const satisfies Readonly<Partial<Record<keyof typeof BEHAVIORS, string>>>;

/** Follows the replies of the main agent. */
export class CutReplies {
  /** The reply that the last line was of, if it has a text and calls no tool. */
  #messageId: string | undefined;

  /**
   * Takes over what an event says.
   *
   * @returns Whether a reply begins that may continue the one before.
   */
  observe(event: ClaudeEvent): boolean {
    switch (event.type) {
      case "assistant_text": {
        if (event.parentToolUseId !== null) return false;
        const { messageId, error } = event;
        const before = this.#messageId;
        this.#messageId = error === undefined ? messageId : undefined;
        return before !== undefined && this.#messageId !== undefined &&
          messageId !== before;
      }
      case "tool_use":
      case "tool_result":
      case "user_text":
      case "user_replay":
        if (event.parentToolUseId === null) this.#messageId = undefined;
        return false;
      case "model_refusal_fallback":
      case "system_init":
      case "result":
        this.#messageId = undefined;
        return false;
      default:
        return false;
    }
  }
}
