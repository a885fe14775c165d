// The names of projects' folders are those that the CLI uses.

import { assertEquals, assertThrows } from "@std/assert";
import { projectFolderName, projectFolders, projectsFolder } from "./place.ts";

Deno.test("projectFolderName: every other UTF-16 unit becomes a hyphen", () => {
  const table: readonly (readonly [string, string])[] = [
    ["/home/me/app", "-home-me-app"],
    ["/a_b.c d", "-a-b-c-d"],
    ["/ünd/漢字/😀", "--nd------"],
    ["C:\\Users\\Me", "C--Users-Me"],
    ["/", "-"],
    [`/${"a".repeat(199)}`, `-${"a".repeat(199)}`],
  ];
  for (const [path, name] of table) assertEquals(projectFolderName(path), name);
});

Deno.test("projectFolderName: over 200 characters it is cut and hashed", () => {
  const name = projectFolderName(`/${"a".repeat(200)}`);
  assertEquals(name.slice(0, 201), `-${"a".repeat(199)}-`);
  // Paths that differ behind the cut, or in a letter that is replaced, do not share one.
  const names = ["b", "c", "ä", "ö"].map((end) =>
    projectFolderName(`/${"a".repeat(220)}${end}`)
  );
  assertEquals(new Set(names).size, 4);
});

Deno.test("projectsFolder takes paths and URLs", () => {
  assertEquals(projectsFolder({ configDir: "/c" }), "/c/projects");
  assertEquals(
    projectsFolder({ configDir: new URL("file:///c%20d") }),
    "/c d/projects",
  );
});

Deno.test("projectFolders resolves links; a project that is gone keeps its name", async () => {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.mkdir(`${root}/real`);
    await Deno.symlink(`${root}/real`, `${root}/link`);
    const configDir = `${root}/config`;
    const folder = (project: string) =>
      projectFolders({ configDir, project: `${root}/${project}` });
    assertEquals(folder("link"), folder("real"));
    assertEquals(folder("gone"), [
      `${configDir}/projects/${projectFolderName(`${root}/gone`)}`,
    ]);
    assertEquals(projectFolders({ configDir }), []);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
  assertThrows(
    () => projectFolders({ configDir: "/c", project: "" }),
    Error,
    'option "project"',
  );
});
