/**
 * JSON-RPC, as far as MCP needs it. Pure.
 *
 * @module
 */

import type { WireObject } from "../messages/_define.ts";

/** Error codes of MCP and JSON-RPC. */
export const RPC_ERRORS = {
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
} as const;

/** Id of a request. */
export type RpcId = string | number;

/** Whether a value can be the id of a request. */
export function isRpcId(value: unknown): value is RpcId {
  return typeof value === "string" || typeof value === "number";
}

/** The response to a request that worked. */
export function rpcResult(id: RpcId, result: WireObject): WireObject {
  return { jsonrpc: "2.0", id, result };
}

/** The response to a request that failed. */
export function rpcError(
  id: RpcId | undefined,
  code: number,
  message: string,
): WireObject {
  return { jsonrpc: "2.0", id: id ?? null, error: { code, message } };
}

/**
 * The answer to a message that wants no response. The CLI waits for an answer to
 * each control request, also to one that carries a notification.
 */
export const RPC_NOTHING: WireObject = { jsonrpc: "2.0", id: 0, result: {} };
