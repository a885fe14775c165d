// A program of somebody who uses the published package. SyncSession comes first: on an
// empty cache its worker must start without another download.

import {
  allow,
  allowList,
  AsyncSession,
  callback,
  type ClaudeEvent,
  defineTool,
  denyAll,
  hook,
  printPromptSync,
  type SessionOptions,
  StartupError,
  SyncSession,
} from "jsr:@claudestream/core";
import { decodeEvents } from "jsr:@claudestream/core/events";
import * as v from "npm:valibot@^1.5.0";

const [claudePath = "", ...parts] = Deno.args;
/** These are written to a file, which is there as long as the process. */
const files: Pick<SessionOptions, "settings"> = parts.includes("files")
  ? { settings: { cleanupPeriodDays: 30 } }
  : {};
const told: Record<string, unknown> = {};

function blocking(): void {
  const types: ClaudeEvent["type"][] = [];
  const hooks: string[] = [];
  using session = new SyncSession({
    claudePath,
    ...files,
    policy: allowList(["Bash(git *)"]),
    hooks: {
      PreToolUse: [{
        run: ({ toolName }) => {
          hooks.push(toolName);
          return undefined;
        },
      }],
    },
  });
  for (const event of session.send("hi")) types.push(event.type);
  told.sync = {
    answer: session.ask("again").text,
    hooks,
    ended: types.at(-1) === "result",
  };
  session.close();
  told.once = printPromptSync("hi", { claudePath, policy: denyAll() });
}

async function awaiting(): Promise<void> {
  const asked: string[] = [];
  const sums: number[] = [];
  const hooks: string[] = [];
  const add = defineTool({
    name: "add",
    description: "Adds two numbers",
    input: v.object({ a: v.number(), b: v.number() }),
    run: ({ a, b }) => {
      sums.push(a + b);
      return `${a + b}`;
    },
  });
  await using session = new AsyncSession({
    claudePath,
    ...files,
    tools: [add],
    policy: callback((name) => {
      asked.push(name);
      return allow();
    }),
    hooks: {
      PreToolUse: [{
        run: ({ toolName }) => {
          hooks.push(toolName);
          return hook.allow();
        },
      }],
    },
  });
  const { text } = await session.ask("hi");
  told.async = { answer: text, asked, hooks, sums };
}

async function decoding(): Promise<void> {
  const line = { type: "keep_alive" };
  const bytes = new TextEncoder().encode(`${JSON.stringify(line)}\nx\n`);
  const types: string[] = [];
  for await (const { type } of decodeEvents(ReadableStream.from([bytes]))) {
    types.push(type);
  }
  told.decoded = types;
}

try {
  if (parts.includes("sync")) blocking();
  if (parts.includes("async")) await awaiting();
  if (parts.includes("decode")) await decoding();
} catch (error) {
  if (!(error instanceof StartupError)) throw error;
  told.failure = { reason: error.reason, hint: error.hint };
}
console.log(JSON.stringify(told));
