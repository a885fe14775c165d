import * as v from "valibot";
import { type Reads, shape, wire, wireOptional } from "../messages/_define.ts";

/** A slash command or skill. */
export interface CommandInfo {
  /** Its name, without the slash. */
  readonly name: string;
  /** What it does. */
  readonly description?: string;
  /** What to write behind it. */
  readonly argumentHint?: string;
  /** Other names of it. */
  readonly aliases?: readonly string[];
  /** It is the CLI's own. */
  readonly builtin?: boolean;
}

/** Reads {@linkcode CommandInfo}. */
export const commandInfo: Reads<CommandInfo> = shape<CommandInfo>({
  name: wire("name", v.string()),
  description: wireOptional("description", v.string()),
  argumentHint: wireOptional("argumentHint", v.string()),
  aliases: wireOptional("aliases", v.array(v.string())),
  builtin: wireOptional("builtin", v.boolean()),
});

/** A kind of subagent. */
export interface AgentInfo {
  /** Its name. */
  readonly name: string;
  /** What it is for. */
  readonly description?: string;
  /** Its model, where it has one of its own. */
  readonly model?: string;
}

/** Reads {@linkcode AgentInfo}. */
export const agentInfo: Reads<AgentInfo> = shape<AgentInfo>({
  name: wire("name", v.string()),
  description: wireOptional("description", v.string()),
  model: wireOptional("model", v.string()),
});

/** A model on offer. */
export interface ModelInfo {
  /** What to give as `model`. */
  readonly value: string;
  /** The full name behind it. Not sent by CLI 2.1.197. */
  readonly resolvedModel?: string;
  /** Its name for people. */
  readonly displayName?: string;
  /** What it is good for. */
  readonly description?: string;
  /** Whether `effort` says anything to it. */
  readonly supportsEffort?: boolean;
  /** The levels of effort that it knows. */
  readonly supportedEffortLevels?: readonly string[];
  /** Whether it judges by itself how much to think. */
  readonly supportsAdaptiveThinking?: boolean;
  /** Whether it can do without thinking. */
  readonly supportsThinkingOff?: boolean;
  /** Whether it has a fast mode. */
  readonly supportsFastMode?: boolean;
  /** Whether it can be used in the permission mode `auto`. */
  readonly supportsAutoMode?: boolean;
}

/** Reads {@linkcode ModelInfo}. */
export const modelInfo: Reads<ModelInfo> = shape<ModelInfo>({
  value: wire("value", v.string()),
  resolvedModel: wireOptional("resolvedModel", v.string()),
  displayName: wireOptional("displayName", v.string()),
  description: wireOptional("description", v.string()),
  supportsEffort: wireOptional("supportsEffort", v.boolean()),
  supportedEffortLevels: wireOptional(
    "supportedEffortLevels",
    v.array(v.string()),
  ),
  supportsAdaptiveThinking: wireOptional(
    "supportsAdaptiveThinking",
    v.boolean(),
  ),
  supportsThinkingOff: wireOptional("supportsThinkingOff", v.boolean()),
  supportsFastMode: wireOptional("supportsFastMode", v.boolean()),
  supportsAutoMode: wireOptional("supportsAutoMode", v.boolean()),
});
