/**
 * Edits the input of a tool in the person's own editor.
 *
 * @module
 */

import { isWireObject, type WireObject } from "../../messages/_define.ts";
import { readEnv } from "../output/output.ts";

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

/** Lets a person edit a text in a temporary file. */
export const editInEditor: EditText = async (
  text,
  suffix = ".json",
) => {
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
    const why = await openEditor(path);
    return why === undefined
      ? { text: await Deno.readTextFile(path) }
      : { why };
  } catch (error) {
    return { why: messageOf(error) };
  } finally {
    // The file may already be gone.
    await Deno.remove(path).catch(() => {});
  }
};

/**
 * Opens a file in `$VISUAL`, `$EDITOR` or `vi` on the terminal, and waits for its end. Returns why
 * that failed.
 */
export async function openEditor(path: string): Promise<string | undefined> {
  const isWindows = Deno.build.os === "windows";
  const editor = [readEnv("VISUAL"), readEnv("EDITOR")]
    .find((value) => value !== undefined && value.trim() !== "") ??
    (isWindows ? "notepad" : "vi");
  // The variable may contain arguments, as in `code --wait`. The program's own stdin and stdout
  // may be pipes, so the editor opens the terminal by name.
  const [program, args] = isWindows
    ? ["cmd", ["/d", "/s", "/c", `${editor} "${path}"`]] as const
    : [
      "sh",
      ["-c", `exec </dev/tty >/dev/tty 2>&1; ${editor} "$1"`, "sh", path],
    ] as const;
  try {
    const { success, code } = await new Deno.Command(program, {
      args: [...args],
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
    }).output();
    return success ? undefined : `"${editor}" ended with exit code ${code}`;
  } catch (error) {
    return messageOf(error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
