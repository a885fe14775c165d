/**
 * The MCP server of one session for tools of the host: JSON-RPC messages in, responses
 * out. Pure.
 *
 * Our own, and not `tmcp`: three methods and no state are less code than its adapter
 * would be, while it costs 70 to 180 ms to load and four more packages.
 *
 * @module
 */

import { DeadlineError } from "../errors.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import { describeIssues } from "../standard_schema.ts";
import { valibotJsonSchema } from "./json_schema.ts";
import { type CallFacts, Progress, type ServerPort } from "./calls.ts";
import { Limiter } from "./limiter.ts";
import type { InProcessMcpServer } from "./mcp_servers.ts";
import {
  errorResult,
  resultOf,
  thrownText,
  type WireResult,
} from "./result.ts";
import {
  isRpcId,
  RPC_ERRORS,
  RPC_NOTHING,
  rpcError,
  type RpcId,
  rpcResult,
} from "./rpc.ts";
import type { Tool, ToolContext, ToolSession } from "./tool.ts";

/** What belongs to one message. */
export interface MessageContext {
  /** Aborts when the CLI no longer waits for the response. */
  readonly signal: AbortSignal;
  readonly session: ToolSession;
}

/** Spoken where the CLI does not say which version it would have. */
const PROTOCOL_VERSION = "2025-11-25";

/** Serves some tools to one session. */
export class ToolServer {
  readonly #server: InProcessMcpServer<never>;
  readonly #name: string;
  readonly #port: ServerPort;
  readonly #tools: ReadonlyMap<string, Tool>;
  readonly #running = new Map<RpcId, AbortController>();
  readonly #limiter: Limiter;

  /** @param name The name in the configuration. */
  constructor(
    name: string,
    server: InProcessMcpServer<never>,
    port: ServerPort,
  ) {
    this.#name = name;
    this.#server = server;
    this.#port = port;
    this.#tools = new Map(server.tools.map((tool) => [tool.name, tool]));
    this.#limiter = new Limiter(server.concurrency ?? Infinity);
  }

  /** Names of the tools. */
  get toolNames(): readonly string[] {
    return [...this.#tools.keys()];
  }

  /**
   * Makes ready what the tools need.
   *
   * @throws {ConfigError} There is no JSON Schema for the input of one.
   */
  async prepare(): Promise<void> {
    for (const tool of this.#tools.values()) await schemaOf(tool);
  }

  /** Takes a message and gives the response. Never rejects. */
  async receive(
    message: WireObject,
    context: MessageContext,
  ): Promise<WireObject> {
    const { id, method } = message;
    const params = isWireObject(message.params) ? message.params : {};
    if (!isRpcId(id)) {
      if (method === "notifications/cancelled") this.#cancel(params);
      return RPC_NOTHING;
    }
    switch (method) {
      case "initialize":
        return rpcResult(id, this.#initialize(params));
      case "ping":
        return rpcResult(id, {});
      case "tools/list":
        return await this.#list(id);
      case "tools/call":
        return await this.#call(id, params, message, context);
      default:
        return typeof method === "string"
          ? rpcError(
            id,
            RPC_ERRORS.methodNotFound,
            `There is no method "${method}"`,
          )
          // A response: there is nothing that we asked.
          : RPC_NOTHING;
    }
  }

  #initialize(params: WireObject): WireObject {
    const { name, version, instructions } = this.#server;
    return {
      protocolVersion: typeof params.protocolVersion === "string"
        ? params.protocolVersion
        : PROTOCOL_VERSION,
      capabilities: { tools: {} },
      serverInfo: { name: name ?? this.#name, version },
      ...instructions === undefined ? {} : { instructions },
    };
  }

  async #list(id: RpcId): Promise<WireObject> {
    try {
      const tools: WireObject[] = [];
      for (const tool of this.#tools.values()) tools.push(await listed(tool));
      return rpcResult(id, { tools });
    } catch (error) {
      return rpcError(id, RPC_ERRORS.internal, thrownText(error));
    }
  }

  #cancel({ requestId }: WireObject): void {
    if (!isRpcId(requestId)) return;
    this.#running.get(requestId)?.abort(
      new DOMException("The call was cancelled", "AbortError"),
    );
  }

  async #call(
    id: RpcId,
    params: WireObject,
    raw: WireObject,
    context: MessageContext,
  ): Promise<WireObject> {
    const tool = typeof params.name === "string"
      ? this.#tools.get(params.name)
      : undefined;
    if (tool === undefined) {
      return rpcError(
        id,
        RPC_ERRORS.invalidParams,
        `There is no tool "${params.name}"`,
      );
    }
    const own = new AbortController();
    this.#running.set(id, own);
    try {
      const signal = AbortSignal.any([own.signal, context.signal]);
      const result = await this.#limited(tool, params, raw, own, {
        signal,
        session: context.session,
      });
      return rpcResult(id, { ...result });
    } finally {
      this.#running.delete(id);
    }
  }

  async #limited(
    tool: Tool,
    params: WireObject,
    raw: WireObject,
    own: AbortController,
    { signal, session }: MessageContext,
  ): Promise<WireResult> {
    if (!await this.#limiter.take(signal)) return aborted(signal);
    const meta = isWireObject(params._meta) ? params._meta : {};
    const toolUseId = meta["claudecode/toolUseId"];
    const call: CallFacts = {
      tool: tool.name,
      toolUseId: typeof toolUseId === "string" ? toolUseId : undefined,
      input: isWireObject(params.arguments) ? params.arguments : {},
      raw,
    };
    const progress = new Progress(this.#port, call, meta.progressToken);
    const started = performance.now();
    this.#port.report(call, { phase: "start" });
    const { timeoutMs } = tool;
    const timer = timeoutMs === undefined ? undefined : setTimeout(
      () => own.abort(new DeadlineError(tool.name, timeoutMs)),
      timeoutMs,
    );
    const result = await Promise.race([
      run(tool, call.input, {
        toolUseId: call.toolUseId,
        signal,
        session,
        // Typed where the session takes tools and context together.
        context: this.#port.context as never,
        progress: (at, message) => progress.tell(at, message),
      }),
      whenAborted(signal),
    ]);
    clearTimeout(timer);
    progress.end();
    this.#limiter.free();
    const isError = result.isError === true;
    const text = isError ? result.content[0]?.text : undefined;
    this.#port.report(call, {
      phase: "end",
      durationMs: performance.now() - started,
      isError,
      ...typeof text === "string" ? { message: text } : {},
    });
    return result;
  }
}

/** Checks the input and runs the tool. Never rejects. */
async function run(
  tool: Tool,
  input: WireObject,
  ctx: ToolContext<never>,
): Promise<WireResult> {
  try {
    const read = await tool.input["~standard"].validate(input);
    if (read.issues !== undefined) {
      return errorResult(
        `Invalid input for the tool "${tool.name}": ${
          describeIssues(read.issues)
        }`,
      );
    }
    // Checking took a moment; what nobody waits for must not have effects.
    if (ctx.signal.aborted) return aborted(ctx.signal);
    // Its own schema made it of the type that it wants.
    return resultOf(await tool.run(read.value as never, ctx));
  } catch (error) {
    return errorResult(thrownText(error));
  }
}

function aborted({ reason }: AbortSignal): WireResult {
  return errorResult(thrownText(reason));
}

/** Answers for a tool that does not listen to its signal. */
function whenAborted(signal: AbortSignal): Promise<WireResult> {
  const { promise, resolve } = Promise.withResolvers<WireResult>();
  if (signal.aborted) resolve(aborted(signal));
  signal.addEventListener("abort", () => resolve(aborted(signal)), {
    once: true,
  });
  return promise;
}

async function listed(tool: Tool): Promise<WireObject> {
  const { name, description, annotations, alwaysLoad, searchHint } = tool;
  const meta = {
    ...alwaysLoad === undefined ? {} : { "anthropic/alwaysLoad": alwaysLoad },
    ...searchHint === undefined ? {} : { "anthropic/searchHint": searchHint },
  };
  return {
    name,
    description,
    inputSchema: await schemaOf(tool),
    ...annotations === undefined ? {} : { annotations },
    ...Object.keys(meta).length === 0 ? {} : { _meta: meta },
  };
}

/** JSON Schemas that were made late; a tool itself holds no state. */
const MADE = new WeakMap<Tool, WireObject>();

async function schemaOf(tool: Tool): Promise<WireObject> {
  const known = tool.inputSchema ?? MADE.get(tool);
  if (known !== undefined) return known;
  const made = await valibotJsonSchema(tool.name, tool.input);
  MADE.set(tool, made);
  return made;
}
