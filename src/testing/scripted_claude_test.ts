// The scripted Claude as a process: gates, marks, starts, and its end.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { DEFAULT_VERSION } from "./player/version.ts";
import type { JsonObject, Scenario } from "./scenario.ts";
import { ScriptedClaude } from "./scripted_claude.ts";
import * as step from "./steps.ts";

const FLAGS = [
  "-p",
  "--output-format=stream-json",
  "--input-format=stream-json",
  "--verbose",
];

/** One line as a test looks at it. */
// deno-lint-ignore no-explicit-any -- tests look into lines of every shape
type Line = any;

/** A started stand-in: lines go in, lines come out. */
class Host implements AsyncDisposable {
  readonly child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #lines: string[] = [];
  readonly #decoder = new TextDecoder();
  #rest = "";

  constructor(command: readonly string[], more: readonly string[] = []) {
    const [program = "", ...args] = command;
    this.child = new Deno.Command(program, {
      args: [...args, ...FLAGS, ...more],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#writer = this.child.stdin.getWriter();
    this.#reader = this.child.stdout.getReader();
  }

  async send(line: JsonObject): Promise<void> {
    const text = `${JSON.stringify(line)}\n`;
    await this.#writer.write(new TextEncoder().encode(text));
  }

  async prompt(content: string, uuid?: string): Promise<void> {
    const message = { role: "user", content };
    await this.send({ type: "user", message, uuid });
  }

  async request(id: string, request: JsonObject): Promise<void> {
    await this.send({ type: "control_request", request_id: id, request });
  }

  /** Lets go of the input of a process that has ended by itself. */
  async abandonInput(): Promise<void> {
    await this.#writer.abort();
  }

  /** The next line, or nothing at the end of the output. */
  async line(): Promise<Line | undefined> {
    const text = await this.text();
    return text === undefined ? undefined : JSON.parse(text);
  }

  async text(): Promise<string | undefined> {
    while (this.#lines.length === 0) {
      const { done, value } = await this.#reader.read();
      if (done) return this.#rest === "" ? undefined : this.#takeRest();
      const parts = (this.#rest + this.#decoder.decode(value, { stream: true }))
        .split("\n");
      this.#rest = parts.pop() ?? "";
      this.#lines.push(...parts);
    }
    return this.#lines.shift();
  }

  #takeRest(): string {
    const rest = this.#rest;
    this.#rest = "";
    return rest;
  }

  /** The next line of a type; those before it are left out. */
  async until(type: string): Promise<Line> {
    for (;;) {
      const line = await this.line();
      if (line === undefined) throw new Error(`Cannot find "${type}": no more`);
      if (line.type === type) return line;
    }
  }

  /** Closes stdin and waits for the end. */
  async end(): Promise<{ code: number; stderr: string }> {
    await this.#writer.close().catch(() => {});
    while (await this.text() !== undefined) { /* the rest is not looked at */ }
    const [status, stderr] = await Promise.all([
      this.child.status,
      this.child.stderr.text(),
    ]);
    return { code: status.code, stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.child.stderr.locked) await this.end();
  }
}

Deno.test("ScriptedClaude answers initialize and nothing before it", async () => {
  await using claude = await ScriptedClaude.create(
    step.conversation([[step.text("Hello.")]]),
  );
  await using host = new Host(claude.command);
  await host.request("req-1", { subtype: "initialize" });
  const { response } = await host.line();
  assertEquals(response.subtype, "success");
  assertEquals(response.request_id, "req-1");
  assertEquals(response.response.claude_code_version, DEFAULT_VERSION);
  assertEquals(response.response.pid, host.child.pid);
  assert(response.response.commands.length > 0);
  await host.prompt("Hi");
  assertEquals((await host.until("result")).result, "Hello.");
  assertEquals((await host.end()).code, 0);
});

Deno.test("ScriptedClaude.path can be started as one file", async () => {
  await using claude = await ScriptedClaude.create(
    step.conversation([[step.echo("{prompts}")]]),
  );
  await using host = new Host([claude.path], ["--model", "sonnet"]);
  await host.prompt('It\'s "me" & $HOME');
  const init = await host.line();
  assertEquals(init.model, "claude-sonnet-5-5");
  assertEquals((await host.until("result")).result, 'It\'s "me" & $HOME');
});

Deno.test("ScriptedClaude shows what its processes received", async () => {
  await using claude = await ScriptedClaude.create({
    ...step.conversation([]),
    environment: ["PATH"],
  });
  await using host = new Host(claude.command, ["--session-id", "abc"]);
  await host.prompt("Hi", "11111111-1111-4111-8111-111111111111");
  assertEquals((await host.until("result")).session_id, "abc");
  const [start, ...others] = claude.starts;
  assertEquals(others, []);
  assertEquals(start?.pid, host.child.pid);
  assertEquals(start?.arguments, [...FLAGS, "--session-id", "abc"]);
  assertEquals(start?.environment, { PATH: Deno.env.get("PATH") ?? "" });
  assert(start?.environmentNames.includes("PATH"));
  await host.end();
  assertEquals(claude.received.map(({ type, uuid }) => [type, uuid]), [
    ["user", "11111111-1111-4111-8111-111111111111"],
  ]);
});

Deno.test("ScriptedClaude.reached and release hold a turn at a gate", async () => {
  await using claude = await ScriptedClaude.create(
    step.conversation([], {
      forEveryPrompt: [step.gate("asked"), step.echo("{turn}")],
    }),
  );
  await using host = new Host(claude.command);
  await host.prompt("one");
  await claude.reached("asked");
  await host.request("req-1", { subtype: "mcp_status" });
  assertEquals(
    (await host.until("control_response")).response.subtype,
    "success",
  );
  await claude.release("asked");
  assertEquals((await host.until("result")).result, "1");
  await claude.release("asked");
  await host.prompt("two");
  assertEquals((await host.until("result")).result, "2");
  await claude.reached("asked", 2);
});

Deno.test("ScriptedClaude cuts a turn off when it is interrupted", async () => {
  await using claude = await ScriptedClaude.create(step.conversation([
    [step.text("la ", {
      repeat: 1000,
      during: { after: 3, steps: [step.gate("singing")] },
    })],
    [step.text("Done.")],
  ]));
  await using host = new Host(claude.command, ["--include-partial-messages"]);
  await host.prompt("Sing");
  await claude.reached("singing");
  await host.request("stop", { subtype: "interrupt" });
  assertEquals(
    (await host.until("control_response")).response.request_id,
    "stop",
  );
  const partial = await host.line();
  assertEquals(partial.message.content, [{ type: "text", text: "la la la " }]);
  assertEquals(partial.aborted, true);
  const result = await host.until("result");
  assertEquals(result.subtype, "error_during_execution");
  assertEquals(result.terminal_reason, "aborted_streaming");
  await host.prompt("And now?");
  assertEquals((await host.until("result")).result, "Done.");
});

Deno.test("ScriptedClaude runs a tool with the input that the host gives", async () => {
  await using claude = await ScriptedClaude.create(step.conversation([[
    step.toolCall("Bash", { command: "ls" }, {
      asks: true,
      output: "ran {input.command}",
      template: true,
    }),
    step.text("Fine."),
  ]]));
  await using host = new Host(claude.command, [
    "--permission-prompt-tool",
    "stdio",
  ]);
  await host.prompt("Go");
  const { request_id, request } = await host.until("control_request");
  assertEquals(request.subtype, "can_use_tool");
  await host.send({
    type: "control_response",
    response: {
      subtype: "success",
      request_id,
      response: { behavior: "allow", updatedInput: { command: "pwd" } },
    },
  });
  const { message } = await host.until("user");
  assertEquals(message.content[0].content, "ran pwd");
  assertEquals((await host.until("result")).permission_denials, []);
});

Deno.test("ScriptedClaude ends with 1 when the last result was an error", async () => {
  await using claude = await ScriptedClaude.create(step.conversation([
    [step.apiError(500, "server_error", "API Error")],
  ]));
  await using host = new Host(claude.command);
  await host.prompt("Hi");
  assertEquals((await host.end()).code, 1);
});

Deno.test("ScriptedClaude dies as it is told, and the next start differs", async () => {
  const scenario: Scenario = {
    processes: [
      {
        turns: [[
          step.text("I", { during: { after: 1, steps: [step.exit(7)] } }),
        ]],
      },
      { turns: [[step.kill("SIGKILL")]] },
      { turns: [[step.text("Back.")]] },
      { turns: [[step.text("Back.")]] },
    ],
  };
  await using claude = await ScriptedClaude.create(scenario);
  for (const code of [7, 137]) {
    await using host = new Host(claude.command);
    await host.prompt("Hi");
    assertEquals((await host.end()).code, code);
  }
  await claude.ended(1);
  // By its id, or by the path of its transcript, as the real one.
  for (const resumed of ["abc", "/somewhere/abc.jsonl"]) {
    await using host = new Host(claude.command, [`--resume=${resumed}`]);
    await host.prompt("Hi");
    const result = await host.until("result");
    assertEquals([result.result, result.session_id], ["Back.", "abc"]);
  }
  assertEquals(claude.starts.length, 4);
});

Deno.test({
  name: "ScriptedClaude ends with 143 on SIGTERM, or not at all",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using claude = await ScriptedClaude.create({
      processes: [
        { turns: [[step.gate("silent"), step.silence()]] },
        { ignore: ["sigterm", "eof"], turns: [[step.gate("deaf")]] },
      ],
    });
    await using host = new Host(claude.command);
    await host.prompt("Hi");
    await claude.reached("silent");
    host.child.kill("SIGTERM");
    assertEquals((await host.end()).code, 143);

    await using stubborn = new Host(claude.command);
    await stubborn.prompt("Hi");
    await claude.reached("deaf");
    stubborn.child.kill("SIGTERM");
    await claude.release("deaf");
    await stubborn.until("result");
    stubborn.child.kill("SIGKILL");
    assertEquals((await stubborn.end()).code, 137);
  },
});

Deno.test("ScriptedClaude makes noise, floods stderr and writes in pieces", async () => {
  await using claude = await ScriptedClaude.create(step.conversation([[
    step.stderr("x", 1_000_000),
    step.write("not json\n"),
    step.inChunks(3),
    step.text("日本 ", { repeat: 10, deltas: 2 }),
    step.mark("text"),
    step.inChunks(0),
    step.line({ type: "odd" }, { bare: true, paddingBytes: 2_000_000 }),
    step.write('{"half":'),
    step.exit(0),
  ]]));
  await using host = new Host(claude.command);
  const stderr = host.child.stderr.text();
  await host.prompt("Hi");
  await host.line();
  assertEquals(await host.text(), "not json");
  assertEquals((await host.line()).message.content[0].text, "日本 ".repeat(10));
  assertEquals((await host.line()).padding.length, 2_000_000);
  assertEquals(await host.text(), '{"half":');
  assertEquals(await host.text(), undefined);
  assertEquals((await stderr).length, 1_000_000);
  await host.child.status;
  await host.abandonInput();
});

Deno.test({
  name: "ScriptedClaude.close ends what is left and removes its folder",
  ignore: Deno.build.os === "windows",
  async fn() {
    const claude = await ScriptedClaude.create(step.conversation([], {
      ignore: ["eof", "sigterm"],
      beforeInput: [
        step.grandchild({ ownGroup: true }),
        step.mark("started"),
        step.silence(),
      ],
    }));
    await using _host = new Host(claude.command);
    await claude.reached("started");
    assertEquals(claude.grandchildren.length, 1);
    const never = assertRejects(() => claude.reached("never"), Error, "never");
    await claude.close();
    await never;
    await claude.close();
    await assertRejects(() => Deno.stat(claude.folder), Deno.errors.NotFound);
  },
});

Deno.test("ScriptedClaude writes the same ids for the same seed", async () => {
  const outputs = [];
  for (let round = 0; round < 2; round++) {
    await using claude = await ScriptedClaude.create({
      ...step.conversation([[step.text("Hello.")]]),
      seed: "same",
    });
    await using host = new Host(claude.command);
    await host.prompt("Hi");
    const init = await host.line();
    const { messaging_socket_path: _, ...rest } = init;
    outputs.push([rest, await host.line(), await host.line()]);
  }
  assertEquals(outputs[0], outputs[1]);
});

Deno.test("a gate or a mark that the scenario does not have is not waited for", async () => {
  const scenario: Scenario = {
    processes: [{
      turns: [[step.when("prompt", "x", [step.gate("deep")]), step.mark("m")]],
      answers: { interrupt: { answer: "gate", name: "late" } },
    }],
  };
  await using claude = await ScriptedClaude.create(scenario);
  const told =
    'There is no gate or mark "dep" in the scenario: expected one of deep, m, late';
  await assertRejects(() => claude.reached("dep"), RangeError, told);
  await assertRejects(() => claude.release("dep"), RangeError, told);
  await using without = await ScriptedClaude.create(step.conversation([]));
  await assertRejects(() => without.reached("x"), RangeError, "it has none");
});
