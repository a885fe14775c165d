/**
 * Events for questions of the CLI and MCP servers to a person.
 *
 * @module
 */

import * as v from "valibot";
import {
  type Draft,
  hidden,
  isWireObject,
  newEvent,
  type Reads,
  strictShape,
  wire,
  type WireObject,
  wireOptional,
} from "../messages/_define.ts";

/** A question of an MCP server to a person. */
export interface Elicitation {
  /** The server. */
  readonly serverName: string;
  /** What it asks, for people. */
  readonly message: string;
  /** `form` (fields to fill in) or `url` (an address to open). */
  readonly mode?: string;
  /** The address to open. With `mode: "url"`. */
  readonly url?: string;
  /** Id of the elicitation; `ElicitationComplete` has the same. With `mode: "url"`. */
  readonly elicitationId?: string;
  /** JSON Schema of the fields, as the server wrote it. With `mode: "form"`. */
  readonly requestedSchema?: WireObject;
  /** Names of the fields, in the order that the server wants. */
  readonly propertyOrder?: readonly string[];
  /** A heading. */
  readonly title?: string;
  /** Name of the server or tool for people. */
  readonly displayName?: string;
  /** A line below the heading. */
  readonly description?: string;
}

/** Reads the body of an `elicitation` request. */
export const elicitation: Reads<Elicitation> = strictShape<Elicitation>({
  serverName: wire("mcp_server_name", v.string()),
  message: wire("message", v.string()),
  mode: wireOptional("mode", v.string()),
  url: wireOptional("url", v.string()),
  elicitationId: wireOptional("elicitation_id", v.string()),
  requestedSchema: wireOptional(
    "requested_schema",
    v.custom<WireObject>(isWireObject),
  ),
  propertyOrder: wireOptional("property_order", v.array(v.string())),
  title: wireOptional("title", v.string()),
  displayName: wireOptional("display_name", v.string()),
  description: wireOptional("description", v.string()),
});

/**
 * An MCP server asks a person. The tool call waits until it is answered.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_22-elicitation-accept.ndjson.
 */
export interface ElicitationRequest extends Elicitation {
  /** `"elicitation_request"` */
  readonly type: "elicitation_request";
  /** The session it belongs to. */
  readonly sessionId?: string;
  /** Always absent: on the wire it has no id but `requestId`. */
  readonly uuid?: string;
  /** The request as it came. */
  readonly raw: unknown;
  /** Id of the request; `RequestCancelled` names it if the request is withdrawn. */
  readonly requestId: string;
  /** Answers with the values of the fields. They reach the server as they are. */
  accept(content?: WireObject): void;
  /** Refuses to answer. */
  decline(): void;
  /** Neither answers nor declines, as when the person closes the window. */
  cancel(): void;
}

/**
 * Makes the event of an elicitation.
 *
 * @param answer Takes the reply that goes to the CLI.
 */
export function elicitationRequest(
  raw: unknown,
  requestId: string,
  request: Elicitation,
  sessionId: string | undefined,
  answer: (reply: WireObject) => void,
): ElicitationRequest {
  const event = newEvent(raw) as unknown as Draft<ElicitationRequest>;
  hidden(event, "accept", (content?: WireObject) =>
    answer({
      action: "accept",
      ...content === undefined ? {} : { content },
    }));
  hidden(event, "decline", () => answer({ action: "decline" }));
  hidden(event, "cancel", () => answer({ action: "cancel" }));
  event.type = "elicitation_request";
  event.requestId = requestId;
  if (sessionId !== undefined) event.sessionId = sessionId;
  return Object.assign(event, request);
}

/** A dialog that the CLI wants to show to a person. */
export interface UserDialog {
  /** Kind of the dialog. Only those that were declared at the start are asked for. */
  readonly dialogKind: string;
  /** Its content, unchanged; the shape depends on the kind. */
  readonly payload: WireObject;
  /** The tool call that it belongs to. */
  readonly toolUseId?: string;
}

/** Reads the body of a `request_user_dialog` request. */
export const userDialog: Reads<UserDialog> = strictShape<UserDialog>({
  dialogKind: wire("dialog_kind", v.string()),
  payload: wire("payload", v.custom<WireObject>(isWireObject)),
  toolUseId: wireOptional("tool_use_id", v.string()),
});

/**
 * The CLI wants a dialog to be shown, and waits for its outcome.
 *
 * From the types of the official SDK 0.3.330; not seen.
 */
export interface UserDialogRequest extends UserDialog {
  /** `"user_dialog_request"` */
  readonly type: "user_dialog_request";
  /** The session it belongs to. */
  readonly sessionId?: string;
  /** Always absent: on the wire it has no id but `requestId`. */
  readonly uuid?: string;
  /** The request as it came. */
  readonly raw: unknown;
  /** Id of the request; `RequestCancelled` names it if the request is withdrawn. */
  readonly requestId: string;
  /** Answers with the outcome; its shape depends on the kind. */
  complete(result?: unknown): void;
  /** The dialog was closed without an answer. */
  cancel(): void;
}

/**
 * Makes the event of a dialog.
 *
 * @param answer Takes the reply that goes to the CLI.
 */
export function userDialogRequest(
  raw: unknown,
  requestId: string,
  request: UserDialog,
  sessionId: string | undefined,
  answer: (reply: WireObject) => void,
): UserDialogRequest {
  const event = newEvent(raw) as unknown as Draft<UserDialogRequest>;
  hidden(
    event,
    "complete",
    (result?: unknown) => answer({ behavior: "completed", result }),
  );
  hidden(event, "cancel", () => answer({ behavior: "cancelled" }));
  event.type = "user_dialog_request";
  event.requestId = requestId;
  if (sessionId !== undefined) event.sessionId = sessionId;
  return Object.assign(event, request);
}
