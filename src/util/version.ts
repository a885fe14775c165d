/** The version of the package; a test keeps it in step with deno.json. */
export const VERSION = "0.1.0";
