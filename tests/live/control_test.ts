// Live control and the options with the real CLI.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  allow,
  allowAll,
  AsyncSession,
  callback,
  ControlError,
  deny,
  type SessionOptions,
} from "../../mod.ts";
import { BEHAVIORS, OPTIONS, REQUESTS } from "../../src/capabilities/table.ts";
import { reply } from "../../src/testing/mod.ts";
import { exists, live, world } from "../support/live_world.ts";

/** An MCP server over stdio with one tool, as a program for the CLI to start. */
const SERVER = `
const decoder = new TextDecoder();
let text = "";
for await (const chunk of Deno.stdin.readable) {
  text += decoder.decode(chunk, { stream: true });
  const lines = text.split("\\n");
  text = lines.pop();
  for (const line of lines) {
    const { id, method, params } = JSON.parse(line);
    const result = method === "initialize"
      ? {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {}, resources: {} },
        serverInfo: { name: "echo server", version: "1.2.3" },
      }
      : method === "tools/list"
      ? {
        tools: [{
          name: "echo",
          description: "Says it again",
          inputSchema: { type: "object" },
          annotations: { readOnlyHint: true },
        }],
      }
      : method === "tools/call"
      ? {
        content: [{ type: "text", text: JSON.stringify(params.arguments) }],
        ...params.arguments.fail === undefined ? {} : { isError: true },
      }
      : method === "resources/read"
      ? { contents: [{ uri: params.uri, mimeType: "text/html", text: "<p>" }] }
      : {};
    if (id === undefined) continue;
    console.log(JSON.stringify({ jsonrpc: "2.0", id, result }));
  }
}
`;

async function stdioServer(folder: string) {
  const path = `${folder}/server.js`;
  await Deno.writeTextFile(path, SERVER);
  return { command: Deno.execPath(), args: ["run", "-A", "--no-config", path] };
}

/** What the last call of the API said about thinking. */
function thinkingOf(body: unknown) {
  const { thinking, output_config } = body as {
    thinking?: { type?: string; budget_tokens?: number };
    output_config?: { effort?: string };
  };
  return [thinking?.type, thinking?.budget_tokens, output_config?.effort];
}

live("facts of the CLI are there before any prompt", async () => {
  await using on = await world();
  await using session = new AsyncSession(on.options);
  const models = await session.models();
  assert(models.some(({ value }) => value === "sonnet"));
  assert(
    models.some(({ supportedEffortLevels }) =>
      supportedEffortLevels?.includes("max")
    ),
  );
  assert((await session.commands()).some(({ builtin }) => builtin === true));
  assert((await session.agents()).some(({ name }) => name === "Explore"));
  assertEquals((await session.account()).apiKeySource, "ANTHROPIC_API_KEY");
  assertEquals(on.api.requests, []);
}, BEHAVIORS.builtinCommands);

live("the model, the mode, thinking and effort change on the way", async () => {
  await using on = await world({ replies: () => reply.text("ok") });
  await using session = new AsyncSession({
    ...on.options,
    model: "claude-opus-4-6",
  });
  async function next() {
    await session.ask("hi");
    const body = on.api.requests.at(-1)?.body as { model?: string };
    return [body.model, ...thinkingOf(body)];
  }
  assertEquals(await next(), [
    "claude-opus-4-6",
    "adaptive",
    undefined,
    "high",
  ]);
  await session.setThinking("off");
  await session.setEffort("low");
  assertEquals(await next(), ["claude-opus-4-6", "disabled", undefined, "low"]);
  await session.setThinking();
  await session.setEffort();
  assertEquals(await next(), [
    "claude-opus-4-6",
    "adaptive",
    undefined,
    "high",
  ]);
  const { model } = await session.setModel("claude-sonnet-4-5");
  assertEquals(model, "claude-sonnet-4-5");
  await session.setThinking({ budgetTokens: 2000 });
  assertEquals((await next()).slice(0, 3), [
    "claude-sonnet-4-5",
    "enabled",
    2000,
  ]);
  assertEquals(await session.setPermissionMode("plan"), "plan");
  assertEquals(await session.setPermissionMode("manual"), "default");
  assertEquals(await session.setPermissionMode("plan"), "plan");
  await session.ask("hi");
  assertEquals(session.permissionMode, "plan");
  const error = await assertRejects(
    () => session.setPermissionMode("bypassPermissions"),
    ControlError,
  );
  assertEquals(error.errorCode, "bypass_not_launched");
}, BEHAVIORS.modelInChange);

live("thinking that was off at the start can be turned on", async () => {
  await using on = await world({ replies: () => reply.text("ok") });
  await using session = new AsyncSession({
    ...on.options,
    model: "claude-opus-4-6",
    thinking: "off",
  });
  await session.ask("hi");
  assertEquals(thinkingOf(on.api.requests.at(-1)?.body)[0], "disabled");
  await session.setThinking("adaptive");
  await session.ask("hi");
  assertEquals(thinkingOf(on.api.requests.at(-1)?.body)[0], "adaptive");
});

live(
  "settings and rules can be seen and changed",
  async () => {
    await using on = await world();
    await using session = new AsyncSession({
      ...on.options,
      allowedTools: ["Bash(git *)"],
      settings: { env: { A: "1" }, permissions: { deny: ["WebFetch"] } },
    });
    const { effective, sources, effort } = await session.settings();
    assertEquals(effective.env, { A: "1" });
    assertEquals(sources.map(({ source }) => source), ["flagSettings"]);
    assertEquals(effort, "medium");
    await session.applySettings({ env: { A: "2" }, effortLevel: "high" });
    const after = await session.settings();
    assertEquals(after.effective.env, { A: "2" });
    assertEquals(after.effort, "high");
    await assertRejects(
      () => session.applySettings({ permissions: "none" }),
      ControlError,
      "nothing in this request was applied",
    );
    const { rules, originalCwd } = await session.permissionRules();
    assertEquals(originalCwd, on.scratch.cwd);
    assertEquals(
      rules.map(({ behavior, rule, source }) => `${behavior} ${rule} ${source}`)
        .sort(),
      ["allow Bash(git *) cliArg", "deny WebFetch flagSettings"],
    );
    await session.saveSettings("local", { outputStyle: "Concise" });
    assert(await exists(`${on.scratch.cwd}/.claude/settings.local.json`));
  },
  BEHAVIORS.settingsRefused,
  REQUESTS.list_permission_rules,
);

live("use, cost and context are told as data", async () => {
  await using on = await world({ replies: () => reply.text("ok") });
  await using session = new AsyncSession(on.options);
  await session.ask("hi");
  for (const detail of ["summary", "full"] as const) {
    const context = await session.contextUsage({ detail });
    assert(context.totalTokens > 0 && context.maxTokens > 0);
    assert(context.categories.some(({ kind }) => kind === "free"));
    assert(context.skills.length > 0);
    assert((context.apiUsage?.inputTokens ?? 0) > 0);
  }
  const plan = await session.planUsage();
  assertEquals(plan.totalCostUsd, session.totalCostUsd);
  assertEquals([plan.rateLimitsAvailable, plan.rateLimits], [false, null]);
  assert(Object.values(plan.modelUsage ?? {}).length > 0);
  assert((await session.sessionCost()).includes("$"));
}, BEHAVIORS.contextKinds);

live("files are read, suggested and taken back", async () => {
  await using on = await world({
    replies: (request) =>
      request.toolResults.length === 0
        ? reply.toolUse("Write", { file_path: "note.txt", content: "new\n" })
        : reply.text("done"),
  });
  const path = `${on.scratch.cwd}/note.txt`;
  await using session = new AsyncSession({
    ...on.options,
    policy: allowAll(),
    checkpoints: true,
  });
  const turn = session.send("write");
  await turn.result();
  const file = await session.readFile("note.txt");
  assertEquals([file.contents, file.path, file.lossy], ["new\n", path, false]);
  const bytes = await session.readFile("note.txt", {
    encoding: "base64",
    maxBytes: 2,
  });
  assertEquals([atob(bytes.contents), bytes.truncated], ["ne", true]);
  await assertRejects(() => session.readFile("none.txt"), ControlError);
  assert((await session.suggestFiles("")).includes("note.txt"));
  const preview = await session.rewindFiles(turn.id, { dryRun: true });
  assertEquals([preview.canRewind, preview.filesChanged], [true, [path]]);
  assert(await exists(path));
  const done = await session.rewindFiles(turn.id);
  assertEquals([done.canRewind, done.skippedLinks], [true, 0]);
  assert(!await exists(path));
}, BEHAVIORS.lossyFiles);

live(
  "the conversation is asked about, named, exported and reloaded",
  async () => {
    await using on = await world({ replies: () => reply.text("Paris.") });
    await using session = new AsyncSession(on.options);
    await session.ask("The capital of France?");
    const side = await session.sideQuestion("Are you sure?");
    assert(side.response?.includes("side question"));
    await session.renameSession("Capitals");
    await session.generateTitle("about capitals");
    const { text, defaultFilename } = await session.exportConversation();
    assert(text.includes("The capital of France?") && text.includes("Paris."));
    assert(defaultFilename?.endsWith(".txt"));
    assertEquals(await session.cancelMessage(crypto.randomUUID()), false);
    assertEquals(await session.interrupt({ cancelQueued: true }), {
      stillQueued: [],
      cancelled: [],
    });
    const skills = `${on.scratch.cwd}/.claude/skills/hello`;
    await Deno.mkdir(skills, { recursive: true });
    await Deno.writeTextFile(
      `${skills}/SKILL.md`,
      "---\nname: hello\ndescription: Says hello\n---\nSay hello.\n",
    );
    const { plugins, skills: found, outputStyles } = await session.reload();
    assert((plugins?.commands.length ?? 0) > 0);
    assertEquals(plugins?.errorCount, 0);
    assert(found?.some(({ name }) => name === "hello"));
    assert(outputStyles?.includes("default"));
    assert((await session.commands()).some(({ name }) => name === "hello"));
    assertEquals(
      Object.keys(await session.reload({ outputStyles: true })),
      ["outputStyles"],
    );
  },
  REQUESTS.export_conversation,
);

live("MCP servers come, are called, turned off and go", async () => {
  await using on = await world();
  await using session = new AsyncSession(on.options);
  assertEquals(await session.mcp.status(), []);
  const server = await stdioServer(on.scratch.root);
  assertEquals(await session.mcp.set({ echo: server }), {
    added: ["echo"],
    removed: [],
    errors: {},
  });
  const [status] = await session.mcp.status();
  assertEquals(
    [status?.name, status?.status, status?.serverName, status?.serverVersion],
    ["echo", "connected", "echo server", "1.2.3"],
  );
  assertEquals(status?.tools?.map(({ name, readOnly }) => [name, readOnly]), [
    ["echo", true],
  ]);
  const result = await session.mcp.call("mcp__echo__echo", { a: 1 });
  assert(JSON.stringify(result.content).includes('{\\"a\\":1}'));
  const failed = await session.mcp.call("mcp__echo__echo", { fail: "so" });
  assertEquals([result.isError, failed.isError], [undefined, true]);
  assert(JSON.stringify(failed.content).includes('{\\"fail\\":\\"so\\"}'));
  const [content] = await session.mcp.readResource("echo", "ui://page");
  assertEquals([content?.text, content?.mimeType], ["<p>", "text/html"]);
  assertEquals(await session.mcp.setMode("echo", "default"), {});
  assert((await session.mcp.setMode("none", "auto")).warning !== undefined);
  await session.mcp.toggle("echo", false);
  assertEquals((await session.mcp.status())[0]?.status, "disabled");
  await session.mcp.toggle("echo", true);
  await session.mcp.reconnect("echo");
  assertEquals((await session.mcp.status())[0]?.status, "connected");
  await assertRejects(() => session.mcp.reconnect("none"), ControlError);
  assertEquals((await session.mcp.set({})).removed, ["echo"]);
}, BEHAVIORS.softMcpErrors);

live("a command goes to the background, is read and ended", async () => {
  let isCalled = false;
  await using on = await world({
    replies() {
      // Once: the end of the task wakes the model up again.
      if (isCalled) return reply.text("done");
      isCalled = true;
      return reply.toolUse("Bash", {
        command: "echo begun; touch begun; tail -f /dev/null",
      });
    },
  });
  await using session = new AsyncSession({
    ...on.options,
    policy: allowAll(),
  });
  const started = Promise.withResolvers<void>();
  // A command of three seconds in the foreground is told as a task.
  session.on("task_started", () => started.resolve());
  const turn = session.send("run");
  await started.promise;
  await session.tasks.background();
  await turn.result();
  const [task] = session.tasks;
  assertEquals([session.tasks.size, task?.taskType], [1, "local_bash"]);
  const id = task?.taskId ?? "";
  assertEquals((await session.tasks.output(id)).output, "begun\n");
  await session.tasks.stop(id);
  assertEquals(session.tasks.size, 0);
  await session.tasks.stop("none");
  await assertRejects(() => session.tasks.output("none"), ControlError);
}, REQUESTS.get_task_output);

live("the CLI takes every flag of the table", async () => {
  await using on = await world({ replies: () => reply.text("ok") });
  const plugin = `${on.scratch.root}/plugin`;
  await Deno.mkdir(`${plugin}/.claude-plugin`, { recursive: true });
  await Deno.writeTextFile(
    `${plugin}/.claude-plugin/plugin.json`,
    `{"name":"mine","version":"1.0.0"}`,
  );
  const prompt = `${on.scratch.root}/prompt.md`;
  await Deno.writeTextFile(prompt, "From a file.");
  const log = `${on.scratch.root}/debug.log`;
  const options: SessionOptions = {
    ...on.options,
    model: "sonnet",
    fallbackModel: ["haiku"],
    effort: "low",
    thinking: { budgetTokens: 2000, display: "omitted" },
    betas: ["context-1m-2025-08-07"],
    systemPrompt: { file: prompt, append: "Appended.", snapshot: false },
    subagentSystemPrompt: { append: "For subagents." },
    planModeInstructions: "Plan well.",
    promptSuggestions: true,
    sendUserMessage: true,
    autoCompact: 200_000,
    addDirs: [on.scratch.root],
    projectConfigRoot: on.scratch.cwd,
    debug: "hooks",
    debugFile: log,
    title: "All flags",
    persist: false,
    checkpoints: true,
    policy: allowAll(),
    permissionMode: "acceptEdits",
    prompts: "host",
    allowedTools: ["Bash(git *)"],
    disallowedTools: ["WebFetch"],
    builtinTools: ["Read", "Bash", "Skill", "WebFetch"],
    toolAliases: { Bash: "mcp__box__run" },
    toolConfig: { askUserQuestion: { previewFormat: "html" } },
    sandbox: { enabled: false },
    agent: "reviewer",
    agents: { reviewer: { description: "Reviews", prompt: "You review." } },
    agentProgressSummaries: true,
    forwardSubagentText: true,
    keepTasks: true,
    skills: "all",
    plugins: [plugin, { path: plugin, mcp: false }],
    settings: { env: { A: "1" } },
    settingSources: ["project"],
    managedSettings: { permissions: { deny: ["NotebookEdit"] } },
    hookEvents: true,
    partials: true,
    limits: { maxTurns: 3, maxBudgetUsd: 1, taskBudgetTokens: 50_000 },
    outputSchema: { type: "object", properties: { a: { type: "string" } } },
    stderr: (line) => said.push(line),
  };
  const said: string[] = [];
  await using session = new AsyncSession(options);
  await session.send("hi").result();
  assertEquals(said, []);
  assertEquals(session.permissionMode, "acceptEdits");
  assert(!session.tools.includes("WebFetch"));
  const { effective, effort } = await session.settings();
  assertEquals([effective.env, effort], [{ A: "1" }, "low"]);
  assertEquals(effective.permissions, { deny: ["NotebookEdit"] });
  const body = JSON.stringify(on.api.requests[0]?.body);
  assert(body.includes("Appended."));
  assert(await exists(log));
}, OPTIONS.managedSettings[0]);

live("modes that start with less are taken, too", async () => {
  for (
    const mode of [
      { bare: true },
      { restricted: true },
      { safeMode: true },
      { slashCommands: false },
      { prompts: "none" },
      { fromPr: 12 },
      { thinking: "adaptive" },
      { autoCompact: "auto" },
      { builtinTools: [] },
    ] satisfies SessionOptions[]
  ) {
    await using on = await world({ replies: () => reply.text("ok") });
    await using session = new AsyncSession({ ...on.options, ...mode });
    assertEquals((await session.ask("hi")).text, "ok", JSON.stringify(mode));
  }
}, OPTIONS.prompts[0]);

live("a policy holds in modes that turn hooks off", async () => {
  for (
    const mode of [
      { safeMode: true },
      { restricted: true, builtinTools: ["Bash"] },
      { settings: { disableAllHooks: true } },
      { permissionMode: "bypassPermissions" },
      { prompts: "none" },
    ] satisfies SessionOptions[]
  ) {
    await using on = await world({
      replies: (request) =>
        request.toolResults.length === 0
          ? reply.toolUse("Bash", { command: "echo hi > hi.txt" })
          : reply.text("done"),
    });
    let asked = 0;
    await using session = new AsyncSession({
      ...on.options,
      ...mode,
      policy: callback((name) => {
        asked++;
        return name === "Bash" ? deny("no shell") : allow();
      }),
    });
    await session.ask("go");
    const what = JSON.stringify(mode);
    assert(asked > 0, what);
    assert(!await exists(`${on.scratch.cwd}/hi.txt`), what);
  }
}, OPTIONS.restricted[0]);

live("long lists go around the command line and still count", async () => {
  await using on = await world({ replies: () => reply.text("ok") });
  const names = Array.from({ length: 400 }, (_, index) => `tool${index}`);
  const folder = `${on.scratch.root}/more`;
  await Deno.mkdir(folder);
  const plugin = `${on.scratch.root}/plugin`;
  await Deno.mkdir(`${plugin}/.claude-plugin`, { recursive: true });
  await Deno.writeTextFile(
    `${plugin}/.claude-plugin/plugin.json`,
    `{"name":"mine","version":"1.0.0"}`,
  );
  await using session = new AsyncSession({
    ...on.options,
    systemPrompt: "x".repeat(1 << 20),
    allowedTools: names.map((name) => `Bash(${name} *)`),
    disallowedTools: ["WebFetch", ...names.map((name) => `mcp__${name}__x`)],
    addDirs: [folder],
    plugins: [plugin],
  });
  await session.ask("hi");
  assert(!session.tools.includes("WebFetch"));
  const { rules, workspaceDirectories } = await session.permissionRules();
  assertEquals(
    rules.filter(({ behavior }) => behavior === "allow").length,
    400,
  );
  assertEquals(rules.filter(({ behavior }) => behavior === "deny").length, 401);
  assertEquals(workspaceDirectories.map(({ path }) => path), [folder]);
  const { plugins } = await session.reload({ plugins: true });
  assert(plugins?.plugins.some(({ name }) => name === "mine"));
  const body = JSON.stringify(on.api.requests[0]?.body);
  assert(body.length > 1 << 20);
}, OPTIONS.plugins[0]);

live("what subagents are told reaches them from its file", async () => {
  let isCalled = false;
  await using on = await world({
    replies(request) {
      if (JSON.stringify(request.body).includes("Only for subagents.")) {
        return reply.text("sub");
      }
      // Once: a subagent that went to the background wakes the model up again.
      if (isCalled) return reply.text("done");
      isCalled = true;
      return reply.toolUse("Agent", {
        description: "d",
        prompt: "p",
        subagent_type: "helper",
        run_in_background: false,
      });
    },
  });
  await using session = new AsyncSession({
    ...on.options,
    subagentSystemPrompt: { append: "Only for subagents." },
    agents: { helper: { description: "Helps", prompt: "You help." } },
    policy: allowAll(),
  });
  assertEquals((await session.ask("go")).text, "done");
  const told = on.api.requests.filter(({ body }) =>
    JSON.stringify(body).includes("Only for subagents.")
  );
  assertEquals(told.length, 1);
}, OPTIONS.subagentSystemPrompt[0]);

live("a verbatim prompt is no command and names no file", async () => {
  await using on = await world({ replies: () => reply.text("read") });
  await using session = new AsyncSession({ ...on.options, verbatim: true });
  assertEquals((await session.ask("/cost")).text, "read");
  assertEquals(on.api.requests.at(-1)?.prompts.at(-1), "/cost");
}, OPTIONS.verbatim[0]);
