import type { PermissionMode } from "../options.ts";
import { type ControlCall, order, text } from "./call.ts";

/**
 * Changes the permission mode, also in the middle of a turn. `bypassPermissions` is
 * refused (`bypass_not_launched`) unless the session was started with it.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export function setPermissionModeCall(mode: PermissionMode): ControlCall<void> {
  return order("set_permission_mode", { mode: text("mode", mode) });
}
