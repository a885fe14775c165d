import type { Effort } from "../options/session_options.ts";
import { type ControlCall, object, order, word } from "./call.ts";

/**
 * Puts settings over those of the session, as the option `settings` does: above those of
 * user and project. A key takes the place of what an earlier call gave for it; `null`
 * takes that back. The CLI refuses all of them where one cannot be.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export function applySettingsCall(
  settings: Readonly<Record<string, unknown>>,
): ControlCall<void> {
  return order("apply_flag_settings", {
    settings: object("settings", settings),
  });
}

/**
 * Changes how much the model thinks. There is no request of its own for it; the CLI
 * takes an unknown level without a word and goes on as before.
 */
export function setEffortCall(effort?: Effort): ControlCall<void> {
  return order("apply_flag_settings", {
    settings: {
      effortLevel: effort === undefined
        ? null
        : word("effort", effort, ["low", "medium", "high", "xhigh", "max"]),
    },
  });
}
