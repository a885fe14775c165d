// Calls that wait for a decision are found in a stored session.

import { assertEquals } from "@std/assert";
import { deferredCalls } from "./deferred.ts";
import { answer, prompt, record, ScratchConfig } from "./fixtures/scratch.ts";

function call(uuid: string, parentUuid: string, id: string) {
  const block = { type: "tool_use", id, name: "Bash", input: { command: id } };
  return answer(uuid, parentUuid, block, "m");
}

function deferred(uuid: string, parentUuid: string, id: string) {
  return record(uuid, parentUuid, {
    type: "attachment",
    timestamp: "2026-11-30T00:00:00.000Z",
    attachment: {
      type: "hook_deferred_tool",
      toolUseID: id,
      toolName: "Bash",
      toolInput: { command: id },
      permissionMode: "default",
    },
  });
}

Deno.test("deferredCalls: what waits, until it has a result, on the branch that holds", async () => {
  await using on = await ScratchConfig.create();
  const { configDir } = on;
  const waiting = (id: string) => ({
    toolUseId: id,
    toolName: "Bash",
    input: { command: id },
    permissionMode: "default",
    timestamp: "2026-11-30T00:00:00.000Z",
  });
  const begin = [
    prompt("1", null, "one"),
    call("2", "1", "t"),
    call("3", "2", "u"),
    deferred("4", "3", "t"),
    deferred("5", "4", "u"),
    // As somebody else's attachments may look.
    record("6", "5", { type: "attachment", attachment: { type: "date" } }),
    record("7", "6", {
      type: "attachment",
      attachment: { type: "hook_deferred_tool", toolUseID: 5 },
    }),
  ];
  const path = await on.write("s", begin);
  const found = async () => await deferredCalls("s", { configDir });
  assertEquals(await found(), [waiting("t"), waiting("u")]);
  const content = [{ type: "tool_result", tool_use_id: "t", content: "ran" }];
  await on.write("s", [
    ...begin,
    record("8", "7", { type: "user", message: { role: "user", content } }),
  ]);
  assertEquals(await found(), [waiting("u")]);
  // A rewind took the turn back.
  await on.write("s", [...begin, prompt("9", null, "another")]);
  assertEquals(await found(), []);
  await Deno.remove(path);
});
