/**
 * Compares the names in a table with those that it must have.
 *
 * @module
 */

import { assertEquals } from "@std/assert";

/** Fails with only the names that differ, and with the table to edit. */
export function assertSameNames(
  listed: Iterable<string>,
  wanted: Iterable<string>,
  table: string,
): void {
  const all = [...listed];
  const have = new Set(all);
  const want = new Set(wanted);
  assertEquals(
    {
      missing: [...want].filter((name) => !have.has(name)),
      unknown: [...have].filter((name) => !want.has(name)),
      twice: all.filter((name, index) => all.indexOf(name) !== index),
    },
    { missing: [], unknown: [], twice: [] },
    `edit ${table}`,
  );
}
