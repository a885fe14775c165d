/**
 * What a turn or a session used, by model, agent and tool. Pure.
 *
 * @module
 */

import type { ClaudeEvent, ClaudeMessage } from "../events/mod.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import type { Result } from "../messages/result.ts";
import type { ModelUsage } from "../messages/usage.ts";
import {
  grownBy,
  keyOf,
  NO_COST,
  partsOf,
  rounded,
  scaleOf,
  sum,
  type TokensAndCost,
} from "./tokens_and_cost.ts";
import {
  addUsage,
  lessUsage,
  NO_TOKENS,
  roundUsd,
  type SessionUsage,
  shares,
  tokensOf,
  weightOf,
} from "./usage.ts";

/** What an agent did, without the subagents that it started. */
export interface AgentStats extends TokensAndCost {
  /** The call of the tool `Agent` that started it; `null` for the main agent. */
  readonly toolUseId: string | null;
  /** Its id. Absent for the main agent, and on CLI 2.1.197. */
  readonly agentId?: string;
  /** Its kind, such as `"general-purpose"`. Absent for the main agent. */
  readonly subagentType?: string;
  /** How many tools it called. */
  readonly toolCalls: number;
  /**
   * Whether its usage is an estimate, because other subagents ran at the same time: their common
   * usage is divided evenly. A stream does not show each reply of a subagent; a transcript does.
   */
  readonly isEstimate: boolean;
  /** The subagents that it started. */
  readonly agents: readonly AgentStats[];
}

/** How often a tool was called. */
export interface ToolStats {
  /** Calls, those without a result too. */
  readonly calls: number;
  /** Calls that failed, or were denied. */
  readonly errors: number;
  /** Time of the calls, in milliseconds; the times of parallel ones add up. */
  readonly durationMs: number;
}

/** Numbers of a turn or a session. */
export interface Stats extends TokensAndCost {
  /** Results: turns that came to an end. 0 for a transcript, which has none. */
  readonly turns: number;
  /** Tokens and cost by model. The sums are those of the whole. */
  readonly models: Readonly<Record<string, TokensAndCost>>;
  /**
   * Tokens and cost by agent: the main agent, with the tree of its subagents. Together with
   * `other` the sums are those of the whole. The CLI tells the cost of a model; it is shared
   * out by tokens, a token of a reply as five that are sent.
   */
  readonly main: AgentStats;
  /** What no reply shows: titles, summaries, attempts that failed. */
  readonly other: TokensAndCost;
  /** Calls by the name of the tool, those of subagents too. */
  readonly tools: Readonly<Record<string, ToolStats>>;
  /** Time of the turns, in milliseconds. Absent if no turn has ended. */
  readonly durationMs?: number;
  /** Time in calls of the API, in milliseconds. Absent if the CLI does not tell. */
  readonly apiMs?: number;
  /** Time of the main agent's tools, in milliseconds; the times of parallel ones add up. */
  readonly toolMs: number;
  /** How long calls of the main agent waited for a decision, in milliseconds. */
  readonly waitMs: number;
  /** Time to the first token of the first turn, in milliseconds. Not sent by CLI 2.1.197. */
  readonly firstTokenMs?: number;
}

/** Totals that the CLI counted: those of one turn, or of a whole transcript. */
export interface CountedTotals {
  /** Tokens and cost by model. */
  readonly models: Readonly<Record<string, ModelUsage>> | undefined;
  /** Cost, in US dollars. */
  readonly costUsd: number;
  /** Tokens of the replies of the main agent. */
  readonly mainOutputTokens?: number;
  /** Time in calls of the API, in milliseconds. */
  readonly apiMs?: number;
}

/** A reply of a model. */
interface Reply {
  readonly owner: string | null;
  readonly model: string;
  tokens: SessionUsage;
  /** Whether the tokens of the reply are all there: what comes first says how many only later. */
  isWhole: boolean;
}

interface Agent {
  agentId: string | undefined;
  subagentType: string | undefined;
  used: TokensAndCost;
  toolCalls: number;
  isEstimate: boolean;
}

/** Counts tokens, cost, calls and time from events. */
export class StatsCounter {
  readonly #agents = new Map<string | null, Agent>();
  /** Whose call it is, by the id of the call. */
  readonly #callers = new Map<string, string | null>();
  /** When calls were whole, in milliseconds since 1970. */
  readonly #calledMs = new Map<string, number>();
  readonly #models = new Map<string, TokensAndCost>();
  readonly #tools = new Map<string, ToolStats>();
  /** Replies since the last result, by the id of the message. */
  readonly #replies = new Map<string, Reply>();
  /** Subagents that did something since the last result. */
  readonly #active = new Set<string>();
  /** Replies that were settled last: a block of one may come late. */
  #settled: ReadonlySet<string> = new Set();
  /** Calls since the last result, and those before it: a subagent may be heard of late. */
  #called: Set<string> = new Set();
  #calledBefore: ReadonlySet<string> = new Set();
  #other = NO_COST;
  #costUsd = 0;
  #turns = 0;
  #durationMs: number | undefined;
  #apiMs: number | undefined;
  #firstTokenMs: number | undefined;
  #toolMs = 0;
  #waitMs = 0;
  #last: Result | undefined;

  /** @param before The result before the first event, if it was of the same process. */
  constructor(before?: Result) {
    this.#last = before;
    this.#agentOf(null);
  }

  /** Takes the next event. */
  add(event: ClaudeEvent | ClaudeMessage): void {
    if (
      "parentToolUseId" in event && typeof event.parentToolUseId === "string"
    ) {
      this.#active.add(event.parentToolUseId);
      this.#name(event.parentToolUseId, event);
    }
    switch (event.type) {
      case "assistant_text":
      case "thinking":
      case "assistant_message":
        this.#reply(event.raw, event);
        break;
      case "tool_use":
        this.#reply(event.raw, event);
        this.#call(event.toolUseId, event.name, event.parentToolUseId);
        if (event.parentToolUseId === null) {
          this.#calledMs.set(event.toolUseId, timeOf(event.raw));
        }
        break;
      case "stream_delta":
        this.#finish(event.event, event.messageId);
        break;
      case "tool_result": {
        const { toolUseId, toolName = "unknown", isError } = event;
        const durationMs = event.durationMs ?? 0;
        const tool = this.#toolOf(toolName);
        this.#tools.set(toolName, {
          calls: tool.calls,
          errors: tool.errors + (isError ? 1 : 0),
          durationMs: tool.durationMs + durationMs,
        });
        if (event.parentToolUseId !== null) break;
        this.#toolMs += durationMs;
        const tookMs = timeOf(event.raw) -
          (this.#calledMs.get(toolUseId) ?? NaN);
        this.#calledMs.delete(toolUseId);
        if (tookMs > durationMs) this.#waitMs += tookMs - durationMs;
        break;
      }
      case "result":
        this.#end(event);
        break;
      default:
        break;
    }
  }

  #toolOf(name: string): ToolStats {
    return this.#tools.get(name) ?? { calls: 0, errors: 0, durationMs: 0 };
  }

  #call(id: string, name: string, owner: string | null): void {
    if (this.#callers.has(id)) return;
    this.#callers.set(id, owner);
    this.#called.add(id);
    this.#agentOf(owner).toolCalls++;
    const tool = this.#toolOf(name);
    this.#tools.set(name, { ...tool, calls: tool.calls + 1 });
  }

  #agentOf(owner: string | null): Agent {
    const known = this.#agents.get(owner);
    if (known !== undefined) return known;
    const agent: Agent = {
      agentId: undefined,
      subagentType: undefined,
      used: NO_COST,
      toolCalls: 0,
      isEstimate: false,
    };
    this.#agents.set(owner, agent);
    return agent;
  }

  #name(
    owner: string,
    { agentId, subagentType }: {
      readonly agentId?: string | undefined;
      readonly subagentType?: string | undefined;
    },
  ): void {
    const agent = this.#agentOf(owner);
    agent.agentId ??= agentId;
    agent.subagentType ??= subagentType;
  }

  #reply(
    raw: unknown,
    { parentToolUseId: owner }: { readonly parentToolUseId: string | null },
  ): void {
    const message = isWireObject(raw) && isWireObject(raw.message)
      ? raw.message
      : undefined;
    const { id, model, usage, stop_reason } = message ?? {};
    // What the CLI says in the place of a model costs nothing.
    if (typeof id !== "string" || model === "<synthetic>") return;
    if (typeof model !== "string" || !isWireObject(usage)) return;
    if (this.#settled.has(id)) return;
    const known = this.#replies.get(id);
    if (known?.isWhole === true) return;
    this.#replies.set(id, {
      owner,
      model,
      tokens: tokensOf(usage),
      // In a stream the blocks come with what was known when the reply began.
      isWhole: typeof stop_reason === "string",
    });
  }

  /** The end of a reply tells how many tokens it has. */
  #finish({ type, usage }: WireObject, id: string | undefined): void {
    const reply = id === undefined ? undefined : this.#replies.get(id);
    if (reply === undefined || type !== "message_delta") return;
    if (!isWireObject(usage)) return;
    const { outputTokens } = tokensOf(usage);
    reply.tokens = { ...reply.tokens, outputTokens };
    reply.isWhole = true;
  }

  #end(result: Result): void {
    const { durationApiMs, ttftMs, usage } = result;
    this.#turns++;
    this.#durationMs = (this.#durationMs ?? 0) + result.durationMs;
    this.#firstTokenMs ??= ttftMs;
    const apiBefore = this.#last?.durationApiMs ?? 0;
    this.settle({
      models: result.modelUsageSinceLastResult ??
        grownBy(result.modelUsage, this.#last?.modelUsage),
      costUsd: result.costUsd,
      mainOutputTokens: usage.outputTokens,
      // Less than before is a new process, which counts from nothing.
      ...durationApiMs === undefined ? {} : {
        apiMs: durationApiMs >= apiBefore
          ? durationApiMs - apiBefore
          : durationApiMs,
      },
    });
    this.#last = result;
  }

  /** Shares out what the CLI counted over the replies since the last time. */
  settle(totals: CountedTotals): void {
    const replies = [...this.#replies.values()];
    this.#settled = new Set(this.#replies.keys());
    this.#forgetCalls();
    this.#replies.clear();
    this.#costUsd += totals.costUsd;
    if (totals.apiMs !== undefined) {
      this.#apiMs = (this.#apiMs ?? 0) + totals.apiMs;
    }
    const { mainOutputTokens: mainOutput } = totals;
    if (mainOutput !== undefined) {
      completeReplies(
        replies.filter(({ owner }) => owner === null),
        mainOutput,
      );
    }
    const models = totals.models ?? {};
    const names = Object.keys(models);
    const scale = scaleOf(Object.values(models), totals.costUsd);
    const rest = new Set(replies);
    const heard = new Set(replies.map(({ owner }) => owner));
    const quiet = mainOutput === undefined
      ? []
      : [...this.#active].filter((owner) => !heard.has(owner));
    this.#active.clear();
    for (const [name, counted] of Object.entries(models)) {
      const mine = replies.filter(({ model }) => keyOf(model, models) === name);
      for (const reply of mine) rest.delete(reply);
      this.#share(name, mine, {
        ...tokensOf(counted),
        costUsd: names.length === 1 ? totals.costUsd : counted.costUsd * scale,
      }, name === names[0] ? quiet : []);
    }
    // A CLI that does not count by model, or a turn that did not come to its end.
    const others = Map.groupBy(rest, ({ model }) => model);
    for (const [model, mine] of others) {
      const tokens = mine.map((reply) => reply.tokens).reduce(
        addUsage,
        NO_TOKENS,
      );
      this.#share(model, mine, { ...tokens, costUsd: 0 }, []);
    }
    if (names.length === 0 && totals.costUsd > 0) {
      this.#other = sum(this.#other, { ...NO_TOKENS, costUsd: totals.costUsd });
    }
  }

  /**
   * Shares out what one model used.
   *
   * @param quiet Subagents of whose replies none was told.
   */
  #share(
    model: string,
    replies: readonly Reply[],
    total: TokensAndCost,
    quiet: readonly string[],
  ): void {
    const known = this.#models.get(model) ?? NO_COST;
    this.#models.set(model, sum(known, total));
    const open = new Set(
      replies.flatMap(({ owner, isWhole }) =>
        owner === null || isWhole ? [] : [owner]
      ),
    );
    completeReplies(replies, total.outputTokens);
    const seen = replies.map(({ tokens }) => tokens)
      .reduce(addUsage, NO_TOKENS);
    const hidden = lessUsage(total, seen);
    // A stream omits the replies of subagents, so the remaining usage is attributed to those that
    // ran.
    const hiders = [...open, ...quiet];
    const parts = [
      ...replies,
      ...partsOf(hidden, hiders.length).map((tokens, at) => ({
        owner: hiders[at],
        tokens,
      })),
    ];
    const costs = shares(
      total.costUsd,
      parts.map(({ tokens }) => weightOf(tokens)),
    );
    for (const [at, { owner, tokens }] of parts.entries()) {
      const used = { ...tokens, costUsd: costs[at] ?? 0 };
      if (owner === undefined) {
        this.#other = sum(this.#other, used);
        continue;
      }
      const agent = this.#agentOf(owner);
      agent.used = sum(agent.used, used);
      if (hiders.length > 1 && owner !== null && hiders.includes(owner)) {
        agent.isEstimate = true;
      }
    }
  }

  /** Forgets calls that started no subagent: a session has any number of them. */
  #forgetCalls(): void {
    for (const id of this.#calledBefore) {
      if (!this.#agents.has(id)) this.#callers.delete(id);
    }
    this.#calledBefore = this.#called;
    this.#called = new Set();
  }

  /** Returns the statistics so far. A turn without a result is counted as far as known. */
  stats(): Stats {
    const copy = this.#replies.size === 0 ? this : this.#copy();
    if (copy !== this) copy.settle({ models: undefined, costUsd: 0 });
    return copy.#stats();
  }

  /** Returns a copy that can be counted further without a change of this one. */
  #copy(): StatsCounter {
    const copy = new StatsCounter(this.#last);
    for (const [owner, agent] of this.#agents) {
      copy.#agents.set(owner, { ...agent });
    }
    for (const [id, owner] of this.#callers) copy.#callers.set(id, owner);
    for (const [name, used] of this.#models) copy.#models.set(name, used);
    for (const [name, tool] of this.#tools) copy.#tools.set(name, tool);
    for (const [id, reply] of this.#replies) {
      copy.#replies.set(id, { ...reply });
    }
    copy.#other = this.#other;
    copy.#costUsd = this.#costUsd;
    copy.#turns = this.#turns;
    copy.#durationMs = this.#durationMs;
    copy.#apiMs = this.#apiMs;
    copy.#firstTokenMs = this.#firstTokenMs;
    copy.#toolMs = this.#toolMs;
    copy.#waitMs = this.#waitMs;
    return copy;
  }

  #stats(): Stats {
    const models = [...this.#models.values()];
    const all = models.reduce<SessionUsage>(addUsage, NO_TOKENS);
    return {
      costUsd: roundUsd(this.#costUsd),
      ...all,
      turns: this.#turns,
      models: Object.fromEntries(
        [...this.#models].map(([name, used]) => [name, rounded(used)]),
      ),
      main: this.#tree(null, new Set()),
      other: rounded(this.#other),
      tools: Object.fromEntries(this.#tools),
      ...this.#durationMs === undefined ? {} : { durationMs: this.#durationMs },
      ...this.#apiMs === undefined ? {} : { apiMs: this.#apiMs },
      toolMs: this.#toolMs,
      waitMs: this.#waitMs,
      ...this.#firstTokenMs === undefined
        ? {}
        : { firstTokenMs: this.#firstTokenMs },
    };
  }

  /** Subagents in the order of their calls, which is not that in which they are heard of. */
  #started(): readonly string[] {
    const called = [...this.#callers.keys()].filter((id) =>
      this.#agents.has(id)
    );
    return [...new Set([...called, ...this.#agents.keys()])]
      .filter((id) => id !== null);
  }

  #tree(owner: string | null, above: Set<string | null>): AgentStats {
    const { agentId, subagentType, used, ...rest } = this.#agentOf(owner);
    above.add(owner);
    const agents = this.#started().filter((id) => {
      if (above.has(id)) return false;
      const caller = this.#callers.get(id) ?? null;
      // One whose caller is not known hangs at the top, so that no number is lost.
      return (this.#agents.has(caller) ? caller : null) === owner;
    }).map((id) => this.#tree(id, above));
    return {
      toolUseId: owner,
      ...agentId === undefined ? {} : { agentId },
      ...subagentType === undefined ? {} : { subagentType },
      ...rounded(used),
      ...rest,
      agents,
    };
  }
}

/**
 * Shares out the tokens of replies that did not tell how many they have.
 *
 * @param outputTokens Those of all the replies.
 */
function completeReplies(
  replies: readonly Reply[],
  outputTokens: number,
): void {
  const open = replies.filter(({ isWhole }) => !isWhole);
  const measured = replies.filter(({ isWhole }) => isWhole)
    .reduce((all, { tokens }) => all + tokens.outputTokens, 0);
  let left = Math.max(outputTokens - measured, 0);
  for (const [at, reply] of open.entries()) {
    const mine = Math.floor(left / (open.length - at));
    left -= mine;
    reply.tokens = { ...reply.tokens, outputTokens: mine };
    reply.isWhole = true;
  }
}

/** When the CLI wrote something, in milliseconds since 1970; `NaN` if it does not say. */
function timeOf(raw: unknown): number {
  return isWireObject(raw) && typeof raw.timestamp === "string"
    ? Date.parse(raw.timestamp)
    : NaN;
}
