import { assertEquals } from "@std/assert";
import type { SessionOptions } from "../options.ts";
import { launchOf } from "./args.ts";
import { launchSecrets } from "./session_secrets.ts";

Deno.test("launchSecrets finds what is secret wherever an option puts it", () => {
  const value = "open sesame!";
  const env = { MY_TOKEN: value, MY_FOLDER: "/not/a/secret" };
  const rows: readonly SessionOptions[] = [
    { env },
    { settings: { env } },
    { managedSettings: { env } },
    { mcpServers: { x: { type: "stdio", command: "x", env } } },
    { mcpServers: { x: { type: "http", url: "https://x", headers: env } } },
  ];
  const forms = [value, encodeURIComponent(value)];
  for (const options of rows) {
    assertEquals(launchSecrets(launchOf(options), {}).sort(), forms.sort());
  }
  assertEquals(launchSecrets(launchOf({}), env).sort(), forms.sort());
  assertEquals(
    launchSecrets(launchOf({ env: { MY_TOKEN: undefined } }), env),
    [],
  );
});
