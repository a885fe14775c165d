/**
 * Remembers the live changes of a session, so that a successor process continues with the same
 * state. Pure.
 *
 * @module
 */

import { isWireObject, type WireObject } from "../messages/_define.ts";

/** A control request to be repeated. */
export interface LiveChange {
  /** Kind of the request. */
  readonly subtype: string;
  /** Other fields on the wire. */
  readonly payload: WireObject;
}

/**
 * Requests that make a lasting change, each with the field that names its target, if there are
 * several.
 */
const CHANGES: ReadonlyMap<string, string | undefined> = new Map([
  ["set_model", undefined],
  ["set_max_thinking_tokens", undefined],
  ["apply_flag_settings", undefined],
  ["mcp_set_servers", undefined],
  ["mcp_toggle", "serverName"],
  ["set_mcp_permission_mode_override", "server_name"],
]);

/** The changes of one session. */
export class LiveChanges {
  readonly #changes = new Map<string, LiveChange>();

  /** Remembers a request that the CLI accepted. */
  note({ subtype, payload }: LiveChange): void {
    if (!CHANGES.has(subtype)) return;
    const field = CHANGES.get(subtype);
    const key = field === undefined ? subtype : `${subtype} ${payload[field]}`;
    const before = this.#changes.get(key);
    // Keep the order of the latest calls, since settings can also set the model.
    this.#changes.delete(key);
    this.#changes.set(key, {
      subtype,
      payload: subtype === "apply_flag_settings"
        ? { ...payload, settings: merged(before, payload) }
        : payload,
    });
  }

  /**
   * Returns the requests to make to a new process, in order. `mode` is the permission mode, if it
   * was changed.
   */
  again(mode: string | undefined): readonly LiveChange[] {
    const changes = [...this.#changes.values()];
    return mode === undefined
      ? changes
      : [...changes, { subtype: "set_permission_mode", payload: { mode } }];
  }
}

/** Merges the settings of successive calls. */
function merged(before: LiveChange | undefined, payload: WireObject): unknown {
  const { settings } = payload;
  const earlier = before?.payload.settings;
  return isWireObject(earlier) && isWireObject(settings)
    ? { ...earlier, ...settings }
    : settings;
}
