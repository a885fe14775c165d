/**
 * Finds the files of a session on disk, and checks whether they may be changed.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import {
  isGone,
  projectsFolder,
  type SessionPlaceOptions,
  type TranscriptFile,
} from "../transcripts/place.ts";
import { sessionFolder } from "./subagents.ts";

/**
 * Folders of the configuration folder in which the CLI keeps something of a session, under
 * the name of its id.
 *
 * Seen in: CLI 2.1.332.
 */
const BESIDE_PROJECTS = ["file-history", "session-env"] as const;

/**
 * Returns the existing files and folders that are named after a session, besides its transcript.
 */
export async function belongings(
  file: TranscriptFile,
  options: SessionPlaceOptions,
): Promise<readonly string[]> {
  const root = await realPath(configFolder(options));
  const found: string[] = [];
  const folder = sessionFolder(file);
  if (await isThere(folder)) found.push(folder);
  for (const name of BESIDE_PROJECTS) {
    const parent = `${configFolder(options)}/${name}`;
    const path = `${parent}/${file.id}`;
    // A link may lead to a foreign folder, whose contents must not be touched.
    if (await realPath(parent) !== `${root}/${name}`) continue;
    if (await isThere(path)) found.push(path);
  }
  return found;
}

/**
 * Makes sure that a transcript lies where the CLI keeps them, directly in the folder of a
 * project. Neither a link on the way nor a path of the caller leads a change elsewhere.
 *
 * @throws {ConfigError} If it is elsewhere. */
export async function checkPlace(
  { id, folder, path }: TranscriptFile,
  options: SessionPlaceOptions,
): Promise<void> {
  const projects = projectsFolder(options);
  const root = await realPath(projects);
  const name = folder.slice(folder.search(/[^/\\]*$/));
  const isInside = root !== undefined && name !== "" && name !== "." &&
    name !== ".." && await realPath(folder) === `${root}/${name}` &&
    /^[\w-]+$/.test(id) && path === `${folder}/${id}.jsonl`;
  if (isInside) return;
  throw new ConfigError(
    "session",
    `Cannot change the session "${id}": ${path} is not in the folder of a project in ${projects}`,
    { hint: "Check the option configDir, and links in that folder" },
  );
}

function configFolder(options: SessionPlaceOptions): string {
  return projectsFolder(options).slice(0, -"/projects".length);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

async function realPath(path: string): Promise<string | undefined> {
  try {
    return (await Deno.realPath(path)).replaceAll("\\", "/");
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
