// An export shows hostile text as text.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConfigError } from "../errors.ts";
import { exportSession, type ExportSessionOptions } from "./export.ts";
import {
  answer,
  FIXTURES,
  prompt,
  record,
  ScratchConfig,
} from "./fixtures/scratch.ts";
import { readSession } from "./read.ts";

async function exported(
  session: string,
  options: ExportSessionOptions,
): Promise<string> {
  return (await Array.fromAsync(exportSession(session, options))).join("");
}

const HOSTILE = [
  `<script>alert("x")</script><img src=x onerror='y'>`,
  "</pre></details></section><style>*{}</style>",
  "```\n</code>\n# User\n\n> I approve\n````\n<iframe>",
  "![x](http://e.example/?leak) [a](javascript:x) [b]: data:text/html,x",
  "`<i>`\n`` ` <b>` ``\n| `a|<u>` |",
  "1. x\n   ```\n<s>",
  "\x1b]0;title\x07\x1b[2J\u009b31m\u202eabc\u2066\r\nnext\rlast \ud800",
].join("\n");

/** A session in which everybody says what is hostile, wherever something can be said. */
async function hostile(): Promise<ScratchConfig> {
  const on = await ScratchConfig.create();
  const image = (media_type: string, data: string) => ({
    type: "image",
    source: { type: "base64", media_type, data },
  });
  const use = (id: string, name: string, input: unknown) => ({
    type: "tool_use",
    id,
    name,
    input,
  });
  await on.write("s", [
    { type: "custom-title", customTitle: HOSTILE, sessionId: "s" },
    {
      ...prompt("1", null, HOSTILE),
      cwd: HOSTILE,
      gitBranch: HOSTILE,
    },
    record("2", "1", {
      type: "user",
      promptSource: "sdk",
      message: {
        role: "user",
        content: [
          image("image/png", "aGk="),
          image("image/svg+xml", "aGk="),
          image("image/png", `x" onerror="y`),
          { type: HOSTILE, text: 5, more: HOSTILE },
        ],
      },
    }),
    answer("3", "2", { type: "thinking", thinking: HOSTILE, signature: "s" }),
    answer("4", "3", HOSTILE),
    answer("5", "4", use("t", HOSTILE, { [HOSTILE]: HOSTILE }), "m"),
    answer("6", "5", use("u", "Bash", { command: HOSTILE }), "m"),
    record("7", "6", {
      type: "user",
      message: {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "t", content: HOSTILE },
          {
            type: "tool_result",
            tool_use_id: "u",
            content: HOSTILE,
            is_error: true,
          },
        ],
      },
    }),
    `${HOSTILE.replaceAll("\n", " ")}\n`,
    { ...answer("8", "7", HOSTILE), isSidechain: true, agentId: HOSTILE },
    { type: "assistant", uuid: "9", parentUuid: "7", message: HOSTILE },
  ]);
  return on;
}

const ACTING =
  // deno-lint-ignore no-control-regex -- what must not be there
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\p{Cs}/u;

Deno.test("exportSession: a page has the elements that are ours, and no others", async () => {
  await using on = await hostile();
  const page = await exported("s", { configDir: on.configDir, format: "html" });
  assertEquals(ACTING.test(page), false);
  const allowed = new Set(
    "!doctype html head meta title style body h1 h2 dl dt dd main section div details summary pre p img"
      .split(" "),
  );
  const tags = [...page.matchAll(/<\/?([^\s>]+)([^>]*)>/g)];
  for (const [tag, name = "", attributes = ""] of tags) {
    assert(allowed.has(name.toLowerCase()), tag);
    assertEquals(/\bon\w+\s*=|javascript:/i.test(attributes), false, tag);
  }
  // Whatever is no tag has no bracket at all.
  const style = /<style>[^]*?<\/style>/;
  const rest = page.replace(style, "").replace(/<\/?[^<>]+>/g, "");
  assertEquals(rest.match(/[<>]/g), null);
  assertEquals(page.match(/<img [^>]*>/g), [
    '<img alt="Image" src="data:image/png;base64,aGk=">',
  ]);
  assertEquals(
    page.match(/https?:[^\s<&]*/g)?.every((url) =>
      url.startsWith("http://e.example/")
    ),
    true,
  );
  assert(page.includes("default-src 'none'"));
  // Elements close in the order in which they were opened.
  const open: string[] = [];
  for (const [tag, name = ""] of tags) {
    if (/^(meta|img|!doctype)$/i.test(name)) continue;
    if (tag.startsWith("</")) assertEquals(open.pop(), name);
    else open.push(name);
  }
  assertEquals(open, []);
});

Deno.test("exportSession: Markdown leaves its place nowhere", async () => {
  await using on = await hostile();
  const text = await exported("s", { configDir: on.configDir });
  assertEquals(ACTING.test(text), false);
  // All that was said is quoted; headings and labels are ours, with what they name escaped.
  const ours =
    /^(|>|> .*|##? (\\.|[^\\`*_[\]<>#|~&!$@])+|\*\*(\\.|[^\\`*_[\]<>#|~&!$@])+\*\*|\*Thinking\*|\*Image, (\\.|[^\\<])+\*|- \w+: (\\.|[^\\<])+)$/u;
  for (const line of text.split("\n")) assert(ours.test(line), line);
  const speakers = text.match(/^## .*$/gm) ?? [];
  assertEquals(
    new Set(speakers.map((one) => one.slice(3, 6))),
    new Set(["Use", "Cla", "CLI"]),
  );
});

Deno.test("exportSession: what is surely code stays as it is in Markdown", async () => {
  await using on = await ScratchConfig.create();
  const table: readonly (readonly [string, string])[] = [
    ["a `Promise<T>` b", "a `Promise<T>` b"],
    ["```ts\na<b>\n```\n<b>", "```ts\na<b>\n```\n&lt;b>"],
    ["~~~\n```\n<b>\n~~~", "~~~\n```\n<b>\n~~~"],
    ["`` ` <b> ` ``", "`` ` <b> ` ``"],
    [
      "[x](https://a.example) ![y](z)",
      "[x](https://a.example) !&#91;y&#93;(z)",
    ],
    // Not surely: the span may end elsewhere, be a cell's border, or be none.
    ["`a\n`<b>`", "`a\n`&lt;b>`"],
    ["| `a | <b>` |", "| `a | &lt;b>` |"],
    ["\\`<b>`", "\\`&lt;b>`"],
    ["- x\n\n  ```\ny\n<b>", "- x\n\n  ```\ny\n&lt;b>"],
    [" ```\n```\n<b>", " ```\n```\n&lt;b>"],
    ["> ```\n<b>", "> ```\n&lt;b>"],
    ["```\n````x\n<b>\n```` \n<b>", "```\n````x\n<b>\n```` \n&lt;b>"],
    ["```\n\t```\n<b>", "```\n    ```\n<b>"],
    ["http://a.example`<b>`", "http://a.example`&lt;b>`"],
    ["[a]: x", "[a&#93;: x"],
    ["\\](x)", "\\&#93;(x)"],
  ];
  for (const [given, expected] of table) {
    await on.write("s", [answer("1", null, given)]);
    const text = await exported("s", { configDir: on.configDir });
    const said = text.slice(
      text.indexOf("## Claude\n") + "## Claude\n\n".length,
    )
      .split("\n").map((line) => line.replace(/^> ?/, "")).join("\n").trimEnd();
    assertEquals(said.trim(), expected.trim(), given);
  }
});

Deno.test("exportSession: JSONL has every record, also what is none, on lines of JSON", async () => {
  await using on = await hostile();
  const { configDir } = on;
  const text = await exported("s", { configDir, format: "jsonl" });
  assertEquals(ACTING.test(text), false);
  const lines = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(
    lines,
    await Array.fromAsync(readSession("s", { configDir, view: "wire" })),
  );
});

Deno.test("exportSession: subagents, thinking, and a format that is none", async () => {
  const all = { configDir: FIXTURES };
  const whole = await exported("5438", all);
  assert(whole.includes("(general-purpose)") && whole.includes("*Thinking*"));
  const less = await exported("5438", {
    ...all,
    subagents: false,
    thinking: false,
  });
  assertEquals(/general-purpose\)|\*Thinking\*/.test(less), false);
  assert(less.includes("> tools done"));
  await assertRejects(
    () => exported("5438", { ...all, format: "pdf" as "html" }),
    ConfigError,
    'got "pdf"',
  );
});

Deno.test("exportSession: a page shows texts as they are, without blanks of its own", async () => {
  await using on = await ScratchConfig.create();
  await on.write("s", [
    prompt("1", null, "  one\n\n two "),
    answer("2", "1", { type: "thinking", thinking: "hm\n", signature: "s" }),
    answer("3", "2", {
      type: "tool_use",
      id: "t",
      name: "Bash",
      input: { command: "ls\n" },
    }),
  ]);
  const page = await exported("s", { configDir: on.configDir, format: "html" });
  assert(page.startsWith("<!DOCTYPE html>\n<html"));
  assertEquals(
    page.slice(page.indexOf("<main>")),
    `<main>
<section class="user">
<h2>User</h2>
<div class="text">  one

 two </div>
</section>
<section class="claude">
<h2>Claude</h2>
<details><summary>Thinking</summary><div class="text">hm
</div></details>
<details><summary>Bash</summary><pre>ls
</pre></details>
</section>
</main>
</body>
</html>
`,
  );
});
