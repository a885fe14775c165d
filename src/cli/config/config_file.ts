/**
 * The files of the configuration: where they are, and what they say.
 *
 * @module
 */

import { closest } from "../../util/closest.ts";
import { isWireObject, type WireObject } from "../../util/json.ts";
import {
  type JsoncDocument,
  type JsonPath,
  readJsonc,
} from "../../util/jsonc.ts";
import {
  CONFIG_KEYS,
  type ConfigKey,
  keyNamed,
  unknownKey,
  valueOf,
} from "./config_keys.ts";

/** A setting as a file has it. */
export interface ConfigEntry {
  readonly key: ConfigKey;
  /** Value of the flag. */
  readonly value: unknown;
  /** Position of the setting: `FILE:LINE`. */
  readonly origin: string;
}

/** What a file says. */
export interface ConfigLayer {
  readonly entries: readonly ConfigEntry[];
  /** The profile that is taken by default. */
  readonly profile?: string;
  readonly profiles: ReadonlyMap<string, readonly ConfigEntry[]>;
}

/** Whose file it is. */
export type ConfigOwner = "user" | "project";

/** A reading: the contents, and all that is wrong, as `FILE:LINE:COLUMN: …`. */
export interface ConfigReading {
  readonly layer: ConfigLayer;
  readonly issues: readonly string[];
}

/** Reads what a file says. Pure. */
export function readConfig(
  text: string,
  path: string,
  owner: ConfigOwner,
  userPath: string | undefined,
  home: string | undefined,
): ConfigReading {
  const reading = readJsonc(text.trim() === "" ? "{}" : text);
  if ("issue" in reading) {
    const { line, column, message } = reading.issue;
    return {
      layer: { entries: [], profiles: new Map() },
      issues: [`${path}:${line}:${column}: ${message}`],
    };
  }
  const reader = new Reader(reading.document, path, owner, userPath, home);
  return { layer: reader.read(), issues: reader.issues };
}

class Reader {
  readonly issues: string[] = [];
  readonly #document: JsoncDocument;
  readonly #path: string;
  readonly #owner: ConfigOwner;
  readonly #userPath: string | undefined;
  readonly #home: string | undefined;

  constructor(
    document: JsoncDocument,
    path: string,
    owner: ConfigOwner,
    userPath: string | undefined,
    home: string | undefined,
  ) {
    this.#document = document;
    this.#path = path;
    this.#owner = owner;
    this.#userPath = userPath;
    this.#home = home;
    for (const { line, column, message } of document.duplicates()) {
      this.issues.push(`${path}:${line}:${column}: ${message}`);
    }
  }

  read(): ConfigLayer {
    const { value } = this.#document;
    const profiles = new Map<string, readonly ConfigEntry[]>();
    if (!isWireObject(value)) {
      this.#wrong([], "expected an object");
      return { entries: [], profiles };
    }
    const { profile, profiles: named, $schema: _, ...settings } = value;
    const entries = this.#entries(settings, []);
    if (this.#owner === "project") {
      for (const name of ["profile", "profiles"]) {
        if (value[name] !== undefined) this.#forbidden([name]);
      }
      return { entries, profiles };
    }
    if (named !== undefined && !isWireObject(named)) {
      this.#wrong(["profiles"], "expected an object, profiles by their names");
    } else {
      for (const [name, inner] of Object.entries(named ?? {})) {
        const path = ["profiles", name];
        if (isWireObject(inner)) profiles.set(name, this.#entries(inner, path));
        else this.#wrong(path, "expected an object");
      }
    }
    if (profile === undefined) return { entries, profiles };
    if (typeof profile !== "string" || !profiles.has(profile)) {
      this.#wrong(["profile"], noProfile(String(profile), profiles.keys()));
      return { entries, profiles };
    }
    return { entries, profiles, profile };
  }

  #entries(settings: WireObject, path: JsonPath): readonly ConfigEntry[] {
    return Object.entries(settings).flatMap(([name, value]) => {
      const key = keyNamed(name);
      const place = [...path, name];
      if (key === undefined) {
        this.#wrongName(place, unknownKey(name));
        return [];
      }
      if (this.#owner === "project" && key.project === "never") {
        this.#forbidden(place);
        return [];
      }
      const read = valueOf(key, value);
      if ("wrong" in read) {
        this.#wrong(place, `${name}: ${read.wrong}`);
        return [];
      }
      const { line } = this.#document.placeOfName(place);
      return [{
        key,
        value: this.#resolved(key, read.value),
        origin: `${this.#path}:${line}`,
      }];
    });
  }

  /** What a shell does not do in a file: `~`, and paths from where the file is. */
  #resolved({ flag }: ConfigKey, value: unknown): unknown {
    if (Array.isArray(value)) {
      return PATHS.has(flag) ? value.map((each) => this.#whole(each)) : value;
    }
    if (typeof value !== "string") return value;
    if (TEXTS.has(flag) && value.startsWith("@")) {
      return `@${this.#whole(value.slice(1))}`;
    }
    return PATHS.has(flag) ? this.#whole(value) : value;
  }

  #whole(path: string): string {
    if (path.startsWith("~/") && this.#home !== undefined) {
      return `${this.#home}${path.slice(1)}`;
    }
    return /^\.\.?[/\\]/.test(path)
      ? `${this.#path.replace(/[/\\][^/\\]*$/, "")}/${path}`
      : path;
  }

  #forbidden(place: JsonPath): void {
    this.#wrongName(
      place,
      `"${
        place.join(".")
      }" cannot be in a project file, which somebody else may have written: put it into ${
        this.#userPath ?? "your own"
      }; here can be ${
        CONFIG_KEYS.filter(({ project }) => project !== "never")
          .map(({ name }) => name).join(", ")
      }`,
    );
  }

  #wrong(path: JsonPath, message: string): void {
    const { line, column } = this.#document.placeOf(path);
    this.issues.push(`${this.#path}:${line}:${column}: ${message}`);
  }

  #wrongName(path: JsonPath, message: string): void {
    const { line, column } = this.#document.placeOfName(path);
    this.issues.push(`${this.#path}:${line}:${column}: ${message}`);
  }
}

const PATHS: ReadonlySet<string> = new Set([
  "addDir",
  "mcpConfig",
  "settings",
  "claudePath",
  "configDir",
  "tools",
]);
const TEXTS: ReadonlySet<string> = new Set([
  "systemPrompt",
  "appendSystemPrompt",
]);

/** Says that there is no such profile. */
export function noProfile(name: string, names: Iterable<string>): string {
  const known = [...names];
  const near = closest(name, known);
  return `there is no profile "${name}"${
    near !== undefined
      ? `, did you mean "${near}"?`
      : known.length === 0
      ? ": the user's file has none"
      : `: there are ${known.join(", ")}`
  }`;
}
