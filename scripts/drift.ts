/**
 * Compares what the official SDK declares with what we have: messages with their fields,
 * control requests with fields and answers, options, hooks with inputs and outputs, tools with
 * their inputs, values, methods; and the CLI's own lists and strings. Fails if they name
 * something that we neither have nor list as left out, and if a list names what is no longer
 * there. What is new is written to stdout in Markdown, for an issue.
 *
 *     deno run -A scripts/drift.ts [--version 0.3.332 | latest]
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import {
  PROTECTED_FILES,
  PROTECTED_FOLDERS,
} from "../src/permissions/protected_paths.ts";
import { BUILTIN_TOOLS, FORMER_NAMES } from "../src/messages/builtin_tools.ts";
import { installedClaudePath } from "../tests/support/real_claude.ts";
import { type CliLists, cliLists } from "./_cli_lists.ts";
import { Declarations } from "./_declarations.ts";
import type { Sdk, Subject } from "./_drift_subject.ts";
import {
  cliSubjects,
  OPTIONS_WITHOUT,
  sdkSubjects,
} from "./_drift_subjects.ts";
import { exists, pathOf, reasonOf, say as sayAs, withDraft } from "./_files.ts";
import { fetchFromNpm } from "./_npm.ts";

/** The SDK version to compare with. */
export const SDK_VERSION = "0.3.332";

const SDK = "@anthropic-ai/claude-agent-sdk";
const say = (message: string) => sayAs("drift", message);
const root = pathOf(new URL("../", import.meta.url));

if (import.meta.main) {
  try {
    if (!await main()) Deno.exit(1);
  } catch (error) {
    say(reasonOf(error));
    Deno.exit(1);
  }
}

async function main(): Promise<boolean> {
  const { version = SDK_VERSION } = parseArgs(Deno.args, {
    string: ["version"],
    unknown: (arg) => {
      throw new Error(`Cannot use "${arg}": see the head of scripts/drift.ts`);
    },
  });
  const { path, found } = await installed(version);
  const sdk = await readSdk(
    await Deno.readTextFile(`${path}/sdk.d.ts`),
    await Deno.readTextFile(`${path}/sdk-tools.d.ts`),
  );
  const subjects = sdkSubjects(sdk);
  const report = [
    ...subjects.flatMap(drift),
    ...OPTIONS_WITHOUT.length === 0 ? [] : [
      "## Options that scripts/drift_left_out.ts renames to none of ours\n",
      ...OPTIONS_WITHOUT.map((name) => `- \`${name}\``),
    ],
    ...await cliDrift(installedClaudePath(), subjects),
  ];
  for (const line of leftOutOf(subjects)) say(line);
  if (report.length === 0) {
    say(`Nothing that ${SDK}@${found} names is missing.`);
    return true;
  }
  const text = [`# What is new in ${SDK}@${found}`, ...report, ""].join("\n");
  Deno.stdout.writeSync(new TextEncoder().encode(text));
  return false;
}

/** The folder of a version, fetched if it is not there yet. */
async function installed(
  version: string,
): Promise<{ readonly path: string; readonly found: string }> {
  const tools = `${root}/.tools`;
  const place = (found: string) => `${tools}/sdk-${found}`;
  if (await exists(place(version))) {
    return { path: place(version), found: version };
  }
  let found = version;
  await withDraft(tools, async (draft) => {
    if (await exists(place(version))) return;
    say(`Fetching npm:${SDK}@${version} …`);
    const source = await fetchFromNpm(SDK, version, draft, {
      // A cache of its own, which goes with the draft.
      env: { DENO_DIR: `${draft}/cache` },
    });
    const { version: named } = JSON.parse(
      await Deno.readTextFile(`${source}/package.json`),
    );
    found = named;
    // "latest" may be a version that is already installed.
    if (await exists(place(found))) return;
    await Deno.mkdir(`${draft}/sdk`);
    for (const name of ["sdk.d.ts", "sdk-tools.d.ts"]) {
      await Deno.copyFile(`${source}/${name}`, `${draft}/sdk/${name}`);
    }
    await Deno.rename(`${draft}/sdk`, place(found));
  });
  return { path: place(found), found };
}

/** Reads both declaration files of the SDK. */
export async function readSdk(main: string, tools: string): Promise<Sdk> {
  return {
    main: await Declarations.read(main),
    tools: await Declarations.read(tools),
  };
}

/** Returns what is new in a subject, and which entries of its list are obsolete, in Markdown. */
export function drift(subject: Subject): readonly string[] {
  const { title, theirs, has, leftOut, listed = [], todo } = subject;
  if (theirs.length === 0) {
    return [`\n## ${title}\n`, "- none found: the declarations are read wrong"];
  }
  const rules = Object.keys(leftOut).map((key) => [key, ruleOf(key)] as const);
  const missing = theirs.filter((name) => !has(name));
  const news = missing.filter((name) =>
    !rules.some(([, rule]) => rule.test(name))
  );
  const lines = news
    // Do not report the parts of something new.
    .filter((name) => !news.some((other) => name.startsWith(`${other}.`)))
    .map((name) => `- \`${name}\``);
  const stale = rules
    .filter(([, rule]) => !missing.some((name) => rule.test(name)))
    .map(([key]) => {
      const why = theirs.includes(key) ? "we have it" : "the SDK has it not";
      return `- \`${key}\` is left out in scripts/drift_left_out.ts: ${why}, take it out`;
    });
  const named = new Set(theirs);
  stale.push(
    ...listed.filter((name) => !named.has(name)).map((name) =>
      `- \`${name}\` is in our list: the SDK has it not, take it out`
    ),
  );
  if (lines.length === 0 && stale.length === 0) return [];
  const what = lines.length === 0
    ? ""
    : ` (${todo}, or list it in scripts/drift_left_out.ts with the reason)`;
  return [`\n## ${title}${what}\n`, ...lines, ...stale];
}

/** A name covers what is below it, too; `*` for any text. */
function ruleOf(key: string): RegExp {
  const text = key.split("*").map((part) =>
    part.replaceAll(/[.\\+?^${}()|[\]]/g, "\\$&")
  ).join(".*");
  return new RegExp(`^${text}(?:\\..*)?$`);
}

/** Returns a line for each name that is left out, with the reason. */
function leftOutOf(subjects: readonly Subject[]): readonly string[] {
  return subjects.flatMap(({ title, leftOut }) => {
    const entries = Object.entries(leftOut);
    return entries.length === 0 ? [] : [
      `Left out of "${title}":`,
      ...entries.map(([name, reason]) => `  ${name}: ${reason}`),
    ];
  });
}

/** Returns what the CLI's own lists and strings have and this library does not. */
async function cliDrift(
  path: string,
  sdk: readonly Subject[],
): Promise<readonly string[]> {
  if (!await exists(path)) {
    say(
      `Not compared with the CLI: there is no ${path}, run "deno task claude"`,
    );
    return [];
  }
  const lists = await cliLists(path);
  const subjects = cliSubjects(lists, sdk);
  for (const line of leftOutOf(subjects)) say(line);
  return [...subjects.flatMap(drift), ...listsDrift(lists)];
}

/** Compares the CLI's lists with ours. Ours may have more: older CLIs, other systems. */
export function listsDrift(lists: CliLists): readonly string[] {
  const missing = (
    what: string,
    theirs: readonly string[],
    ours: ReadonlySet<string>,
    file: string,
  ) =>
    theirs.filter((name) => !ours.has(name)).map((name) =>
      `- The CLI has the ${what} "${name}": put it into ${file}`
    );
  const tools = "src/messages/builtin_tools.ts";
  const paths = "src/permissions/protected_paths.ts";
  const pairs = (names: Readonly<Record<string, string>>) =>
    Object.entries(names).map(([former, now]) => `${former}, now ${now}`);
  return [
    ...missing("tool", lists.tools, BUILTIN_TOOLS, tools),
    ...missing(
      "tool's former name",
      pairs(lists.formerNames),
      new Set(pairs(FORMER_NAMES)),
      tools,
    ),
    ...missing(
      "protected folder",
      lists.folders,
      new Set(PROTECTED_FOLDERS),
      paths,
    ),
    ...missing("protected file", lists.files, new Set(PROTECTED_FILES), paths),
  ];
}
