/**
 * The answer to the handshake.
 *
 * @module
 */

import * as v from "valibot";
import {
  type Reads,
  shape,
  wire,
  type WireObject,
  wireOptional,
} from "../messages/_define.ts";
import { readsAs } from "../messages/_shapes.ts";
import { listOf } from "./call.ts";

/** A slash command or skill. */
export interface CommandInfo {
  /** Its name, without the slash. */
  readonly name: string;
  /** What it does. */
  readonly description?: string;
  /** Hint about its arguments. */
  readonly argumentHint?: string;
  /** Alternative names. */
  readonly aliases?: readonly string[];
  /** Whether it is built into the CLI. */
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
  /** Its model, if it differs from the session's. */
  readonly model?: string;
}

/** Reads {@linkcode AgentInfo}. */
export const agentInfo: Reads<AgentInfo> = shape<AgentInfo>({
  name: wire("name", v.string()),
  description: wireOptional("description", v.string()),
  model: wireOptional("model", v.string()),
});

/** A model that can be chosen. */
export interface ModelInfo {
  /** The value for `model`. */
  readonly value: string;
  /** The full name behind it. Not sent by CLI 2.1.197. */
  readonly resolvedModel?: string;
  /** Its name for people. */
  readonly displayName?: string;
  /** What it is good for. */
  readonly description?: string;
  /** Whether `effort` has an effect on it. */
  readonly supportsEffort?: boolean;
  /** The levels of effort that it accepts. */
  readonly supportedEffortLevels?: readonly string[];
  /** Whether the model itself decides how much to think. */
  readonly supportsAdaptiveThinking?: boolean;
  /** Whether thinking can be turned off. */
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

/** Who is signed in, and how. */
export interface AccountInfo {
  /** Where the sign-in comes from; `none` without one. */
  readonly tokenSource?: string;
  /** Where an API key comes from, such as `ANTHROPIC_API_KEY`; `none` without one. */
  readonly apiKeySource?: string;
  /** `firstParty`, `bedrock`, `vertex`, … */
  readonly apiProvider?: string;
  /** Address of the account. */
  readonly email?: string;
  /** Its organization. */
  readonly organization?: string;
  /** Its plan. */
  readonly subscriptionType?: string;
}

/**
 * What the CLI says about itself when a session starts, before any prompt. A list is
 * empty if the CLI sends none that this version can read.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_04-initialize.ndjson. CLI 2.1.197 sends
 * no version and no mode.
 */
export interface InitializeInfo {
  /** Slash commands. */
  readonly commands: readonly CommandInfo[];
  /** Kinds of subagents. */
  readonly agents: readonly AgentInfo[];
  /** Models that can be chosen. */
  readonly models: readonly ModelInfo[];
  /** Who is signed in, and how. Whether a key is accepted shows only with the first prompt. */
  readonly account: AccountInfo;
  /** Name of the output style. */
  readonly outputStyle?: string;
  /** Names of the output styles that can be chosen. */
  readonly availableOutputStyles?: readonly string[];
  /** Version of the CLI. */
  readonly claudeCodeVersion?: string;
  /** Permission mode. */
  readonly permissionMode?: string;
  /** Process id, as the CLI knows it. */
  readonly pid?: number;
}

/** The items of a list that fit; empty if a newer CLI has something else there. */
function known<T>(item: Reads<T>): Reads<readonly T[]> {
  const list = v.fallback(listOf(item), []);
  return readsAs(list, v.array(item)) as Reads<readonly T[]>;
}

const account = shape<AccountInfo>({
  tokenSource: wireOptional("tokenSource", v.string()),
  apiKeySource: wireOptional("apiKeySource", v.string()),
  apiProvider: wireOptional("apiProvider", v.string()),
  email: wireOptional("email", v.string()),
  organization: wireOptional("organization", v.string()),
  subscriptionType: wireOptional("subscriptionType", v.string()),
});

// Every control request waits for the start. If a list of commands could make it fail,
// interrupt() would fail too.
/** Reads the answer to the handshake. */
export const initializeInfo: Reads<InitializeInfo> = shape<InitializeInfo>({
  commands: wire("commands", known(commandInfo)),
  agents: wire("agents", known(agentInfo)),
  models: wire("models", known(modelInfo)),
  account: wire(
    "account",
    readsAs(v.fallback(account, {}), account) as Reads<AccountInfo>,
  ),
  outputStyle: wireOptional("output_style", v.string()),
  availableOutputStyles: wireOptional(
    "available_output_styles",
    v.array(v.string()),
  ),
  claudeCodeVersion: wireOptional("claude_code_version", v.string()),
  permissionMode: wireOptional("current_permission_mode", v.string()),
  pid: wireOptional("pid", v.number()),
});

/** Reads the response of `initialize`. What does not fit is left out. Never throws. */
export function readInitializeInfo(response: WireObject): InitializeInfo {
  return v.parse(initializeInfo, response);
}
