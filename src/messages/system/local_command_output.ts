import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
} from "../_define.ts";

/**
 * What a slash command that needs no model printed. CLI 2.1.330 puts it into an
 * `assistant` line with the model `<synthetic>` in the cases that were tried.
 *
 * From the types of the official SDK 0.3.330; not seen.
 */
export interface LocalCommandOutput extends EventBase<"local_command_output"> {
  /** The output. */
  readonly content: string;
}

/** Reads {@linkcode LocalCommandOutput}. */
export const localCommandOutput: MessageKind<LocalCommandOutput> =
  defineMessage<LocalCommandOutput>(
    "local_command_output",
    "system/local_command_output",
    {
      content: wire("content", v.string()),
    },
  );
