// Scratch folders are empty, and gone afterwards.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { Scratch } from "./scratch.ts";

Deno.test.sanitizer({ ops: true, resources: true });

Deno.test("Scratch makes three empty folders and removes them", async () => {
  let root = "";
  {
    await using scratch = await Scratch.create();
    root = scratch.root;
    for (const path of [scratch.home, scratch.cwd, scratch.temporary]) {
      assert(path.startsWith(`${root}/`));
      assertEquals(await Array.fromAsync(Deno.readDir(path)), []);
    }
    assertEquals(await Deno.realPath(scratch.cwd), scratch.cwd);
    await Deno.mkdir(`${scratch.home}/.claude/projects`, { recursive: true });
    await Deno.writeTextFile(`${scratch.cwd}/a.txt`, "a");
  }
  await assertRejects(() => Deno.stat(root), Deno.errors.NotFound);
});

Deno.test("Scratch may be removed before it is disposed of", async () => {
  const scratch = await Scratch.create();
  await Deno.remove(scratch.root, { recursive: true });
  await scratch[Symbol.asyncDispose]();
});
