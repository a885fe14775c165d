// The real CLI through another program, recorded, and played again without it.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { allowAll, AsyncSession, type SessionOptions } from "../../mod.ts";
import { readRecording } from "../../src/observe/recording.ts";
import { replay, reply } from "../../src/testing/mod.ts";
import { throughShell } from "../support/carriers.ts";
import { live, world } from "../support/live_world.ts";

live(
  "a session through sh -c is recorded, and played again as it was",
  async () => {
    await using on = await world({
      replies: [
        reply.toolUse("Bash", { command: "echo made-by-bash" }),
        reply.text("the end"),
      ],
    });
    const path = `${on.scratch.temporary}/recording.ndjson`;
    const options: SessionOptions = {
      ...on.options,
      policy: allowAll(),
      replayUserMessages: true,
      builtinTools: "default",
    };
    const told = async (more: SessionOptions) => {
      await using session = new AsyncSession({ ...options, ...more });
      const seen: string[] = [];
      for await (const event of session.send("run it")) {
        // When a thing took how long is measured here; ids of prompts are the session's.
        seen.push(JSON.stringify(
          event,
          (key, value) =>
            /durationMs|commandUuid|userMessageUuids|^uuid$/.test(key)
              ? null
              : value,
        ));
      }
      return seen;
    };
    const first = await told({ spawn: throughShell, record: path });
    assert(first.some((line) => line.includes("made-by-bash")));
    const recorded = await Deno.readTextFile(path);
    const [lines = [], ...others] = readRecording(recorded);
    assertEquals(others, []);
    assert("exit" in (lines.at(-1) ?? {}));
    const key = on.options.env?.ANTHROPIC_API_KEY ?? "";
    assert(key !== "" && !recorded.includes(key));
    const recording = replay(path);
    assertEquals(await told({ spawn: recording }), first);
    recording.check();
    assertStringIncludes(first.at(-1) ?? "", "the end");
    const echoes = first.filter((line) => line.includes('"user_replay"'));
    assertEquals(echoes.length, 1);
  },
);
