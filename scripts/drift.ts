/**
 * Compares what the official SDK declares with what we have: the messages of its
 * stream, its control requests, its options and the names of tools; and the pinned CLI's
 * own lists of tools and protected files with ours. Fails where they name something that
 * we neither have nor list as left out, and where the list names what is there no more.
 *
 *     deno run -A scripts/drift.ts [path of an sdk.d.ts]
 *
 * @module
 */

import { KINDS } from "../src/messages/mod.ts";
import { OPTION_NAMES } from "../src/process/args.ts";
import {
  PROTECTED_FILES,
  PROTECTED_FOLDERS,
} from "../src/permissions/protected_paths.ts";
import { BUILTIN_TOOLS, FORMER_NAMES } from "../src/tools/builtin_tools.ts";
import { installedClaudePath } from "../tests/real_claude.ts";
import { type CliLists, cliLists } from "./_cli_lists.ts";
import { Declarations, literalsOf } from "./_declarations.ts";
import { exists, pathOf, reasonOf, say as sayAs, withDraft } from "./_files.ts";
import { fetchFromNpm } from "./_npm.ts";
import {
  CONTROL_REQUESTS_LEFT_OUT,
  LINES_LEFT_OUT,
  OPTIONS_LEFT_OUT,
  OPTIONS_RENAMED,
} from "./drift_left_out.ts";

/** The version that we compare with. */
export const SDK_VERSION = "0.3.332";

const SDK = "@anthropic-ai/claude-agent-sdk";
const say = (message: string) => sayAs("drift", message);
const root = pathOf(new URL("../", import.meta.url));

if (import.meta.main) {
  try {
    const [path = await declarations()] = Deno.args;
    const found = [
      ...await drift(await Deno.readTextFile(path)),
      ...await cliDrift(installedClaudePath()),
    ];
    for (const line of found) say(line);
    if (found.length > 0) Deno.exit(1);
    say(`Nothing that ${SDK}@${SDK_VERSION} names is missing.`);
  } catch (error) {
    say(reasonOf(error));
    Deno.exit(1);
  }
}

/** The declaration file, fetched where it is not there yet. */
async function declarations(): Promise<string> {
  const tools = `${root}/.tools`;
  const path = `${tools}/sdk-${SDK_VERSION}.d.ts`;
  if (await exists(path)) return path;
  await withDraft(tools, async (draft) => {
    if (await exists(path)) return;
    say(`Fetching npm:${SDK}@${SDK_VERSION} …`);
    const source = await fetchFromNpm(SDK, SDK_VERSION, draft, {
      // A cache of its own, which goes with the draft.
      env: { DENO_DIR: `${draft}/cache` },
    });
    await Deno.copyFile(`${source}/sdk.d.ts`, `${draft}/sdk.d.ts`);
    await Deno.rename(`${draft}/sdk.d.ts`, path);
  });
  return path;
}

/** What the declarations name and we do not have; a line for each. */
export async function drift(text: string): Promise<readonly string[]> {
  const sdk = new Declarations(text);
  const options = sdk.fields("Options").map((field) => field.name);
  return [
    ...compare("line", linesOf(sdk), ourLines(), LINES_LEFT_OUT),
    ...compare(
      "control request",
      controlRequestsOf(sdk),
      await ourControlRequests(),
      CONTROL_REQUESTS_LEFT_OUT,
    ),
    ...compare("option", options, ourOptions(), OPTIONS_LEFT_OUT),
    ...compare("tool", toolsOf(text), BUILTIN_TOOLS, {}),
    ...Object.entries(OPTIONS_RENAMED)
      .filter(([, ours]) => !OPTION_NAMES.has(ours))
      .map(([theirs, ours]) =>
        `OPTIONS_RENAMED says that "${theirs}" is our "${ours}": there is no such option`
      ),
  ];
}

/** What the CLI's own lists have and ours do not; a line for each. */
async function cliDrift(path: string): Promise<readonly string[]> {
  if (await exists(path)) return listsDrift(await cliLists(path));
  say(
    `Not compared with the lists in the CLI: there is no ${path}, run "deno task claude"`,
  );
  return [];
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
      `The CLI has the ${what} "${name}": put it into ${file}`
    );
  const tools = "src/tools/builtin_tools.ts";
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

/** The names of tools that the SDK declares. */
function toolsOf(text: string): readonly string[] {
  const list = /BUILTIN_TOOL_NAMES: readonly \[([^\]]*)\]/.exec(text)?.[1];
  return literalsOf((list ?? "").replaceAll(",", " |"));
}

function compare(
  what: string,
  theirs: readonly string[],
  ours: ReadonlySet<string>,
  leftOut: Readonly<Record<string, string>>,
): string[] {
  if (theirs.length === 0) return [`Found no ${what}: cannot read the file`];
  const named = new Set(theirs);
  const missing = theirs.filter((name) =>
    !ours.has(name) && !Object.hasOwn(leftOut, name)
  );
  const stale = Object.keys(leftOut).filter((name) =>
    !named.has(name) || ours.has(name)
  );
  return [
    ...missing.map((name) =>
      `The SDK has the ${what} "${name}": support it, or list it in scripts/drift_left_out.ts with the reason`
    ),
    ...stale.map((name) =>
      `scripts/drift_left_out.ts lists the ${what} "${name}", which ${
        named.has(name) ? "we have" : "the SDK does not have"
      }: take it out`
    ),
  ];
}

/** What the SDK says that the CLI writes, by `type`, with `/subtype` for `system`. */
function linesOf(sdk: Declarations): string[] {
  const lines = sdk.members("StdoutMessage").flatMap((name) => {
    const fields = sdk.fields(name);
    const [type = ""] = literalsOf(
      fields.find((field) => field.name === "type")?.type ?? "",
    );
    if (type !== "system") return [type];
    const subtype = fields.find((field) => field.name === "subtype");
    return literalsOf(subtype?.type ?? "").map((text) => `system/${text}`);
  });
  return [...new Set(lines)];
}

function ourLines(): ReadonlySet<string> {
  return new Set(
    Object.values(KINDS).map(({ wireType, wireSubtype }) =>
      wireSubtype === undefined ? wireType : `${wireType}/${wireSubtype}`
    ),
  );
}

function controlRequestsOf(sdk: Declarations): string[] {
  return sdk.members("SDKControlRequestInner").flatMap((name) =>
    literalsOf(
      sdk.fields(name).find((field) => field.name === "subtype")?.type ?? "",
    )
  );
}

/** There is no list of them: each is a string where it is made or answered. */
async function ourControlRequests(): Promise<ReadonlySet<string>> {
  const folders = ["control", "drivers", "events", "protocol", "."];
  const found = new Set<string>();
  for (const folder of folders) {
    for await (
      const { name, isFile } of Deno.readDir(`${root}/src/${folder}`)
    ) {
      if (!isFile || !name.endsWith(".ts") || name.endsWith("_test.ts")) {
        continue;
      }
      const text = await Deno.readTextFile(`${root}/src/${folder}/${name}`);
      const made =
        /(?:request(?:Line)?\([^")]*|case |(?:call|order)\(\s*)"([a-z_]+)"/g;
      for (const [, subtype = ""] of text.matchAll(made)) found.add(subtype);
    }
  }
  return found;
}

function ourOptions(): ReadonlySet<string> {
  return new Set([...OPTION_NAMES, ...Object.keys(OPTIONS_RENAMED)]);
}
