import { type ControlCall, order, text } from "./call.ts";

/**
 * Gives the session a title.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export function renameSessionCall(title: string): ControlCall<void> {
  return order("rename_session", {
    title: text("title", title),
    source: "host",
  });
}
