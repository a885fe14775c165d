/**
 * The state of a scripted session, and its lines. The shapes are those of CLI 2.1.330, see
 * `tests/transcripts/`.
 */

import {
  AGENT_NAMES,
  HOST_TOOLS,
  SKILLS,
  SLASH_COMMANDS,
  TOOLS,
} from "./catalog.ts";
import { Identifiers, ScriptedClock } from "./identifiers.ts";
import { type Launch, readLaunch } from "./launch.ts";
import type { PlayerOutput } from "./output.ts";
import type { Prompt } from "./prompt.ts";
import type {
  Heard,
  Ignored,
  JsonObject,
  ProcessScript,
  PromptScript,
  Scenario,
  ScriptedUsage,
  TextMatch,
  TurnScript,
} from "../scenario.ts";
import { matchesText } from "../text_match.ts";
import { CliVersion, DEFAULT_VERSION } from "./version.ts";
import { Spoiler } from "./spoil.ts";
import { modelUsage, type Spent, sum, turnUsage } from "./usage.ts";

/** How a player was started. */
export interface PlayerStart {
  /** Arguments of the command line. */
  readonly arguments: readonly string[];
  /** Number of the start, from 0. */
  readonly start: number;
  /** Working directory, which appears in some lines. */
  readonly workingDirectory: string;
  /** Id of the process, for the `initialize` response. */
  readonly pid: number;
  /** Seed for a scenario without one. */
  readonly fallbackSeed: string;
  /** Contents of the file of `--settings`, all regarded as valid. */
  readonly settings?: JsonObject;
}

/** A server of the host, after the handshake. */
export interface HostServer {
  readonly name: string;
  readonly tools: readonly string[];
}

/** A hook that the host registered. */
export interface HostHook {
  readonly event: string;
  readonly matcher: string | undefined;
  readonly callbackId: string;
}

/** The state of one process, shared by all its scripts. */
export class Stage {
  readonly cli: CliVersion;
  readonly script: ProcessScript;
  readonly identifiers: Identifiers;
  readonly clock: ScriptedClock;
  readonly launch: Launch;
  readonly pid: number;
  model: string;
  permissionMode: string;
  /** Texts of all prompts so far. */
  readonly prompts: string[] = [];
  /** Number of turns started. */
  turns = 0;
  /** Number of turns played from the script's list. */
  listed = 0;
  /** How often each entry of `onPrompt` was played. */
  readonly matched: Map<PromptScript, number> = new Map();
  /** The last answer of the host to a request of the scenario. */
  lastAnswer = "";
  lastToolUseId = "";
  /** The result of the last tool call. */
  lastToolResult = "";
  /** The input that the last tool call ran with, as JSON. */
  lastToolInput = "";
  /** Id of the last prompt, which hooks receive. */
  promptId = "";
  servers: readonly HostServer[] = [];
  /** Original names of the host's tools, by the name that the model sees. */
  readonly toolNames: Map<string, { server: string; tool: string }> = new Map();
  hooks: readonly HostHook[] = [];
  /** Ids of requests to the host that are not answered yet. */
  readonly openRequests: Set<string> = new Set();
  readonly tasks: Map<string, JsonObject> = new Map();
  readonly ignored: Set<Ignored>;
  /** Prompts that no turn has taken yet. */
  readonly queue: Prompt[] = [];
  /** Key of the step that waits for the next prompt, if any. */
  promptKey: string | undefined;
  turnRunning = false;
  deaf = false;
  chunkBytes: number | undefined;
  readonly spoiler = new Spoiler();
  /** Effective settings, by source. */
  readonly settings: JsonObject[] = [];
  lastResultFailed = false;
  nextUsage: ScriptedUsage | undefined;
  #sinceResult: Spent[] = [];
  readonly #totals: Spent[] = [];
  #messages = 0;
  #results = 0;

  constructor(scenario: Scenario, start: PlayerStart) {
    const last = scenario.processes.length - 1;
    this.script = scenario.processes[Math.min(start.start, last)] ?? {};
    this.cli = new CliVersion(scenario.version ?? DEFAULT_VERSION);
    this.identifiers = new Identifiers(
      `${scenario.seed ?? start.fallbackSeed}/${start.start}`,
    );
    this.clock = new ScriptedClock(
      scenario.startTime ?? "2026-01-01T00:00:00.000Z",
    );
    this.launch = readLaunch(
      start.arguments,
      this.identifiers,
      start.workingDirectory,
    );
    this.pid = start.pid;
    if (start.settings !== undefined) {
      this.settings.push({ source: "flagSettings", settings: start.settings });
    }
    this.model = this.cli.isOldest && this.launch.model === "claude-opus-5-5"
      ? "claude-opus-4-8[1m]"
      : this.launch.model;
    this.permissionMode = this.launch.permissionMode ?? this.cli.permissionMode;
    this.ignored = new Set(this.script.ignore);
  }

  /** Returns the script of the turn for this prompt. */
  turnFor(prompt: string): TurnScript | undefined {
    const { onPrompt = [], turns = [], forEveryPrompt } = this.script;
    for (const one of onPrompt) {
      const times = this.matched.get(one) ?? 0;
      if (times >= (one.times ?? Infinity)) continue;
      if (!matchesText(prompt, one.prompt)) continue;
      this.matched.set(one, times + 1);
      return one.turn;
    }
    return turns[this.listed++] ?? forEveryPrompt;
  }

  /** Whether the text that a step looks at matches. */
  isHeard({ heard, is }: { readonly heard: Heard; readonly is: TextMatch }) {
    return matchesText(this.#heard(heard), is);
  }

  #heard(what: Heard): string {
    switch (what) {
      case "prompt":
        return this.prompts.at(-1) ?? "";
      case "answer":
        return this.lastAnswer;
      case "tool_result":
        return this.lastToolResult;
      case "tool_input":
        return this.lastToolInput;
    }
  }

  /** Returns a line, or nothing if this version does not write such lines. */
  line(object: JsonObject): PlayerOutput[] {
    const line = this.cli.line(object);
    if (line === undefined) return [];
    return this.spoiler.pass(object["type"], {
      do: "line",
      line: JSON.stringify(line),
      ...(this.chunkBytes === undefined ? {} : { chunkBytes: this.chunkBytes }),
    });
  }

  /** Returns `session_id` and a new `uuid`. */
  ids(): JsonObject {
    return {
      session_id: this.launch.sessionId,
      uuid: this.identifiers.uuid(),
    };
  }

  system(subtype: string, fields: JsonObject): PlayerOutput[] {
    return this.line({ type: "system", subtype, ...fields, ...this.ids() });
  }

  lifecycle(commandUuid: string, state: string): PlayerOutput[] {
    return this.line({
      type: "command_lifecycle",
      command_uuid: commandUuid,
      state,
      ...this.ids(),
    });
  }

  init(userMessageUuids: readonly string[]): PlayerOutput[] {
    const directory = this.launch.workingDirectory;
    const servers = this.servers;
    return this.line({
      type: "system",
      subtype: "init",
      cwd: directory,
      session_id: this.launch.sessionId,
      tools: [
        ...TOOLS,
        ...(this.launch.asksHost ? HOST_TOOLS : []),
        ...servers.flatMap((server) => server.tools),
      ],
      mcp_servers: servers.map(({ name }) => ({
        name,
        status: "connected",
        source: "sdk",
      })),
      model: this.model,
      permissionMode: this.permissionMode,
      slash_commands: SLASH_COMMANDS,
      terminal_slash_commands: ["doctor", "color", "focus"],
      apiKeySource: "ANTHROPIC_API_KEY",
      claude_code_version: this.cli.number,
      output_style: "default",
      agents: AGENT_NAMES,
      skills: SKILLS,
      plugins: [],
      capabilities: this.cli.capabilities,
      analytics_disabled: true,
      product_feedback_disabled: true,
      served_by_anthropic: false,
      sandbox_enabled: false,
      uuid: this.identifiers.uuid(),
      memory_paths: { auto: `${directory}/.claude/memory/` },
      original_cwd: directory,
      additional_directories: [],
      messaging_socket_path: `${directory}/.claude/${this.pid}.sock`,
      fast_mode_state: "off",
      fast_mode_disabled_reason: "sdk_opt_in_required",
      per_turn_effort_active: true,
      ultrathink_available: false,
      ultrathink_typed_raises: false,
      view_mode: "default",
      ...(userMessageUuids.length > 0
        ? { user_message_uuids: userMessageUuids }
        : {}),
      ...this.script.init,
    });
  }

  user(
    content: string | readonly JsonObject[],
    fields: JsonObject,
    uuid?: string,
  ): PlayerOutput[] {
    return this.line({
      type: "user",
      message: { role: "user", content },
      parent_tool_use_id: null,
      session_id: this.launch.sessionId,
      uuid: uuid ?? this.identifiers.uuid(),
      timestamp: this.clock.stamp(),
      ...fields,
    });
  }

  /** Adds the cost of a message. */
  spend(spent: Spent): void {
    this.#sinceResult.push(spent);
    const index = this.#totals.findIndex(({ model }) => model === spent.model);
    const known = this.#totals[index];
    if (known === undefined) this.#totals.push(spent);
    else this.#totals[index] = sum([known, spent]);
  }

  /** Usage of the process so far, in the format of `get_usage`. */
  get used(): JsonObject {
    return {
      total_cost_usd: sum(this.#totals).costUsd,
      model_usage: modelUsage(this.#totals),
    };
  }

  /** Returns a result line; the caller provides the fields of the turn. */
  result(
    fields: JsonObject,
    startedAt: number,
    counted: boolean,
  ): PlayerOutput[] {
    const turn = this.#sinceResult;
    this.#sinceResult = [];
    this.#messages += turn.length;
    this.lastResultFailed = fields["is_error"] === true;
    return this.line({
      duration_api_ms: this.#messages * 20,
      stop_reason: null,
      session_id: this.launch.sessionId,
      total_cost_usd: sum(this.#totals).costUsd,
      usage: turnUsage(counted ? turn : []),
      modelUsage: modelUsage(this.#totals),
      permission_denials: [],
      fast_mode_state: "off",
      fast_mode_disabled_reason: "sdk_opt_in_required",
      subagent_stats: SUBAGENT_STATS,
      safety_stops: 0,
      is_error: false,
      num_turns: 0,
      ...fields,
      type: "result",
      duration_ms: this.clock.now - startedAt,
      uuid: this.identifiers.uuid(),
      queued_turn_count: 0,
      result_index: this.#results++,
      model_usage_since_last_result: modelUsage(turn),
    });
  }
}

const SUBAGENT_STATS: JsonObject = {
  spawned: 0,
  requested: { background: 0, foreground: 0, unset: 0 },
  started_in_background: 0,
  max_depth: 0,
  spawned_by_subagents: 0,
  completed: 0,
  failed: 0,
  killed: { parent: 0, user: 0, system: 0 },
  refused: { depth_limit: 0, concurrency_limit: 0, budget: 0 },
  by_type: {},
};
