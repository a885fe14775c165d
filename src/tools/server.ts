/**
 * The MCP server of one session for tools of the host: JSON-RPC messages in, responses
 * out. Pure.
 *
 * Our own, and not `tmcp`: three methods and no state are less code than its adapter
 * would be, while it costs 70 to 180 ms to load and four more packages.
 *
 * @module
 */

import { isWireObject, type WireObject } from "../messages/_define.ts";
import { type Soon, whenKnown } from "../util/maybe_promise.ts";
import {
  abortedCall,
  type CallFacts,
  limitCall,
  Limiter,
  Progress,
  runCall,
  type ServerPort,
} from "./calls.ts";
import type { InProcessMcpServer } from "./mcp_servers.ts";
import type { WireResult } from "./result.ts";
import {
  isRpcId,
  RPC_ERRORS,
  RPC_NOTHING,
  rpcError,
  type RpcId,
  rpcResult,
} from "./rpc.ts";
import type { Tool, ToolSession } from "./tool.ts";

/** What belongs to one message. */
export interface MessageContext {
  /** Aborts when the CLI no longer waits for the response. */
  readonly signal: AbortSignal;
  readonly session: ToolSession;
}

/** The version of MCP if the CLI does not name one. */
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

  /** Takes a message and returns the response. Never throws or rejects. */
  receive(message: WireObject, context: MessageContext): Soon<WireObject> {
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
        return rpcResult(id, { tools: [...this.#tools.values()].map(listed) });
      case "tools/call":
        return this.#call(id, params, message, context);
      default:
        return typeof method === "string"
          ? rpcError(
            id,
            RPC_ERRORS.methodNotFound,
            `There is no method "${method}"`,
          )
          // A response, though we asked nothing.
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

  #cancel({ requestId }: WireObject): void {
    if (!isRpcId(requestId)) return;
    this.#running.get(requestId)?.abort(
      new DOMException("The call was cancelled", "AbortError"),
    );
  }

  #call(
    id: RpcId,
    params: WireObject,
    raw: WireObject,
    context: MessageContext,
  ): Soon<WireObject> {
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
    const signal = AbortSignal.any([own.signal, context.signal]);
    const result = whenKnown(
      this.#limiter.take(signal),
      (isIn): Soon<WireResult> =>
        isIn
          ? this.#run(tool, params, raw, own, { ...context, signal })
          : abortedCall(signal),
    );
    return whenKnown(result, (result) => {
      this.#running.delete(id);
      return rpcResult(id, { ...result });
    });
  }

  #run(
    tool: Tool,
    params: WireObject,
    raw: WireObject,
    own: AbortController,
    { signal, session }: MessageContext,
  ): Soon<WireResult> {
    const meta = isWireObject(params._meta) ? params._meta : {};
    const toolUseId = meta["claudecode/toolUseId"];
    const call: CallFacts = {
      tool: tool.name,
      toolUseId: typeof toolUseId === "string" ? toolUseId : undefined,
      input: isWireObject(params.arguments) ? params.arguments : {},
      raw,
    };
    const progress = new Progress(this.#port, call, meta.progressToken);
    const { clock } = this.#port;
    const started = clock.now();
    this.#port.report(call, { phase: "start" });
    const result = runCall(tool, call.input, {
      toolUseId: call.toolUseId,
      signal,
      session,
      // The session checks by type that tools and context belong together.
      context: this.#port.context as never,
      progress: (at, message) => progress.tell(at, message),
    });
    const limited = limitCall(tool, result, own, signal, started, clock);
    return whenKnown(limited, (result) => {
      progress.end();
      this.#limiter.free();
      const isError = result.isError === true;
      const text = isError ? result.content[0]?.text : undefined;
      this.#port.report(call, {
        phase: "end",
        durationMs: clock.now() - started,
        isError,
        ...typeof text === "string" ? { message: text } : {},
      });
      return result;
    });
  }
}

function listed(tool: Tool): WireObject {
  const { name, description, annotations, alwaysLoad, searchHint } = tool;
  const meta = {
    ...alwaysLoad === undefined ? {} : { "anthropic/alwaysLoad": alwaysLoad },
    ...searchHint === undefined ? {} : { "anthropic/searchHint": searchHint },
  };
  return {
    name,
    description,
    inputSchema: tool.inputSchema,
    ...annotations === undefined ? {} : { annotations },
    ...Object.keys(meta).length === 0 ? {} : { _meta: meta },
  };
}
