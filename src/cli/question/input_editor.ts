/**
 * Editing the input of a tool in the person's own editor.
 *
 * @module
 */

import { isWireObject, type WireObject } from "../../messages/_define.ts";
import { readEnv } from "../output.ts";

/** What came of editing. */
export type Edited =
  /** It is to be used. */
  | {
    readonly kind: "input";
    readonly input: WireObject;
    readonly text: string;
  }
  /** Nothing was changed. */
  | { readonly kind: "same" }
  /** It cannot be used; editing may go on with the text. */
  | { readonly kind: "bad"; readonly why: string; readonly text?: string };

/** Edits a text; the new one, or why there is none. */
export type EditText = (
  text: string,
) => Promise<{ readonly text: string } | { readonly why: string }>;

/** Reads what was edited. Pure. */
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

/** Has an input edited. */
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
export const editInEditor: EditText = async (text) => {
  const isWindows = Deno.build.os === "windows";
  const editor = [readEnv("VISUAL"), readEnv("EDITOR")]
    .find((value) => value !== undefined && value.trim() !== "") ??
    (isWindows ? "notepad" : "vi");
  // Only for its owner: the input may hold secrets.
  let path: string;
  try {
    path = await Deno.makeTempFile({
      prefix: "claudestream-input-",
      suffix: ".json",
    });
  } catch (error) {
    return { why: `no file can be made for it: ${messageOf(error)}` };
  }
  try {
    await Deno.writeTextFile(path, text);
    // The value may hold arguments, as in `code --wait`. Our own stdin and stdout may be
    // pipes, so that the editor gets the terminal by name.
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
    // It may be gone already.
    await Deno.remove(path).catch(() => {});
  }
};

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
