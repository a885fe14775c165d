import * as v from "valibot";
import {
  type Reads,
  shape,
  wire,
  type WireObject,
  wireOptional,
} from "../messages/_define.ts";
import { call, type ControlCall, listOf, text } from "./call.ts";

/** A part of a resource of an MCP server. Others wrote it: show it confined. */
export interface McpResourceContent {
  /** Its address. */
  readonly uri: string;
  /** What kind it is. */
  readonly mimeType?: string;
  /** A text. */
  readonly text?: string;
  /** Bytes, as base64. */
  readonly blob?: string;
  /** What the server says about it, as it came. */
  readonly meta?: WireObject;
}

const answer: Reads<{ readonly contents: readonly McpResourceContent[] }> =
  shape<{ readonly contents: readonly McpResourceContent[] }>({
    contents: wire(
      "contents",
      listOf(shape<McpResourceContent>({
        uri: wire("uri", v.string()),
        mimeType: wireOptional("mimeType", v.string()),
        text: wireOptional("text", v.string()),
        blob: wireOptional("blob", v.string()),
        meta: wireOptional(
          "_meta",
          v.record(v.string(), v.unknown()) as Reads<WireObject>,
        ),
      })),
    ),
  });

/**
 * Reads a `ui://` resource of an MCP server; the CLI refuses others.
 *
 * Made after the declarations of the official SDK 0.3.330; only its refusal was seen, in
 * CLI 2.1.330.
 */
export function mcpReadResourceCall(
  serverName: string,
  uri: string,
): ControlCall<{ readonly contents: readonly McpResourceContent[] }> {
  if (!text("uri", uri).startsWith("ui://")) {
    throw new RangeError(
      `Cannot make the request: expected uri to begin with "ui://", got "${uri}"`,
    );
  }
  return call(
    "mcp_read_resource",
    { serverName: text("serverName", serverName), uri },
    answer,
  );
}
