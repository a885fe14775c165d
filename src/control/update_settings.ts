import { type ControlCall, object, order, word } from "./call.ts";

/**
 * Writes settings to a file. The CLI takes few: `outputStyle` for `local`, `effortLevel`
 * for `user`.
 *
 * Seen in: CLI 2.1.330, tests/live/control_test.ts.
 */
export function saveSettingsCall(
  source: "local" | "user",
  settings: Readonly<Record<string, unknown>>,
): ControlCall<void> {
  return order("update_settings", {
    source: `${word("source", source, ["local", "user"])}Settings`,
    settings: object("settings", settings),
  });
}
