/**
 * Fetches what a checkout needs, so that afterwards `deno run`, `check`,
 * `test` and `publish --dry-run` work without the network. Every task runs it
 * first; once done it only looks whether that still holds.
 *
 * `deno install` does the work. Where JSR cannot be reached but npm can, a
 * stand-in for the `jsr:@std/…` packages is laid into `vendor/` before: an npm
 * package holds the same code as plain JS, and `scripts/vendor_types/` the
 * types of what we use of it (see _stand_in.ts). Who imports the published
 * package never meets any of this.
 *
 * Nothing here may import `jsr:` or a bare name: it runs before they exist.
 *
 *     deno run -A --no-config scripts/setup.ts [--force]
 *
 * @module
 */

import {
  exists,
  pathOf,
  reasonOf,
  remove,
  say as sayAs,
  withDraft,
} from "./_files.ts";
import { runDeno } from "./_npm.ts";
import { readTypes, STAND_IN, type Types, writeStandIn } from "./_stand_in.ts";

const PROBE_TIMEOUT_MS = 3_000;
const say = (message: string) => sayAs("setup", message);

const root = pathOf(new URL("../", import.meta.url));
const vendor = `${root}/vendor`;
const stampFile = `${vendor}/.setup`;
/** Deno's own default; it reads the same variable. */
const jsrUrl = new URL(Deno.env.get("JSR_URL") || "https://jsr.io");
/** Where Deno looks for JSR's packages under `"vendor": true`. */
const hostDir = `${vendor}/${vendorFolder(jsrUrl)}`;
const stdDir = `${hostDir}/@std`;

if (import.meta.main) {
  try {
    await setup(Deno.args.includes("--force"));
  } catch (error) {
    say(reasonOf(error));
    Deno.exit(1);
  }
}

async function setup(force: boolean): Promise<void> {
  const imports = await readImports();
  const types = await readTypes();
  // What this set-up is made of: another import map or other types call for
  // another one.
  const key = JSON.stringify([imports, STAND_IN, [...types]]);
  const isDone = async () =>
    await readStamp() === key && await isComplete(imports);
  if (!force && await isDone()) return;

  await withDraft(vendor, async (draft) => {
    if (force) await remove(stdDir);
    // Another run may have done it while this one waited for its turn.
    else if (await isDone()) return;
    await provideStd(imports.jsr, types, draft);
    say("Fetching the dependencies (deno install) …");
    await install();
    await Deno.writeTextFile(stampFile, key);
    say("Done.");
  });
}

/** Makes sure that `deno install` finds the packages of `jsr:@std`. */
async function provideStd(
  names: string[],
  types: Types,
  draft: string,
): Promise<void> {
  const obstacle = await probeJsr(names[0]);
  if (obstacle === undefined) {
    if (await exists(`${stdDir}/${names[0]}/${STAND_IN.as}_meta.json`)) {
      say("JSR can be reached now: removing what stood in for it.");
      await remove(stdDir);
    }
    return;
  }
  say(`JSR cannot be reached: ${obstacle}`);
  say(`Taking its packages from npm:${STAND_IN.name} instead …`);
  try {
    await writeStandIn(names, types, draft);
  } catch (error) {
    throw new Error(
      `Expected npm to serve ${STAND_IN.name}@${STAND_IN.version}, which ` +
        `stands in for jsr:@std. ${reasonOf(error)}\n` +
        `JSR or npm's registry must be reachable: check the proxy and ` +
        `certificate variables and .npmrc, then run \`deno task setup\`.`,
    );
  }
  await remove(stdDir);
  await Deno.mkdir(hostDir, { recursive: true });
  await Deno.rename(`${draft}/@std`, stdDir);
}

async function install(): Promise<void> {
  try {
    await runDeno(["install", "--quiet"], { cwd: root });
  } catch (error) {
    throw new Error(
      `Expected \`deno install\` to fetch the dependencies. ` +
        `${reasonOf(error)}\n` +
        `Check that npm's registry can be reached (proxy and certificate ` +
        `variables, .npmrc), then run \`deno task setup --force\`.`,
    );
  }
}

interface Imports {
  /** Names in the scope `@std`, without it. */
  jsr: string[];
  /** What is found in `node_modules/`. */
  npm: string[];
  /** The import map itself. */
  map: Record<string, string>;
}

async function readImports(): Promise<Imports> {
  const config = JSON.parse(await Deno.readTextFile(`${root}/deno.json`));
  const map: Record<string, string> = config.imports;
  const targets = Object.values(map);
  const named = (pattern: RegExp) => [
    ...new Set(targets.flatMap((target) => pattern.exec(target)?.[1] ?? [])),
  ];
  return {
    jsr: named(/^jsr:\/?@std\/([^@/]+)/),
    npm: named(/^npm:\/?((?:@[^/]+\/)?[^@/]+)/),
    map,
  };
}

async function isComplete(imports: Imports): Promise<boolean> {
  const wanted = [
    ...imports.jsr.map((name) => `${stdDir}/${name}/meta.json`),
    ...imports.npm.map((name) => `${root}/node_modules/${name}`),
  ];
  return (await Promise.all(wanted.map(exists))).every(Boolean);
}

/** The key of the last finished set-up. */
async function readStamp(): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(stampFile);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Why JSR cannot serve this machine, or `undefined` when it can. */
async function probeJsr(name: string | undefined): Promise<string | undefined> {
  if (name === undefined) return undefined;
  const url = new URL(`@std/${name}/meta.json`, jsrUrl);
  try {
    const response = await fetch(url, {
      headers: { accept: "application/json" },
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    const text = await response.text();
    if (!response.ok) return `${url} answered ${response.status}.`;
    // A proxy's own page also comes with status 200.
    if (typeof JSON.parse(text)?.versions === "object") return undefined;
    return `${url} answered something else than a package's metadata.`;
  } catch (error) {
    if (error instanceof SyntaxError) return `${url} did not answer JSON.`;
    if (error instanceof DOMException && error.name === "TimeoutError") {
      return `${url} did not answer within ${PROBE_TIMEOUT_MS / 1000} s.`;
    }
    return reasonOf(error);
  }
}

/** Deno's name for the folder of a host. */
function vendorFolder(url: URL): string {
  const host = url.host.replace(":", "_");
  return url.protocol === "http:" ? `http_${host}` : host;
}
