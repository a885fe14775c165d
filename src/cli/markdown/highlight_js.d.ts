/**
 * The used part of highlight.js. Its own types would add the browser's types to every file.
 *
 * @module
 */

/** The library. */
declare const hljs: {
  /** Returns a value for a language, or an alias of one, that is known. */
  getLanguage(name: string): object | undefined;
  /** Returns code as HTML. */
  highlight(
    code: string,
    options: { readonly language: string; readonly ignoreIllegals: boolean },
  ): { readonly value: string };
};
export default hljs;
