// The man page has every command, flag and topic, and groff reads it without a warning.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../flags/command_names.ts";
import { FLAG_LIST } from "../flags/flags.ts";
import { manPage } from "./man_page.ts";
import { TOPICS } from "./topics.ts";

Deno.test("the man page has every command, flag and topic, in ASCII", () => {
  const page = manPage("1.2.3");
  const plain = page.replaceAll("\\-", "-");
  for (const name of Object.keys(COMMANDS)) {
    assertStringIncludes(plain, `.SS "claudestream ${name}`);
  }
  for (const [, { name, negatable, value }] of FLAG_LIST) {
    const shown = negatable === true && value === undefined
      ? `--[no-]${name}`
      : `--${name}`;
    assert(
      new RegExp(`^\\.B ".*${RegExp.escape(shown)}\\b`, "m").test(plain),
      name,
    );
  }
  for (const name of Object.keys(TOPICS)) {
    assertStringIncludes(
      page,
      `.SH "${name.replaceAll("-", " ").toUpperCase()}"`,
    );
  }
  assert(/^\p{ASCII}*$/u.test(page));
  // No line of text is read as a request.
  for (const line of page.split("\n")) {
    assert(/^(\.(TH|SH|SS|PP|TP|B|I|nf|fi)\b|[^.']|$)/.test(line), line);
  }
});

async function groff(page: string): Promise<string | undefined> {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, page);
  try {
    const { stderr } = await new Deno.Command("groff", {
      args: ["-man", "-ww", "-Tutf8", path],
      stdout: "null",
      stderr: "piped",
    }).output();
    return new TextDecoder().decode(stderr);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  } finally {
    await Deno.remove(path);
  }
}

const isThere = await groff(".TH X 1\n") !== undefined;

Deno.test({
  name: `groff reads the man page without a warning${
    isThere ? "" : " (skipped: there is no groff)"
  }`,
  ignore: !isThere,
  async fn() {
    assertEquals(await groff(manPage("1.2.3")), "");
  },
});
