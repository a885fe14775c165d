import * as v from "valibot";
import {
  type FieldIssue,
  type Reads,
  shape,
  wire,
  wireOptional,
} from "../messages/_define.ts";

/** A slash command. */
export interface CommandInfo {
  /** Its name, without the slash. */
  readonly name: string;
  /** What it does. */
  readonly description?: string;
  /** What to write behind it. */
  readonly argumentHint?: string;
}

/** A kind of subagent. */
export interface AgentInfo {
  /** Its name. */
  readonly name: string;
  /** What it is for. */
  readonly description?: string;
  /** Its model, where it has one of its own. */
  readonly model?: string;
}

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
}

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
 * What the CLI says of itself when a session starts, before any prompt.
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

const initializeInfo: Reads<InitializeInfo> = shape<InitializeInfo>({
  commands: wire(
    "commands",
    v.array(shape<CommandInfo>({
      name: wire("name", v.string()),
      description: wireOptional("description", v.string()),
      argumentHint: wireOptional("argumentHint", v.string()),
    })),
  ),
  agents: wire(
    "agents",
    v.array(shape<AgentInfo>({
      name: wire("name", v.string()),
      description: wireOptional("description", v.string()),
      model: wireOptional("model", v.string()),
    })),
  ),
  models: wire(
    "models",
    v.array(shape<ModelInfo>({
      value: wire("value", v.string()),
      resolvedModel: wireOptional("resolvedModel", v.string()),
      displayName: wireOptional("displayName", v.string()),
      description: wireOptional("description", v.string()),
    })),
  ),
  account: wire(
    "account",
    shape<AccountInfo>({
      tokenSource: wireOptional("tokenSource", v.string()),
      apiKeySource: wireOptional("apiKeySource", v.string()),
      apiProvider: wireOptional("apiProvider", v.string()),
      email: wireOptional("email", v.string()),
      organization: wireOptional("organization", v.string()),
      subscriptionType: wireOptional("subscriptionType", v.string()),
    }),
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

/** Reads the response of `initialize`, or says what did not fit. */
export function readInitializeInfo(
  raw: unknown,
): InitializeInfo | { readonly issues: readonly FieldIssue[] } {
  const read = v.safeParse(initializeInfo, raw);
  if (read.success) return read.output;
  return {
    issues: read.issues.map((issue) => ({
      path: v.getDotPath(issue) ?? "",
      message: issue.message,
    })),
  };
}
