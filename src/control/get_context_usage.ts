import * as v from "valibot";
import { type Reads, shape, wire, wireOptional } from "../messages/_define.ts";
import { type Usage, usage } from "../messages/usage.ts";
import {
  call,
  type ControlCall,
  type ControlOptions,
  listOf,
  orNull,
  word,
} from "./call.ts";

/** Options of `contextUsage()`. */
export interface ContextUsageOptions extends ControlOptions {
  /**
   * `"full"` counts each part, which may call the API; `"summary"` estimates from the
   * last reply. Default `"full"`.
   */
  readonly detail?: "summary" | "full";
}

/** What a part of the context is. */
export interface ContextCategory {
  /** Which part, such as `system_prompt`. Not sent by CLI 2.1.197. */
  readonly id?: string;
  /** Its name for people. */
  readonly name: string;
  /** Its size. */
  readonly tokens: number;
  /** `used`, `free`, `buffer` (kept for compaction) or `deferred` (not in the context). */
  readonly kind?: string;
}

/** A tool, file, agent or skill that takes room. */
export interface ContextItem {
  /** Its name, or for a file its path. */
  readonly name: string;
  /** Its size. */
  readonly tokens: number;
  /** Where it comes from: an MCP server, a kind of file, a source of agents or skills. */
  readonly from?: string;
}

/**
 * What fills the model's context.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export interface ContextUsage {
  /** Its parts, free room included. */
  readonly categories: readonly ContextCategory[];
  /** Tokens in use. */
  readonly totalTokens: number;
  /** Tokens that there is room for before compaction. */
  readonly maxTokens: number;
  /** Size of the model's context. */
  readonly rawMaxTokens?: number;
  /** How full it is, 0 to 100. */
  readonly percentage: number;
  /** Full name of the model. */
  readonly model: string;
  /** Tokens at which it is compacted. */
  readonly autoCompactThreshold?: number;
  /** Whether it is compacted. */
  readonly isAutoCompactEnabled?: boolean;
  /** Files such as `CLAUDE.md`. */
  readonly memoryFiles: readonly ContextItem[];
  /** Tools of MCP servers. */
  readonly mcpTools: readonly ContextItem[];
  /** Kinds of subagents. */
  readonly agents: readonly ContextItem[];
  /** Skills. */
  readonly skills: readonly ContextItem[];
  /** Tokens of the last reply, as the API counted them; `null` before the first. */
  readonly apiUsage: Usage | null;
}

function items(name: string, from: string): Reads<readonly ContextItem[]> {
  return v.optional(
    listOf(shape<ContextItem>({
      name: wire(name, v.string()),
      tokens: wire("tokens", v.number()),
      from: wireOptional(from, v.string()),
    })),
    [],
  ) as Reads<readonly ContextItem[]>;
}

const contextUsage: Reads<ContextUsage> = shape<ContextUsage>({
  categories: wire(
    "categories",
    listOf(shape<ContextCategory>({
      id: wireOptional("id", v.string()),
      name: wire("name", v.string()),
      tokens: wire("tokens", v.number()),
      kind: wireOptional("kind", v.string()),
    })),
  ),
  totalTokens: wire("totalTokens", v.number()),
  maxTokens: wire("maxTokens", v.number()),
  rawMaxTokens: wireOptional("rawMaxTokens", v.number()),
  percentage: wire("percentage", v.number()),
  model: wire("model", v.string()),
  autoCompactThreshold: wireOptional("autoCompactThreshold", v.number()),
  isAutoCompactEnabled: wireOptional("isAutoCompactEnabled", v.boolean()),
  memoryFiles: wire("memoryFiles", items("path", "type")),
  mcpTools: wire("mcpTools", items("name", "serverName")),
  agents: wire("agents", items("agentType", "source")),
  skills: wire("skills.skillFrontmatter", items("name", "source")),
  apiUsage: wire("apiUsage", orNull(usage)),
});

/** Asks what fills the context. */
export function contextUsageCall(
  { detail }: ContextUsageOptions = {},
): ControlCall<ContextUsage> {
  return call(
    "get_context_usage",
    detail === undefined
      ? {}
      : { detail: word("detail", detail, ["summary", "full"]) },
    contextUsage,
  );
}
