// Questions to people with the real CLI: AskUserQuestion, plans, elicitations, and the
// race between a permission request and its hook.

import { assert, assertEquals } from "@std/assert";
import {
  allow,
  allowAll,
  answerQuestions,
  AsyncSession,
  callback,
  type Decision,
  deny,
  elicit,
  hook,
  type PlanRequest,
  type SessionOptions,
  type UserQuestions,
} from "../../mod.ts";
import { reply } from "../../src/testing/mod.ts";
import { ASKING_SERVER } from "../support/asking_server.ts";
import { BEHAVIORS } from "../../src/capabilities/table.ts";
import { exists, isSince, live, world } from "../support/live_world.ts";

const COLOUR = {
  question: "Which colour?",
  header: "Colour",
  multiSelect: false,
  options: [
    { label: "Red", description: "warm" },
    { label: "Blue", description: "cool" },
  ],
};
const EXTRAS = {
  question: "Which extras?",
  header: "Extras",
  multiSelect: true,
  options: [
    { label: "Doors", description: "two" },
    { label: "Windows", description: "four" },
    { label: "Roof", description: "one" },
  ],
};

const asks = (...questions: readonly unknown[]) =>
  reply.toolUse("AskUserQuestion", { questions });

/** What a session with these options makes of a question. */
async function asked(options: SessionOptions, ...questions: unknown[]) {
  await using on = await world({
    replies: (request) =>
      request.toolResults.length === 0
        ? asks(...questions)
        : reply.text(request.toolResults.map(({ text }) => text).join()),
  });
  await using session = new AsyncSession({ ...on.options, ...options });
  return (await session.ask("paint")).text;
}

live(
  "AskUserQuestion: onQuestion answers single, several and free text",
  async () => {
    const seen: UserQuestions[] = [];
    const text = await asked(
      {
        // No policy is needed for it.
        onQuestion: (questions) => {
          seen.push(questions);
          return {
            "Which colour?": "Green with dots",
            "Which extras?": ["Doors", "Roof"],
          };
        },
      },
      COLOUR,
      EXTRAS,
    );
    assertEquals(seen.map(({ questions }) => questions), [[COLOUR, EXTRAS]]);
    assert(text.includes(`"Which colour?"="Green with dots"`), text);
    assert(text.includes(`"Which extras?"="Doors, Roof"`), text);
  },
);

live(
  "AskUserQuestion: no policy answers it with nothing, and a bad answer denies",
  async () => {
    const cases: SessionOptions[] = [
      { policy: allowAll() },
      { policy: callback(() => allow()) },
      { policy: allowAll(), onQuestion: () => ({}) },
      {
        policy: allowAll(),
        onQuestion: () => {
          throw new Error("closed the window");
        },
      },
      { onQuestion: () => ({ "Which colour?": ["Red", "Blue"] }) },
      { onQuestion: () => undefined },
    ];
    for (const options of cases) {
      const text = await asked(options, COLOUR);
      assert(/^(Nobody is there to answer|Nobody answered: )/.test(text), text);
    }
  },
);

live(
  "AskUserQuestion: a policy and an event can answer it by hand",
  async () => {
    const answers = { "Which colour?": "Blue" };
    const text = await asked({
      policy: callback((_name, _input, request) =>
        answerQuestions(request, answers)
      ),
    }, COLOUR);
    assert(text.includes(`"Which colour?"="Blue"`), text);
    await using on = await world({
      replies: [asks(COLOUR), reply.text("done")],
    });
    await using session = new AsyncSession({
      ...on.options,
      policy: allowAll(),
    });
    const results: string[] = [];
    for await (const event of session.send("paint")) {
      if (event.type === "tool_result") results.push(event.text);
      if (event.type !== "permission_request") continue;
      assertEquals(
        event.requiresUserInteraction,
        isSince(BEHAVIORS.personMarked.since) ? true : undefined,
      );
      event.allow(answerQuestions(event, answers));
    }
    assert(results[0]?.includes(`"Which colour?"="Blue"`), results[0]);
  },
);

live("without onQuestion and policy the tool is not on offer", async () => {
  await using on = await world({
    replies: ({ tools }) => reply.text(`${tools.includes("AskUserQuestion")}`),
  });
  await using session = new AsyncSession(on.options);
  assertEquals((await session.ask("hi")).text, "false");
  await using other = new AsyncSession({
    ...on.options,
    onQuestion: () => undefined,
  });
  assertEquals((await other.ask("hi")).text, "true");
});

live("with onQuestion alone other calls are denied as without it", async () => {
  await using on = await world({
    replies: [
      reply.toolUse("Bash", { command: "touch a" }),
      reply.text("done"),
    ],
  });
  await using session = new AsyncSession({
    ...on.options,
    onQuestion: () => undefined,
  });
  // There is a reader, but it is not asked, as there is no policy.
  for await (const event of session.send("go")) {
    assert(event.type !== "permission_request");
  }
  assertEquals(session.lastResult?.permissionDenials?.length, 1);
  assert(!await exists(`${on.scratch.cwd}/a`));
});

live(
  "plans: onPlan approves and denies, also over a policy that allows",
  async () => {
    for (const policy of [undefined, allowAll()]) {
      await using on = await world({
        replies: [
          reply.toolUse("ExitPlanMode", { plan: "1. Do it" }),
          reply.toolUse("ExitPlanMode", { plan: "1. Do it well" }),
          reply.text("done"),
        ],
      });
      const plans: PlanRequest[] = [];
      await using session = new AsyncSession({
        ...on.options,
        permissionMode: "plan",
        ...policy === undefined ? {} : { policy },
        onPlan: (plan) => {
          plans.push(plan);
          return plans.length === 1 ? deny("Do it better") : allow();
        },
      });
      const modes: (string | undefined)[] = [];
      const results: [boolean, string][] = [];
      for await (const event of session.send("plan it")) {
        if (event.type === "status" && event.permissionMode !== undefined) {
          modes.push(event.permissionMode);
        }
        if (event.type !== "tool_result") continue;
        results.push([event.isError, event.text]);
      }
      assertEquals(plans.length, 2);
      assertEquals(results.map(([isError]) => isError), [true, false]);
      assert(results[0]?.[1].includes("Do it better"), results[0]?.[1]);
      assertEquals(modes.at(-1), "default");
    }
  },
);

live(
  "plans: without onPlan the policy decides, and an event where it does not",
  async () => {
    await using on = await world({
      replies: [
        reply.toolUse("ExitPlanMode", { plan: "1. Do it" }),
        reply.text("done"),
      ],
    });
    await using session = new AsyncSession({
      ...on.options,
      permissionMode: "plan",
      policy: callback(() => undefined),
    });
    const names: string[] = [];
    for await (const event of session.send("plan it")) {
      if (event.type !== "permission_request") continue;
      names.push(event.toolName);
      event.allow();
    }
    assertEquals(names, ["ExitPlanMode"]);
  },
);

/** A session with a server that asks, and what the server was answered. */
async function elicited(
  options: SessionOptions,
  run: (session: AsyncSession) => Promise<unknown>,
): Promise<unknown> {
  let heard = "";
  await using on = await world({
    replies: (request) => {
      const [result] = request.toolResults;
      if (result === undefined) return reply.toolUse("mcp__asker__ask", {});
      heard = result.text;
      return reply.text("done");
    },
  });
  await using session = new AsyncSession({
    ...on.options,
    ...options,
    allowedTools: ["mcp__asker__ask"],
    mcpServers: { asker: ASKING_SERVER },
  });
  await run(session);
  return JSON.parse(heard.match(/\{.*\}/)?.[0] ?? heard);
}

live(
  "elicitations: onElicitation accepts, declines and cancels; a throw declines",
  async () => {
    const accepted = await elicited({
      onElicitation: ({ serverName, message, requestedSchema }) => {
        assertEquals([serverName, message], ["asker", "Your name?"]);
        assert(requestedSchema !== undefined);
        return elicit.accept({ name: "Ann" });
      },
    }, (session) => session.ask("go"));
    assertEquals(accepted, { action: "accept", content: { name: "Ann" } });
    const declined = await elicited({
      onElicitation: () => {
        throw new Error("broken");
      },
    }, (session) => session.ask("go"));
    assertEquals(declined, { action: "decline" });
    const cancelled = await elicited(
      { onElicitation: () => Promise.resolve(elicit.cancel()) },
      (session) => session.ask("go"),
    );
    assertEquals(cancelled, { action: "cancel" });
  },
);

live("elicitations: an event answers, and nobody declines", async () => {
  const answer = await elicited({}, async (session) => {
    for await (const event of session.send("go")) {
      if (event.type !== "elicitation_request") continue;
      assertEquals(
        event.propertyOrder,
        isSince(BEHAVIORS.elicitationOrder.since) ? ["name"] : undefined,
      );
      event.accept({ name: "Bob" });
    }
  });
  assertEquals(answer, { action: "accept", content: { name: "Bob" } });
  assertEquals(
    await elicited({}, (session) => session.ask("go")),
    { action: "decline" },
  );
});

live(
  "elicitations: hooks see what is asked and answered, and change nothing",
  async () => {
    const seen: string[] = [];
    let asked = 0;
    const answer = await elicited({
      onElicitation: () => {
        asked++;
        return elicit.accept({ name: "Ann" });
      },
      hooks: {
        Elicitation: [{
          run: ({ hookEventName, mcpServerName, message }) => {
            seen.push(`${hookEventName} ${mcpServerName} ${message}`);
            return {
              hookSpecificOutput: {
                action: "accept",
                content: { name: "Hook" },
              },
            };
          },
        }],
        ElicitationResult: [{
          run: ({ hookEventName, action }) => {
            seen.push(`${hookEventName} ${action}`);
          },
        }],
      },
    }, (session) => session.ask("go"));
    assertEquals(seen, [
      "Elicitation asker Your name?",
      "ElicitationResult accept",
    ]);
    // CLI 2.1.330 heeds the answers of commands alone here, not those of the host.
    assertEquals(asked, 1);
    assertEquals(answer, { action: "accept", content: { name: "Ann" } });
  },
);

live(
  "a PermissionRequest hook and the policy race, and the loser is withdrawn",
  async () => {
    const withdrawn = Promise.withResolvers<unknown>();
    await using on = await world({
      replies: [
        reply.toolUse("Bash", { command: "touch a" }),
        reply.text("done"),
      ],
    });
    await using session = new AsyncSession({
      ...on.options,
      policy: callback(() => undefined),
      hooks: {
        PermissionRequest: [{
          run: ({ toolName, permissionSuggestions }) => {
            assertEquals(toolName, "Bash");
            assert(permissionSuggestions !== undefined);
            return hook.allow();
          },
        }],
      },
    });
    for await (const event of session.send("go")) {
      // The hook answers, not the reader of the event.
      if (event.type === "request_cancelled") {
        withdrawn.resolve(
          event.requestId,
        );
      }
    }
    assert(await withdrawn.promise);
    assert(await exists(`${on.scratch.cwd}/a`));
  },
);

live(
  "permissionTimeoutMs denies, and the answer that comes later is refused",
  async () => {
    await using on = await world({
      replies: [
        reply.toolUse("Bash", { command: "touch a" }),
        reply.text("done"),
      ],
    });
    await using session = new AsyncSession({
      ...on.options,
      permissionTimeoutMs: 200,
      policy: callback((_name, _input, { signal }) =>
        new Promise<Decision>((resolve) => {
          // It comes to yes when it is too late.
          signal.addEventListener("abort", () => resolve(allow()));
        })
      ),
    });
    const { result } = await session.ask("go");
    assertEquals(result.permissionDenials?.length, 1);
    assert(!await exists(`${on.scratch.cwd}/a`));
  },
);
