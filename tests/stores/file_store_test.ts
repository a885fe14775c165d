// What only a store in a folder can get wrong: names, permissions, files that others changed.

import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  ConfigError,
  SessionStoreError,
  type TranscriptKey,
} from "../../mod.ts";
import { FileSessionStore } from "../../src/stores/mod.ts";

const LEASE = { holder: "h", ttlMs: 60_000 };

async function folderStore() {
  const root = await Deno.makeTempDir();
  const folder = `${root}/in/stores`;
  return {
    root,
    folder,
    store: new FileSessionStore(folder),
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

interface Found {
  readonly path: string;
  readonly isFile: boolean;
}

async function all(folder: string): Promise<Found[]> {
  const found: Found[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    found.push({ path, isFile });
    if (isDirectory) found.push(...await all(path));
  }
  return found;
}

async function stored(
  store: FileSessionStore,
  key: TranscriptKey,
  texts: readonly string[] = ["a"],
): Promise<number> {
  const { token } = await store.acquire(key, { ...LEASE, ttlMs: 0 });
  const entries = texts.map((text) => ({ type: "user", text }));
  await store.append(key, { token, sequence: 1, entries });
  return token;
}

async function texts(store: FileSessionStore, key: TranscriptKey) {
  const entries = await Array.fromAsync(store.load(key));
  return entries.map(({ text }) => text);
}

/** Texts that a tenant, a session or a subagent may be named with. */
const NAMES = [
  "../../outside",
  "..",
  ".",
  "/etc",
  "a/b",
  "a\\b",
  "a",
  "A",
  "é",
  "e\u0301",
  "x\0y",
  "%41",
  "100%",
  "*",
  "con:",
  "long".repeat(100),
  "漢".repeat(100),
  `${"漢".repeat(100)}2`,
];

Deno.test("FileSessionStore: whatever the names are, nothing is outside of the folder, and none are mixed", async () => {
  await using on = await folderStore();
  const keys = NAMES.flatMap((name): TranscriptKey[] => [
    { projectKey: name, sessionId: "s" },
    { projectKey: "p", sessionId: "s", subpath: name },
  ]);
  // A lease is about the whole session: one append after the other.
  for (const key of keys) await stored(on.store, key, [JSON.stringify(key)]);
  for (const key of keys) {
    assertEquals(await texts(on.store, key), [JSON.stringify(key)]);
  }
  const files = (await all(on.root)).map(({ path }) => path);
  const parents = [on.folder, on.folder.slice(0, -"/stores".length)];
  for (const path of files) {
    if (parents.includes(path)) continue;
    assertStringIncludes(path, `${on.folder}/`);
    // Alike on a file system that ignores capitals, or writes accents in another way.
    assertMatch(path.slice(on.folder.length), /^[a-z0-9_%./-]+$/);
  }
  assertEquals(
    new Set(files.map((path) => path.toLowerCase())).size,
    files.length,
  );
});

Deno.test("FileSessionStore: what is no path is a ConfigError", () => {
  for (const folder of ["", undefined, null, 1]) {
    const error = assertThrows(
      () => new FileSessionStore(folder as string),
      ConfigError,
    );
    assertEquals(error.option, "sessionStore");
  }
});

Deno.test("FileSessionStore: everything is readable for this user only", async () => {
  await using on = await folderStore();
  await stored(on.store, { projectKey: "p", sessionId: "s" });
  await stored(on.store, { projectKey: "p", sessionId: "s", subpath: "x/y" });
  const inside = await all(`${on.root}/in`);
  assertEquals(inside.length, 7);
  for (const { path, isFile } of inside) {
    const { mode } = await Deno.stat(path);
    assertEquals((mode ?? 0) & 0o777, isFile ? 0o600 : 0o700, path);
  }
});

Deno.test("FileSessionStore: files of others in its folder are no sessions", async () => {
  await using on = await folderStore();
  await stored(on.store, { projectKey: "p", sessionId: "s" });
  for (const name of ["100%", "%", ".DS_Store", "notes.txt", "%E0%A4%A"]) {
    await Deno.writeTextFile(`${on.folder}/p/${name}`, "mine");
  }
  const listed = await Array.fromAsync(on.store.list("p"));
  assertEquals(listed.map(({ sessionId }) => sessionId), ["s"]);
});

Deno.test("FileSessionStore: a transcript that lost its end is an error, for readers and writers", async () => {
  await using on = await folderStore();
  const key = { projectKey: "p", sessionId: "s" };
  const token = await stored(on.store, key, ["one", "two"]);
  const path = `${on.folder}/p/s/session.jsonl`;
  const whole = await Deno.readTextFile(path);
  const [first = ""] = whole.split("\n");
  const damages: readonly (readonly [string, () => Promise<void>])[] = [
    ["between lines", () => Deno.truncate(path, first.length + 1)],
    ["in a line", () => Deno.truncate(path, first.length - 3)],
    ["empty", () => Deno.truncate(path, 0)],
    ["gone", () => Deno.remove(path)],
  ];
  for (const [what, damage] of damages) {
    await Deno.writeTextFile(path, whole);
    await damage();
    const load = await assertRejects(
      () => texts(on.store, key),
      SessionStoreError,
      "session.jsonl",
      what,
    );
    assertEquals(load.reason, "load");
    const entries = [{ type: "user", text: "three" }];
    const append = await assertRejects(
      () => on.store.append(key, { token, sequence: 2, entries }),
      SessionStoreError,
      "session.jsonl",
      what,
    );
    assertEquals(append.reason, "append");
  }
  // Nothing was written meanwhile, so it is as before once the file is back.
  await Deno.writeTextFile(path, whole);
  assertEquals(await texts(on.store, key), ["one", "two"]);
});

Deno.test("FileSessionStore: a state that cannot be read is an error that names the file", async () => {
  await using on = await folderStore();
  const key = { projectKey: "p", sessionId: "s" };
  await stored(on.store, key);
  for (const text of ["", "{", "null", "[]", '"x"', "{}", '{"token":"1"}']) {
    await Deno.writeTextFile(`${on.folder}/p/s/state.json`, text);
    for (
      const call of [
        () => on.store.session(key),
        () => on.store.acquire(key, LEASE),
        () => texts(on.store, key),
      ]
    ) await assertRejects(call, SessionStoreError, "state.json", text);
  }
});

Deno.test("FileSessionStore: a deletion that stops in the middle leaves no session", async () => {
  await using on = await folderStore();
  const key = { projectKey: "p", sessionId: "s" };
  await stored(on.store, key);
  // What is not its own it does not remove, wherever that comes in the list of the folder.
  for (let at = 0; at < 20; at++) {
    await Deno.mkdir(`${on.folder}/p/s/${at}/x`, { recursive: true });
  }
  await on.store.delete(key).catch((error) => assert(error instanceof Error));
  assertEquals(await on.store.session(key), undefined);
  assertEquals(await texts(on.store, key), []);
});
