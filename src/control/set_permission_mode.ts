import * as v from "valibot";
import { type Reads, shape, wire } from "../messages/_define.ts";
import type { PermissionMode } from "../options/session_options.ts";
import { call, type ControlCall, reading, text } from "./call.ts";

const answer: Reads<{ readonly mode: string }> = shape<
  { readonly mode: string }
>({
  mode: wire("mode", v.string()),
});

/**
 * Changes the permission mode, also in the middle of a turn. `bypassPermissions` is
 * refused (`bypass_not_launched`) unless the session was started with it.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson. The answer names
 * the mode now in effect, also on 2.1.197.
 */
export function setPermissionModeCall(
  mode: PermissionMode,
): ControlCall<string> {
  return reading(
    call("set_permission_mode", { mode: text("mode", mode) }, answer),
    ({ mode }) => mode,
  );
}
