import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
  wireOptional,
} from "../_define.ts";

/**
 * A command changed the repository. A hint to look there, and no proof.
 *
 * Not in the official SDK's types.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_30-vcs-state.ndjson.
 */
export interface VcsStateChanged extends EventBase<"vcs_state_changed"> {
  /** `commit`, `push`, `merge` or `rebase`. */
  readonly kind: string;
  /** Where the shell was when the command ended. */
  readonly cwd?: string;
  /** The branch, where that is known. With `commit` and `push`. */
  readonly branch?: string;
}

/** Reads {@linkcode VcsStateChanged}. */
export const vcsStateChanged: MessageKind<VcsStateChanged> = defineMessage<
  VcsStateChanged
>(
  "vcs_state_changed",
  "system/vcs_state_changed",
  {
    kind: wire("kind", v.string()),
    cwd: wireOptional("cwd", v.string()),
    branch: wireOptional("branch", v.string()),
  },
);
