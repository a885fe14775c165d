// How answers are read: pieces of those in 2.1.330_07-control-all.ndjson, and what a
// newer or older CLI might make of them.

import { assertEquals, assertThrows } from "@std/assert";
import { ProtocolError } from "../errors.ts";
import type { WireObject } from "../messages/_define.ts";
import type { ControlCall } from "./call.ts";
import { fileSuggestionsCall } from "./file_suggestions.ts";
import { contextUsageCall } from "./get_context_usage.ts";
import { settingsCall } from "./get_settings.ts";
import { taskOutputCall } from "./get_task_output.ts";
import { planUsageCall } from "./get_usage.ts";
import { readInitializeInfo } from "./initialize.ts";
import { interruptCall } from "./interrupt.ts";
import { permissionRulesCall } from "./list_permission_rules.ts";
import { mcpStatusCall } from "./mcp_status.ts";
import { readFileCall } from "./read_file.ts";
import { reloadPluginsCall } from "./reload_plugins.ts";
import { rewindFilesCall } from "./rewind_files.ts";
import { setModelCall } from "./set_model.ts";

const CONTEXT = {
  categories: [
    { id: "skills", name: "Skills", tokens: 2067, color: "x", kind: "used" },
    { id: "new", name: 5 },
  ],
  totalTokens: 2167,
  maxTokens: 1000000,
  percentage: 0,
  model: "claude-opus-5-5",
  memoryFiles: [{ path: "/a", type: "Project", tokens: 1 }],
  mcpTools: [{ name: "t", serverName: "s", tokens: 2, isLoaded: true }],
  agents: [{ agentType: "a", source: "built-in", tokens: 3 }],
  skills: { totalSkills: 1, skillFrontmatter: [{ name: "n", tokens: 4 }] },
  apiUsage: null,
};

const USAGE = {
  session: { total_cost_usd: 0.0008, total_api_duration_ms: 24 },
  subscription_type: null,
  rate_limits_available: false,
  rate_limits: null,
  behaviors: null,
};

const TABLE: readonly [ControlCall<unknown>, WireObject, unknown][] = [
  [setModelCall("x"), { model: "m" }, { model: "m" }],
  // CLI 2.1.197 says nothing.
  [setModelCall("x"), {}, {}],
  [interruptCall(), {}, { stillQueued: [] }],
  [interruptCall(), { still_queued: ["a"], cancelled: ["b"] }, {
    stillQueued: ["a"],
    cancelled: ["b"],
  }],
  [contextUsageCall(), CONTEXT, {
    categories: [{ id: "skills", name: "Skills", tokens: 2067, kind: "used" }],
    totalTokens: 2167,
    maxTokens: 1000000,
    percentage: 0,
    model: "claude-opus-5-5",
    memoryFiles: [{ name: "/a", tokens: 1, from: "Project" }],
    mcpTools: [{ name: "t", tokens: 2, from: "s" }],
    agents: [{ name: "a", tokens: 3, from: "built-in" }],
    skills: [{ name: "n", tokens: 4 }],
    apiUsage: null,
  }],
  [contextUsageCall(), { ...CONTEXT, categories: [], skills: undefined }, {
    categories: [],
    totalTokens: 2167,
    maxTokens: 1000000,
    percentage: 0,
    model: "claude-opus-5-5",
    memoryFiles: [{ name: "/a", tokens: 1, from: "Project" }],
    mcpTools: [{ name: "t", tokens: 2, from: "s" }],
    agents: [{ name: "a", tokens: 3, from: "built-in" }],
    skills: [],
    apiUsage: null,
  }],
  [planUsageCall(), USAGE, {
    totalCostUsd: 0.0008,
    totalApiDurationMs: 24,
    subscriptionType: null,
    rateLimitsAvailable: false,
    rateLimits: null,
    behaviors: null,
  }],
  [
    planUsageCall(),
    {
      ...USAGE,
      rate_limits_available: true,
      rate_limits: {
        five_hour: { utilization: 12, resets_at: "2026-01-01T00:00:00Z" },
        seven_day: null,
        brand_new: { utilization: null, resets_at: null },
        model_scoped: [{ display_name: "x" }],
        extra_usage: { is_enabled: false },
      },
    },
    {
      totalCostUsd: 0.0008,
      totalApiDurationMs: 24,
      subscriptionType: null,
      rateLimitsAvailable: true,
      rateLimits: {
        five_hour: { utilization: 12, resetsAt: "2026-01-01T00:00:00Z" },
        brand_new: { utilization: null, resetsAt: null },
      },
      behaviors: null,
    },
  ],
  [
    settingsCall(),
    {
      effective: { a: 1 },
      sources: [{ source: "flagSettings", settings: { a: 1 } }],
      applied: { model: "m", effort: null },
    },
    {
      effective: { a: 1 },
      sources: [{ source: "flagSettings", settings: { a: 1 } }],
      model: "m",
      effort: null,
    },
  ],
  [
    permissionRulesCall(),
    {
      state: {
        rules: [{ behavior: "deny", source: "s", rule: "WebFetch", x: 1 }],
        workspaceDirectories: [{ path: "/tmp", source: "localSettings" }],
        originalCwd: "/w",
        managedOnly: false,
      },
    },
    {
      rules: [{ behavior: "deny", source: "s", rule: "WebFetch" }],
      workspaceDirectories: [{ path: "/tmp", source: "localSettings" }],
      originalCwd: "/w",
      managedOnly: false,
    },
  ],
  [
    mcpStatusCall(),
    {
      mcpServers: [{
        name: "a",
        status: "brand-new",
        serverInfo: { name: "n", version: "1" },
        tools: [{ name: "t", annotations: { readOnly: true } }],
      }],
    },
    {
      servers: [{
        name: "a",
        status: "brand-new",
        serverName: "n",
        serverVersion: "1",
        tools: [{ name: "t", readOnly: true }],
      }],
    },
  ],
  [readFileCall("x"), { contents: "c", absPath: "/x", lossy: false }, {
    contents: "c",
    path: "/x",
    lossy: false,
  }],
  [rewindFilesCall("x"), { canRewind: false, error: "e" }, {
    canRewind: false,
    error: "e",
  }],
  [taskOutputCall("x"), { output: "o", total_bytes: 1, truncated: false }, {
    output: "o",
    totalBytes: 1,
    truncated: false,
  }],
  [fileSuggestionsCall(""), { suggestions: [{ path: "a", score: 1 }, "b"] }, {
    suggestions: [{ path: "a", score: 1 }],
  }],
  [
    reloadPluginsCall(),
    {
      commands: [{ name: "c", builtin: true }],
      agents: [{ name: "a" }],
      plugins: [{ name: "p", path: "builtin" }],
      mcpServers: [],
      error_count: 0,
    },
    {
      commands: [{ name: "c", builtin: true }],
      agents: [{ name: "a" }],
      plugins: [{ name: "p", path: "builtin" }],
      mcpServers: [],
      errorCount: 0,
    },
  ],
];

Deno.test("answers are read under our names, and leniently", () => {
  for (const [call, response, wanted] of TABLE) {
    const read = call.read(response);
    assertEquals(read, wanted, call.subtype);
  }
});

Deno.test("an answer without what it has to say is a ProtocolError", () => {
  for (
    const call of [
      contextUsageCall(),
      planUsageCall(),
      settingsCall(),
      permissionRulesCall(),
      mcpStatusCall(),
      readFileCall("x"),
      rewindFilesCall("x"),
      taskOutputCall("x"),
    ]
  ) {
    const error = assertThrows(
      () => call.read({}),
      ProtocolError,
      `Cannot read the answer to "${call.subtype}"`,
    );
    assertEquals(error.issues.length > 0, true);
  }
});

Deno.test("what the CLI says at the start is read as far as it is known", () => {
  assertEquals(readInitializeInfo({}), {
    commands: [],
    agents: [],
    models: [],
    account: {},
  });
  const newer = {
    commands: [{ name: "a" }, { title: "b" }, 5],
    agents: { a: { description: "x" } },
    models: [{ value: "m", displayName: { en: "M" } }],
    account: { email: ["a@b.c"], apiKeySource: "none" },
    claude_code_version: "3.0.0",
    pid: "5",
  };
  assertEquals(readInitializeInfo(newer), {
    commands: [{ name: "a" }],
    agents: [],
    models: [{ value: "m" }],
    account: { apiKeySource: "none" },
    claudeCodeVersion: "3.0.0",
  });
});
