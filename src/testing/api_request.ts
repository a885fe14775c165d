/** Purpose of a request to the scripted API. */
export type RequestKind =
  /** The conversation itself, `POST /v1/messages`. Takes a reply from the script. */
  | "conversation"
  /** The conversation of a subagent. Takes a reply from the script. */
  | "subagent"
  /** Summarizes the conversation, for `/compact` and when the context is full. */
  | "compaction"
  /** A `side_question` control request. */
  | "side_question"
  /** Names the session, for a `generate_session_title` control request. */
  | "title"
  /** Predicts what the user types next, with `--prompt-suggestions`. */
  | "prompt_suggestion"
  /** Summarizes tool calls in a few words, with `CLAUDE_CODE_EMIT_TOOL_USE_SUMMARIES`. */
  | "tool_use_summary"
  /** Asks for one token, to check key and quota. */
  | "probe"
  /** `POST /v1/messages/count_tokens`. */
  | "count_tokens"
  /** Everything else, such as `HEAD /`. */
  | "other";

/** How the answer to a request ended. */
export type RequestOutcome =
  /** The whole reply was handed to the operating system. */
  | "sent"
  /** A scripted failure was sent, as a status or as an `error` event. */
  | "failed"
  /** The script broke the connection, or ended the stream too early. */
  | "cut"
  /**
   * The client disconnected, or the server was closed, before the reply was complete. A client that
   * disconnects before the first byte is noticed only at the server's next action.
   */
  | "abandoned";

/** A message of a conversation, as on the wire. */
export interface ApiMessage {
  /** `user`, `assistant` or `system` (the CLI sends reminders in the middle of a conversation). */
  readonly role: string;
  /** Text, or content blocks as on the wire. */
  readonly content: string | readonly Readonly<Record<string, unknown>>[];
}

/** The result of a tool call that the client sent back. */
export interface ApiToolResult {
  /** The id of the call. */
  readonly toolUseId: string;
  /** The text of the result; several text blocks are joined by a line break. */
  readonly text: string;
  /** Whether the call failed. */
  readonly isError: boolean;
}

/** A request that the scripted API received. */
export interface ApiRequest {
  /** Number of the request on this server, from 0. */
  readonly index: number;
  /** Purpose of the request. */
  readonly kind: RequestKind;
  /** The HTTP method. */
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Headers with names in lower case. The values of secret ones are `[masked]`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The whole body, parsed; an empty object if the body is not a JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The requested model; empty if there is none. */
  readonly model: string;
  /** Whether the client wants the reply streamed. */
  readonly stream: boolean;
  /** The system prompt; its blocks are joined by an empty line. */
  readonly system: string;
  /** The names of the tools that the model may call. */
  readonly tools: readonly string[];
  /** The conversation so far. */
  readonly messages: readonly ApiMessage[];
  /**
   * The user's prompts so far, oldest first: one text for each user message that has more than tool
   * results and reminders.
   */
  readonly prompts: readonly string[];
  /** The tool results in the messages after the model's last one. */
  readonly toolResults: readonly ApiToolResult[];
  /** Resolves to the outcome when the answer has ended. Never rejects. */
  readonly settled: Promise<RequestOutcome>;
}

/**
 * Reads a request.
 *
 * @param index Its number.
 * @param request The request itself.
 * @param text Its body.
 * @param settled Resolves when it is answered.
 * @returns The request, with secrets masked.
 */
export function readRequest(
  index: number,
  request: Request,
  text: string,
  settled: Promise<RequestOutcome>,
): ApiRequest {
  const url = new URL(request.url);
  const body = parseBody(text);
  const headers: Record<string, string> = {};
  for (const [name, value] of request.headers) {
    headers[name] = SECRET_HEADERS.has(name) ? "[masked]" : value;
  }
  const messages = asArray(body.messages).map(asMessage);
  const system = typeof body.system === "string"
    ? body.system
    : textOf(body.system, "\n\n");
  return {
    index,
    kind: kindOf(request.method, url.pathname, headers, body, messages, system),
    method: request.method,
    path: url.pathname + url.search,
    headers,
    body,
    model: typeof body.model === "string" ? body.model : "",
    stream: body.stream === true,
    system,
    tools: asArray(body.tools).map((tool) => String(asRecord(tool).name)),
    messages,
    prompts: messages.flatMap(promptOf),
    toolResults: lastToolResults(messages),
    settled,
  };
}

/** Headers whose values are never recorded, so that requests can be printed and stored. */
const SECRET_HEADERS: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "proxy-authorization",
  "x-api-key",
]);

/**
 * How the side calls of CLI 2.1.330 begin. The CLI has a header that names the purpose
 * (`x-claude-code-request-class`), but does not send it to a custom base URL; model, tools and
 * session are the same as in the conversation. So only the texts identify side calls.
 */
const SIDE_CALLS: readonly {
  readonly kind: RequestKind;
  readonly in: "system" | "last message";
  readonly text: string;
}[] = [
  { kind: "title", in: "system", text: "You are naming a coding session" },
  {
    kind: "tool_use_summary",
    in: "system",
    text: "Write a short summary label describing what these tool calls",
  },
  {
    kind: "compaction",
    in: "last message",
    text: "CRITICAL: Respond with TEXT ONLY.",
  },
  { kind: "prompt_suggestion", in: "last message", text: "[SUGGESTION MODE:" },
  {
    kind: "side_question",
    in: "last message",
    text: "<system-reminder>This is a side question from the user.",
  },
];

function kindOf(
  method: string,
  pathname: string,
  headers: Readonly<Record<string, string>>,
  body: Readonly<Record<string, unknown>>,
  messages: readonly ApiMessage[],
  system: string,
): RequestKind {
  if (method !== "POST") return "other";
  if (pathname === "/v1/messages/count_tokens") return "count_tokens";
  if (pathname !== "/v1/messages") return "other";
  const last = messages.at(-1);
  const lastText = last?.role === "user" ? contentText(last) : "";
  for (const side of SIDE_CALLS) {
    const found = side.in === "system"
      ? system.includes(side.text)
      : lastText.startsWith(side.text);
    if (found) return side.kind;
  }
  if (body.max_tokens === 1) return "probe";
  return "x-claude-code-agent-id" in headers ? "subagent" : "conversation";
}

function promptOf(message: ApiMessage): readonly string[] {
  if (message.role !== "user") return [];
  const texts = typeof message.content === "string"
    ? [message.content]
    : message.content.filter((block) => block.type === "text").map((block) =>
      String(block.text)
    );
  const spoken = texts.filter((text) => !text.startsWith("<system-reminder>"));
  return spoken.length === 0 ? [] : [spoken.join("\n")];
}

function lastToolResults(
  messages: readonly ApiMessage[],
): readonly ApiToolResult[] {
  const spokeAt = messages.findLastIndex((message) =>
    message.role === "assistant"
  );
  return messages.slice(spokeAt + 1).flatMap(({ content }) =>
    typeof content === "string" ? [] : content
      .filter((block) => block.type === "tool_result")
      .map((block) => ({
        toolUseId: String(block.tool_use_id),
        text: typeof block.content === "string"
          ? block.content
          : textOf(block.content, "\n"),
        isError: block.is_error === true,
      }))
  );
}

function contentText(message: ApiMessage): string {
  return typeof message.content === "string"
    ? message.content
    : textOf(message.content, "\n");
}

function textOf(blocks: unknown, separator: string): string {
  return asArray(blocks)
    .map(asRecord)
    .filter((block) => block.type === "text")
    .map((block) => String(block.text))
    .join(separator);
}

function asMessage(value: unknown): ApiMessage {
  const { role, content } = asRecord(value);
  return {
    role: String(role),
    content: typeof content === "string"
      ? content
      : asArray(content).map(asRecord),
  };
}

function parseBody(text: string): Readonly<Record<string, unknown>> {
  try {
    return asRecord(JSON.parse(text));
  } catch {
    return {};
  }
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
