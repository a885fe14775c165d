// The scripted Messages API answers as the real one does.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { block, fault, Gate, MessagesApi, reply } from "./messages_api.ts";

// Off by default in Deno 2.9, and here they are half of the test.
Deno.test.sanitizer({ ops: true, resources: true });

interface Body {
  readonly stream?: boolean;
  readonly messages?: readonly unknown[];
  readonly [field: string]: unknown;
}

function post(api: MessagesApi, body: Body = {}, init: RequestInit = {}) {
  return fetch(`${api.url}/v1/messages?beta=true`, {
    method: "POST",
    body: JSON.stringify({
      model: "claude-test",
      stream: true,
      messages: [{ role: "user", content: "Hi" }],
      ...body,
    }),
    ...init,
  });
}

async function events(response: Response): Promise<Record<string, unknown>[]> {
  return (await response.text()).split("\n\n")
    .flatMap((lines) => lines.split("\n"))
    .filter((line) => line.startsWith("data: "))
    .map((line) => JSON.parse(line.slice(6)));
}

function deltas(all: readonly Record<string, unknown>[]): unknown[] {
  return all.filter(({ type }) => type === "content_block_delta")
    .map(({ delta }) => delta);
}

Deno.test("MessagesApi streams a text as the API does", async () => {
  await using api = await MessagesApi.start({ replies: [reply.text("Hello")] });
  const response = await post(api);
  assertEquals(response.headers.get("content-type"), "text/event-stream");
  assertEquals(response.headers.get("request-id"), "req_scripted_0001");
  assertEquals(
    await response.text(),
    [
      'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_scripted_0001","type":"message","role":"assistant","model":"claude-test","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":100,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1}}}',
      'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}',
      'event: ping\ndata: {"type":"ping"}',
      'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}',
      'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}',
      'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":20}}',
      'event: message_stop\ndata: {"type":"message_stop"}',
      "",
    ].join("\n\n"),
  );
  assertEquals(await api.requests[0]?.settled, "sent");
  api.verify();
});

Deno.test("MessagesApi streams thinking, text and tool calls", async () => {
  await using api = await MessagesApi.start({
    replies: [
      reply.message([
        block.thinking(["Let me ", "look"], "c2ln"),
        block.redactedThinking("ZGF0YQ=="),
        block.text(["Call", "ing"]),
        block.toolUse("Bash", { command: "ls" }, { id: "toolu_own" }),
        block.toolUse("Read"),
      ], { usage: { inputTokens: 7, outputTokens: 9 } }),
    ],
  });
  const all = await events(await post(api));
  assertEquals(
    all.filter(({ type }) => type === "content_block_start")
      .map(({ index, content_block }) => [index, content_block]),
    [
      [0, { type: "thinking", thinking: "", signature: "" }],
      [1, { type: "redacted_thinking", data: "ZGF0YQ==" }],
      [2, { type: "text", text: "" }],
      [3, { type: "tool_use", id: "toolu_own", name: "Bash", input: {} }],
      [4, {
        type: "tool_use",
        id: "toolu_scripted_0001",
        name: "Read",
        input: {},
      }],
    ],
  );
  assertEquals(deltas(all), [
    { type: "thinking_delta", thinking: "Let me " },
    { type: "thinking_delta", thinking: "look" },
    { type: "signature_delta", signature: "c2ln" },
    { type: "text_delta", text: "Call" },
    { type: "text_delta", text: "ing" },
    { type: "input_json_delta", partial_json: '{"command":"ls"}' },
    { type: "input_json_delta", partial_json: "{}" },
  ]);
  assertEquals(all.at(-2), {
    type: "message_delta",
    delta: { stop_reason: "tool_use", stop_sequence: null },
    usage: { output_tokens: 9 },
  });
});

Deno.test("MessagesApi splits pieces by code points", async () => {
  await using api = await MessagesApi.start({
    replies: [reply.text(["a😀b", "cd\u2028e"], { chunkSize: 2 })],
  });
  assertEquals(
    deltas(await events(await post(api)))
      .map((delta) => (delta as { text: string }).text),
    ["a😀", "b", "cd", "\u2028e"],
  );
  assertThrows(
    () => reply.text("a", { chunkSize: 0 }),
    RangeError,
    'chunkSize must be above 0, got "0"',
  );
});

Deno.test("MessagesApi sends a whole message without streaming", async () => {
  await using api = await MessagesApi.start({
    replies: [
      reply.message([
        block.thinking(["a", "b"], "c2ln"),
        block.text(["Hel", "lo"]),
        block.toolUse("Bash", { command: "ls" }, { json: '{"command":"ls"}' }),
        block.toolUse("Bash", {}, { json: '{"broken' }),
      ], { stopReason: "stop_sequence", stopSequence: "END", id: "msg_own" }),
      reply.message([block.text(["a", fault.error()])]),
      reply.cut("a"),
    ],
  });
  const response = await post(api, { stream: false });
  assertEquals(await response.json(), {
    id: "msg_own",
    type: "message",
    role: "assistant",
    model: "claude-test",
    content: [
      { type: "thinking", thinking: "ab", signature: "c2ln" },
      { type: "text", text: "Hello" },
      {
        type: "tool_use",
        id: "toolu_scripted_0001",
        name: "Bash",
        input: { command: "ls" },
      },
      { type: "tool_use", id: "toolu_scripted_0002", name: "Bash", input: {} },
    ],
    stop_reason: "stop_sequence",
    stop_sequence: "END",
    usage: {
      input_tokens: 100,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: 20,
    },
  });
  const failed = await post(api, { stream: false });
  assertEquals(failed.status, 529);
  assertEquals((await failed.json()).error.type, "overloaded_error");
  const cut = await post(api, { stream: false });
  await assertRejects(() => cut.text());
  assertEquals(
    await Promise.all(api.requests.map(({ settled }) => settled)),
    ["sent", "failed", "cut"],
  );
});

Deno.test("Gate holds the stream until it is opened", async () => {
  const before = new Gate();
  const middle = new Gate();
  await using api = await MessagesApi.start({
    replies: [
      reply.message([block.text(["one", middle, "two"])], { before }),
    ],
  });
  const pending = post(api);
  await before.reached;
  assertEquals([before.isOpen, middle.isOpen], [false, false]);
  before.open();
  const response = await pending;
  const reader = response.body!.pipeThrough(new TextDecoderStream())
    .getReader();
  let seen = "";
  while (!seen.includes('"one"')) seen += (await reader.read()).value;
  await middle.reached;
  assert(!seen.includes('"two"'));
  middle.open();
  middle.open();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    seen += next.value;
  }
  assert(seen.includes('"two"') && seen.includes("message_stop"));
});

Deno.test("reply.failure sends status, headers and error", async () => {
  const cases = [
    [400, "invalid_request_error"],
    [401, "authentication_error"],
    [403, "permission_error"],
    [404, "not_found_error"],
    [413, "request_too_large"],
    [422, "invalid_request_error"],
    [429, "rate_limit_error"],
    [500, "api_error"],
    [503, "api_error"],
    [529, "overloaded_error"],
  ] as const;
  await using api = await MessagesApi.start({
    replies: [
      ...cases.map(([status]) =>
        reply.failure(status, { message: "no", retryAfterSeconds: 3 })
      ),
      reply.failure(502, { body: "<h1>Bad gateway</h1>" }),
      ...reply.repeat(2, reply.failure(500)),
    ],
  });
  for (const [status, type] of cases) {
    const response = await post(api);
    assertEquals(response.status, status);
    assertEquals(response.headers.get("retry-after"), "3");
    assertEquals((await response.json()).error, { type, message: "no" });
  }
  assertEquals(await (await post(api)).text(), "<h1>Bad gateway</h1>");
  assertEquals(api.remaining, 2);
  for (const _ of [1, 2]) {
    const response = await post(api);
    assertEquals(response.status, 500);
    await response.body?.cancel();
  }
  api.verify();
  assertThrows(() => reply.failure(200), RangeError, 'got "200"');
});

Deno.test("reply.failure lasts until the next prompt with wholeTurn", async () => {
  await using api = await MessagesApi.start({
    replies: [reply.failure(400, { wholeTurn: true }), reply.text("after")],
  });
  const again = { messages: [{ role: "user", content: "Hi\n\nagain" }] };
  const statuses: number[] = [];
  for (const body of [{}, {}, { stream: false }, again]) {
    const response = await post(api, body);
    statuses.push(response.status);
    await response.text();
  }
  assertEquals(statuses, [400, 400, 400, 200]);
  api.verify();
});

Deno.test("reply.cut breaks the connection in the middle", async () => {
  const gate = new Gate();
  await using api = await MessagesApi.start({
    replies: [reply.cut(["Hello", gate]), reply.cut(), reply.text("whole")],
  });
  const response = await post(api);
  const reader = response.body!.pipeThrough(new TextDecoderStream())
    .getReader();
  let seen = "";
  while (!seen.includes("Hello")) seen += (await reader.read()).value;
  gate.open();
  await assertRejects(async () => {
    while (!(await reader.read()).done);
  });
  const empty = await post(api);
  await assertRejects(() => empty.text());
  await events(await post(api));
  assertEquals(
    await Promise.all(api.requests.map(({ settled }) => settled)),
    ["cut", "cut", "sent"],
  );
});

Deno.test("fault ends, breaks and extends a stream", async () => {
  await using api = await MessagesApi.start({
    replies: [
      reply.message([block.text(["a", fault.end(), "b"])]),
      reply.message([block.text("a"), fault.error("api_error", "Oh")]),
      reply.message([
        fault.event({ type: "new_event", n: 1 }),
        block.other({ type: "new_block", x: "" }, [{ type: "new_delta" }]),
        fault.raw("data: {broken\n\n"),
      ]),
    ],
  });
  const ended = await events(await post(api));
  assertEquals(ended.at(-1)?.type, "content_block_delta");
  const failed = await events(await post(api));
  assertEquals(failed.at(-1), {
    type: "error",
    error: { type: "api_error", message: "Oh" },
  });
  const text = await (await post(api)).text();
  assert(text.includes('event: new_event\ndata: {"type":"new_event","n":1}'));
  assert(text.includes('"delta":{"type":"new_delta"}'));
  assert(text.includes("\n\ndata: {broken\n\nevent: message_delta"));
  assertEquals(
    await Promise.all(api.requests.map(({ settled }) => settled)),
    ["cut", "failed", "sent"],
  );
});

Deno.test("reply.silence lasts until the client gives up", async () => {
  await using api = await MessagesApi.start({ replies: [reply.silence()] });
  const controller = new AbortController();
  const response = await post(api, {}, { signal: controller.signal });
  const request = await api.received(0);
  controller.abort();
  await assertRejects(() => response.text());
  assertEquals(await request.settled, "abandoned");
  assertEquals(api.problems, []);
});

Deno.test("MessagesApi closes while replies are held", async () => {
  const gate = new Gate();
  const api = await MessagesApi.start({
    replies: [
      reply.silence(),
      reply.text("never", { before: gate }),
      reply.text(["a", gate]),
    ],
  });
  const silent = await post(api);
  const held = assertRejects(() => post(api));
  await gate.reached;
  const partial = await post(api);
  const waiting = assertRejects(
    () => api.received(9),
    Error,
    "Cannot wait for call 9 of the conversation: the server was closed",
  );
  await api[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
  await held;
  await waiting;
  await assertRejects(() => silent.text());
  await assertRejects(() => partial.text());
  await assertRejects(() => api.received(9));
  assertEquals(
    await Promise.all(api.requests.map(({ settled }) => settled)),
    ["abandoned", "abandoned", "abandoned"],
  );
  assertEquals(api.problems, []);
});

Deno.test("MessagesApi answers from a function of the request", async () => {
  await using api = await MessagesApi.start({
    replies: (request) =>
      request.prompts.length > 2
        ? undefined
        : reply.text(`You said: ${request.prompts.join(", ")}`),
  });
  api.add(reply.text("from the list"));
  const messages = [
    {
      role: "user",
      content: [
        { type: "text", text: "<system-reminder>\nx\n</system-reminder>\n" },
        { type: "text", text: "one" },
      ],
    },
    { role: "system", content: [{ type: "text", text: "# Environment" }] },
    { role: "assistant", content: [{ type: "text", text: "1" }] },
    { role: "user", content: "two" },
  ];
  assertEquals(deltas(await events(await post(api, { messages }))), [
    { type: "text_delta", text: "You said: one, two" },
  ]);
  messages.push({ role: "user", content: "three" });
  assertEquals(deltas(await events(await post(api, { messages }))), [
    { type: "text_delta", text: "from the list" },
  ]);
});

Deno.test("MessagesApi records requests without secrets", async () => {
  await using api = await MessagesApi.start({ replies: [reply.text("ok")] });
  await events(
    await post(api, {
      system: [{ type: "text", text: "a" }, { type: "text", text: "b" }],
      tools: [{ name: "Bash" }, { name: "Read" }],
      messages: [
        { role: "user", content: "go" },
        { role: "assistant", content: [{ type: "tool_use", id: "t1" }] },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "t1", content: "out" },
            {
              type: "tool_result",
              tool_use_id: "t2",
              is_error: true,
              content: [{ type: "text", text: "x" }, {
                type: "text",
                text: "y",
              }],
            },
          ],
        },
      ],
    }, {
      headers: {
        "x-api-key": "secret",
        authorization: "Bearer secret",
        "x-app": "cli",
      },
    }),
  );
  const request = api.requests[0]!;
  assertEquals(request.index, 0);
  assertEquals(request.kind, "conversation");
  assertEquals(request.method, "POST");
  assertEquals(request.path, "/v1/messages?beta=true");
  assertEquals(request.headers["x-api-key"], "[masked]");
  assertEquals(request.headers["authorization"], "[masked]");
  assertEquals(request.headers["x-app"], "cli");
  assertEquals(request.model, "claude-test");
  assertEquals(request.stream, true);
  assertEquals(request.system, "a\n\nb");
  assertEquals(request.tools, ["Bash", "Read"]);
  assertEquals(request.messages.length, 3);
  assertEquals(request.prompts, ["go"]);
  assertEquals(request.toolResults, [
    { toolUseId: "t1", text: "out", isError: false },
    { toolUseId: "t2", text: "x\ny", isError: true },
  ]);
  assert(!JSON.stringify(request).includes("secret"));
});

Deno.test("MessagesApi answers side calls without the script", async () => {
  await using api = await MessagesApi.start({
    replies: [reply.text("the script")],
    sideReplies: {
      compaction: reply.text("own summary"),
      side_question: (request) => reply.text(`${request.prompts.length}`),
    },
    countedTokens: 42,
  });
  const count = await fetch(`${api.url}/v1/messages/count_tokens?beta=true`, {
    method: "POST",
    body: "{}",
  });
  assertEquals(await count.json(), { input_tokens: 42 });
  const head = await fetch(api.url, { method: "HEAD" });
  assertEquals(head.status, 200);
  const missing = await fetch(`${api.url}/api/other`);
  assertEquals(missing.status, 404);
  assertEquals(
    (await missing.json()).error.message,
    'Not found: "/api/other"',
  );

  const user = (text: string) => ({
    stream: false,
    messages: [{ role: "user", content: text }],
  });
  const calls: [Body, string][] = [
    [{ ...user("x"), system: "You are naming a coding session so" }, "title"],
    [
      {
        ...user("x"),
        system:
          "Write a short summary label describing what these tool calls did",
      },
      "tool_use_summary",
    ],
    [user("CRITICAL: Respond with TEXT ONLY. Do NOT"), "compaction"],
    [user("[SUGGESTION MODE: Suggest"), "prompt_suggestion"],
    [
      user("<system-reminder>This is a side question from the user. You"),
      "side_question",
    ],
    [{ ...user("quota"), max_tokens: 1 }, "probe"],
  ];
  const texts: string[] = [];
  for (const [body, kind] of calls) {
    const message = await (await post(api, body)).json();
    texts.push(message.content[0].text);
    assertEquals(api.requests.at(-1)?.kind, kind);
  }
  assertEquals(texts, [
    '{"title":"Scripted title"}',
    "Used tools",
    "own summary",
    "go on",
    "0",
    "#",
  ]);
  assertEquals(api.scripted, []);
  assertEquals(api.remaining, 1);

  const nested = await post(api, {}, {
    headers: { "x-claude-code-agent-id": "a1" },
  });
  await events(nested);
  assertEquals(api.scripted.map(({ kind }) => kind), ["subagent"]);
});

Deno.test("MessagesApi says when the script does not fit", async () => {
  const api = await MessagesApi.start({ replies: [reply.text("one")] });
  assertThrows(
    () => api.verify(),
    Error,
    "Cannot follow the script: 1 replies were not asked for",
  );
  await events(await post(api));
  api.verify();
  const exhausted = await post(api);
  assertEquals(exhausted.status, 410);
  const text =
    'Cannot answer call 1 of the conversation: the script is exhausted, the prompt was "Hi"';
  assertEquals((await exhausted.json()).error.message, text);
  assertEquals(api.problems, [text]);
  assertThrows(() => api.verify(), Error, text);
  await api[Symbol.asyncDispose]();

  await using broken = await MessagesApi.start({
    replies: () => {
      throw new TypeError("oops");
    },
  });
  const response = await post(broken);
  assertEquals(response.status, 410);
  await response.body?.cancel();
  assertEquals(broken.problems, [
    'Cannot answer request 0: the handler threw "TypeError: oops"',
  ]);
});

Deno.test("MessagesApi.received waits for a request", async () => {
  await using api = await MessagesApi.start({
    replies: [reply.text("one"), reply.text("two")],
  });
  const second = api.received(1);
  await events(await post(api));
  await events(await post(api, { messages: [] }));
  assertEquals((await second).index, 1);
  assertEquals((await api.received(0)).prompts, ["Hi"]);
});

Deno.test("MessagesApi.environment holds nothing of this process", async () => {
  await using api = await MessagesApi.start({ idPrefix: "x" });
  const environment = api.environment({ home: "/h", temporary: "/t" });
  assertEquals(environment.ANTHROPIC_BASE_URL, api.url);
  assertEquals(environment.HOME, "/h");
  assertEquals(environment.TMPDIR, "/t");
  assertEquals(environment.ANTHROPIC_API_KEY, "sk-ant-api03-made-up");
  if (Deno.build.os !== "windows") {
    assertEquals(environment.PATH, "/usr/local/bin:/usr/bin:/bin");
    assertEquals(Object.keys(environment).length, 11);
  }
  const subscribed = api.environment({
    home: "/h",
    credential: "subscription",
  });
  assertEquals(subscribed.ANTHROPIC_API_KEY, undefined);
  assertEquals(subscribed.CLAUDE_CODE_OAUTH_TOKEN, "sk-ant-oat01-made-up");
  const path = api.environment({ home: "/h", path: "/p", credential: "none" });
  assertEquals(path.PATH, "/p");
  assertEquals(path.ANTHROPIC_API_KEY, undefined);
});

Deno.test("MessagesApi answers requests that are no JSON", async () => {
  await using api = await MessagesApi.start({ replies: [reply.text("ok")] });
  const response = await fetch(`${api.url}/v1/messages`, {
    method: "POST",
    body: "not json",
  });
  assertEquals((await response.json()).content, [{ type: "text", text: "ok" }]);
  assertEquals(api.requests[0]?.body, {});
  assertEquals(api.requests[0]?.messages, []);
});
