// resolveSettings() says which settings hold, and where each value comes from.

import { assertEquals } from "@std/assert";
import {
  resolveSettings,
  type ResolveSettingsOptions,
} from "./resolve_settings.ts";

async function scratch(files: Readonly<Record<string, unknown>>) {
  const dir = await Deno.makeTempDir({ prefix: "settings-" });
  for (const [name, value] of Object.entries(files)) {
    const path = `${dir}/${name}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(
      path,
      typeof value === "string" ? value : JSON.stringify(value),
    );
  }
  const options: ResolveSettingsOptions = {
    cwd: `${dir}/cwd`,
    configDir: `${dir}/config`,
  };
  return {
    dir,
    options,
    async [Symbol.asyncDispose]() {
      await Deno.remove(dir, { recursive: true });
    },
  };
}

const FILES = {
  "config/settings.json": {
    model: "opus",
    env: { A: "user", B: "user" },
    permissions: { allow: ["Read", "Grep"], defaultMode: "plan" },
    "__proto__x": 1,
  },
  "cwd/.claude/settings.json": {
    env: { B: "project" },
    permissions: { allow: ["Read", "Edit"] },
  },
  "cwd/.claude/settings.local.json": { model: "haiku" },
};

Deno.test("resolveSettings: what holds, and where each value comes from", async () => {
  await using on = await scratch(FILES);
  const { effective, origins, sources } = await resolveSettings({
    ...on.options,
    settings: { env: { A: "flag" } },
    managedSettings: { permissions: { deny: ["Bash"] } },
  });
  assertEquals(effective, {
    model: "haiku",
    env: { A: "flag", B: "project" },
    permissions: {
      allow: ["Read", "Grep", "Edit"],
      defaultMode: "plan",
      deny: ["Bash"],
    },
    "__proto__x": 1,
  });
  assertEquals(
    origins.map(({ path, from }) => `${path}: ${from.join(" ")}`),
    [
      "__proto__x: userSettings",
      "env.A: flagSettings",
      "env.B: projectSettings",
      "model: localSettings",
      "permissions.allow: userSettings projectSettings",
      "permissions.defaultMode: userSettings",
      "permissions.deny: policySettings",
    ],
  );
  assertEquals(sources.map(({ source }) => source), [
    "userSettings",
    "projectSettings",
    "localSettings",
    "flagSettings",
    "policySettings",
  ]);
});

Deno.test("resolveSettings: sources that are left out, isolated, a file, an object over a word", async () => {
  await using on = await scratch({
    ...FILES,
    "extra.json": { model: { odd: true }, constructor: 1 },
  });
  const models = async (options: ResolveSettingsOptions) =>
    (await resolveSettings({ ...on.options, ...options })).origins
      .filter(({ path }) => path.startsWith("model"))
      .map(({ path, from }) => `${path}: ${from}`);
  assertEquals(await models({ settingSources: ["user"] }), [
    "model: userSettings",
  ]);
  assertEquals(await models({ settingSources: [] }), []);
  assertEquals(await models({ isolated: true }), []);
  assertEquals(await models({ settings: `${on.dir}/extra.json` }), [
    "model.odd: flagSettings",
  ]);
  assertEquals(await models({ settings: `../extra.json` }), [
    "model.odd: flagSettings",
  ]);
});

Deno.test("resolveSettings: of a file with a fault nothing holds, and it is told", async () => {
  await using on = await scratch({
    ...FILES,
    "cwd/.claude/settings.local.json": '{"model": "haiku",',
    "cwd/.claude/settings.json": '{"permissions": {"deny": "Bash"}}',
  });
  const { effective, sources } = await resolveSettings(on.options);
  assertEquals(effective.model, "opus");
  assertEquals(effective.permissions, {
    allow: ["Read", "Grep"],
    defaultMode: "plan",
  });
  const problems = sources.filter(({ problem }) => problem !== undefined);
  assertEquals(problems.map(({ source }) => source), [
    "projectSettings",
    "localSettings",
  ]);
});

Deno.test("resolveSettings: nothing is there", async () => {
  await using on = await scratch({});
  const { effective, origins } = await resolveSettings(on.options);
  assertEquals([effective, origins], [{}, []]);
});
