// Its tests: no account, no network, no claude, and no permission but to read.

import { DeadlineError, TurnError } from "jsr:@claudestream/core";
import {
  FakeClock,
  MemoryClaude,
  parseScenario,
  step,
} from "jsr:@claudestream/core/testing";
import { assertEquals, assertRejects } from "jsr:@std/assert@^1";
import { review } from "./app.ts";

Deno.test("a verdict is read from the answer", async () => {
  const claude = new MemoryClaude(step.conversation([], {
    onPrompt: [
      step.onPrompt(/eval\(/, [step.text("CHANGE: no eval, please.")]),
      step.onPrompt({ contains: "const" }, [step.text("FINE.")]),
    ],
    forEveryPrompt: [step.text("Hm.")],
  }));
  const options = { spawn: claude.spawn };
  assertEquals((await review("eval(x)", options)).verdict, "to be changed");
  assertEquals((await review("const a = 1;", options)).verdict, "fine");
  assertEquals((await review("?", options)).verdict, "unknown");
});

Deno.test("a review changes nothing, whatever Claude tries", async () => {
  const claude = new MemoryClaude(step.conversation([[
    step.toolCall("Write", { file_path: "a.ts", content: "" }, {
      asks: true,
      refused: [step.text("FINE. I was not let change it.")],
    }),
    step.text("FINE. I changed it for you."),
  ]]));
  const { text } = await review("x", { spawn: claude.spawn });
  assertEquals(text, "FINE. I was not let change it.");
});

Deno.test("what goes wrong is told", async () => {
  const busy = new MemoryClaude(step.conversation([[step.overloaded()]]));
  const error = await assertRejects(
    () => review("x", { spawn: busy.spawn }),
    TurnError,
  );
  assertEquals(error.code, "overloaded");
});

Deno.test("a review takes five minutes at most, which take no time here", async () => {
  const clock = new FakeClock();
  const claude = new MemoryClaude(
    step.conversation([[step.text("CHANGE"), step.pause(600_000)]]),
    { clock },
  );
  await assertRejects(
    () =>
      review("x", {
        spawn: claude.spawn,
        clock,
        onWire: (_, line) => {
          if (line.includes('"type":"assistant"')) {
            queueMicrotask(() => clock.advance(300_000));
          }
        },
      }),
    DeadlineError,
  );
});

Deno.test("a scenario may be a file", async () => {
  const scenario = parseScenario(`{
    // What each started process does.
    "processes": [{ "turns": [[{ "do": "text", "text": "FINE." }]] }],
  }`);
  const claude = new MemoryClaude(scenario);
  assertEquals((await review("x", { spawn: claude.spawn })).verdict, "fine");
});
