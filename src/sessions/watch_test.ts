// Following a session yields whole records, each once, also of subagents.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConfigError } from "../errors.ts";
import { answer, prompt, record, ScratchConfig } from "./fixtures/scratch.ts";
import { readSession } from "./read.ts";
import { watchSession, type WatchSessionOptions } from "./watch.ts";

function line(value: Record<string, unknown>): string {
  return `${JSON.stringify(value)}\n`;
}

async function append(path: string, text: string): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(path, text, { append: true });
}

/** What a person would say of an event. */
function said(event: { readonly type: string }): string {
  const { type, text, content, parentToolUseId } = event as unknown as Record<
    string,
    unknown
  >;
  const whose = typeof parentToolUseId === "string"
    ? `${parentToolUseId} `
    : "";
  return `${whose}${type} ${text ?? content ?? ""}`.trim();
}

/** The first call begins the watching; what is written from then on is not lost. */
function watched(
  on: ScratchConfig,
  options: WatchSessionOptions = {},
): () => Promise<string> {
  const events = watchSession("s", { configDir: on.configDir, ...options });
  return async () => {
    const { done, value } = await events.next();
    return done === true ? "end" : said(value);
  };
}

Deno.test("watchSession yields what is written from now on, whole lines only", async () => {
  await using on = await ScratchConfig.create();
  const path = await on.write("s", [prompt("1", null, "before")]);
  const abort = new AbortController();
  const next = watched(on, { from: "start", signal: abort.signal });
  assertEquals(await next(), "user_replay before");
  const second = next();
  await append(path, line(answer("2", "1", "one")) + '{"type":"as');
  assertEquals(await second, "assistant_text one");
  const third = next();
  await append(path, line(answer("3", "2", "two")).slice('{"type":"as'.length));
  // The line that was begun before is no record: it was another one's beginning.
  await append(path, line(answer("4", "3", "three")));
  assert((await third).startsWith("unknown"));
  assertEquals(await next(), "assistant_text three");
  const last = next();
  abort.abort(new Error("enough"));
  await assertRejects(() => last, Error, "enough");
});

Deno.test("watchSession begins at the end by default", async () => {
  await using on = await ScratchConfig.create();
  const path = await on.write("s", [prompt("1", null, "before")]);
  const abort = new AbortController();
  const next = watched(on, { signal: abort.signal });
  let found: string | undefined;
  const first = next().then((text) => found = text);
  // Write until the watching has begun: nothing else tells when it has.
  for (let at = 0; found === undefined; at++) {
    await append(path, line(answer(`a${at}`, "1", `${at}`)));
  }
  const at = Number(/^assistant_text (\d+)$/.exec(await first)?.[1]);
  await append(path, line(answer("end", "1", "end")));
  for (let follows = at + 1;; follows++) {
    const text = await next();
    if (text === "assistant_text end") break;
    assertEquals(text, `assistant_text ${follows}`);
  }
  const last = next();
  abort.abort(new Error("enough"));
  await assertRejects(() => last, Error, "enough");
});

Deno.test("watchSession follows subagents, also those that begin later", async () => {
  await using on = await ScratchConfig.create();
  const path = await on.write("s", [prompt("1", null, "go")]);
  const agents = path.replace(/\.jsonl$/, "/subagents");
  const abort = new AbortController();
  const next = watched(on, { from: "start", signal: abort.signal });
  assertEquals(await next(), "user_replay go");
  const call = { type: "tool_use", id: "t", name: "Agent", input: {} };
  const second = next();
  await append(path, line(answer("2", "1", call)));
  assertEquals(await second, "tool_use");
  const third = next();
  await append(`${agents}/agent-x.meta.json`, '{"toolUseId":"t"}');
  await append(`${agents}/agent-x.jsonl`, line(answer("x1", null, "hi")));
  assertEquals(await third, "t assistant_text hi");
  const fourth = next();
  await append(`${agents}/agent-x.jsonl`, line(answer("x2", "x1", "bye")));
  assertEquals(await fourth, "t assistant_text bye");
  const fifth = next();
  const content = [{ type: "tool_result", tool_use_id: "t", content: "done" }];
  await append(
    path,
    line(
      record("3", "2", { type: "user", message: { role: "user", content } }),
    ),
  );
  assertEquals(await fifth, "tool_result done");
  const last = next();
  abort.abort(new Error("enough"));
  await assertRejects(() => last, Error, "enough");
});

Deno.test("watchSession names the call of a subagent that the CLI notes after its first line, or never", async () => {
  await using on = await ScratchConfig.create();
  const path = await on.write("s", [prompt("1", null, "go")]);
  const agents = path.replace(/\.jsonl$/, "/subagents");
  const abort = new AbortController();
  const next = watched(on, { from: "start", signal: abort.signal });
  assertEquals(await next(), "user_replay go");
  const late = next();
  await append(`${agents}/agent-x.jsonl`, line(answer("x1", null, "hi")));
  // A change that is seen in any case, so that the line above was looked at.
  await append(path, line(answer("2", "1", "on")));
  assertEquals(await late, "assistant_text on");
  const noted = next();
  await append(`${agents}/agent-x.meta.json`, '{"toolUseId":"t"}');
  assertEquals(await noted, "t assistant_text hi");
  const never = next();
  await append(`${agents}/agent-y.jsonl`, line(answer("y1", null, "yes")));
  const content = [{ type: "tool_result", tool_use_id: "u", content: "done" }];
  await append(
    path,
    line(record("3", "2", {
      type: "user",
      message: { role: "user", content },
      toolUseResult: { agentId: "y" },
    })),
  );
  assertEquals(
    [await never, await next()].sort(),
    ["tool_result done", "y assistant_text yes"],
  );
  abort.abort();
});

Deno.test("watchSession: what was there comes once, as readSession yields it, though the file is written anew", async () => {
  await using on = await ScratchConfig.create();
  const { configDir } = on;
  const records = [prompt("1", null, "a"), answer("2", "1", "b")];
  const path = await on.write("s", records);
  const before = await Array.fromAsync(readSession("s", { configDir }));
  const events = watchSession("s", { configDir, from: "start" });
  for (const event of before) {
    assertEquals((await events.next()).value, event);
  }
  const next = events.next();
  // Shorter than it was, and with what it had.
  await Deno.writeTextFile(`${path}.new`, line(answer("2", "1", "b")));
  await append(`${path}.new`, line(answer("3", "2", "c")));
  await Deno.rename(`${path}.new`, path);
  const { value } = await next;
  assertEquals(said(value!), "assistant_text c");
  const end = events.next();
  await Deno.remove(path);
  assertEquals(await end, { done: true, value: undefined });
});

Deno.test("watchSession: views, subagents that are left out, and options that are none", async () => {
  await using on = await ScratchConfig.create();
  const { configDir } = on;
  const path = await on.write("s", [prompt("1", null, "a")]);
  await append(
    path.replace(/\.jsonl$/, "/subagents/agent-x.jsonl"),
    line(answer("x1", null, "x")),
  );
  const events = watchSession("s", {
    configDir,
    view: "wire",
    from: "start",
    subagents: false,
  });
  assertEquals((await events.next()).value, prompt("1", null, "a"));
  const next = events.next();
  await append(path, line({ type: "mode", mode: "normal" }));
  assertEquals((await next).value, { type: "mode", mode: "normal" });
  // To leave the loop ends it.
  assertEquals((await events.return()).done, true);
  for (const bad of [{ view: "x" }, { from: "middle" }]) {
    await assertRejects(
      () => watchSession("s", { configDir, ...bad as object }).next(),
      ConfigError,
      "Invalid option",
    );
  }
  await assertRejects(
    () => watchSession("none", { configDir }).next(),
    Error,
    "Cannot find",
  );
  const reason = new Error("before");
  await assertRejects(
    () =>
      watchSession("s", { configDir, signal: AbortSignal.abort(reason) })
        .next(),
    Error,
    "before",
  );
});
