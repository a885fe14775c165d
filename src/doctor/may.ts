/**
 * Queries Deno permissions without prompting.
 *
 * @module
 */

/** Whether a permission is granted. */
export async function may(what: Deno.PermissionDescriptor): Promise<boolean> {
  const { state } = await Deno.permissions.query(what);
  return state === "granted";
}

/** Whether a file or folder may be read. */
export function mayRead(path: string): Promise<boolean> {
  return may({ name: "read", path });
}

/** Whether a file or folder may be written. */
export function mayWrite(path: string): Promise<boolean> {
  return may({ name: "write", path });
}
