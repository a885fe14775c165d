/**
 * Makes an MCP result of whatever a tool returned or threw. Pure; never throws.
 *
 * @module
 */

import { base64, imageType } from "../util/media.ts";
import { isWireObject, type WireObject } from "../messages/_define.ts";
import { thrownText } from "../util/faults.ts";

export { thrownText };

/** A result as it goes out. */
export interface WireResult {
  readonly content: readonly WireObject[];
  readonly structuredContent?: WireObject;
  readonly isError?: boolean;
}

/** A result that says what went wrong. */
export function errorResult(text: string): WireResult {
  return { content: [textBlock(text)], isError: true };
}

/** Makes a result of what a tool returned. */
export function resultOf(value: unknown): WireResult {
  if (value === undefined) return textResult("");
  if (typeof value === "string") return textResult(value);
  if (value instanceof Uint8Array) return imageResult(value);
  if (isResult(value)) return checkedResult(value);
  try {
    // A value that JSON cannot express, such as a function, has no text either.
    const text: string | undefined = JSON.stringify(value);
    if (text !== undefined) return textResult(text);
    return errorResult(
      `Cannot use the result of the tool: JSON cannot hold a ${typeof value}`,
    );
  } catch (error) {
    return errorResult(
      `Cannot use the result of the tool: ${thrownText(error)}`,
    );
  }
}

function textBlock(text: string): WireObject {
  return { type: "text", text };
}

function textResult(text: string): WireResult {
  return { content: [textBlock(text)] };
}

const RESULT_KEYS: ReadonlySet<string> = new Set([
  "content",
  "structuredContent",
  "isError",
  "_meta",
]);

/**
 * Whether a value is meant as a whole result. An object with any other key is data: a
 * message of the API, for example, has `content` too.
 */
function isResult(value: unknown): value is WireObject {
  if (!isWireObject(value)) return false;
  if (!Object.keys(value).every((key) => RESULT_KEYS.has(key))) return false;
  const { content, structuredContent } = value;
  if (content === undefined) return isWireObject(structuredContent);
  return Array.isArray(content) &&
    content.every((block) =>
      isWireObject(block) && typeof block.type === "string"
    );
}

/** The CLI refuses a whole result for one bad block, so bad ones never reach it. */
function checkedResult(value: WireObject): WireResult {
  const { structuredContent, isError } = value;
  const blocks = (value.content ?? []) as readonly WireObject[];
  for (const [index, block] of blocks.entries()) {
    const issue = blockIssue(block) ?? jsonIssue(block);
    if (issue !== undefined) {
      return errorResult(
        `Cannot use the result of the tool: content.${index}: ${issue}`,
      );
    }
  }
  let text: string | undefined;
  if (structuredContent !== undefined) {
    if (!isWireObject(structuredContent)) {
      return errorResult(
        "Cannot use the result of the tool: structuredContent: expected an object",
      );
    }
    try {
      text = JSON.stringify(structuredContent);
      if (text?.startsWith("{") !== true) {
        return errorResult(
          "Cannot use the result of the tool: structuredContent: expected an object in JSON, too",
        );
      }
    } catch (error) {
      return errorResult(
        `Cannot use the result of the tool: structuredContent: ${
          thrownText(error)
        }`,
      );
    }
  }
  return {
    // MCP always wants content, with the same data as text for clients that read only that.
    content: value.content === undefined && text !== undefined
      ? [textBlock(text)]
      : blocks,
    ...structuredContent === undefined ? {} : { structuredContent },
    ...isError === true ? { isError } : {},
  };
}

const TEXT_FIELDS: Readonly<Record<string, readonly string[]>> = {
  text: ["text"],
  image: ["data", "mimeType"],
  audio: ["data", "mimeType"],
  resource_link: ["uri", "name"],
  resource: [],
};

function blockIssue(block: WireObject): string | undefined {
  const type = block.type as string;
  const fields = Object.hasOwn(TEXT_FIELDS, type)
    ? TEXT_FIELDS[type]
    : undefined;
  if (fields === undefined) return `there is no type "${type}"`;
  const missing = fields.find((name) => typeof block[name] !== "string");
  if (missing !== undefined) return `expected a text as ${missing}`;
  if (fields.includes("data") && !isBase64(block.data)) {
    return "expected base64 as data";
  }
  return optionalIssue(block) ??
    (type === "resource" ? resourceIssue(block.resource) : undefined);
}

function resourceIssue(resource: unknown): string | undefined {
  if (
    !isWireObject(resource) || typeof resource.uri !== "string" ||
    !(typeof resource.text === "string" || typeof resource.blob === "string")
  ) return "expected a resource with uri and either text or blob";
  return typeof resource.text !== "string" && !isBase64(resource.blob)
    ? "expected base64 as blob"
    : optionalIssue(resource);
}

/** The fields that a block may have, by its type. */
function optionalIssue(source: WireObject): string | undefined {
  const text = ["mimeType", "description", "title"].find((name) =>
    source[name] !== undefined && typeof source[name] !== "string"
  );
  if (text !== undefined) return `expected a text as ${text}`;
  const object = ["annotations", "_meta"].find((name) =>
    source[name] !== undefined && !isWireObject(source[name])
  );
  return object === undefined ? undefined : `expected an object as ${object}`;
}

function isBase64(value: unknown): boolean {
  try {
    atob(`${value}`);
    return true;
  } catch {
    return false;
  }
}

/** Why JSON cannot hold a block: a failure while it is written would end the session. */
function jsonIssue(block: WireObject): string | undefined {
  try {
    return JSON.stringify(block)?.startsWith("{") === true
      ? undefined
      : "expected an object in JSON, too";
  } catch (error) {
    return thrownText(error);
  }
}

function imageResult(bytes: Uint8Array): WireResult {
  const mimeType = imageType(bytes);
  if (mimeType === undefined) {
    return errorResult(
      "Cannot use the result of the tool: its bytes are no PNG, JPEG, GIF or WebP image",
    );
  }
  return { content: [{ type: "image", data: base64(bytes), mimeType }] };
}
