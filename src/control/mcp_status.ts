import * as v from "valibot";
import {
  type Reads,
  shape,
  wire,
  type WireObject,
  wireOptional,
} from "../messages/_define.ts";
import { call, type ControlCall, listOf } from "./call.ts";

/** A tool of an MCP server. */
export interface McpToolInfo {
  /** Its name at the server. */
  readonly name: string;
  /** What it does. */
  readonly description?: string;
  /** It changes nothing. */
  readonly readOnly?: boolean;
  /** It may destroy something. */
  readonly destructive?: boolean;
  /** It reaches out into the world. */
  readonly openWorld?: boolean;
}

/**
 * An MCP server and how it is.
 *
 * Seen in: CLI 2.1.330, tests/live/control_test.ts.
 */
export interface McpServerStatus {
  /** Its name. */
  readonly name: string;
  /** How it is. */
  readonly status:
    | "connected"
    | "failed"
    | "needs-auth"
    | "pending"
    | "disabled"
    | (string & Record<never, never>);
  /** What it calls itself. */
  readonly serverName?: string;
  /** Its version, as it says itself. */
  readonly serverVersion?: string;
  /** Why it failed. */
  readonly error?: string;
  /** `stdio`, `http`, `sse`, `sdk`, … */
  readonly transport?: string;
  /** Which settings it comes from, such as `dynamic` or `project`. */
  readonly scope?: string;
  /** Where it comes from; `sdk` is this process. Trust this, not the name. Not sent by CLI 2.1.197. */
  readonly source?: string;
  /** Its configuration, as the CLI has it. May hold secrets. */
  readonly config?: WireObject;
  /** Its tools, once it is connected. */
  readonly tools?: readonly McpToolInfo[];
}

/** Reads {@linkcode McpServerStatus}. */
export const mcpServerStatus: Reads<McpServerStatus> = shape<McpServerStatus>({
  name: wire("name", v.string()),
  status: wire("status", v.string()),
  serverName: wireOptional("serverInfo.name", v.string()),
  serverVersion: wireOptional("serverInfo.version", v.string()),
  error: wireOptional("error", v.string()),
  transport: wireOptional("transport", v.string()),
  scope: wireOptional("scope", v.string()),
  source: wireOptional("source", v.string()),
  config: wireOptional(
    "config",
    v.record(v.string(), v.unknown()) as Reads<WireObject>,
  ),
  tools: wireOptional(
    "tools",
    listOf(shape<McpToolInfo>({
      name: wire("name", v.string()),
      description: wireOptional("description", v.string()),
      readOnly: wireOptional("annotations.readOnly", v.boolean()),
      destructive: wireOptional("annotations.destructive", v.boolean()),
      openWorld: wireOptional("annotations.openWorld", v.boolean()),
    })),
  ),
});

const answer: Reads<{ readonly servers: readonly McpServerStatus[] }> = shape<
  { readonly servers: readonly McpServerStatus[] }
>({ servers: wire("mcpServers", listOf(mcpServerStatus)) });

/** Asks how the MCP servers are. */
export function mcpStatusCall(): ControlCall<
  { readonly servers: readonly McpServerStatus[] }
> {
  return call("mcp_status", {}, answer);
}
