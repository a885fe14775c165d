/**
 * Resolves symbolic links with the file system.
 *
 * @module
 */

/**
 * Follows the symbolic links of an absolute path: returns the path without any, or
 * `undefined` if nothing is there. Throws if it cannot tell.
 */
export type RealPath = (path: string) => string | undefined;

/**
 * Follows the symbolic links of an absolute path; `undefined` if nothing exists there.
 *
 * A link whose target is missing throws, because opening it for writing would create a file
 * wherever it points.
 */
export const realPathSync: RealPath = (path) => {
  try {
    return Deno.realPathSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  try {
    Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  throw new Error(`Cannot follow the link "${path}": its target is missing`);
};
