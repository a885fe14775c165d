import * as v from "valibot";
import {
  type Reads,
  shape,
  wire,
  type WireObject,
  wireOptional,
} from "../messages/_define.ts";
import { call, type ControlCall, listOf } from "./call.ts";

/** The settings of one source. */
export interface SettingsSource {
  /** Which one, such as `userSettings` or `flagSettings`. */
  readonly source: string;
  /** What is in it, as the CLI has it. */
  readonly settings: WireObject;
}

/**
 * The settings of the session.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export interface SessionSettings {
  /** What holds, all sources together, as the CLI has it. */
  readonly effective: WireObject;
  /** Each source, the weakest first. */
  readonly sources: readonly SettingsSource[];
  /** Full name of the model in use. */
  readonly model?: string;
  /** How much it thinks; `null` where it knows no levels. */
  readonly effort?: string | null;
}

const anyObject: Reads<WireObject> = v.record(v.string(), v.unknown()) as Reads<
  WireObject
>;

const sessionSettings: Reads<SessionSettings> = shape<SessionSettings>({
  effective: wire("effective", anyObject),
  sources: wire(
    "sources",
    listOf(shape<SettingsSource>({
      source: wire("source", v.string()),
      settings: wire("settings", anyObject),
    })),
  ),
  model: wireOptional("applied.model", v.string()),
  effort: wireOptional("applied.effort", v.nullable(v.string())),
});

/** Asks for the settings. They may hold secrets. */
export function settingsCall(): ControlCall<SessionSettings> {
  return call("get_settings", {}, sessionSettings);
}
