/**
 * The MCP servers of one session that live in this process. Pure.
 *
 * @module
 */

import { StartupError } from "../errors.ts";
import type { Question } from "../decode/line.ts";
import type { ToolCall } from "../events/tools.ts";
import { makeEvent, type WireObject } from "../messages/_define.ts";
import type { SystemInit } from "../messages/system/init.ts";
import type { ToolOptions } from "./options.ts";
import type { Reply } from "../protocol/pending.ts";
import { type Soon, whenKnown } from "../util/maybe_promise.ts";
import { literalName } from "../messages/builtin_tools.ts";
import { hostServers } from "./config.ts";
import { isInProcess } from "./mcp_servers.ts";
import { mcpToolName, serverPrefix } from "./names.ts";
import { ReadyServer } from "./ready_server.ts";
import { thrownText } from "./result.ts";
import { type CallClock, MACHINE_CLOCK, type ServerPort } from "./calls.ts";
import { ToolServer } from "./server.ts";

/** What the servers may use of the session. */
export interface McpPort {
  /** Passes an event to the readers of the turn and of the session. */
  emit(event: ToolCall): void;
  /** Sends a message of a server that is no response to the CLI. */
  notify(serverName: string, message: WireObject): void;
}

/** What belongs to one message. */
export interface McpContext {
  /** Aborts when the CLI no longer waits. */
  readonly signal: AbortSignal;
  /** Id of the session. */
  readonly sessionId?: string;
  /** Its working directory. */
  readonly cwd?: string;
}

/** The servers of one session. */
export class McpHost {
  readonly #options: ToolOptions;
  readonly #clock: CallClock;
  readonly #servers: ReadonlyMap<string, ToolServer | ReadyServer>;
  #isChecked = false;

  constructor(
    options: ToolOptions,
    port: McpPort,
    clock: CallClock = MACHINE_CLOCK,
  ) {
    this.#options = options;
    this.#clock = clock;
    const servers = new Map<string, ToolServer | ReadyServer>();
    for (const [name, server] of hostServers(options)) {
      servers.set(
        name,
        isInProcess(server)
          ? new ToolServer(name, server, this.#portOf(name, port))
          : new ReadyServer(
            name,
            server,
            (message) => port.notify(name, message),
          ),
      );
    }
    this.#servers = servers;
  }

  #portOf(serverName: string, port: McpPort): ServerPort {
    return {
      context: this.#options.toolContext,
      clock: this.#clock,
      notify: (message) => port.notify(serverName, message),
      report: ({ tool, toolUseId, input, raw }, report) =>
        port.emit(makeEvent<ToolCall>(raw, {
          type: "tool_call",
          serverName,
          name: tool,
          ...toolUseId === undefined ? {} : { toolUseId },
          input,
          ...report,
        })),
    };
  }

  /** Names for the handshake. */
  get names(): readonly string[] {
    return [...this.#servers.keys()];
  }

  /**
   * Connects the ready-made servers, before there is a process.
   *
   * @throws {ConfigError} One cannot be connected.
   */
  prepare(): Promise<void> | undefined {
    const servers = [...this.#servers.values()].filter((server) =>
      server instanceof ReadyServer
    );
    return servers.length === 0 ? undefined : prepareAll(servers);
  }

  /** Answers a message from the CLI. Never throws or rejects. */
  answer(
    { serverName, message }: Extract<Question, { kind: "mcp" }>,
    { signal, sessionId, cwd }: McpContext,
  ): Soon<Reply> {
    const server = this.#servers.get(serverName);
    if (server === undefined) {
      return { refusal: `There is no server "${serverName}" here` };
    }
    const refused = (error: unknown): Reply => ({ refusal: thrownText(error) });
    try {
      const response = whenKnown(
        server.receive(message, {
          signal,
          session: {
            ...sessionId === undefined ? {} : { id: sessionId },
            ...cwd === undefined ? {} : { cwd },
          },
        }),
        (message): Reply => ({ response: { mcp_response: message } }),
      );
      return response instanceof Promise ? response.catch(refused) : response;
    } catch (error) {
      return refused(error);
    }
  }

  /**
   * Checks, when the first turn begins, whether the model can see every tool. The CLI
   * itself does not report a tool that it left out.
   */
  check(init: SystemInit): StartupError | undefined {
    if (this.#isChecked) return undefined;
    this.#isChecked = true;
    const seen = new Set(init.tools);
    const missing: string[] = [];
    for (const [serverName, { toolNames }] of this.#servers) {
      for (const tool of toolNames) {
        const name = mcpToolName(serverName, tool);
        if (!seen.has(name) && !this.#isRefused(serverName, name)) {
          missing.push(name);
        }
      }
    }
    if (missing.length === 0) return undefined;
    const states = init.mcpServers
      .filter(({ name }) => this.#servers.has(name))
      .map(({ name, status }) => `"${name}" is ${status}`);
    return new StartupError(
      "tools_missing",
      `The CLI does not offer these tools to the model: ${
        missing.map((name) => `"${name}"`).join(", ")
      }${states.length === 0 ? "" : `: the server ${states.join(", ")}`}`,
      { hint: "Check the settings for a rule that denies them" },
    );
  }

  /** Whether the caller does not want the model to see a tool. */
  #isRefused(serverName: string, name: string): boolean {
    const prefix = serverPrefix(serverName);
    const rules = [name, prefix.slice(0, -2), `${prefix}*`];
    return (this.#options.disallowedTools ?? []).some((rule) =>
      rules.includes(literalName(rule))
    );
  }

  /** The session is over. */
  close(): void {
    for (const server of this.#servers.values()) {
      if (server instanceof ReadyServer) server.close();
    }
  }
}

async function prepareAll(servers: readonly ReadyServer[]): Promise<void> {
  for (const server of servers) await server.prepare();
}
