import {
  argumentSecrets,
  namedSecrets,
  nestedSecrets,
  secretForms,
} from "../../util/secret_values.ts";
import { maskSecrets } from "../../util/secrets.ts";
import { configPaths, type Setting, settingsFor } from "../config/config.ts";
import { readConfig } from "../config/config_file.ts";
import {
  type ConfigKey,
  keyNamed,
  unknownKey,
  valueOfWords,
} from "../config/config_keys.ts";
import { EXIT } from "../failure/exit_code.ts";
import type { Flags } from "../flags/flags.ts";
import { jsonList } from "../output/json_line.ts";
import { asksNobody } from "../flags/no_input.ts";
import { type Output, readEnv } from "../output/output.ts";
import type { Invocation } from "../flags/parse.ts";
import { openEditor } from "../question/input_editor.ts";
import { UsageError } from "../failure/usage_error.ts";
import { writeWhole } from "../output/whole_file.ts";
import { type Action, type Call, runAction } from "./_actions.ts";

const FIELDS = ["key", "value", "origins"] as const;

const ACTIONS: Readonly<Record<string, Action>> = {
  show: { usage: "", words: [0, 0], fields: FIELDS, run: show },
  path: { usage: "", words: [0, 0], flags: ["project"], run: path },
  edit: { usage: "", words: [0, 0], flags: ["project", "input"], run: edit },
  get: { usage: "KEY", words: [1, 1], fields: FIELDS, run: get },
  set: {
    usage: "KEY VALUE…",
    words: [2, Infinity],
    flags: ["project"],
    run: set,
  },
};

/** The names of the actions. */
export const CONFIG_ACTIONS: readonly string[] = Object.keys(ACTIONS);

/** `config`: what holds, and from where; the files themselves. */
export function config(
  invocation: Invocation,
  output: Output,
): Promise<number> {
  const actions = {
    table: ACTIONS,
    first: "show",
    hint: "As in: claudestream config set model sonnet",
  };
  return runAction(actions, invocation, output);
}

async function show({ flags, output }: Call): Promise<void> {
  const settings = await settingsFor(flags);
  if (flags.json !== undefined) {
    const rows = settings.map(rowOf);
    return await output.stdout(masked(jsonList(rows, flags.json), settings));
  }
  if (settings.length === 0) {
    const { user } = configPaths(flags);
    await output.stderr(
      `claudestream: nothing is set; your file would be ${user}\n`,
    );
  }
  for (const { key, value, origins } of settings) {
    const line = `${key.name} = ${JSON.stringify(plain(key, value))}  (${
      origins.join(", ")
    })\n`;
    await output.stdout(masked(line, settings));
  }
}

function rowOf({ key, value, origins }: Setting) {
  return { key: key.name, value: plain(key, value), origins };
}

/** A value as a file would have it: a time is no number of milliseconds. */
function plain({ spec }: ConfigKey, value: unknown): unknown {
  return spec.kind === "duration" ? `${Number(value) / 1000}s` : value;
}

function masked(text: string, settings: readonly Setting[]): string {
  const secrets = settings.flatMap(({ value }) => {
    const texts = [value].flat().filter((one) => typeof one === "string");
    return [
      ...argumentSecrets(texts),
      ...texts.flatMap((one) => nestedSecrets(parsed(one))),
    ];
  });
  const own = namedSecrets(envOf());
  return maskSecrets(text, secretForms([...secrets, ...own]));
}

function envOf(): Record<string, string> {
  const { state } = Deno.permissions.querySync({ name: "env" });
  return state === "granted" ? Deno.env.toObject() : {};
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A name or a path.
    return undefined;
  }
}

async function path({ flags, output }: Call): Promise<void> {
  await output.stdout(`${pathFor(flags)}\n`);
}

function pathFor(flags: Flags): string {
  const { user, project } = configPaths(flags);
  const path = flags.project === true ? project : user;
  if (path !== undefined) return path;
  throw new UsageError(
    "Cannot tell where your configuration is: neither XDG_CONFIG_HOME nor HOME is set",
  );
}

async function get(
  { words: [name = ""], flags, output }: Call,
): Promise<number> {
  const key = keyFor(name);
  const settings = await settingsFor(flags);
  const setting = settings.find(({ key: { flag } }) => flag === key.flag);
  if (setting === undefined) {
    if (flags.quiet !== true) {
      await output.stderr(`claudestream: ${key.name} is not set\n`);
    }
    return EXIT.failed;
  }
  if (flags.json !== undefined) {
    await output.stdout(jsonList([rowOf(setting)], flags.json));
    return EXIT.done;
  }
  const value = plain(key, setting.value);
  for (const each of [value].flat()) await output.stdout(`${each}\n`);
  return EXIT.done;
}

function keyFor(name: string): ConfigKey {
  const key = keyNamed(name);
  if (key !== undefined) return key;
  throw new UsageError(
    `Cannot use this key: ${unknownKey(name)}`,
    "See all of them with: claudestream help settings",
  );
}

async function set(
  { words: [name = "", ...words], flags, output }: Call,
): Promise<void> {
  const key = keyFor(name);
  const read = valueOfWords(key, words);
  if ("wrong" in read) {
    throw new UsageError(`Cannot set ${key.name}: ${read.wrong}`);
  }
  const file = pathFor(flags);
  const before = await textOf(file);
  checkText(before, file, flags);
  const place = flags.profile === undefined || flags.project === true
    ? [key.name]
    : ["profiles", flags.profile, key.name];
  const { withValue } = await import("../../util/jsonc_edit.ts");
  const after = withValue(before, place, read.value);
  // Reject a setting that a project file may not have before anything is written.
  checkText(after, file, flags);
  await write(file, after);
  if (flags.quiet !== true) {
    await output.stderr(`claudestream: set in ${file}\n`);
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

function checkText(text: string, file: string, flags: Flags): void {
  const issues = issuesOf(text, file, flags);
  if (issues.length === 0) return;
  throw new UsageError(
    `Cannot use the configuration:\n  ${issues.join("\n  ")}`,
    `Mend it with: claudestream config edit${
      flags.project === true ? " --project" : ""
    }`,
  );
}

function issuesOf(
  text: string,
  file: string,
  flags: Flags,
): readonly string[] {
  const owner = flags.project === true ? "project" : "user";
  const { user } = configPaths(flags);
  return readConfig(text, file, owner, user, readEnv("HOME")).issues;
}

async function write(file: string, text: string): Promise<void> {
  const folder = file.replace(/[/\\][^/\\]*$/, "");
  await Deno.mkdir(folder, { recursive: true });
  await writeWhole(file, [text], { mode: 0o600 });
}

const NEW_FILE = `{
  // Settings of claudestream; all of them: claudestream help config
  // "model": "sonnet",
  // "allow": ["Read", "Bash(git *)"],
  // "profiles": { "work": { "configDir": "~/.claude-work" } }
}
`;

const NEW_PROJECT_FILE = `{
  // Settings of claudestream for this folder; all of them: claudestream help config
  // "model": "sonnet",
  // "deny": ["WebFetch"]
}
`;

async function edit({ flags, output }: Call): Promise<number> {
  const file = pathFor(flags);
  if (asksNobody(flags) || !output.terminals.stdin) {
    throw new UsageError(
      "Cannot open an editor: there is no terminal, or none may be asked at",
      `The file is ${file}; scripts want: claudestream config set KEY VALUE`,
    );
  }
  if (await textOf(file) === "") {
    await write(file, flags.project === true ? NEW_PROJECT_FILE : NEW_FILE);
  }
  const why = await openEditor(file);
  if (why !== undefined) {
    throw new UsageError(`Cannot edit the configuration: ${why}`);
  }
  const issues = issuesOf(await textOf(file), file, flags);
  for (const issue of issues) await output.stderr(`${issue}\n`);
  return issues.length === 0 ? EXIT.done : EXIT.failed;
}
