/**
 * Compares what the official SDK declares with what we have: the messages of its
 * stream, its control requests and its options. Fails where it names something that we
 * neither have nor list as left out, and where the list names what is there no more.
 *
 *     deno run -A scripts/drift.ts [path of an sdk.d.ts]
 *
 * @module
 */

import { KINDS } from "../src/messages/mod.ts";
import { OPTION_NAMES } from "../src/process/args.ts";
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
export const SDK_VERSION = "0.3.330";

const SDK = "@anthropic-ai/claude-agent-sdk";
const say = (message: string) => sayAs("drift", message);
const root = pathOf(new URL("../", import.meta.url));

if (import.meta.main) {
  try {
    const [path = await declarations()] = Deno.args;
    const found = await drift(await Deno.readTextFile(path));
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
    ...Object.entries(OPTIONS_RENAMED)
      .filter(([, ours]) => !OPTION_NAMES.has(ours))
      .map(([theirs, ours]) =>
        `OPTIONS_RENAMED says that "${theirs}" is our "${ours}": there is no such option`
      ),
  ];
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
      const made = /(?:request\([^")]*|case |(?:call|order)\(\s*)"([a-z_]+)"/g;
      for (const [, subtype = ""] of text.matchAll(made)) found.add(subtype);
    }
  }
  return found;
}

function ourOptions(): ReadonlySet<string> {
  return new Set([...OPTION_NAMES, ...Object.keys(OPTIONS_RENAMED)]);
}
