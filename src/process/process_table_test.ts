// The tables of processes of Linux and macOS are read right, whatever the names.

import { assertEquals } from "@std/assert";
import {
  descendantsOf,
  parsePs,
  parseStat,
  type ProcessEntry,
  startedBefore,
} from "./process_table.ts";

const REST =
  "0 -1 4194304 2661 0 0 0 11 22 0 0 20 0 30 0 4711 999 1 18446744073709551615";

Deno.test("parseStat reads what Linux writes, whatever the name", () => {
  const table: [text: string, expected: ProcessEntry | undefined][] = [
    [`6103 (claude) S 6100 6103 6103 ${REST}\n`, {
      pid: 6103,
      parent: 6100,
      session: 6103,
      start: "4711",
      isZombie: false,
    }],
    [`7 (a) b) R 9) R 6 7 5 ${REST}`, {
      pid: 7,
      parent: 6,
      session: 5,
      start: "4711",
      isZombie: false,
    }],
    [`8 (x) Z 1 8 8 ${REST}`, {
      pid: 8,
      parent: 1,
      session: 8,
      start: "4711",
      isZombie: true,
    }],
    ["", undefined],
    ["8 (x) S 1 8", undefined],
    ["nothing of the kind", undefined],
    [`(x) S 1 8 8 ${REST}`, undefined],
  ];
  for (const [text, expected] of table) assertEquals(parseStat(text), expected);
});

Deno.test("parsePs reads what ps prints, on Linux and on macOS", () => {
  const text = [
    "    1     0     1 Ss   Sun Nov 22 20:03:46 2026",
    "  612   600   612 Z+   Sun Nov 22 20:04:01 2026",
    "  613     1 0x1f2 S    Sun Nov 22 20:04:02 2026",
    "ps: unknown option",
    "",
  ].join("\n");
  assertEquals(parsePs(text), [
    {
      pid: 1,
      parent: 0,
      session: 1,
      start: "Sun Nov 22 20:03:46 2026",
      isZombie: false,
    },
    {
      pid: 612,
      parent: 600,
      session: 612,
      start: "Sun Nov 22 20:04:01 2026",
      isZombie: true,
    },
    {
      pid: 613,
      parent: 1,
      session: 0,
      start: "Sun Nov 22 20:04:02 2026",
      isZombie: false,
    },
  ]);
});

function table(
  ...rows: readonly (readonly [pid: number, parent: number, session: number])[]
): ProcessEntry[] {
  return rows.map(([pid, parent, session]) => ({
    pid,
    parent,
    session,
    start: `${pid}`,
    isZombie: false,
  }));
}

Deno.test("descendantsOf finds a family, and nobody else", () => {
  const cases: [name: string, rows: ProcessEntry[], expected: number[]][] = [
    ["nobody", table([1, 0, 1], [10, 5, 10], [5, 1, 5]), []],
    ["children and theirs", table([10, 5, 10], [11, 10, 10], [12, 11, 10]), [
      11,
      12,
    ]],
    ["a child before its parent", table([12, 20, 12], [20, 10, 20]), [20, 12]],
    ["a shell in a session of its own", table([30, 10, 30], [31, 30, 30]), [
      30,
      31,
    ]],
    ["one whose parent has ended", table([30, 10, 30], [31, 1, 30]), [30, 31]],
    ["one in the session of the process itself", table([33, 1, 10]), [33]],
    ["not the parent, nor its other children", [
      ...table([5, 1, 5], [10, 5, 10], [6, 5, 5]),
    ], []],
    ["not what only looks like it", table([110, 1, 110], [31, 1, 30]), []],
  ];
  for (const [name, rows, expected] of cases) {
    assertEquals(
      descendantsOf(rows, [10]).map(({ pid }) => pid),
      expected,
      name,
    );
  }
});

Deno.test("startedBefore compares ticks, and says no where it cannot know", () => {
  const table: [start: string, other: string, expected: boolean][] = [
    ["4711", "4712", true],
    ["4711", "4711", false],
    ["4712", "4711", false],
    // As texts it would be the other way round.
    ["999", "10000", true],
    ["10000", "999", false],
    ["Sun Nov 22 20:03:46 2026", "4711", false],
    ["4711", "Sun Nov 22 20:03:46 2026", false],
  ];
  for (const [start, other, expected] of table) {
    assertEquals(startedBefore(start, other), expected, `${start}, ${other}`);
  }
});
