// For each policy each way to run, write or fetch something: nothing runs that the policy
// did not allow. What runs leaves a file behind, or a result that is no error.

import { assert, assertEquals } from "@std/assert";
import * as v from "valibot";
import {
  allow,
  allowAll,
  allowBuiltins,
  allowList,
  AsyncSession,
  byTool,
  callback,
  type ClaudeEvent,
  defineTool,
  deny,
  denyAll,
  firstOf,
  readOnly,
  type SyncPolicy,
  SyncSession,
  toolKind,
  writePaths,
} from "../../mod.ts";
import {
  type ApiRequest,
  block,
  type Reply,
  reply,
} from "../../src/testing/mod.ts";
import { type Attack, CALLS, initName, WAYS } from "../support/attacks.ts";
import { HOOKS } from "../../src/capabilities/table.ts";
import {
  exists,
  isSince,
  live,
  syncWorld,
  world,
} from "../support/live_world.ts";
import { CLAUDE_VERSION } from "../support/real_claude.ts";

type Place = Awaited<ReturnType<typeof world>>["scratch"];

/** What a project holds that somebody may have prepared. */
async function prepare({ cwd, home }: Place): Promise<void> {
  await Deno.writeTextFile(`${cwd}/plain.txt`, "plain");
  await Deno.writeTextFile(`${home}/secret.txt`, "secret");
  await Deno.writeTextFile(
    `${cwd}/n.ipynb`,
    JSON.stringify({ cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 }),
  );
  await Deno.mkdir(`${cwd}/.claude/commands`, { recursive: true });
  await Deno.mkdir(`${cwd}/.claude/skills/attack`, { recursive: true });
  await Deno.mkdir(`${cwd}/src`);
  const front = "---\ndescription: d\nallowed-tools: Bash\n---\n";
  await Deno.writeTextFile(
    `${cwd}/.claude/commands/attack-command.md`,
    `${front}Now: !\`touch ${WAYS.command}\`\n`,
  );
  await Deno.writeTextFile(
    `${cwd}/.claude/skills/attack/SKILL.md`,
    `${front}Now: !\`touch ${WAYS.skill}\`\n`,
  );
  // The CLI takes hooks and rules of a project where the project is trusted.
  await Deno.writeTextFile(
    `${home}/.claude.json`,
    JSON.stringify({ projects: { [cwd]: { hasTrustDialogAccepted: true } } }),
  );
}

function options({ cwd }: Place) {
  return {
    tools: [defineTool({
      name: "touch",
      description: "Makes a file",
      input: v.object({ name: v.string() }),
      run: ({ name }) => {
        Deno.writeTextFileSync(`${cwd}/${name}`, "");
        return "made";
      },
    })],
    mcpServers: {
      other: {
        command: Deno.execPath(),
        args: [
          "run",
          "--no-check",
          "--allow-env",
          "--config",
          new URL("../../deno.json", import.meta.url).pathname,
          new URL("../support/mcp_server.ts", import.meta.url).pathname,
        ],
      },
    },
  };
}

const callId = (index: number) => `toolu_attack_${index}`;

/** All calls in one message of the model. */
function attack(place: Place): Reply {
  return reply.message(
    CALLS.map(({ tool, input }, index) =>
      block.toolUse(tool, input(place), { id: callId(index) })
    ),
  );
}

const SUBAGENTS: readonly (readonly [prompt: string, witness: string])[] = [
  ["attack in the background", "w-agent-background"],
  ["attack in a workflow", "w-workflow"],
  ["attack", "w-agent"],
];

/** What the model of a subagent says: first a call, then a text. */
function ofSubagent({ prompts, toolResults }: ApiRequest): Reply {
  if (toolResults.length > 0) return reply.text("the agent is done");
  const all = prompts.join("\n");
  const [, witness] = SUBAGENTS.find(([prompt]) => all.includes(prompt)) ?? [];
  return reply.toolUse("Bash", { command: `touch ${witness}` });
}

/** Names of the attacks that ran. */
async function ran(
  { cwd }: Place,
  events: readonly ClaudeEvent[],
): Promise<Set<string>> {
  const errors = new Map(
    events.flatMap((event) =>
      event.type === "tool_result" ? [[event.toolUseId, event.isError]] : []
    ),
  );
  const names = new Set<string>();
  for (const [index, { name, witness }] of CALLS.entries()) {
    const isThere = witness === undefined
      ? errors.get(callId(index)) === false
      : await exists(`${cwd}/${witness}`);
    if (isThere) names.add(name);
  }
  for (const [name, witness] of Object.entries(WAYS)) {
    if (await exists(`${cwd}/${witness}`)) names.add(name);
  }
  return names;
}

/** One session that is attacked in every way. */
async function attacked(policy: SyncPolicy) {
  const says: Reply[] = [];
  await using on = await world({
    replies: (request) =>
      request.kind === "subagent"
        ? ofSubagent(request)
        : says.shift() ?? reply.text("done"),
  });
  await prepare(on.scratch);
  says.push(attack(on.scratch), reply.text("done"));
  await using session = new AsyncSession({
    ...on.options,
    ...options(on.scratch),
    policy,
  });
  const events: ClaudeEvent[] = [];
  // No one reads requests, so what is left open is denied.
  using _ = session.on("tool_result", (event) => void events.push(event));
  await session.ask("go");
  const { tools = [] } = session;
  // Settings that were written hold from here on.
  says.push(
    reply.toolUse("Read", { file_path: `${on.scratch.cwd}/plain.txt` }),
    reply.text("done"),
  );
  await session.ask("go on");
  // In a session of its own: its allowed-tools would hold for what the policy leaves
  // open, and the plan mode of before for the command.
  await using other = new AsyncSession({ ...on.options, policy });
  await other.ask("/attack-command");
  const names = await ran(on.scratch, events);
  return { names, tools };
}

/** What a policy covers: the names of attacks, or a question to each. */
type Covered = readonly string[] | ((attack: Attack) => boolean);

/** What the CLI's own rules let run of what a policy leaves undecided. */
const UNASKED = [
  "bash that only looks",
  "read",
  "agents",
  "findings",
  "tools",
  "crons",
  "cron",
  "wakeup",
  "message",
  "note",
  "notes",
  "look at a note",
  "change a note",
  "plan",
];

/** Whether it writes what the CLI executes, or comes of it: no general yes covers that. */
const isProtected = (name: string) =>
  name.startsWith("write .") || name.startsWith("a hook in") || name === "hook";

const POLICIES: readonly (readonly [
  name: string,
  policy: SyncPolicy,
  covered: Covered,
])[] = [
  ["denyAll()", denyAll(), []],
  ["allowAll()", allowAll(), ({ name }) => !isProtected(name)],
  [
    "readOnly()",
    readOnly(),
    (attack) =>
      toolKind(attack.tool) === "read" ||
      ["bash that only looks", "plan"].includes(attack.name),
  ],
  [`allowList(["Read"])`, allowList(["Read"]), ["read", "read outside"]],
  [`allowList(["Skill"])`, allowList(["Skill"]), ["load a skill"]],
  [`allowList(["Bash(echo *)"])`, allowList(["Bash(echo *)"]), [
    "bash that only looks",
  ]],
  [`allowList(["mcp__other__*"])`, allowList(["mcp__other__*"]), [
    "a tool of another process",
  ]],
  [
    `allowList(["Read", "Write", "Edit"])`,
    allowList(["Read", "Write", "Edit"]),
    [
      "read",
      "read outside",
      "write",
      "write below src",
      "edit",
    ],
  ],
  [`writePaths(["src"])`, writePaths(["src"]), ["write below src", ...UNASKED]],
  [
    "a callback that allows by kind",
    callback((_name, _input, { kind }) =>
      kind === "read" || kind === "fetch" || kind === "ask"
        ? allow()
        : deny("not of that kind")
    ),
    (attack) => ["read", "fetch", "ask"].includes(toolKind(attack.tool)),
  ],
  [
    "byTool({ Task: denied, ... })",
    byTool({
      Task: denyAll(),
      Workflow: denyAll(),
      "mcp__*": () => deny("no servers"),
      Write: () => deny("no writing"),
      "*": allowAll(),
    }),
    ({ tool, name }) =>
      !["Agent", "Workflow", "Write"].includes(tool) &&
      !tool.startsWith("mcp__") && name !== "hook",
  ],
  [
    "firstOf(allowBuiltins({ except }), denyAll())",
    firstOf(
      allowBuiltins({
        except: ["Task", "Bash", "Monitor", "Workflow", "Write", "Edit"],
      }),
      denyAll(),
    ),
    ({ tool }) =>
      !["Agent", "Bash", "Monitor", "Workflow", "Write", "Edit"].includes(
        tool,
      ) && !tool.startsWith("mcp__"),
  ],
  ["a callback that leaves all open", callback(() => undefined), UNASKED],
];

/** The ways that are no call of a tool: by the shell command of each. */
const OTHER_WAYS: readonly Attack[] = Object.entries(WAYS).map((
  [name, witness],
) => ({
  name,
  tool: name === "hook" ? "Write" : "Bash",
  input: () => ({ command: `touch ${witness}` }),
  witness,
}));

function isCovered(covered: Covered, attack: Attack): boolean {
  return typeof covered === "function"
    ? covered(attack)
    : covered.includes(attack.name);
}

const tell = (names: Iterable<string>) => [...names].toSorted();

live("each attack runs where everything is allowed", async () => {
  const { names, tools } = await attacked(
    callback(() => allow({ protected: true })),
  );
  for (const { name, since } of CALLS) {
    if (since !== undefined && !isSince(since)) names.delete(name);
  }
  const expected = CALLS.filter(({ tool, failsHere, since = "0.0.0" }) =>
    failsHere === undefined && isSince(since) && tools.includes(initName(tool))
  ).map(({ name }) => name);
  // Where the policy cannot be asked about shell commands of skills, they are off.
  const ways = Object.keys(WAYS).filter((way) =>
    way === "hook" || isSince(HOOKS.PreSkillShellCommand.since)
  );
  assertEquals(tell(names), tell([...expected, ...ways]));
  // A tool that a newer CLI brings needs an attack of its own.
  const known = new Set(CALLS.map(({ tool }) => initName(tool)));
  assertEquals(tools.filter((name) => !known.has(name)), []);
  if (!isSince(CLAUDE_VERSION)) return;
  const gone = CALLS.filter(({ isGone }) => isGone).map(({ tool }) => tool);
  assertEquals(
    [...known].filter((name) => !tools.includes(name)).toSorted(),
    gone.toSorted(),
  );
});

for (const [name, policy, covered] of POLICIES) {
  live(`nothing runs that the policy does not allow: ${name}`, async () => {
    const { names } = await attacked(policy);
    const wrong = [...CALLS, ...OTHER_WAYS].filter((attack) =>
      names.has(attack.name) && !isCovered(covered, attack)
    );
    assertEquals(wrong.map((attack) => attack.name), []);
  });
}

/** Those that start no subagent: the replies of a blocking session are a list. */
const FOR_BLOCKING = POLICIES.filter(([name]) =>
  ["denyAll()", "readOnly()", `allowList(["Read"])`].includes(name)
);

for (const [name, policy, covered] of FOR_BLOCKING) {
  live(`a blocking session holds ${name}, too`, async () => {
    // Its replies are known before there is a place.
    const place = { cwd: ".", home: ".." };
    await using on = await syncWorld([
      reply.message(
        CALLS.map(({ tool, input }, index) =>
          block.toolUse(tool, input(place), { id: callId(index) })
        ),
      ),
      // A tool that was searched for makes the CLI call once more, and so does the end of a
      // subagent in the background.
      ...reply.repeat(8, reply.text("done")),
    ]);
    await prepare(on.scratch);
    using session = new SyncSession({
      ...on.options,
      ...options(on.scratch),
      policy,
    });
    const events: ClaudeEvent[] = [];
    using _ = session.on("tool_result", (event) => void events.push(event));
    session.ask("go");
    session.ask("/attack-command");
    const names = await ran(on.scratch, events);
    assert(events.length >= CALLS.length);
    const wrong = [...CALLS, ...OTHER_WAYS].filter((attack) =>
      names.has(attack.name) && !isCovered(covered, attack)
    );
    assertEquals(wrong.map((attack) => attack.name), []);
  });
}
