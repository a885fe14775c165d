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

/** What the CLI wants to be shown to a person. */
export interface UserDialog {
  /** Kind of the dialog. Only those that were declared at the start are asked for. */
  readonly dialogKind: string;
  /** What is in it, untouched; its shape depends on the kind. */
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
 * The CLI wants a dialog to be shown, and waits for what comes of it.
 *
 * From the types of the official SDK 0.3.330; not seen.
 */
export interface UserDialogRequest extends UserDialog {
  /** `"user_dialog_request"` */
  readonly type: "user_dialog_request";
  /** The session it belongs to. */
  readonly sessionId?: string;
  /** Always absent: the wire gives it no id but `requestId`. */
  readonly uuid?: string;
  /** The request as it came. */
  readonly raw: unknown;
  /** Id of the request; `RequestCancelled` names it where it is withdrawn. */
  readonly requestId: string;
  /** Answers with what came of it; its shape depends on the kind. */
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
