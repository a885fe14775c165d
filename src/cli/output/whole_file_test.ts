// A file that a command writes is whole or as it was.

import { assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../failure/usage_error.ts";
import { checkWritable, writeWhole } from "./whole_file.ts";

const posix = { ignore: Deno.build.os === "windows" };

async function inFolder(body: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function namesIn(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test("a file is there when it is whole, and not before", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/a.txt`;
    async function* pieces() {
      yield "a";
      assertEquals(await Deno.stat(path).catch(() => "none"), "none");
      yield "b";
    }
    await writeWhole(path, pieces());
    assertEquals(await Deno.readTextFile(path), "ab");
    assertEquals(namesIn(folder), ["a.txt"]);
  });
});

Deno.test("what fails on the way leaves the file as it was", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/a.txt`;
    await Deno.writeTextFile(path, "before");
    function* pieces() {
      yield "half";
      throw new RangeError("broken");
    }
    await assertRejects(() => writeWhole(path, pieces()), RangeError);
    assertEquals(await Deno.readTextFile(path), "before");
    assertEquals(namesIn(folder), ["a.txt"]);
  });
});

Deno.test(
  "modes: that of the file that is there, else the one that is wanted",
  posix,
  async () => {
    await inFolder(async (folder) => {
      const modeOf = async (path: string) =>
        ((await Deno.stat(path)).mode ?? 0) & 0o777;
      const secret = `${folder}/secret`;
      await writeWhole(secret, ["x"], { mode: 0o600 });
      assertEquals(await modeOf(secret), 0o600);
      const old = `${folder}/old`;
      await Deno.writeTextFile(old, "");
      await Deno.chmod(old, 0o640);
      await writeWhole(old, ["x"], { mode: 0o600 });
      assertEquals(await modeOf(old), 0o640);
    });
  },
);

Deno.test("a link stays a link", posix, async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/target`, "");
    await Deno.symlink(`${folder}/target`, `${folder}/link`);
    await writeWhole(`${folder}/link`, ["x"]);
    assertEquals((await Deno.lstat(`${folder}/link`)).isSymlink, true);
    assertEquals(await Deno.readTextFile(`${folder}/target`), "x");
    assertEquals(namesIn(folder), ["link", "target"]);
  });
});

Deno.test("a device is written to as it is", posix, async () => {
  await writeWhole("/dev/null", ["x"]);
  await checkWritable("/dev/null");
});

Deno.test("what cannot be written is said before anything is begun", async () => {
  await inFolder(async (folder) => {
    for (
      const write of [checkWritable, (path: string) => writeWhole(path, [])]
    ) {
      await assertRejects(
        () => write(folder),
        UsageError,
        "it is a directory",
      );
      await assertRejects(
        () => write(`${folder}/no/file`),
        UsageError,
        "there is no such directory",
      );
    }
    await checkWritable(`${folder}/new`);
    assertEquals(namesIn(folder), []);
  });
});
