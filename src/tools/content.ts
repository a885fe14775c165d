/**
 * Results of tools, in terms of MCP.
 *
 * @module
 */

/** A block of a result, as in MCP. */
export type ToolContent =
  /** A text. */
  | { readonly type: "text"; readonly text: string }
  /** An image or a sound, in base64. The model sees images; sounds are saved to a file. */
  | {
    readonly type: "image" | "audio";
    readonly data: string;
    readonly mimeType: string;
  }
  /** A document inside the result. The model sees its text. */
  | {
    readonly type: "resource";
    readonly resource: {
      readonly uri: string;
      readonly mimeType?: string;
      readonly text?: string;
      readonly blob?: string;
    };
  }
  /** A document that is elsewhere. */
  | {
    readonly type: "resource_link";
    readonly uri: string;
    readonly name: string;
    readonly description?: string;
    readonly mimeType?: string;
  };

/** A whole result, as in MCP. */
export interface CallToolResult {
  /** What the model sees. May be left out if there is `structuredContent`. */
  readonly content?: readonly ToolContent[];
  /** Data. With it the model sees its JSON instead of `content`. */
  readonly structuredContent?: Readonly<Record<string, unknown>>;
  /** The call failed, and `content` says why. Default `false`. */
  readonly isError?: boolean;
}

/**
 * What `run` may return: a text, the bytes of an image (PNG, JPEG, GIF, WebP), a {@linkcode
 * CallToolResult}, nothing, or any other JSON value. Not a promise: see {@linkcode LateToolOutput}.
 */
export type ToolOutput =
  | string
  | number
  | boolean
  | null
  | undefined
  | void
  | (Uint8Array | CallToolResult | object) & { readonly then?: never };

/** What `run` may return if it is asynchronous. */
export type LateToolOutput = ToolOutput | Promise<ToolOutput>;
