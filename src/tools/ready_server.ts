/**
 * Serves a session with a ready-made server object, such as one of the official MCP
 * SDK, over a transport in memory. The SDK is known by its shape only. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import type { ReadyMcpServer } from "./mcp_servers.ts";
import { thrownText } from "./result.ts";
import { isRpcId, RPC_NOTHING, type RpcId } from "./rpc.ts";

/** The part of the SDK's transport interface that a server uses. */
interface Transport {
  onmessage?: (message: WireObject) => void;
  onclose?: () => void;
  start(): Promise<void>;
  send(message: WireObject): Promise<void>;
  close(): Promise<void>;
}

/** Objects that serve a session now: a second session would take the messages of the first. */
const CONNECTED = new WeakSet<ReadyMcpServer>();

/** Serves one session. */
export class ReadyServer {
  readonly #name: string;
  readonly #given: ReadyMcpServer | (() => unknown);
  readonly #notify: (message: WireObject) => void;
  readonly #waiting = new Map<RpcId, (response: WireObject) => void>();
  readonly #transport: Transport;
  #server: ReadyMcpServer | undefined;
  #toolNames: readonly string[] = [];

  /**
   * @param name The name in the configuration.
   * @param notify Sends a message to the CLI that is no response.
   */
  constructor(
    name: string,
    given: ReadyMcpServer | (() => unknown),
    notify: (message: WireObject) => void,
  ) {
    this.#name = name;
    this.#given = given;
    this.#notify = notify;
    this.#transport = {
      start: () => Promise.resolve(),
      // A failure reaches the server as a rejected promise, as from its own transports.
      send: (message) =>
        new Promise((resolve) => {
          this.#send(message);
          resolve();
        }),
      close: () => {
        this.#transport.onclose?.();
        return Promise.resolve();
      },
    };
  }

  /** Names of the tools that it listed for the CLI. */
  get toolNames(): readonly string[] {
    return this.#toolNames;
  }

  /**
   * Connects the server.
   *
   * @throws {ConfigError} It cannot be connected.
   */
  async prepare(): Promise<void> {
    try {
      const server = typeof this.#given === "function"
        ? await this.#given()
        : this.#given;
      if (!isReadyServer(server)) {
        throw new TypeError("expected an object with connect()");
      }
      if (CONNECTED.has(server)) {
        throw new TypeError(
          "it serves another session, give a function that makes one for each",
        );
      }
      CONNECTED.add(server);
      this.#server = server;
      await server.connect(this.#transport as never);
    } catch (cause) {
      this.close();
      throw new ConfigError(
        "mcpServers",
        `Cannot connect the MCP server "${this.#name}": ${thrownText(cause)}`,
        { cause },
      );
    }
  }

  /** Takes a message and returns the response. Rejects when the CLI no longer waits. */
  receive(
    message: WireObject,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<WireObject> {
    const { id, method } = message;
    if (!isRpcId(id) || typeof method !== "string") {
      this.#transport.onmessage?.(message);
      return Promise.resolve(RPC_NOTHING);
    }
    const { promise, resolve, reject } = Promise.withResolvers<WireObject>();
    this.#waiting.set(id, (response) => {
      if (method === "tools/list") this.#toolNames = toolNames(response);
      resolve(response);
    });
    signal.addEventListener("abort", () => {
      this.#waiting.delete(id);
      reject(signal.reason);
    }, { once: true });
    this.#transport.onmessage?.(message);
    return promise;
  }

  #send(message: WireObject): void {
    const { id } = message;
    const answer = isRpcId(id) && message.method === undefined
      ? this.#waiting.get(id)
      : undefined;
    if (answer === undefined) {
      this.#notify(message);
    } else {
      this.#waiting.delete(id as RpcId);
      answer(message);
    }
  }

  /** The session is over. */
  close(): void {
    if (this.#server !== undefined) CONNECTED.delete(this.#server);
    this.#server = undefined;
    this.#transport.onclose?.();
  }
}

function isReadyServer(value: unknown): value is ReadyMcpServer {
  return typeof value === "object" && value !== null && "connect" in value &&
    typeof value.connect === "function";
}

function toolNames({ result }: WireObject): readonly string[] {
  const tools = isWireObject(result) ? result.tools : undefined;
  return (Array.isArray(tools) ? tools : []).flatMap((tool) =>
    isWireObject(tool) && typeof tool.name === "string" ? [tool.name] : []
  );
}
