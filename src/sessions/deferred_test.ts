// Calls that wait for a decision are found in a stored session.

import { assert, assertEquals } from "@std/assert";
import { deferred } from "./deferred.ts";
import { answer, prompt, record, ScratchConfig } from "./fixtures/scratch.ts";

function call(uuid: string, parentUuid: string, id: string) {
  const block = { type: "tool_use", id, name: "Bash", input: { command: id } };
  return answer(uuid, parentUuid, block, "m");
}

function deferral(uuid: string, parentUuid: string, id: string) {
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

Deno.test("deferred: what waits, until it has a result or a prompt drops it, on the branch that holds", async () => {
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
    deferral("4", "3", "t"),
    deferral("5", "4", "u"),
    // As somebody else's attachments may look.
    record("6", "5", { type: "attachment", attachment: { type: "date" } }),
    record("7", "6", {
      type: "attachment",
      attachment: { type: "hook_deferred_tool", toolUseID: 5 },
    }),
  ];
  const path = await on.write("s", begin);
  const found = async () => await deferred("s", { configDir });
  // The CLI continues with the last one only.
  assertEquals(await found(), [waiting("u")]);
  const result = (id: string) => {
    const content = [{ type: "tool_result", tool_use_id: id, content: "ran" }];
    return record("8", "7", {
      type: "user",
      message: { role: "user", content },
    });
  };
  await on.write("s", [...begin, result("t")]);
  assertEquals(await found(), [waiting("u")]);
  await on.write("s", [...begin, result("u")]);
  assertEquals(await found(), []);
  // Text that the CLI adds by itself is no prompt.
  const added = { ...prompt("8", "7", "caveat"), isMeta: true };
  await on.write("s", [...begin, added]);
  assertEquals(await found(), [waiting("u")]);
  // The next prompt came before the decision: the CLI has forgotten the call.
  await on.write("s", [...begin, prompt("8", "7", "another")]);
  assertEquals(await found(), []);
  // The result of another call of the same reply is a fork in the file.
  const [one, two, three] = begin;
  assert(one !== undefined && two !== undefined && three !== undefined);
  await on.write("s", [
    one,
    two,
    three,
    deferral("4", "3", "t"),
    { ...result("u"), parentUuid: "3" },
  ]);
  assertEquals(await found(), [waiting("t")]);
  // A rewind took the turn back.
  await on.write("s", [...begin, prompt("9", null, "another")]);
  assertEquals(await found(), []);
  await Deno.remove(path);
});
