import * as v from "valibot";
import { type Reads, shape, wire, wireOptional } from "../messages/_define.ts";
import { call, type ControlCall } from "./call.ts";

/**
 * The conversation as a text for people.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export interface ExportedConversation {
  /** The text; empty before the first turn. */
  readonly text: string;
  /** A name for a file with it. */
  readonly defaultFilename?: string;
}

const exported: Reads<ExportedConversation> = shape<ExportedConversation>({
  text: wire("text", v.string()),
  defaultFilename: wireOptional("default_filename", v.string()),
});

/** Asks for the conversation as a text. */
export function exportConversationCall(): ControlCall<ExportedConversation> {
  return call("export_conversation", {}, exported);
}
