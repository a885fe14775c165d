/**
 * What a hook can answer in the CLI's own words, by event. Pure.
 *
 * The CLI takes an answer of the wrong shape for none at all, and lets happen what the
 * hook was to stop. So each is checked here before it is written.
 *
 * @module
 */

import * as v from "valibot";
import type { PermissionUpdate } from "../events/permissions.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import { type HookEvent, isKnownEvent } from "./inputs.ts";

/** Something for the model to read. */
export interface HookContextOutput {
  /** Added to what the model sees. */
  readonly additionalContext?: string;
}

/** Files to watch; a change of one calls the hook `FileChanged`. */
export interface HookWatchOutput {
  /** The files, absolute. */
  readonly watchPaths?: readonly string[];
}

/** An answer to what an MCP server asks. */
export interface HookElicitationOutput {
  /** The answer. */
  readonly action?: "accept" | "decline" | "cancel";
  /** The values of the fields. */
  readonly content?: WireObject;
}

/** The part of an answer that differs from event to event, in the CLI's words. */
export interface HookSpecificOutputs {
  /** Decides on the call. */
  readonly PreToolUse: HookContextOutput & {
    readonly permissionDecision?: "allow" | "deny" | "ask" | "defer";
    readonly permissionDecisionReason?: string;
    readonly updatedInput?: WireObject;
  };
  /** Lets the command run, unless another hook objects, or stops it. */
  readonly PreSkillShellCommand: {
    readonly permissionDecision?: "allow" | "deny";
    readonly permissionDecisionReason?: string;
  };
  /** Changes what the model sees of the call. */
  readonly PostToolUse: HookContextOutput & {
    readonly updatedToolOutput?: unknown;
    readonly updatedMCPToolOutput?: unknown;
    readonly classifierContext?: string;
  };
  /** Adds to what the model sees. */
  readonly PostToolUseFailure: HookContextOutput;
  /** Adds to what the model sees. */
  readonly PostToolBatch: HookContextOutput;
  /** Adds to what the model sees. */
  readonly Notification: HookContextOutput;
  /** Adds to the prompt, or names the session. */
  readonly UserPromptSubmit: HookContextOutput & {
    readonly sessionTitle?: string;
    readonly suppressOriginalPrompt?: boolean;
  };
  /** Adds to the prompt. */
  readonly UserPromptExpansion: HookContextOutput & {
    readonly suppressOriginalPrompt?: boolean;
  };
  /** Adds to what the model sees, or names the session. */
  readonly SessionStart: HookContextOutput & HookWatchOutput & {
    readonly initialUserMessage?: string;
    readonly sessionTitle?: string;
    readonly reloadSkills?: boolean;
  };
  /** Adds to what the model sees. */
  readonly Setup: HookContextOutput;
  /** Makes the model continue, with this text as context. */
  readonly Stop: HookContextOutput;
  /** Adds to what the subagent sees. */
  readonly SubagentStart: HookContextOutput;
  /** Makes the subagent continue, with this text as context. */
  readonly SubagentStop: HookContextOutput;
  /** Decides on the change. */
  readonly PreModelSwitch: {
    readonly permissionDecision?: "allow" | "deny" | "ask";
    readonly permissionDecisionReason?: string;
  };
  /** Adds to what the new model sees. */
  readonly PostModelSwitch: HookContextOutput;
  /** Decides instead of a person. */
  readonly PermissionRequest: {
    readonly decision:
      | {
        readonly behavior: "allow";
        readonly updatedInput?: WireObject;
        readonly updatedPermissions?: readonly PermissionUpdate[];
      }
      | {
        readonly behavior: "deny";
        readonly message?: string;
        readonly interrupt?: boolean;
      };
  };
  /** Tells the model that it may try again. */
  readonly PermissionDenied: { readonly retry?: boolean };
  /** Answers instead of a person. CLI 2.1.330 ignores it: use the option `onElicitation`. */
  readonly Elicitation: HookElicitationOutput;
  /** Replaces the answer. CLI 2.1.330 ignores it. */
  readonly ElicitationResult: HookElicitationOutput;
  /** Files to watch. */
  readonly CwdChanged: HookWatchOutput;
  /** Files to watch. */
  readonly FileChanged: HookWatchOutput;
  /** Where the copy is. */
  readonly WorktreeCreate: { readonly worktreePath: string };
  /** Shown in place of the text. */
  readonly MessageDisplay: { readonly displayContent?: string };
}

/** Events with a specific part in the answer. */
export type SpecificEvent = keyof HookSpecificOutputs;

/** An answer in the CLI's own words, for what the functions of `hook` do not cover. */
export interface HookOutput<E extends HookEvent = HookEvent> {
  /**
   * `false` ends the turn. It does not stop what the event is about: after a
   * `PreToolUse` hook **the tool still runs**.
   */
  readonly continue?: boolean;
  /** Why, with `continue: false`. */
  readonly stopReason?: string;
  /** Keeps the answer out of the transcript. */
  readonly suppressOutput?: boolean;
  /** Shown to a person. */
  readonly systemMessage?: string;
  /** `block` stops what the event is about, if the CLI can. */
  readonly decision?: "approve" | "block";
  /** Why, with `decision`. */
  readonly reason?: string;
  /** A sequence for the terminal of a person, such as a bell. */
  readonly terminalSequence?: string;
  /** What only this event has. The name of the event is filled in if it is not given. */
  readonly hookSpecificOutput?: E extends SpecificEvent
    ? HookSpecificOutputs[E] & { readonly hookEventName?: E }
    : never;
}

/** An answer in the CLI's own words to an event that this version does not know. */
export interface UnknownHookOutput
  extends Omit<HookOutput, "hookSpecificOutput"> {
  /** What only this event has. The name of the event is filled in. */
  readonly hookSpecificOutput?: WireObject;
}

/** Whether a value is also an object on the wire, since `toJSON` can change it. */
function isJsonObject(value: unknown): boolean {
  return isWireObject(value) &&
    (JSON.stringify(value)?.startsWith("{") ?? false);
}

/** A `Map` and the like would be written as `{}`, which lets a tool run. */
function isPlain(value: WireObject): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

const text = v.optional(v.string());
const flag = v.optional(v.boolean());
const object = v.optional(v.custom<WireObject>(isJsonObject));
const texts = v.optional(v.array(v.string()));
const context = { additionalContext: text };
const watch = { watchPaths: texts };
const elicitation = {
  action: v.optional(v.picklist(["accept", "decline", "cancel"])),
  content: object,
};

const SPECIFIC: {
  readonly [E in SpecificEvent]: {
    readonly [K in keyof Required<HookSpecificOutputs[E]>]: v.GenericSchema;
  };
} = {
  PreToolUse: {
    ...context,
    permissionDecision: v.optional(
      v.picklist(["allow", "deny", "ask", "defer"]),
    ),
    permissionDecisionReason: text,
    updatedInput: object,
  },
  PreSkillShellCommand: {
    permissionDecision: v.optional(v.picklist(["allow", "deny"])),
    permissionDecisionReason: text,
  },
  PostToolUse: {
    ...context,
    updatedToolOutput: v.optional(v.unknown()),
    updatedMCPToolOutput: v.optional(v.unknown()),
    classifierContext: text,
  },
  PostToolUseFailure: context,
  PostToolBatch: context,
  Notification: context,
  UserPromptSubmit: {
    ...context,
    sessionTitle: text,
    suppressOriginalPrompt: flag,
  },
  UserPromptExpansion: { ...context, suppressOriginalPrompt: flag },
  SessionStart: {
    ...context,
    ...watch,
    initialUserMessage: text,
    sessionTitle: text,
    reloadSkills: flag,
  },
  Setup: context,
  Stop: context,
  SubagentStart: context,
  SubagentStop: context,
  PreModelSwitch: {
    permissionDecision: v.optional(v.picklist(["allow", "deny", "ask"])),
    permissionDecisionReason: text,
  },
  PostModelSwitch: context,
  PermissionRequest: {
    decision: v.variant("behavior", [
      v.strictObject({
        behavior: v.literal("allow"),
        updatedInput: object,
        updatedPermissions: v.optional(
          v.array(v.custom<WireObject>(isWireObject)),
        ),
      }),
      v.strictObject({
        behavior: v.literal("deny"),
        message: text,
        interrupt: flag,
      }),
    ]),
  },
  PermissionDenied: { retry: flag },
  Elicitation: elicitation,
  ElicitationResult: elicitation,
  CwdChanged: watch,
  FileChanged: watch,
  WorktreeCreate: { worktreePath: v.string() },
  MessageDisplay: { displayContent: text },
};

function specificOf(event: string): v.GenericSchema {
  // The CLI knows what belongs there.
  if (!isKnownEvent(event)) return object;
  if (!Object.hasOwn(SPECIFIC, event)) {
    return v.optional(v.undefined(`"${event}" has no hookSpecificOutput`));
  }
  return v.optional(v.strictObject({
    hookEventName: v.optional(v.literal(event)),
    ...SPECIFIC[event as SpecificEvent],
  }));
}

/** The schema of an answer in the words of the CLI. */
export function outputSchema(event: string): v.GenericSchema {
  return v.strictObject({
    continue: flag,
    stopReason: text,
    suppressOutput: flag,
    systemMessage: text,
    decision: v.optional(v.picklist(["approve", "block"])),
    reason: text,
    terminalSequence: text,
    hookSpecificOutput: specificOf(event),
  });
}

/** An answer as the CLI takes it, or why it would not. */
export type CheckedOutput =
  | { readonly output: WireObject; readonly issue?: undefined }
  | { readonly output?: undefined; readonly issue: string };

/** Checks an answer in the CLI's own words, and fills in the name of the event. */
export function checkOutput(event: string, answer: unknown): CheckedOutput {
  if (!isWireObject(answer) || !isPlain(answer)) {
    return {
      issue: "expected a plain object, a value of `hook`, or undefined",
    };
  }
  const { hookSpecificOutput: given } = answer;
  // To valibot a list without entries is an object, too.
  if (given !== undefined && !(isWireObject(given) && isPlain(given))) {
    return { issue: `expected "hookSpecificOutput" to be a plain object` };
  }
  const read = v.safeParse(outputSchema(event), answer);
  if (!read.success) {
    const [issue] = read.issues;
    const path = v.getDotPath(issue);
    return {
      issue: path === null ? issue.message : `"${path}": ${issue.message}`,
    };
  }
  const { hookSpecificOutput: specific } = answer;
  return {
    output: isWireObject(specific)
      ? {
        ...answer,
        hookSpecificOutput: { ...specific, hookEventName: event },
      }
      : answer,
  };
}
