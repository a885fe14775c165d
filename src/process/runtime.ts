/**
 * What the library may ask about the program that it runs in. Outside of Deno, nothing is permitted:
 * a session whose transport the caller makes then reads no variable, file or process.
 *
 * @module
 */

import { StartupError } from "../errors.ts";

/** Whether the program runs in Deno, which files and processes need. */
export const isDeno: boolean = "Deno" in globalThis;

/** Whether Deno permits it already; a use without that would ask the person at the terminal. */
export function isGranted(descriptor: Deno.PermissionDescriptor): boolean {
  return isDeno && Deno.permissions.querySync(descriptor).state === "granted";
}

/** Returns the operating system as in `Deno.build.os`, such as `windows`. */
export function operatingSystem(): string {
  if (isDeno) return Deno.build.os;
  const { process } = globalThis as {
    readonly process?: { readonly platform?: unknown };
  };
  const platform = process?.platform;
  return platform === "win32" ? "windows" : String(platform ?? "unknown");
}

/**
 * Refuses outside of Deno what needs its functions.
 *
 * @param what The part of the error's first sentence that says what fails, such as
 *   `Cannot start the CLI`.
 * @throws {StartupError} The program does not run in Deno.
 */
export function requireDeno(what: string): void {
  if (isDeno) return;
  throw new StartupError(
    "spawn_failed",
    `${what}: this needs functions of Deno, and the program does not run in Deno`,
    {
      hint:
        "Run the program in Deno, or give an AsyncSession a transport of the program's own: the option transport, or a function as the option spawn that returns one",
    },
  );
}
