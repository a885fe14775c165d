import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  wire,
  wireOptional,
} from "../_define.ts";

/**
 * A pull request, or the like, was opened or touched by a command. Read from the output of
 * the command: a hint and no proof.
 *
 * Not in the official SDK's types.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_30-code-change.ndjson.
 */
export interface CodeChangePublished
  extends EventBase<"code_change_published"> {
  /** `github`, `github-enterprise`, `gitlab`, `bitbucket`, `gerrit`, … */
  readonly provider: string;
  /** Its address, as the command printed it. */
  readonly url: string;
  /** The repository, such as `owner/name`. */
  readonly repo?: string;
  /** Its number, as text. */
  readonly identifier?: string;
  /** What was done: `created`, `edited`, `merged`, `commented`, `closed`, `pushed`, … */
  readonly action?: string;
  /** The branch it comes from, where that is known. */
  readonly branch?: string;
}

/** Reads {@linkcode CodeChangePublished}. */
export const codeChangePublished: MessageKind<CodeChangePublished> =
  defineMessage<CodeChangePublished>(
    "code_change_published",
    "system/code_change_published",
    {
      provider: wire("provider", v.string()),
      url: wire("url", v.string()),
      repo: wireOptional("repo", v.string()),
      identifier: wireOptional("identifier", v.string()),
      action: wireOptional("action", v.string()),
      branch: wireOptional("branch", v.string()),
    },
  );
