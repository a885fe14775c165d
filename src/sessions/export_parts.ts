/**
 * A session as the parts of a document, and text that is safe to look at. Pure.
 *
 * @module
 */

import type { ClaudeEvent } from "../events/mod.ts";
import { isWireObject } from "../messages/_define.ts";

/** Author of a part: the user, the model, or the CLI itself. */
export type Speaker = "user" | "claude" | "cli";

/** A part of a document. All texts are as they were said: not escaped. */
export type Part =
  & {
    readonly speaker: Speaker;
    /** The kind of the subagent that it is of, or its id. Absent for the main agent. */
    readonly agent?: string;
  }
  & (
    /** What was said, in Markdown. */
    | { readonly kind: "text"; readonly text: string }
    /** What the model thought. */
    | { readonly kind: "thinking"; readonly text: string }
    /** A call of a tool, a result, or something that has no better form: word for word. */
    | {
      readonly kind: "literal";
      readonly title: string;
      readonly text: string;
      readonly isError?: boolean;
    }
    /** An image: what the API is given. */
    | {
      readonly kind: "image";
      readonly mediaType: string;
      readonly base64: string;
    }
  );

/** Returns the parts of an event in a document; none if it is not part of the conversation. */
export function partsOf(event: ClaudeEvent): readonly Part[] {
  switch (event.type) {
    case "user_replay":
      return contentParts(event.content, "user");
    case "user_text": {
      const speaker = event.parentToolUseId === null ? "cli" : "user";
      return [{ speaker, ...agentOf(event), kind: "text", text: event.text }];
    }
    case "assistant_text":
      return [{
        speaker: "claude",
        ...agentOf(event),
        kind: "text",
        text: event.text,
      }];
    case "thinking":
      return event.text === "" ? [] : [{
        speaker: "claude",
        ...agentOf(event),
        kind: "thinking",
        text: event.text,
      }];
    case "tool_use":
      return [{
        speaker: "claude",
        ...agentOf(event),
        kind: "literal",
        title: event.name,
        text: inputText(event.input),
      }];
    case "tool_result":
      return [
        {
          speaker: "claude",
          ...agentOf(event),
          kind: "literal",
          title: `${event.toolName ?? "tool"}: ${
            event.isError ? "error" : "result"
          }`,
          text: event.text,
          isError: event.isError,
        },
        ...contentParts(event.content, "claude").filter(({ kind }) =>
          kind === "image"
        ),
      ];
    case "compact_boundary":
      return [{
        speaker: "cli",
        kind: "text",
        text: "The conversation was compacted.",
      }];
    case "unknown":
      return [{
        speaker: "cli",
        kind: "literal",
        title: `not read: ${event.reason}`,
        text: typeof event.raw === "string"
          ? event.raw
          : JSON.stringify(event.raw, undefined, 2),
      }];
    default:
      return [];
  }
}

function agentOf(
  event: {
    readonly parentToolUseId: string | null;
    readonly agentId?: string;
    readonly subagentType?: string;
  },
): { readonly agent?: string } {
  const { parentToolUseId, agentId, subagentType } = event;
  return parentToolUseId === null
    ? {}
    : { agent: subagentType ?? agentId ?? parentToolUseId };
}

/** The blocks of a message. */
function contentParts(content: unknown, speaker: Speaker): readonly Part[] {
  if (typeof content === "string") {
    return [{ speaker, kind: "text", text: content }];
  }
  if (!Array.isArray(content)) return [];
  return content.map((block: unknown): Part => {
    const { type, text, source } = isWireObject(block) ? block : {};
    if (type === "text" && typeof text === "string") {
      return { speaker, kind: "text", text };
    }
    const { media_type: mediaType, data } = isWireObject(source) ? source : {};
    if (
      type === "image" && typeof mediaType === "string" &&
      typeof data === "string"
    ) {
      return { speaker, kind: "image", mediaType, base64: data };
    }
    return {
      speaker,
      kind: "literal",
      title: typeof type === "string" ? type : "block",
      text: JSON.stringify(block, shortData, 2) ?? "",
    };
  });
}

/** Leaves out the bytes of documents. */
function shortData(key: string, value: unknown): unknown {
  return key === "data" && typeof value === "string" && value.length > 1_000
    ? `${value.length} characters`
    : value;
}

/** Returns the input of a tool: only the command if there is one, otherwise the whole input. */
function inputText(input: Readonly<Record<string, unknown>>): string {
  const { command } = input;
  return typeof command === "string"
    ? command
    : JSON.stringify(input, undefined, 2);
}

/**
 * Non-printing characters that have an effect: controls except tab and line feed, characters that
 * reverse or join text, unpaired surrogates.
 */
const ACTING =
  // deno-lint-ignore no-control-regex -- these are what it is about
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\p{Cs}\u{e0000}-\u{e0fff}]/gu;

/** Text in which each character that acts instead of being seen is named: `<U+001B>`. */
export function visible(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(ACTING, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
  });
}

/** JSON in which the same characters are escapes. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replace(
    ACTING,
    (chars) =>
      Array.from(
        { length: chars.length },
        (_, at) => `\\u${chars.charCodeAt(at).toString(16).padStart(4, "0")}`,
      ).join(""),
  );
}
