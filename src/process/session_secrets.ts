/**
 * The secrets that a process of a session can see.
 *
 * @module
 */

import type { WireObject } from "../messages/_define.ts";
import type { SessionOptions } from "../options.ts";
import { secretsOf } from "../secrets.ts";
import { childEnvironment, inheritedEnv } from "./environment.ts";
import type { Launch } from "./launch.ts";

/**
 * Values of the variables, headers and settings that the process is given now, where
 * their names say that they are secret. They are gathered when they are asked for: most
 * sessions never have to hide anything.
 */
export function sessionSecrets(
  options: Pick<SessionOptions, "clearEnv" | "keepEnv">,
  launch: Launch,
): () => readonly string[] {
  const { state } = Deno.permissions.querySync({ name: "env" });
  // Without that right the child inherits what we cannot see: then only shapes tell.
  const own = state === "granted" ? Deno.env.toObject() : {};
  const named = namedTexts(
    launch,
    inheritedEnv(options, own, Deno.build.os),
  );
  let secrets: readonly string[] | undefined;
  return () => secrets ??= secretsAmong(named);
}

/** The same for given variables. Pure. */
export function launchSecrets(
  launch: Launch,
  inherited: Readonly<Record<string, string>>,
): string[] {
  return secretsAmong(namedTexts(launch, inherited));
}

type Named = Readonly<Record<string, string>>;

/** All that may be secret by its name, as it is now: the caller's objects may change. */
function namedTexts(launch: Launch, inherited: Named): readonly Named[] {
  const places: unknown[] = [childEnvironment(inherited, launch.env)];
  for (const server of Object.values(objectOf(launch.initialize.mcpServers))) {
    const { env, headers } = objectOf(server);
    places.push(env, headers);
  }
  places.push(objectOf(launch.initialize.managedSettings).env);
  for (const { content } of launch.files) {
    places.push(objectOf(parsed(content)).env);
  }
  return places.map((place) => texts(objectOf(place)));
}

function secretsAmong(named: readonly Named[]): string[] {
  const secrets = named.flatMap((texts) => secretsOf(texts));
  return [...new Set(secrets)].sort((one, other) => other.length - one.length);
}

function objectOf(value: unknown): WireObject {
  return typeof value === "object" && value !== null ? value as WireObject : {};
}

function texts(object: WireObject): Record<string, string> {
  const entries = Object.entries(object);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] =>
      typeof entry[1] === "string"
    ),
  );
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    // A file that is no JSON, as a system prompt is none, has no variables.
    return undefined;
  }
}
