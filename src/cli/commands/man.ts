import { VERSION } from "../../util/version.ts";
import { manPage } from "../man_page.ts";
import type { Output } from "../output.ts";
import type { Invocation } from "../parse.ts";
import { refusePrompt } from "../prompt.ts";

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
