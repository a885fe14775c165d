// Which folders the CLI trusts, as far as options and variables tell.

import { assertEquals } from "@std/assert";
import type { SessionOptions } from "../options/session_options.ts";
import { machineOf } from "./machine.ts";

Deno.test("machineOf knows what the options have the CLI execute or trust", () => {
  const rows: readonly [SessionOptions, string[]][] = [
    [{}, []],
    [{ configDir: "/c" }, ["/c"]],
    [{ configDir: new URL("file:///c"), env: { CLAUDE_CONFIG_DIR: "/d" } }, [
      "/c",
    ]],
    [{ env: { CLAUDE_CONFIG_DIR: "/d" } }, ["/d"]],
    [{ env: { CLAUDE_CONFIG_DIR: "" } }, []],
    [{ cwd: "/w", configDir: "cfg" }, ["/w/cfg"]],
    [{ configDir: "cfg" }, [`${Deno.cwd()}/cfg`]],
    [{ cwd: "sub", configDir: "cfg" }, [`${Deno.cwd()}/sub/cfg`]],
    [{ settings: "/s.json" }, ["/s.json"]],
    [{ settings: `{"env":{}}` }, []],
    [{ settings: { env: {} } }, []],
    [{ cwd: "/w", mcpConfigFiles: ["m.json", "/n.json"] }, [
      "/w/m.json",
      "/n.json",
    ]],
    [{
      plugins: [
        "/p",
        new URL("file:///q"),
        { path: "/r" },
        { url: "https://example.com/x.zip" },
      ],
    }, ["/p", "/q", "/r"]],
  ];
  for (const [options, expected] of rows) {
    assertEquals(
      machineOf({ keepEnv: [], ...options }).trusted,
      expected,
      JSON.stringify(options),
    );
  }
});

Deno.test({
  name: "machineOf asks for no permission: without it paths are taken as text",
  permissions: { read: false, env: false },
  fn() {
    const machine = machineOf({ configDir: "cfg" });
    assertEquals(machine.trusted, []);
    assertEquals(machine.realPath("/etc/../tmp"), "/etc/../tmp");
  },
});
