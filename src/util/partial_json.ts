/**
 * Parses JSON that is still being written. Pure.
 *
 * The published libraries for this (`partial-json`, `jsonrepair`) parse the whole text each time;
 * this one processes each character once, however many pieces there are.
 *
 * @module
 */

const SPACE = /\s/;

/** Takes the pieces of a JSON text, in order. */
export class PartialJson {
  #text = "";
  /** Closers of the open objects and arrays, `}` and `]`, the innermost last. */
  readonly #open: string[] = [];
  /** The same as a string, the innermost first. */
  #closers = "";
  #inString = false;
  /** Whether the current string is the name of a field. */
  #isName = false;
  /** Start of the escape that the text may end within. */
  #escape: number | undefined;
  /** Whether the innermost object expects the name of a field. */
  #wantsName = false;
  /** Whether the text ends within a number, `true`, `false` or `null`. */
  #inWord = false;
  /** Length to which the text can be cut so that adding the closers makes it valid JSON. */
  #cut = 0;

  /** The whole text so far. */
  get text(): string {
    return this.#text;
  }

  /** Takes the next piece. */
  push(piece: string): void {
    const start = this.#text.length;
    this.#text += piece;
    for (let index = 0; index < piece.length; index++) {
      const char = piece.charAt(index);
      if (this.#inString) this.#string(char, start + index);
      else this.#structure(char, start + index);
    }
  }

  #string(char: string, at: number): void {
    if (this.#escape !== undefined) {
      // `\uXXXX` is six characters long, any other escape two.
      const isLong = this.#text.charAt(this.#escape + 1) === "u";
      if (at - this.#escape + 1 >= (isLong ? 6 : 2)) this.#escape = undefined;
    } else if (char === "\\") {
      this.#escape = at;
    } else if (char === '"') {
      this.#inString = false;
      if (!this.#isName) this.#cut = at + 1;
    }
  }

  #structure(char: string, at: number): void {
    if (this.#inWord && (",]}".includes(char) || SPACE.test(char))) {
      this.#inWord = false;
      this.#cut = at;
    }
    switch (char) {
      case '"':
        this.#inString = true;
        this.#isName = this.#wantsName;
        break;
      case "{":
      case "[":
        this.#enter(char === "{" ? "}" : "]");
        this.#wantsName = char === "{";
        this.#cut = at + 1;
        break;
      case "}":
      case "]":
        this.#open.pop();
        this.#closers = this.#closers.slice(1);
        this.#wantsName = false;
        this.#cut = at + 1;
        break;
      case ",":
        this.#wantsName = this.#open.at(-1) === "}";
        break;
      case ":":
        this.#wantsName = false;
        break;
      default:
        if (!SPACE.test(char)) this.#inWord = true;
    }
  }

  #enter(closer: string): void {
    this.#open.push(closer);
    this.#closers = closer + this.#closers;
  }

  /**
   * Returns a function that parses the value as of now, even if it is called after later pieces. An
   * unfinished string is cut off; a name without a value and an unfinished number are left out. The
   * function returns `undefined` if there is no value yet, or the text is not JSON.
   */
  snapshot(): () => unknown {
    const text = this.#text;
    const inValue = this.#inString && !this.#isName;
    const end = inValue ? this.#escape ?? text.length : this.#cut;
    const closers = inValue ? `"${this.#closers}` : this.#closers;
    let value: unknown;
    let isRead = false;
    return () => {
      if (!isRead) {
        isRead = true;
        value = parsed(text.slice(0, end) + closers);
      }
      return value;
    };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The model can write invalid JSON; the call itself then reports that.
    return undefined;
  }
}
