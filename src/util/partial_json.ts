/**
 * JSON that is still being written, read as far as it goes. Pure.
 *
 * The published libraries for this (`partial-json`, `jsonrepair`) take the whole text
 * each time; this one looks at each character once, however many pieces it comes in.
 *
 * @module
 */

const SPACE = /\s/;

/** Takes the pieces of a JSON text, in their order. */
export class PartialJson {
  #text = "";
  /** What is open: `}` and `]`, the innermost last. */
  readonly #open: string[] = [];
  /** The same as text, the innermost first. */
  #closers = "";
  #inString = false;
  /** The string is the name of a field. */
  #isName = false;
  /** Where the escape begins that the string may be in the middle of. */
  #escape: number | undefined;
  /** An object waits for the name of a field. */
  #wantsName = false;
  /** In a number, `true`, `false` or `null`. */
  #inWord = false;
  /** Where the text could be cut so that it is JSON once what is open is closed. */
  #cut = 0;

  /** All of it so far. */
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
   * What there is of the value now, for later: the pieces that come after this do not
   * change what the function gives. A string in the middle is cut there; a name without
   * a value, and a number that may go on, are left out. `undefined` where there is
   * nothing yet, or the text is no JSON.
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
    // The model can write what is no JSON; the call then says so by itself.
    return undefined;
  }
}
