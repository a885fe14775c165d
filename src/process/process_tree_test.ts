// A look at the processes may be shared, but a signal reads them again.

import { assertEquals } from "@std/assert";
import { ProcessTree } from "./process_tree.ts";

/** Stops the clock, and counts how often all processes are read. */
function watched(): {
  readonly reads: () => number;
  readonly pass: (ms: number) => void;
  [Symbol.dispose](): void;
} {
  const { readDirSync } = Deno;
  const { now } = performance;
  // After all that was read before, by whatever ran in this program.
  let time = performance.now() + 60_000;
  let reads = 0;
  Deno.readDirSync = (path) => {
    if (path === "/proc") reads++;
    return readDirSync(path);
  };
  performance.now = () => time;
  return {
    reads: () => reads,
    pass: (ms) => {
      time += ms;
    },
    [Symbol.dispose]() {
      Deno.readDirSync = readDirSync;
      performance.now = now;
    },
  };
}

Deno.test({
  name: "who looks at once shares one reading, who signals reads anew",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const shell = new Deno.Command("sh", {
      args: ["-c", "sleep 60 & read line"],
      stdin: "piped",
      stdout: "null",
    }).spawn();
    try {
      using world = watched();
      const trees = Array.from(
        { length: 5 },
        () => new ProcessTree(shell.pid),
      );
      for (const tree of trees) tree.look();
      assertEquals(world.reads(), 1);
      world.pass(19);
      trees[0]?.look();
      assertEquals(world.reads(), 1);
      world.pass(1);
      trees[0]?.look();
      assertEquals(world.reads(), 2);
      // What one of them ends, another one does not take for living.
      while (!trees[0]?.isLeft());
      const before = world.reads();
      trees[0]?.kill();
      assertEquals(world.reads() > before, true);
      assertEquals(trees[1]?.isLeft(), false);
    } finally {
      await shell.stdin.close();
      await shell.status;
    }
  },
});
