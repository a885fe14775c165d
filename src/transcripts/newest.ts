/**
 * The transcripts of a place by age, and which of them are of a project.
 *
 * @module
 */

import { InfoReader, type SessionInfo } from "./info.ts";
import {
  projectFolderName,
  projectPath,
  type SessionPlaceOptions,
  sized,
  type SizedTranscript,
  transcripts,
} from "./place.ts";
import type { Steps } from "./steps.ts";

/** All transcripts of a place, the one that was last written first. */
export function* newestFirst(
  options: SessionPlaceOptions,
): Steps<SizedTranscript[]> {
  const files: SizedTranscript[] = [];
  for (const each of transcripts(options)) {
    const file = sized(each);
    if (file !== undefined) files.push(file);
    yield;
  }
  return files.sort((a, b) =>
    b.modifiedMs - a.modifiedMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

/** Reads what transcripts tell of their sessions, in order; skips those that are gone. */
export function* infosOf(
  files: Iterable<SizedTranscript>,
): Generator<SessionInfo | undefined> {
  const reader = new InfoReader();
  for (const file of files) yield reader.read(file);
}

/** Returns a filter for the sessions of a project; all pass if none is named. */
export function projectFilter(
  { project }: SessionPlaceOptions,
): (info: SessionInfo) => boolean {
  if (project === undefined) return () => true;
  const path = projectPath(project);
  return (info) => !isNamesake(info, path);
}

/** Whether a session is of another project that shares its folder with this one. */
function isNamesake({ cwd }: SessionInfo, path: string): boolean {
  return cwd !== undefined && cwd !== path &&
    projectFolderName(cwd) === projectFolderName(path);
}
