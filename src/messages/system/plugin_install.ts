import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
  wireOptional,
} from "../_define.ts";

/**
 * A plugin is being installed.
 *
 * From the types of the official SDK 0.3.330; not seen.
 */
export interface PluginInstall extends EventBase<"plugin_install"> {
  /** `started`, `installed`, `failed` or `completed`. */
  readonly status: string;
  /** The plugin. Absent where all of them are meant. */
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
