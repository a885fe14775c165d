/**
 * Messages `system` about files: repositories, stores, memories.
 *
 * @module
 */

import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  shape,
  wire,
  wireOptional,
} from "../_define.ts";

/**
 * A command changed the repository. It is a hint to look there, and no proof.
 *
 * Not in the official SDK's types.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_30-vcs-state.ndjson.
 */
export interface VcsStateChanged extends EventBase<"vcs_state_changed"> {
  /** `commit`, `push`, `merge` or `rebase`. */
  readonly kind: string;
  /** Working directory of the shell when the command ended. */
  readonly cwd?: string;
  /** The branch, if that is known. With `commit` and `push`. */
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

/**
 * A command opened or changed a pull request or the like. The CLI reads this from the
 * output of the command, so it is a hint and no proof.
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
  /** The branch it comes from, if that is known. */
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

/** A file that was stored. */
export interface PersistedFile {
  /** Its name. */
  readonly filename: string;
  /** Its id in the store. */
  readonly fileId: string;
}

/** A file that could not be stored. */
export interface FailedFile {
  /** Its name. */
  readonly filename: string;
  /** Why. */
  readonly error: string;
}

/**
 * Files of the session were stored.
 *
 * From the types of the official SDK 0.3.330; not seen.
 */
export interface FilesPersisted extends EventBase<"files_persisted"> {
  /** The files that were stored. */
  readonly files: readonly PersistedFile[];
  /** The files that could not be stored. */
  readonly failed?: readonly FailedFile[];
  /** When, in ISO 8601. */
  readonly processedAt?: string;
}

/** Reads {@linkcode FilesPersisted}. */
export const filesPersisted: MessageKind<FilesPersisted> = defineMessage<
  FilesPersisted
>(
  "files_persisted",
  "system/files_persisted",
  {
    files: wire(
      "files",
      v.array(shape<PersistedFile>({
        filename: wire("filename", v.string()),
        fileId: wire("file_id", v.string()),
      })),
    ),
    failed: wireOptional(
      "failed",
      v.array(shape<FailedFile>({
        filename: wire("filename", v.string()),
        error: wire("error", v.string()),
      })),
    ),
    processedAt: wireOptional("processed_at", v.string()),
  },
);

/** Where lines of a transcript belong in a session store. */
export interface MirrorKey {
  /** The project, as the CLI names its folder. */
  readonly projectKey: string;
  /** The session. */
  readonly sessionId: string;
  /** Path of the file below the session's own, such as a subagent's. */
  readonly subpath?: string;
}

/**
 * The session store did not take lines of the transcript. They are missing there.
 *
 * From the types of the official SDK 0.3.330; not seen.
 */
export interface MirrorError extends EventBase<"mirror_error"> {
  /** Why. */
  readonly error: string;
  /** Where they belong. */
  readonly key?: MirrorKey;
}

/** Reads {@linkcode MirrorError}. */
export const mirrorError: MessageKind<MirrorError> = defineMessage<MirrorError>(
  "mirror_error",
  "system/mirror_error",
  {
    error: wire("error", v.string()),
    key: wireOptional(
      "key",
      shape<MirrorKey>({
        projectKey: wire("projectKey", v.string()),
        sessionId: wire("sessionId", v.string()),
        subpath: wireOptional("subpath", v.string()),
      }),
    ),
  },
);

/** A memory that was given to the model. */
export interface RecalledMemory {
  /**
   * Its file; `<synthesis:DIR>` for a paragraph made of the files there; a URL for a
   * memory of the organization.
   */
  readonly path: string;
  /** Who owns it: `personal`, `team` or `organization`. */
  readonly scope?: string;
  /** Its text. Absent if `path` is a file to read. */
  readonly content?: string;
}

/**
 * Memories were given to the model.
 *
 * From the types of the official SDK 0.3.330; not seen.
 */
export interface MemoryRecall extends EventBase<"memory_recall"> {
  /** `select` (whole files) or `synthesize` (a paragraph made of many). */
  readonly mode: string;
  /** The memories. */
  readonly memories: readonly RecalledMemory[];
}

/** Reads {@linkcode MemoryRecall}. */
export const memoryRecall: MessageKind<MemoryRecall> = defineMessage<
  MemoryRecall
>(
  "memory_recall",
  "system/memory_recall",
  {
    mode: wire("mode", v.string()),
    memories: wire(
      "memories",
      v.array(shape<RecalledMemory>({
        path: wire("path", v.string()),
        scope: wireOptional("scope", v.string()),
        content: wireOptional("content", v.string()),
      })),
    ),
  },
);
