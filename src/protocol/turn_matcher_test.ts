// Which turn is whose, with every way in which a version of the CLI tells of it.

import { assertEquals } from "@std/assert";
import type { WireObject } from "../messages/_define.ts";
import type { Output } from "./output.ts";
import { Protocol } from "./mod.ts";

/** What a version reports, from the oldest on; each reports what the one before does. */
const VERSIONS = ["2.1.197", "2.1.206", "2.1.250", "2.1.300", "2.1.332"];

/** A turn of the CLI's own has one of these, and no prompt. */
const ORIGIN = { origin: { kind: "task-notification" } };

/** A conversation with a CLI of one version. */
class Conversation {
  readonly #level: number;
  readonly #protocol = new Protocol({});
  /** `turn p1`, `turn p1 failed`, `push m1: folded`, `push m1: ok`. */
  readonly told: string[] = [];

  constructor(version: string) {
    this.#level = VERSIONS.indexOf(version);
    this.#protocol.start("start", {}, 1000);
  }

  get isBusy(): boolean {
    return this.#protocol.isBusy;
  }

  send(id: string): void {
    this.#tell(this.#protocol.send({ id, content: id }));
  }

  push(id: string): void {
    this.#tell(this.#protocol.push({ id, content: id }, {}));
  }

  lifecycle(state: string, ...ids: readonly string[]): void {
    if (this.#level < 1) return;
    for (const id of ids) {
      this.#receive({ type: "command_lifecycle", command_uuid: id, state });
    }
  }

  init(...ids: readonly string[]): void {
    this.#receive({
      type: "system",
      subtype: "init",
      cwd: "/w",
      tools: [],
      mcp_servers: [],
      model: "m",
      permissionMode: "default",
      ...this.#level >= 4 && ids.length > 0 ? { user_message_uuids: ids } : {},
    });
  }

  result(text: string, ids: readonly string[], more: WireObject = {}): void {
    this.#receive({
      type: "result",
      subtype: "success",
      is_error: false,
      result: text,
      total_cost_usd: 0.5,
      duration_ms: 5,
      usage: { input_tokens: 1, output_tokens: 2 },
      ...this.#level >= 2 && ids.length > 0
        ? { user_message_uuid: ids.at(-1) }
        : {},
      ...this.#level >= 3 && ids.length > 0 ? { user_message_uuids: ids } : {},
      ...more,
    });
  }

  #receive(line: WireObject): void {
    const whole = { session_id: "s", uuid: "u", ...line };
    this.#tell(this.#protocol.receive(JSON.stringify(whole)));
  }

  #tell(outputs: readonly Output[]): void {
    for (const output of outputs) {
      if (output.do === "end_turn") {
        const { result } = output.end;
        this.told.push(`turn ${output.id}: ${result?.result ?? "failed"}`);
      } else if (output.do === "tell_push") {
        const { news } = output;
        const what = "state" in news
          ? news.state
          : "result" in news
          ? news.result.result
          : "failed";
        this.told.push(`push ${output.id}: ${what}`);
      }
    }
  }
}

/** A test of each version; those that report nothing of a prompt may expect less. */
function everyVersion(
  name: string,
  play: (on: Conversation) => void,
  expected: readonly string[],
  withoutLifecycle: readonly string[] = expected,
): void {
  for (const version of VERSIONS) {
    Deno.test(`Turns, as CLI ${version} tells of them: ${name}`, () => {
      const on = new Conversation(version);
      play(on);
      const isOld = version === "2.1.197";
      assertEquals(on.told, isOld ? withoutLifecycle : expected);
      assertEquals(on.isBusy, false);
    });
  }
}

everyVersion("each prompt has its own result", (on) => {
  for (const id of ["p1", "p2"]) {
    on.send(id);
    on.lifecycle("queued", id);
    on.lifecycle("started", id);
    on.init(id);
    on.result(`of ${id}`, [id]);
    on.lifecycle("completed", id);
  }
}, ["turn p1: of p1", "turn p2: of p2"]);

everyVersion(
  "a turn of the CLI's own ends no prompt that waits for it",
  (on) => {
    on.init();
    on.send("p1");
    on.lifecycle("queued", "p1");
    on.result("its own", [], ORIGIN);
    on.lifecycle("started", "p1");
    on.init("p1");
    on.result("of p1", ["p1"]);
    on.lifecycle("completed", "p1");
  },
  ["turn p1: of p1"],
);

everyVersion("two turns of the CLI's own come before the prompt's", (on) => {
  on.send("p1");
  on.lifecycle("queued", "p1");
  for (const text of ["one", "two"]) {
    on.init();
    on.result(text, [], ORIGIN);
  }
  on.lifecycle("started", "p1");
  on.init("p1");
  on.result("of p1", ["p1"]);
  on.lifecycle("completed", "p1");
}, ["turn p1: of p1"]);

everyVersion("a message is folded into the turn that runs", (on) => {
  on.send("p1");
  on.lifecycle("queued", "p1");
  on.lifecycle("started", "p1");
  on.init("p1");
  on.push("m1");
  on.lifecycle("queued", "m1");
  on.lifecycle("started", "m1");
  on.lifecycle("completed", "m1");
  on.result("of both", ["p1", "m1"]);
  on.lifecycle("completed", "p1");
}, [
  "push m1: queued",
  "push m1: folded",
  "push m1: completed",
  "push m1: of both",
  "turn p1: of both",
], ["push m1: failed", "turn p1: of both"]);

everyVersion("messages that waited share a turn after the prompt's", (on) => {
  on.send("p1");
  on.lifecycle("queued", "p1");
  on.lifecycle("started", "p1");
  on.init("p1");
  on.push("m1");
  on.push("m2");
  on.lifecycle("queued", "m1", "m2");
  on.result("of p1", ["p1"]);
  on.lifecycle("completed", "p1");
  on.lifecycle("started", "m1", "m2");
  on.init("m1", "m2");
  on.result("of both", ["m1", "m2"]);
  on.lifecycle("completed", "m1", "m2");
}, [
  "push m1: queued",
  "push m2: queued",
  "turn p1: of p1",
  "push m1: started",
  "push m2: started",
  "push m1: of both",
  "push m2: of both",
  "push m1: completed",
  "push m2: completed",
], ["push m1: failed", "push m2: failed", "turn p1: of p1"]);

everyVersion("a prompt shares a turn with a message after it", (on) => {
  on.send("p1");
  on.push("m1");
  on.lifecycle("queued", "p1", "m1");
  on.lifecycle("started", "p1", "m1");
  on.init("p1", "m1");
  on.result("of both", ["p1", "m1"]);
  on.lifecycle("completed", "p1", "m1");
}, [
  "push m1: queued",
  "push m1: started",
  "push m1: of both",
  "turn p1: of both",
  "push m1: completed",
], ["push m1: failed", "turn p1: of both"]);

everyVersion("a message that was taken back is no part of the turn", (on) => {
  on.send("p1");
  on.lifecycle("queued", "p1");
  on.lifecycle("started", "p1");
  on.init("p1");
  on.push("m1");
  on.lifecycle("queued", "m1");
  on.lifecycle("cancelled", "m1");
  on.result("of p1", ["p1"]);
  on.lifecycle("completed", "p1");
}, [
  "push m1: queued",
  "push m1: cancelled",
  "push m1: failed",
  "turn p1: of p1",
], ["push m1: failed", "turn p1: of p1"]);

Deno.test("Turns: a prompt that is folded into a turn of the CLI's own ends with it", () => {
  // 2.1.197 says nothing of it: there such a result cannot be told from one of its own.
  for (const version of VERSIONS.slice(1)) {
    const on = new Conversation(version);
    on.init();
    on.send("p1");
    on.lifecycle("queued", "p1");
    on.lifecycle("started", "p1");
    on.lifecycle("completed", "p1");
    on.result("of both", ["p1"], ORIGIN);
    assertEquals(on.told, ["turn p1: of both"], version);
  }
});
