import type { ApiEvent } from "./script.ts";
import type { MessageOutcome } from "./sse.ts";

/** A whole message, or the error that replaced it. */
export type WholeMessage =
  | {
    readonly outcome: "sent";
    /** The message, as on the wire. */
    readonly message: Readonly<Record<string, unknown>>;
  }
  | {
    readonly outcome: "failed";
    /** The type of the error. */
    readonly errorType: string;
    /** The `error` event. */
    readonly event: ApiEvent;
  }
  | { readonly outcome: "cut" };

/**
 * Assembles a message from its events as a client would, for a request without streaming.
 *
 * @param events The result of `messageEvents`.
 * @returns The message, or the error that replaced it.
 */
export async function wholeMessage(
  events: AsyncGenerator<ApiEvent | string, MessageOutcome, undefined>,
): Promise<WholeMessage> {
  let message: Record<string, unknown> = {};
  const content: OpenBlock[] = [];
  let last: ApiEvent = { type: "" };
  // Iterate by hand, because a loop would drop the return value with the outcome.
  let next = await events.next();
  for (; !next.done; next = await events.next()) {
    const event = next.value;
    if (typeof event === "string") continue;
    last = event;
    switch (event.type) {
      case "message_start":
        message = { ...asRecord(event.message) };
        break;
      case "content_block_start":
        content.push({ block: { ...asRecord(event.content_block) }, json: "" });
        break;
      case "content_block_delta":
        apply(content.at(-1), asRecord(event.delta));
        break;
      case "message_delta":
        message = {
          ...message,
          ...asRecord(event.delta),
          usage: { ...asRecord(message.usage), ...asRecord(event.usage) },
        };
        break;
    }
  }
  switch (next.value) {
    case "cut":
      return { outcome: "cut" };
    case "failed":
      return {
        outcome: "failed",
        errorType: String(asRecord(last.error).type),
        event: last,
      };
    case "sent":
      return {
        outcome: "sent",
        message: { ...message, content: content.map(close) },
      };
  }
}

interface OpenBlock {
  readonly block: Record<string, unknown>;
  /** JSON of a tool's input, which is parsed when the block is complete. */
  json: string;
}

function apply(
  open: OpenBlock | undefined,
  delta: Readonly<Record<string, unknown>>,
): void {
  if (open === undefined) return;
  for (const [field, value] of Object.entries(delta)) {
    if (field === "partial_json") open.json += String(value);
    else if (field !== "type") {
      open.block[field] = `${open.block[field] ?? ""}${value}`;
    }
  }
}

function close({ block, json }: OpenBlock): Record<string, unknown> {
  if (json === "") return block;
  try {
    return { ...block, input: JSON.parse(json) };
  } catch {
    // The JSON is broken on purpose. A whole message cannot represent that, so the input stays
    // empty.
    return block;
  }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
