/**
 * The transcripts of a session from a store, as files in a private folder that the CLI resumes
 * from.
 *
 * @module
 */

import { SessionStoreError } from "../errors.ts";
import type {
  SessionStore,
  StoredSessionKey,
  TranscriptEntry,
  TranscriptKey,
} from "../stores/store.ts";
import { thrownText } from "../util/faults.ts";
import { folderPrefix } from "./leftover_files.ts";

/** Type of the entry that stands for the `.meta.json` file of a subagent. */
export const AGENT_METADATA = "agent_metadata";

/** The files of a session. */
export interface RestoredSession {
  /** Folder that holds nothing else. */
  readonly folder: string;
  /** Path of the session's transcript. */
  readonly path: string;
}

/**
 * Writes the transcripts of a session with access for this user only.
 *
 * @throws {SessionStoreError} The store does not have the session, or it cannot be read.
 */
export async function restoreSession(
  store: SessionStore,
  key: StoredSessionKey,
): Promise<RestoredSession> {
  const { sessionId, projectKey } = key;
  const stored = await store.session(key);
  if (stored === undefined) {
    throw new SessionStoreError(
      "load",
      `Cannot read the session "${sessionId}": the store has no such session in the project "${projectKey}"`,
      { hint: "Check the id and projectKey", sessionId },
    );
  }
  // Deno creates the folder for its owner only (0700).
  const folder = await Deno.makeTempDir({ prefix: folderPrefix() });
  const path = `${folder}/${sessionId}.jsonl`;
  try {
    await writeTranscript(store, key, path);
    for (const subpath of stored.subpaths) {
      if (!isPlain(subpath)) {
        throw new Error(`a subpath leads elsewhere: "${subpath}"`);
      }
      const file = `${folder}/${sessionId}/${subpath}.jsonl`;
      await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), {
        recursive: true,
        mode: 0o700,
      });
      await writeTranscript(store, { ...key, subpath }, file);
    }
    return { folder, path };
  } catch (cause) {
    await Deno.remove(folder, { recursive: true });
    throw cause instanceof SessionStoreError ? cause : new SessionStoreError(
      "load",
      `Cannot read the session "${sessionId}": the store failed: ${
        thrownText(cause)
      }`,
      { cause, sessionId },
    );
  }
}

/** Whether a path stays below its folder. */
function isPlain(subpath: string): boolean {
  return subpath.split("/").every((part) => /^[^.\\\0][^\\\0]*$/.test(part));
}

async function writeTranscript(
  store: SessionStore,
  key: TranscriptKey,
  path: string,
): Promise<void> {
  let metadata: TranscriptEntry | undefined;
  const entries = ReadableStream.from(store.load(key)).pipeThrough(
    new TransformStream<TranscriptEntry, string>({
      transform(entry, controller) {
        if (entry.type === AGENT_METADATA) metadata = entry;
        else controller.enqueue(`${JSON.stringify(entry)}\n`);
      },
    }),
  ).pipeThrough(new TextEncoderStream());
  await Deno.writeFile(path, entries, { mode: 0o600, createNew: true });
  if (metadata === undefined) return;
  const { type: _type, ...meta } = metadata;
  const text = JSON.stringify(meta);
  await Deno.writeTextFile(path.replace(/\.jsonl$/, ".meta.json"), text, {
    mode: 0o600,
  });
}
