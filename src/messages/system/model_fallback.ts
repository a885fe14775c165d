import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
  wireOptional,
} from "../_define.ts";

/**
 * The model failed, and the fallback model takes over for the rest of the turn. Not in the
 * official SDK's types.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_08-fallback-model.ndjson.
 */
export interface ModelFallback extends EventBase<"model_fallback"> {
  /** The model that failed. */
  readonly originalModel: string;
  /** The model that takes over. */
  readonly fallbackModel: string;
  /**
   * Why: `overloaded`, `server_error`, `model_not_found`, `permission_denied`,
   * `last_resort`, `model_blocked`.
   */
  readonly trigger?: string;
  /** A sentence about it, for people. */
  readonly content?: string;
}

/** Reads {@linkcode ModelFallback}. */
export const modelFallback: MessageKind<ModelFallback> = defineMessage<
  ModelFallback
>(
  "model_fallback",
  "system/model_fallback",
  {
    originalModel: wire("original_model", v.string()),
    fallbackModel: wire("fallback_model", v.string()),
    trigger: wireOptional("trigger", v.string()),
    content: wireOptional("content", v.string()),
  },
);
