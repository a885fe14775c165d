// Titles and tags are appended to a transcript and harm nothing in it.

import { assertEquals, assertRejects } from "@std/assert";
import { renameSession, tagSession } from "./change.ts";
import { sessionInfo } from "./find.ts";
import { prompt, ScratchConfig } from "./fixtures/scratch.ts";
import { readSession } from "./read.ts";

Deno.test("renameSession and tagSession: the last one counts, an empty one takes it back", async () => {
  await using on = await ScratchConfig.create();
  const { configDir } = on;
  await on.write("s", [prompt("1", null, "one")]);
  const facts = async () => {
    const { title, tag, label } = await sessionInfo("s", { configDir });
    return [title, tag, label];
  };
  await renameSession("s", '  "A"\nB ', { configDir });
  await tagSession("s", "x", { configDir });
  assertEquals(await facts(), ['"A"\nB', "x", '"A"\nB']);
  await renameSession('"a"\nb', "C", { configDir });
  await tagSession("C", " ", { configDir });
  assertEquals(await facts(), ["C", undefined, "C"]);
  await renameSession("s", "", { configDir });
  assertEquals(await facts(), [undefined, undefined, "one"]);
  const events = await Array.fromAsync(readSession("s", { configDir }));
  assertEquals(events.map(({ type }) => type), ["user_replay"]);
});

Deno.test("renameSession leaves a line that was cut off alone", async () => {
  await using on = await ScratchConfig.create();
  const { configDir } = on;
  const path = await on.write("s", [prompt("1", null, "one"), '{"type":"us']);
  await renameSession("s", "T", { configDir });
  const [, cut, added, rest] = (await Deno.readTextFile(path)).split("\n");
  assertEquals(cut, '{"type":"us');
  assertEquals(JSON.parse(added ?? ""), {
    type: "custom-title",
    customTitle: "T",
    sessionId: "s",
  });
  assertEquals(rest, "");
});

Deno.test("renameSession and tagSession refuse what is no text and no session", async () => {
  await using on = await ScratchConfig.create();
  const { configDir } = on;
  await on.write("s", []);
  for (const change of [renameSession, tagSession]) {
    await assertRejects(
      () => change("s", undefined as unknown as string, { configDir }),
      Error,
      "expected a text, got undefined",
    );
    await assertRejects(() => change("t", "x", { configDir }), Error, '"t"');
  }
});
