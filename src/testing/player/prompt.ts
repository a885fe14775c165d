/** Prompts of the host. */

import { isObject } from "./version.ts";
import type { JsonObject } from "../scenario.ts";

/** The relevant fields of a prompt from the host. */
export interface Prompt {
  readonly text: string;
  readonly content: string | readonly JsonObject[];
  readonly uuid: string | undefined;
  readonly asksModel: boolean;
  readonly isSynthetic: boolean;
}

/** Reads the prompt from a line of type `user`, or returns why there is none. */
export function readPrompt(line: JsonObject):
  | { readonly kind: "prompt"; readonly content: string | JsonObject[] }
  | { readonly kind: "ignored" }
  | { readonly kind: "fatal"; readonly error: string } {
  const message = line["message"];
  if (!isObject(message) || message["role"] !== "user") {
    const role = isObject(message) ? message["role"] : undefined;
    const error = `Error: Expected message role 'user', got '${role}'`;
    return { kind: "fatal", error };
  }
  const content = message["content"];
  if (typeof content === "string") return { kind: "prompt", content };
  if (!Array.isArray(content)) return { kind: "ignored" };
  return { kind: "prompt", content: content.filter(isObject) };
}

/** Returns the text of a prompt. */
export function promptText(content: string | readonly JsonObject[]): string {
  if (typeof content === "string") return content;
  return content
    .map(({ text }) => typeof text === "string" ? text : "")
    .filter((text) => text !== "")
    .join("\n");
}
