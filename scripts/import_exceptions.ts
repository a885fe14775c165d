/**
 * Imports that run up the order of folders or close a circle, and that are to go: each
 * line is one fault of the house that is known. The list may only get shorter; a line
 * that is needed no longer fails `deno task imports`.
 *
 * @module
 */
export const IMPORT_EXCEPTIONS: readonly string[] = [];
