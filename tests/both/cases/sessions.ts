// One table of scenarios through both drivers, over a process, through a shell and in
// memory: the same events, errors and facts.

import { assert, assertEquals } from "@std/assert";
import {
  allow,
  allowList,
  callback,
  type ClaudeEvent,
  deny,
  hook,
  type PermissionRequest,
} from "../../../mod.ts";
import { step } from "../../../src/testing/mod.ts";
import {
  type Case,
  each,
  events,
  got,
  thrown,
} from "../../support/both_drivers.ts";

const bash = step.toolCall("Bash", { command: "git log" }, {
  asks: true,
  output: "ran",
});

const SEPARATORS = "台🙂\u2028a\u2029b\u0085c\r\nd\ue000 e\ufeff";

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** What a logger was warned of. */
const warnings: string[] = [];

export const SESSION_SCENARIOS: Readonly<Record<string, Case>> = {
  "text in pieces": { turns: [[step.text("Hello there.", { deltas: 4 })]] },
  "no pieces": { turns: [[step.text("x")]], options: { partials: false } },
  "thinking, tools and text": {
    turns: [[
      step.thinking("hm"),
      step.redactedThinking(),
      step.toolCall("Read", { file_path: "/x" }, { output: "y" }),
      step.text("done"),
    ]],
  },
  "two turns": { turns: [[step.text("one")], [step.text("two")]] },
  "messages": { turns: [[step.text("x")]], view: "messages" },
  "the wire": { turns: [[step.text("x")]], view: "wire" },
  "a policy allows": {
    turns: [[bash, step.text("x")]],
    options: { policy: allowList(["Bash(git *)"]) },
  },
  "a policy changes the input": {
    turns: [[bash]],
    options: { policy: callback(() => allow({ input: { command: "ls" } })) },
  },
  "a policy denies": {
    turns: [[bash, step.text("x")]],
    options: { policy: callback(() => deny("no")) },
  },
  "a policy throws": {
    turns: [[bash]],
    options: {
      policy: callback(() => {
        throw new Error("broken");
      }),
    },
  },
  "no policy": { turns: [[bash]] },
  "a hook denies": {
    turns: [[bash]],
    options: { hooks: { PreToolUse: [{ run: () => hook.deny("no") }] } },
  },
  "a hook throws": {
    turns: [[bash]],
    options: {
      hooks: {
        PreToolUse: [{
          run: () => {
            throw new Error("broken");
          },
        }],
      },
    },
  },
  "a failure of the API": {
    turns: [[
      step.text("some"),
      step.apiError(401, "authentication_failed", "No."),
    ], [step.text("second")]],
  },
  "retries and rate limits": {
    turns: [[step.apiRetry(), step.rateLimit(), step.text("x")]],
  },
  "what nobody knows": {
    turns: [[
      step.line({ type: "invented" }),
      step.write("no JSON\n"),
      step.write('{"cr":1}\r\n'),
      step.write("\n"),
      step.text("x"),
    ]],
  },
  "bytes that are no UTF-8": {
    turns: [[
      step.writeBytes(new Uint8Array([0x22, 0xff, 0xe5, 0x22, 0x0a])),
      step.text("x"),
    ]],
  },
  "a byte at a time": {
    turns: [[step.inChunks(1), step.text("ä台🙂")]],
    options: { partials: false },
  },
  "a prompt of all sorts of separators, and its echo": {
    turns: [[step.inChunks(1), step.echo("{prompt}")]],
    *does(session, seen) {
      seen.push((yield* got(session.ask(SEPARATORS))).text);
    },
    check([text], sent) {
      assertEquals(text, SEPARATORS);
      assert(JSON.stringify(sent).includes(JSON.stringify(SEPARATORS)));
    },
  },
  "lines that are too long": {
    turns: [[step.line({ type: "x", text: "y".repeat(40_000) })]],
    options: { maxLineBytes: 20_000 },
  },
  "what does not fit, strict": {
    turns: [[step.line({ type: "invented" })], [step.text("second")]],
    options: { validation: "strict" },
  },
  "a death": {
    turns: [[step.text("x"), step.stderr("last words\n"), step.exit(3)]],
  },
  "a death amid a line of text": {
    turns: [[step.text("x"), step.write('{"type":"cut'), step.exit(3)]],
  },
  "a start that fails": {
    turns: [],
    process: { beforeInput: [step.stderr("error: bad\n"), step.exit(1)] },
  },
  "a silence": {
    turns: [[step.text("x"), step.silence()], [step.text("second")]],
    options: { idleTimeoutMs: { warnMs: 600, endMs: 1000 } },
    overlaps: true,
    isWarm: true,
  },
  "a silence that no interruption ends": {
    turns: [[step.text("x"), step.silence({ deaf: true })], []],
    options: { idleTimeoutMs: 500, closeTimeoutMs: 300 },
    isWarm: true,
  },
  "a question that the loop leaves without an answer": {
    turns: [[
      step.toolCall("Bash", { command: "npm test" }, { asks: true }),
      step.text("x"),
    ]],
    options: {
      policy: { name: "open", decide: () => undefined },
      idleTimeoutMs: { warnMs: 300, endMs: 600 },
      logger: {
        ...SILENT,
        warn: (text: string) => {
          warnings.push(text);
        },
      },
    },
    isWarm: true,
    *does(session, seen) {
      let left: PermissionRequest | undefined;
      const turn = session.send("one");
      yield* each(turn, (event: ClaudeEvent) => {
        if (event.type === "permission_request") left = event;
        if (event.type !== "stalled") return;
        const { waitsFor, requestId } = event;
        seen.push([waitsFor, requestId === left?.requestId]);
        left?.deny("late, but not too late");
      });
      seen.push(yield* got(turn.text()));
    },
    check(seen) {
      assertEquals(seen.slice(0, 2), [["permission_request", true], "x"]);
      assertEquals([...new Set(warnings.splice(0))], [
        "claudestream: a permission_request waits for an answer: call its allow() or deny(), or respond()",
      ]);
    },
  },
  "a tool that is silent for long": {
    turns: [[
      step.toolCall("Bash", { command: "sleep 1" }, {
        running: [step.pause(1000)],
      }),
      step.text("x"),
    ]],
    options: { idleTimeoutMs: { warnMs: 400, endMs: 800 } },
    isWarm: true,
  },
  "a turn that takes too long": {
    turns: [[step.text("x"), step.silence()], [step.text("second")]],
    options: { turnTimeoutMs: 1000 },
    overlaps: true,
    isWarm: true,
  },
  "a retry that makes no sense": {
    turns: [[
      step.text("x"),
      step.apiRetry({ status: 401, error: "authentication_failed" }),
      step.silence(),
    ], [step.text("second")]],
    options: { failFastOn: [401, 403] },
  },
  "a limit that is waited for": {
    turns: [[
      step.rateLimit({ status: "rejected", resetsAt: 1 }),
      step.apiError(429, "rate_limit", "You've hit your limit"),
    ], [step.text("second")]],
    options: { waitForReset: { maxMs: 5000 } },
    *does(session, seen) {
      const turn = session.send("one");
      for (const { type } of yield* events(turn)) seen.push(type);
      seen.push(yield* got(turn.text()));
    },
    check(seen) {
      assertEquals(
        seen.filter((type) => type === "result" || type === "rate_limit_wait"),
        ["result", "rate_limit_wait", "result"],
      );
      assertEquals(seen.at(-2), "second");
    },
  },
  "a limit whose reset is past, of which the reply alone tells": {
    turns: [[
      step.apiError(429, "rate_limit", "You've hit your limit", {
        limit: { status: "rejected", resetsAt: 1 },
      }),
    ], [
      step.apiError(429, "rate_limit", "You've hit your limit", {
        limit: { status: "rejected", resetsAt: 2 },
      }),
    ], [step.text("another")]],
    options: { waitForReset: { maxMs: 60_000 } },
    *does(session, seen) {
      const turn = session.send("one");
      for (const { type } of yield* events(turn)) seen.push(type);
      seen.push(yield* thrown(() => turn.text()));
      seen.push((yield* got(session.ask("two"))).text);
    },
    check(seen) {
      assertEquals(
        seen.filter((type) => type === "result" || type === "rate_limit_wait"),
        ["result", "rate_limit_wait", "result"],
      );
      assert(JSON.stringify(seen).includes('"rate_limit"'));
      assert(seen.includes("another"));
    },
  },
  "a budget that ends in a turn": {
    turns: [[
      step.usage({ costUsd: 2 }),
      step.toolCall("Bash", { command: "ls" }),
      step.silence(),
    ], []],
    options: { budget: { stopAt: { costUsd: 1 } } },
  },
  "another one would pay": {
    turns: [],
    options: { auth: "subscription" },
  },
  "the one pays that should": {
    turns: [[step.text("x")]],
    options: { auth: "api-key" },
  },
  "another one pays than was told": {
    turns: [[step.text("x"), step.silence()]],
    process: {
      initialize: {
        account: { tokenSource: "claude.ai", apiProvider: "firstParty" },
      },
    },
    options: { auth: "subscription" },
  },
  "prompts sent back": {
    turns: [[step.text("one")], [step.text("two")]],
    options: { replayUserMessages: true },
    check: (seen) => {
      const echoes = seen.filter((event) =>
        JSON.stringify(event).includes('"type":"user_replay"')
      );
      assertEquals(echoes.length, 2);
      assert(seen.includes("one") && seen.includes("two"));
    },
  },
  "a budget": {
    turns: [[step.text("x")]],
    options: { budget: { thresholds: [{ turns: 1 }] } },
  },
};
