/**
 * Edits the input of a tool in the person's own editor.
 *
 * @module
 */

import { isWireObject, type WireObject } from "../../messages/_define.ts";
import { readEnv } from "../output.ts";

/** Result of editing. */
export type Edited =
  /** The input was changed and is valid. */
  | {
    readonly kind: "input";
    readonly input: WireObject;
    readonly text: string;
  }
  /** The input was not changed. */
  | { readonly kind: "same" }
  /** The text is not a valid input; editing may continue with it. */
  | { readonly kind: "bad"; readonly why: string; readonly text?: string };

/**
 * Edits a text; resolves to the new text, or the reason why there is none.
 *
 * @param suffix End of the file's name, by which an editor knows what is in it. Default `.json`.
 */
export type EditText = (
  text: string,
  suffix?: string,
) => Promise<{ readonly text: string } | { readonly why: string }>;

/** Parses the edited text. Pure. */
export function readEdited(text: string, before: WireObject): Edited {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { kind: "bad", why: `it is no JSON: ${why}`, text };
  }
  if (!isWireObject(input)) {
    return { kind: "bad", why: "it is no JSON object", text };
  }
  if (JSON.stringify(input) === JSON.stringify(before)) return { kind: "same" };
  return { kind: "input", input, text };
}

/** Lets the person edit an input. */
export async function editInput(
  before: WireObject,
  text: string | undefined,
  edit: EditText,
): Promise<Edited> {
  const edited = await edit(
    text ?? `${JSON.stringify(before, undefined, 2)}\n`,
  );
  return "why" in edited
    ? { kind: "bad", why: edited.why }
    : readEdited(edited.text, before);
}

/** Opens `$VISUAL`, `$EDITOR` or `vi` on the terminal. */
export const editInEditor: EditText = async (
  text,
  suffix = ".json",
) => {
  const isWindows = Deno.build.os === "windows";
  const editor = [readEnv("VISUAL"), readEnv("EDITOR")]
    .find((value) => value !== undefined && value.trim() !== "") ??
    (isWindows ? "notepad" : "vi");
  // Readable only by its owner: the input may contain secrets.
  let path: string;
  try {
    path = await Deno.makeTempFile({
      prefix: "claudestream-input-",
      suffix,
    });
  } catch (error) {
    return { why: `no file can be made for it: ${messageOf(error)}` };
  }
  try {
    await Deno.writeTextFile(path, text);
    // The variable may contain arguments, as in `code --wait`. The program's own stdin and stdout
    // may be pipes, so the editor opens the terminal by name.
    const [program, args, streams] = isWindows
      ? ["cmd", ["/d", "/s", "/c", `${editor} "${path}"`], "inherit"] as const
      : [
        "sh",
        ["-c", `exec </dev/tty >/dev/tty 2>&1; ${editor} "$1"`, "sh", path],
        "inherit",
      ] as const;
    const { success, code } = await new Deno.Command(program, {
      args: [...args],
      stdin: streams,
      stdout: streams,
      stderr: streams,
    }).output();
    if (!success) return { why: `"${editor}" ended with exit code ${code}` };
    return { text: await Deno.readTextFile(path) };
  } catch (error) {
    return { why: messageOf(error) };
  } finally {
    // The file may already be gone.
    await Deno.remove(path).catch(() => {});
  }
};

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
