/**
 * What was changed while a session ran, so that a process that comes in the place of
 * another goes on like it. Pure.
 *
 * @module
 */

import { isWireObject, type WireObject } from "../messages/_define.ts";

/** A control request that is made again. */
export interface LiveChange {
  /** What it asks for. */
  readonly subtype: string;
  /** Its fields on the wire. */
  readonly payload: WireObject;
}

/** Requests that change something, and the field that says of what, if there are several. */
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

  /** Takes note of a request that the CLI granted. */
  note({ subtype, payload }: LiveChange): void {
    if (!CHANGES.has(subtype)) return;
    const field = CHANGES.get(subtype);
    const key = field === undefined ? subtype : `${subtype} ${payload[field]}`;
    const before = this.#changes.get(key);
    // The order of the last call of each holds: a model may be in the settings, too.
    this.#changes.delete(key);
    this.#changes.set(key, {
      subtype,
      payload: subtype === "apply_flag_settings"
        ? { ...payload, settings: merged(before, payload) }
        : payload,
    });
  }

  /** What to ask a new process for, in this order. `mode`: the permission mode, if it was changed. */
  again(mode: string | undefined): readonly LiveChange[] {
    const changes = [...this.#changes.values()];
    return mode === undefined
      ? changes
      : [...changes, { subtype: "set_permission_mode", payload: { mode } }];
  }
}

/** Each call adds to the ones before. */
function merged(before: LiveChange | undefined, payload: WireObject): unknown {
  const { settings } = payload;
  const earlier = before?.payload.settings;
  return isWireObject(earlier) && isWireObject(settings)
    ? { ...earlier, ...settings }
    : settings;
}
