// `sessions show` at a terminal: which pager, what it gets, and what its end means.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  answer,
  prompt,
  ScratchConfig,
} from "../../sessions/fixtures/scratch.ts";
import { CLI, environment, hasScript, Running } from "../fixtures/child.ts";

const ID = "aaaa1111-0000-4000-8000-000000000000";
const SIZE = 2000;

/** More than a pipe holds, so that a pager that leaves early closes it on a writer. */
async function scratch(): Promise<ScratchConfig> {
  const config = await ScratchConfig.create();
  await config.write(ID, [
    prompt("1", null, "begin \x1b]0;owned\x07 here"),
    ...Array.from(
      { length: SIZE },
      (_, at) =>
        answer(`${at + 2}`, `${at + 1}`, `Line ${at} ${"of it ".repeat(20)}`),
    ),
  ], {});
  return config;
}

async function show(
  env: Readonly<Record<string, string>>,
  options: { readonly flags?: string; readonly keys?: string } = {},
) {
  await using config = await scratch();
  const { flags = "", keys } = options;
  const words =
    `sessions show ${ID} --all '--config-dir=${config.configDir}' ${flags}`;
  // Set for the command alone: `script` itself needs its PATH.
  const set = Object.entries(env).map(([name, value]) => `${name}="${value}" `)
    .join("");
  const command =
    `exec env ${set}'${Deno.execPath()}' run -A --quiet '${CLI}' ${words}`;
  const running = new Running(
    undefined,
    [],
    ["script", "-qec", command, "/dev/null"],
    { ...environment(undefined), TERM: "xterm" },
  );
  if (keys === undefined) return await running.end();
  await running.says("begin");
  await running.write(keys);
  // less drops what is typed while it handles Ctrl-C: a person presses the key once more.
  const again = setInterval(() => {
    running.write("q").catch(() => {});
  }, 200);
  await running.child.status;
  clearInterval(again);
  return await running.end();
}

interface Row {
  readonly name: string;
  readonly env: (folder: string) => Readonly<Record<string, string>>;
  readonly flags?: string;
  /** Pressed once the beginning is on the screen. */
  readonly keys?: string;
  /** Whether the last line reaches the screen. */
  readonly isWhole: boolean;
  readonly says?: string;
  /** What the file `out` holds, which a pager may have written. */
  readonly out?: (text: string) => void;
}

const ROWS: readonly Row[] = [
  { name: "q in less ends it", env: () => ({}), keys: "q", isWhole: false },
  {
    name: "Ctrl-C in less stays in it",
    env: () => ({}),
    keys: "\x03q",
    isWhole: false,
  },
  {
    name: "$PAGER that reads all",
    env: (folder) => ({ PAGER: `cat > '${folder}/out'` }),
    isWhole: false,
    out(text) {
      assertStringIncludes(text, `Line ${SIZE - 1}`);
      assert(!text.includes("\x1b"), "an escape sequence reached the pager");
      assertStringIncludes(text, "begin ");
    },
  },
  {
    name: "$PAGER that leaves early",
    env: () => ({ PAGER: "head -n 1" }),
    isWhole: false,
    says: ID,
  },
  {
    name: "$PAGER that fails",
    env: () => ({ PAGER: "false" }),
    isWhole: false,
  },
  {
    name: "$PAGER that is no program",
    env: () => ({ PAGER: "no-such-pager" }),
    isWhole: true,
    says: "cannot run the pager: no-such-pager",
  },
  {
    name: "no less",
    env: (folder) => ({ PATH: folder }),
    isWhole: true,
  },
  { name: "--no-pager", env: () => ({}), flags: "--no-pager", isWhole: true },
  { name: "an empty $PAGER", env: () => ({ PAGER: "" }), isWhole: true },
  { name: "PAGER=cat", env: () => ({ PAGER: "cat" }), isWhole: true },
  { name: "TERM=dumb", env: () => ({ TERM: "dumb" }), isWhole: true },
  {
    name: "stdout is no terminal",
    env: () => ({ PAGER: "head -n 1" }),
    flags: "| cat",
    isWhole: true,
  },
  { name: "--json", env: () => ({}), flags: "--json", isWhole: false },
];

const canShow = await hasScript();

for (const { name, env, isWhole, says, out, ...options } of ROWS) {
  Deno.test({ name: `sessions show: ${name}`, ignore: !canShow }, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const { code, stdout } = await show(env(folder), options);
      assertEquals(code, 0, stdout.slice(0, 500));
      assertEquals(stdout.includes(`Line ${SIZE - 1}`), isWhole);
      assert(!stdout.includes("\x1b]0;"), "an escape sequence of the session");
      if (says !== undefined) assertStringIncludes(stdout, says);
      out?.(await Deno.readTextFile(`${folder}/out`));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
