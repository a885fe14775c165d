import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
} from "../_define.ts";

/**
 * Something of the terminal's picture has to be drawn anew; nothing to act on. Comes
 * before `system_init`, with `--bare` only. Not in the official SDK's types.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_20-bare-startup.ndjson.
 */
export interface UiInvalidate extends EventBase<"ui_invalidate"> {
  /** What: `ui.render`. */
  readonly event: string;
}

/** Reads {@linkcode UiInvalidate}. */
export const uiInvalidate: MessageKind<UiInvalidate> = defineMessage<
  UiInvalidate
>(
  "ui_invalidate",
  "system/ui_invalidate",
  {
    event: wire("event", v.string()),
  },
);
