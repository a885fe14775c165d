// docs/older_versions.md names all that not every CLI has, with its version.

import { assertEquals } from "@std/assert";
import {
  BEHAVIORS,
  HOOK_FIELDS,
  HOOKS,
  type OptionNeed,
  OPTIONS,
  REQUEST_FIELDS,
  REQUESTS,
} from "../../src/capabilities/table.ts";

const PAGE = new URL("../../docs/older_versions.md", import.meta.url);

/** All rows of the table of capabilities: names, and the first version of each. */
function rows(): (readonly [name: string, since: string])[] {
  const options: Readonly<Record<string, readonly OptionNeed[] | undefined>> =
    OPTIONS;
  const others: Readonly<Record<string, { since: string } | undefined>> = {
    ...HOOKS,
    ...HOOK_FIELDS,
    ...REQUESTS,
    ...BEHAVIORS,
  };
  return [
    ...Object.entries(options).flatMap(([name, needs = []]) =>
      needs.map(({ part = name, since }) => [part, since] as const)
    ),
    ...Object.entries(others).flatMap(([name, need]) =>
      need === undefined ? [] : [[name, need.since] as const]
    ),
    ...Object.entries(REQUEST_FIELDS).flatMap(([request, fields]) =>
      Object.values(fields).map(({ option, since }) =>
        [`${request}.${option}`, since] as const
      )
    ),
  ];
}

Deno.test("the page about older versions has each row of the table of capabilities, and no other", async () => {
  const page = await Deno.readTextFile(PAGE);
  const found = [...page.matchAll(/^\| `([^`]+)`[^|]*\| (2\.[\d.]+)/gm)]
    .map(([, name, since]) => `${name} ${since}`);
  const expected = rows().map(([name, since]) => `${name} ${since}`);
  assertEquals(found.toSorted(), expected.toSorted());
});
