/**
 * Checks whether claude applies the settings files that it finds: because of one unreadable value
 * it silently drops the whole file, deny rules included.
 *
 * @module
 */

import { isWireObject, type WireObject } from "../messages/_define.ts";
import { faultsIn, faultText } from "../verification/settings_check.ts";
import { mayRead } from "./may.ts";
import { check, type DoctorCheck } from "./report.ts";

const NAME = "settings.applied";

/**
 * Checks claude's answer to `get_settings`.
 *
 * @param response The answer; `undefined` if there is none.
 */
export async function appliedCheck(
  response: WireObject | undefined,
): Promise<DoctorCheck> {
  if (response === undefined) {
    return check(NAME, "skip", "no handshake, nobody to ask");
  }
  const { sources } = response;
  if (!Array.isArray(sources)) {
    return check(NAME, "skip", "this claude does not say what it applies");
  }
  const faults = faultsIn(response);
  if (faults.length === 0) {
    const names = sources.flatMap((one) =>
      isWireObject(one) ? [String(one.source)] : []
    );
    return check(
      NAME,
      "ok",
      names.length === 0 ? "there are none" : names.join(", "),
    );
  }
  const told = await Promise.all(
    faults.map(async (fault) =>
      `${fault.file}: ${faultText(fault)}${await valueAt(fault)}`
    ),
  );
  return check(
    NAME,
    "fail",
    `claude applies nothing of a file with such a value, no deny rule either: ${
      told.join("; ")
    }`,
    `Correct ${[...new Set(faults.map(({ file }) => file))].join(", ")}`,
  );
}

/** Names of settings whose values are not shown. */
const SECRET = /^env\b|key|token|secret|password|header|helper/i;

/** Returns the value that claude cannot read, if it can be found and shown. */
async function valueAt(
  { file, path }: { readonly file: string; readonly path: string },
): Promise<string> {
  if (path === "" || SECRET.test(path) || !await mayRead(file)) return "";
  let value: unknown;
  try {
    value = JSON.parse(await Deno.readTextFile(file));
  } catch {
    // The other checks of settings report what is wrong with the file.
    return "";
  }
  for (const key of path.split(".")) {
    value = typeof value === "object" && value !== null
      ? Reflect.get(value, key)
      : undefined;
  }
  return typeof value === "string" || typeof value === "number" ||
      typeof value === "boolean"
    ? ` (it is ${JSON.stringify(value).slice(0, 80)})`
    : "";
}
