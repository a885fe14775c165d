// The check of imports finds what runs up the order of folders or closes a circle.

import { assertEquals } from "@std/assert";
import {
  type House,
  type Import,
  importFaults,
  importsOf,
  sourceFiles,
} from "../../scripts/imports.ts";
import { withDraft } from "../../scripts/_files.ts";

const HOUSE: House = {
  floors: [["session"], ["control", "host"], ["events", "errors"]],
  looseFiles: { "errors.ts": "errors", "turn.ts": "session" },
};

const FILES = [
  "src/session/mod.ts",
  "src/control/live.ts",
  "src/host/mod.ts",
  "src/events/a.ts",
  "src/events/b.ts",
  "src/events/c.ts",
  "src/errors.ts",
  "src/turn.ts",
];

const DOWN: Import[] = [
  { from: "src/session/mod.ts", to: "src/control/live.ts" },
  { from: "src/session/mod.ts", to: "src/turn.ts" },
  { from: "src/turn.ts", to: "src/host/mod.ts" },
  { from: "src/host/mod.ts", to: "src/errors.ts" },
  { from: "src/events/a.ts", to: "src/events/b.ts" },
];

function faults(
  planted: Import[] = [],
  house: Partial<House> = {},
  files = FILES,
): string[] {
  return importFaults(files, [...DOWN, ...planted], { ...HOUSE, ...house });
}

Deno.test("importFaults finds nothing where imports run down or stay in their folder", () => {
  assertEquals(faults(), []);
});

Deno.test("importFaults finds an import up, into a folder or of a loose file", () => {
  assertEquals(
    faults([
      { from: "src/events/c.ts", to: "src/control/live.ts" },
      { from: "src/control/live.ts", to: "src/turn.ts" },
      { from: "src/errors.ts", to: "src/host/mod.ts" },
    ]),
    [
      "src/events/c.ts imports src/control/live.ts: control is above events",
      "src/control/live.ts imports src/turn.ts: session is above control",
      "src/errors.ts imports src/host/mod.ts: host is above errors",
    ],
  );
});

Deno.test("importFaults finds an import between folders of one floor, and one out of src/", () => {
  assertEquals(
    faults([
      { from: "src/control/live.ts", to: "src/host/mod.ts" },
      { from: "src/events/c.ts", to: "mod.ts" },
    ]),
    [
      "src/control/live.ts imports src/host/mod.ts: control and host are on one floor",
      "src/events/c.ts imports mod.ts: it is outside of src/",
    ],
  );
});

Deno.test("importFaults finds circles in a folder, and names the shortest way around", () => {
  assertEquals(
    faults([
      { from: "src/events/b.ts", to: "src/events/c.ts" },
      { from: "src/events/c.ts", to: "src/events/a.ts" },
    ]),
    ["Circle: src/events/a.ts > src/events/b.ts > src/events/c.ts > src/events/a.ts"],
  );
  assertEquals(
    faults([
      { from: "src/events/b.ts", to: "src/events/c.ts" },
      { from: "src/events/c.ts", to: "src/events/a.ts" },
      { from: "src/events/b.ts", to: "src/events/a.ts" },
      { from: "src/turn.ts", to: "src/session/mod.ts" },
    ]),
    [
      "Circle: src/events/a.ts > src/events/b.ts > src/events/a.ts",
      "Circle: src/session/mod.ts > src/turn.ts > src/session/mod.ts",
    ],
  );
  assertEquals(
    faults([{ from: "src/events/c.ts", to: "src/events/c.ts" }]),
    ["Circle: src/events/c.ts > src/events/c.ts"],
  );
});

Deno.test("importFaults finds files and folders without a place, and places without a file", () => {
  assertEquals(
    faults([], {}, [...FILES, "src/new/a.ts", "src/new/b.ts", "src/loose.ts"]),
    [
      "src/new/ is on no floor",
      "src/loose.ts lies in no folder, and no table says in which it belongs",
    ],
  );
  assertEquals(
    faults([], {
      floors: [...HOUSE.floors, ["gone"]],
      looseFiles: { ...HOUSE.looseFiles, "moved.ts": "session" },
    }),
    [
      "The floors name gone, which has no file",
      "The table of loose files names src/moved.ts, which is not there",
    ],
  );
});

Deno.test("importsOf reads each kind of import, of types too, and none in comments", async () => {
  const parent = await Deno.realPath(await Deno.makeTempDir());
  try {
    await withDraft(parent, async (draft) => {
      await Deno.mkdir(`${draft}/src/a/fixtures`, { recursive: true });
      const write = (name: string, text = "export type X = 1;\n") =>
        Deno.writeTextFile(`${draft}/src/${name}`, text);
      for (const name of ["v", "t", "d", "e", "i", "worker"]) {
        await write(`a/${name}.ts`);
      }
      await write("a/fixtures/f.ts");
      await write("a/v_test.ts", 'import "./v.ts";\n');
      await write(
        "a.ts",
        `/** @example import "./a/none.ts"; */
         import * as v from "./a/v.ts";
         import type { X } from "./a/t.ts";
         export type { X as E } from "./a/e.ts";
         export type I = import("./a/i.ts").X;
         export const late = () => import("./a/d.ts");
         export const text = 'import "./a/none.ts"';
         export const worker = new URL("./a/worker.ts", import.meta.url);`,
      );
      const root = new URL(`file://${draft}/`);
      const files = await sourceFiles(root);
      assertEquals(
        files,
        [
          "src/a.ts",
          ...["d", "e", "i", "t", "v", "worker"].map((n) => `src/a/${n}.ts`),
        ],
      );
      assertEquals(
        (await importsOf(root, files)).map(({ to }) => to).sort(),
        ["d", "e", "i", "t", "v"].map((name) => `src/a/${name}.ts`),
      );
    });
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
});
