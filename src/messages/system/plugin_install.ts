import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
  wireOptional,
} from "../_define.ts";

/**
 * Plugins are being installed, before `system_init`. Needs `CLAUDE_CODE_SYNC_PLUGIN_INSTALL=1`.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_30-plugin-install.ndjson.
 */
export interface PluginInstall extends EventBase<"plugin_install"> {
  /** `started`, `installed`, `failed` or `completed`. */
  readonly status: string;
  /** The plugin or marketplace. Absent where all of them are meant. */
  readonly name?: string;
  /** Why it failed. */
  readonly error?: string;
}

/** Reads {@linkcode PluginInstall}. */
export const pluginInstall: MessageKind<PluginInstall> = defineMessage<
  PluginInstall
>(
  "plugin_install",
  "system/plugin_install",
  {
    status: wire("status", v.string()),
    name: wireOptional("name", v.string()),
    error: wireOptional("error", v.string()),
  },
);
