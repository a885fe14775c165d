import * as v from "valibot";
import {
  type Reads,
  shape,
  wire,
  type WireObject,
  wireOptional,
} from "../messages/_define.ts";
import {
  type AgentInfo,
  agentInfo,
  type CommandInfo,
  commandInfo,
  type ModelInfo,
  modelInfo,
} from "./_infos.ts";
import { readsAs } from "../messages/_shapes.ts";
import { listOf } from "./call.ts";

export type { AgentInfo, CommandInfo, ModelInfo } from "./_infos.ts";

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
 * What the CLI says of itself when a session starts, before any prompt. A list is empty
 * where the CLI sends none that this version can read.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_04-initialize.ndjson. CLI 2.1.197
 * sends no version and no mode.
 */
export interface InitializeInfo {
  /** Slash commands. */
  readonly commands: readonly CommandInfo[];
  /** Kinds of subagents. */
  readonly agents: readonly AgentInfo[];
  /** Models on offer. */
  readonly models: readonly ModelInfo[];
  /** Who is signed in, and how. Whether a key is accepted shows only with the first prompt. */
  readonly account: AccountInfo;
  /** Name of the output style. */
  readonly outputStyle?: string;
  /** Names of those on offer. */
  readonly availableOutputStyles?: readonly string[];
  /** Version of the CLI. */
  readonly claudeCodeVersion?: string;
  /** Permission mode. */
  readonly permissionMode?: string;
  /** Process id, as the CLI knows it. */
  readonly pid?: number;
}

/** What fits of a list, which a newer CLI may have changed. */
function known<T>(item: Reads<T>): Reads<readonly T[]> {
  const list = v.fallback(listOf(item), []);
  return readsAs(list, v.array(item)) as Reads<readonly T[]>;
}

const account: Reads<AccountInfo> = shape<AccountInfo>({
  tokenSource: wireOptional("tokenSource", v.string()),
  apiKeySource: wireOptional("apiKeySource", v.string()),
  apiProvider: wireOptional("apiProvider", v.string()),
  email: wireOptional("email", v.string()),
  organization: wireOptional("organization", v.string()),
  subscriptionType: wireOptional("subscriptionType", v.string()),
});

// Every control request waits for the start: one that failed over a list of commands
// would take interrupt() with it.
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

/** Reads the response of `initialize`. What does not fit is left out. Never fails. */
export function readInitializeInfo(response: WireObject): InitializeInfo {
  return v.parse(initializeInfo, response);
}
