import { type Reads, shape, wire } from "../messages/_define.ts";
import { type CommandInfo, commandInfo } from "./_infos.ts";
import { call, type ControlCall, listOf } from "./call.ts";

const answer: Reads<{ readonly skills: readonly CommandInfo[] }> = shape<
  { readonly skills: readonly CommandInfo[] }
>({ skills: wire("skills", listOf(commandInfo)) });

/**
 * Reads skills again. New ones are also told by `CommandsChanged`.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export function reloadSkillsCall(): ControlCall<
  { readonly skills: readonly CommandInfo[] }
> {
  return call("reload_skills", {}, answer);
}
