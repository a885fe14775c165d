// Which hook answers what, and when: the caller's own hooks first, then the policy.

import { assert, assertEquals } from "@std/assert";
import { ControlError } from "../errors.ts";
import { Hooks } from "../hooks/mod.ts";
import type { HookOptions } from "../hooks/options.ts";
import { hook } from "../hooks/answers.ts";
import type { StartupError } from "../errors.ts";
import type { WireObject } from "../messages/_define.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { allow, deny } from "../permissions/decision.ts";
import { PolicyGate } from "../permissions/gate.ts";
import { callback } from "../permissions/policy.ts";
import type { Outcome, Reply } from "../protocol/pending.ts";
import type { Soon } from "../util/maybe_promise.ts";
import {
  guardSkillShell,
  type HookQuestion,
  PolicyHooks,
} from "./policy_hooks.ts";

const context = { signal: new AbortController().signal };

/** The hooks of a session, called as the CLI calls them. */
function calling(own: HookOptions, options: SessionOptions = {}) {
  const asked: string[] = [];
  const policy = callback((_name, { command }) => {
    asked.push(`${command}`);
    if (command === "worst") return deny("worst", { interrupt: true });
    return command === "good" || command === "fine" ? allow() : deny("bad");
  });
  const failures: Error[] = [];
  const requests: [string, WireObject, (outcome: Outcome) => void][] = [];
  const port = {
    request: (...request: typeof requests[number]) =>
      void requests.push(request),
    fail: (error: Error) => void failures.push(error),
  };
  const all = { ...options, policy };
  const gate = new PolicyGate(policy, false);
  gate.learnSettings({});
  const policies = new PolicyHooks(gate, all, port);
  const hooks = new Hooks(own, () => {});
  const registered = policies.register(hooks.registration);
  const call = (
    callbackId: string,
    event: string,
    command: string,
    signal = context.signal,
  ): Soon<Reply> => {
    const question: HookQuestion = {
      kind: "hook",
      callbackId,
      toolUseId: "t1",
      input: {
        hook_event_name: event,
        tool_name: "Bash",
        tool_input: { command },
        tool_use_id: "t1",
      },
      raw: {},
    };
    const answer = policies.answer(question, { ...context, signal });
    if (answer !== undefined) return answer;
    const reply = hooks.answer(question, signal) ?? { refusal: "none" };
    return policies.check(question, reply, { ...context, signal });
  };
  return { registered, call, asked, failures, requests, policies };
}

const ids = (list: readonly WireObject[] | undefined) =>
  (list ?? []).flatMap(({ hookCallbackIds }) => hookCallbackIds);

function said(reply: Reply) {
  const { permissionDecision, updatedInput } =
    (reply.response?.hookSpecificOutput ?? {}) as WireObject;
  return [permissionDecision, (updatedInput as WireObject)?.command];
}

/** A reply that is there at once. */
function now(reply: Soon<Reply>): Reply {
  assert(!(reply instanceof Promise));
  return reply;
}

Deno.test("the policy's hooks come after the caller's own, at each event", () => {
  const run = () => {};
  const { registered } = calling({
    PreToolUse: [{ run }, { run }],
    PostToolUse: [{ run }],
    PreSkillShellCommand: [{ run }],
    Stop: [{ run }],
  });
  assertEquals(
    Object.fromEntries(
      Object.entries(registered).map(([event, list]) => [event, ids(list)]),
    ),
    {
      PreToolUse: [
        "claudestream:PreToolUse:0",
        "claudestream:PreToolUse:1",
        "claudestream:policy",
      ],
      PreSkillShellCommand: [
        "claudestream:PreSkillShellCommand:0",
        "claudestream:skill",
      ],
      PostToolUse: ["claudestream:PostToolUse:0", "claudestream:ran"],
      PostToolUseFailure: ["claudestream:ran"],
      ConfigChange: ["claudestream:settings"],
      UserPromptExpansion: ["claudestream:expansion"],
      Stop: ["claudestream:Stop:0"],
    },
  );
  for (const skillShell of ["off", "cli"] as const) {
    const { registered } = calling({}, { skillShell });
    assertEquals(registered.PreSkillShellCommand, undefined);
  }
});

Deno.test("the policy decides on what own hooks made, at once where they answer at once", () => {
  const on = calling({
    PreToolUse: [
      { run: () => hook.allow({ input: { command: "bad" } }) },
      { run: () => hook.async() },
      { run: () => hook.allow({ input: { command: "good" } }) },
      { run: () => hook.context("seen") },
    ],
  });
  for (let at = 0; at < 4; at++) {
    now(on.call(`claudestream:PreToolUse:${at}`, "PreToolUse", "bad"));
  }
  const reply = now(on.call("claudestream:policy", "PreToolUse", "bad"));
  // The CLI takes the input of the hook that answers last.
  assertEquals(said(reply), ["allow", "good"]);
  assertEquals(on.asked, ["good"]);
});

Deno.test("an own hook that turns an allowed call into another is denied", () => {
  const on = calling({
    PreToolUse: [{ run: () => hook.allow({ input: { command: "evil" } }) }],
  });
  now(on.call("claudestream:PreToolUse:0", "PreToolUse", "good"));
  assertEquals(
    said(now(on.call("claudestream:policy", "PreToolUse", "good"))),
    ["deny", undefined],
  );
  assertEquals(on.asked, ["evil"]);
});

Deno.test("the policy waits for own hooks that take time, and not for those given up", async () => {
  const slow = Promise.withResolvers<ReturnType<typeof hook.allow>>();
  const on = calling({
    PreToolUse: [
      { run: () => slow.promise },
      { run: () => new Promise(() => {}) },
    ],
  });
  const givenUp = new AbortController();
  on.call("claudestream:PreToolUse:0", "PreToolUse", "bad");
  on.call("claudestream:PreToolUse:1", "PreToolUse", "bad", givenUp.signal);
  const answer = on.call("claudestream:policy", "PreToolUse", "bad");
  assert(answer instanceof Promise);
  assertEquals(on.asked, []);
  slow.resolve(hook.allow({ input: { command: "fine" } }));
  givenUp.abort();
  assertEquals(said(await answer), ["allow", "fine"]);
  assertEquals(on.asked, ["fine"]);
});

Deno.test("an own hook that answers after the policy cannot change the call past it", async () => {
  for (const [command, expected] of [["good", "allow"], ["evil", "deny"]]) {
    for (const later of [false, true]) {
      const answer = hook.allow({ input: { command: command ?? "" } });
      const on = calling({
        PreToolUse: [{ run: () => later ? Promise.resolve(answer) : answer }],
      });
      now(on.call("claudestream:policy", "PreToolUse", "fine"));
      const reply = on.call("claudestream:PreToolUse:0", "PreToolUse", "fine");
      assertEquals(said(await reply)[0], expected);
      assertEquals(on.asked, ["fine", command]);
    }
  }
});

Deno.test("an own hook PermissionRequest cannot change the call past the policy", async () => {
  for (const [command, expected] of [["good", "allow"], ["evil", "deny"]]) {
    const on = calling({
      PermissionRequest: [{
        run: () => hook.allow({ input: { command: command ?? "" } }),
      }],
    });
    const { response } = await on.call(
      "claudestream:PermissionRequest:0",
      "PermissionRequest",
      "open",
    );
    const { decision } = response?.hookSpecificOutput as WireObject;
    assertEquals((decision as WireObject).behavior, expected);
  }
});

Deno.test("an own hook PermissionRequest cannot say yes to what the policy interrupts", async () => {
  for (const later of [false, true]) {
    const on = calling({
      PermissionRequest: [{
        run: () => later ? Promise.resolve(hook.allow()) : hook.allow(),
      }],
    });
    // The question is only there so that its answer interrupts the turn.
    assertEquals(
      said(now(on.call("claudestream:policy", "PreToolUse", "worst"))),
      ["ask", undefined],
    );
    const { response } = await on.call(
      "claudestream:PermissionRequest:0",
      "PermissionRequest",
      "worst",
    );
    assertEquals((response?.hookSpecificOutput as WireObject).decision, {
      behavior: "deny",
      message: "worst",
      interrupt: true,
    });
  }
});

Deno.test("after a slash command the policy decides at the question: its text may bring hooks", () => {
  const on = calling({});
  const decided = () =>
    said(now(on.call("claudestream:policy", "PreToolUse", "good")))[0];
  assertEquals(decided(), "allow");
  const reply = now(
    on.call("claudestream:expansion", "UserPromptExpansion", ""),
  );
  assertEquals(reply, { response: {} });
  assertEquals(decided(), "ask");
});

Deno.test("another input than the allowed one ends the session, and the same one does not", () => {
  const on = calling({});
  for (const ran of ["good", "fine", "evil"]) {
    now(on.call("claudestream:policy", "PreToolUse", "good"));
    on.policies.told({
      kind: "hook",
      callbackId: "claudestream:policy",
      toolUseId: "t1",
      input: {
        tool_name: "Bash",
        tool_input: { command: "good" },
        tool_use_id: "t1",
      },
      raw: {},
    }, {
      hookSpecificOutput: { permissionDecision: "allow" },
    });
    assertEquals(on.failures.length, 0);
    now(on.call("claudestream:ran", "PostToolUse", ran));
  }
  assertEquals(
    on.failures.map((error) => (error as { reason?: string }).reason),
    ["input_changed"],
  );
  assert(on.failures[0]?.message.includes('"Bash"'));
});

Deno.test("a call that was left to a later process, or never asked about, and ran ends the session and is named so", () => {
  for (
    const [answer, which] of [
      ["defer", "that was left to a later process"],
      ["deny", "that the policy had denied"],
      [
        undefined,
        "that it did not ask about, and that the policy does not allow",
      ],
    ] as const
  ) {
    const on = calling({});
    if (answer !== undefined) {
      on.policies.told({
        kind: "hook",
        callbackId: "claudestream:policy",
        toolUseId: "t1",
        input: {
          tool_name: "Bash",
          tool_input: { command: "evil" },
          tool_use_id: "t1",
        },
        raw: {},
      }, {
        hookSpecificOutput: { permissionDecision: answer },
      });
    }
    now(on.call("claudestream:ran", "PostToolUse", "evil"));
    const [failure] = on.failures as StartupError[];
    assertEquals(failure?.reason, "ran_unallowed");
    assertEquals(
      failure?.message,
      `Cannot hold the policy: the CLI ran a call of "Bash" ${which}`,
    );
  }
});

Deno.test("settings that changed are asked for again, and are unknown until then", () => {
  const on = calling({});
  now(on.call("claudestream:settings", "ConfigChange", ""));
  assertEquals(on.requests.map(([subtype]) => subtype), ["get_settings"]);
  const decided = () =>
    said(now(on.call("claudestream:policy", "PreToolUse", "good")))[0];
  assertEquals(decided(), "ask");
  on.requests[0]?.[2]({ ok: true, response: { effective: { hooks: {} } } });
  assertEquals(decided(), "allow");
});

Deno.test("settings that the program changes are asked for again, and only the last answer counts", () => {
  const on = calling({});
  const decided = () =>
    said(now(on.call("claudestream:policy", "PreToolUse", "good")))[0];
  on.policies.requested("set_model");
  assertEquals([on.requests.length, decided()], [0, "allow"]);
  on.policies.requested("apply_flag_settings");
  on.policies.requested("apply_flag_settings");
  assertEquals(on.requests.map(([subtype]) => subtype), [
    "get_settings",
    "get_settings",
  ]);
  // The answer to the first question may be older than the second change.
  on.requests[0]?.[2]({ ok: true, response: { effective: {} } });
  assertEquals(decided(), "ask");
  on.requests[1]?.[2]({ ok: true, response: { effective: {} } });
  assertEquals(decided(), "allow");
});

Deno.test("shell commands of skills are off unless the CLI asks, or the caller wants them", () => {
  const policy = callback(() => allow());
  const rows: [SessionOptions, version: unknown, isOff: boolean][] = [
    [{ policy }, "2.1.332", false],
    [{ policy }, "2.1.400", false],
    [{ policy }, "2.2.0", false],
    [{ policy }, "2.1.331", true],
    [{ policy }, "2.1.197", true],
    [{ policy }, undefined, true],
    [{ policy }, 3, true],
    [{ policy }, "of late", true],
    [{ policy, skillShell: "off" }, "2.1.332", true],
    [{ policy, skillShell: "cli" }, "2.1.197", false],
    [{ skillShell: "off" }, "2.1.332", true],
    [{ skillShell: "cli" }, "2.1.332", false],
    [{}, "2.1.197", false],
  ];
  for (const [options, version, isOff] of rows) {
    const sent: [string, WireObject][] = [];
    const failures: Error[] = [];
    guardSkillShell(options, { claude_code_version: version }, {
      request: (subtype, payload, settle) => {
        sent.push([subtype, payload]);
        settle({
          ok: false,
          error: new ControlError(subtype, "no such request"),
        });
      },
      fail: (error) => void failures.push(error),
    });
    assertEquals<unknown>(
      sent,
      isOff
        ? [["apply_flag_settings", {
          settings: { disableSkillShellExecution: true },
        }]]
        : [],
      `${version}`,
    );
    assertEquals(failures.length, isOff ? 1 : 0);
  }
});
