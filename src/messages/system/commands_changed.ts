import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  shape,
  wire,
  wireOptional,
} from "../_define.ts";

/** A slash command or skill. */
export interface SlashCommand {
  /** Its name, without the slash. */
  readonly name: string;
  /** What it does. */
  readonly description?: string;
  /** What it takes, such as `<file>`; empty where it takes nothing. */
  readonly argumentHint?: string;
  /** Other names of it. */
  readonly aliases?: readonly string[];
  /** It is the CLI's own. */
  readonly builtin?: boolean;
}

/**
 * The slash commands, all of them: this list takes the place of the one before. Comes when
 * a skill appeared.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_22-commands-changed.ndjson.
 */
export interface CommandsChanged extends EventBase<"commands_changed"> {
  /** The commands there are now. */
  readonly commands: readonly SlashCommand[];
}

/** Reads {@linkcode CommandsChanged}. */
export const commandsChanged: MessageKind<CommandsChanged> = defineMessage<
  CommandsChanged
>(
  "commands_changed",
  "system/commands_changed",
  {
    commands: wire(
      "commands",
      v.array(shape<SlashCommand>({
        name: wire("name", v.string()),
        description: wireOptional("description", v.string()),
        argumentHint: wireOptional("argumentHint", v.string()),
        aliases: wireOptional("aliases", v.array(v.string())),
        builtin: wireOptional("builtin", v.boolean()),
      })),
    ),
  },
);
