import { VERSION } from "../../util/version.ts";
import { manPage } from "../help/man_page.ts";
import type { Output } from "../output/output.ts";
import type { Invocation } from "../flags/parse.ts";
import { refusePrompt } from "../input/prompt.ts";

/** `man`: prints the manual as a man page. */
export async function man(
  invocation: Invocation,
  output: Output,
): Promise<number> {
  refusePrompt(
    invocation,
    "it takes none",
    "For one command: claudestream help ask",
  );
  await output.stdout(manPage(VERSION));
  return 0;
}
