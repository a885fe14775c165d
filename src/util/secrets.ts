/**
 * Takes secrets out of text that is kept, thrown or printed. Pure.
 *
 * Two kinds are known: values of variables (and headers) whose names say that they are
 * secret, and texts that look like a key whatever they stand in.
 *
 * @module
 */

/** What stands in the place of a secret. */
export const MASK = "***";

/** A secret that has begun at the end of a text is one from so many characters on. */
const MIN_BEGINNING = 4;

/** Words of a name that say that its value is secret. */
const SECRET_WORDS: ReadonlySet<string> = new Set([
  "apikey",
  "authorization",
  "cookie",
  "credential",
  "credentials",
  "key",
  "keys",
  "passphrase",
  "passwd",
  "password",
  "passwords",
  "pat",
  "secret",
  "secrets",
  "token",
]);

/** Words that say it only where they are the last one. */
const SECRET_LAST: ReadonlySet<string> = new Set([
  "auth",
  "pass",
  "pwd",
  "sshpass",
]);

/** Names of directories, as of the shell and of npm. */
const DIRECTORY = /^(?:OLD_?|INIT_|PROJECT_)?PWD$/;

/** What a word may end with that says it: `PGPASSWORD`. */
const SECRET_ENDING = /(?:apikey|passw(?:or)?d|secret|token)$/;

/** Last words of a name that say that its value only leads to a secret, or tells of one. */
const HARMLESS_LAST: ReadonlySet<string> = new Set([
  "dir",
  "file",
  "helper",
  "id",
  "ms",
  "name",
  "path",
  "sock",
  "source",
  "ttl",
  "type",
]);

/** Whether the value of a variable, a header or a field of this name is a secret. */
export function isSecretName(name: string): boolean {
  const words = name
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .replaceAll(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  const last = words.at(-1) ?? "";
  if (HARMLESS_LAST.has(last) || DIRECTORY.test(name)) return false;
  return SECRET_LAST.has(last) ||
    words.some((word) => SECRET_WORDS.has(word) || SECRET_ENDING.test(word));
}

/** What looks like a secret wherever it stands; a first group is not a part of it. */
const SHAPES: readonly RegExp[] = [
  // Keys and OAuth tokens of Anthropic, then of others who begin theirs like that.
  /(sk-ant-)[\w-]+/g,
  /\b(sk-)(?!ant-)[\w-]{20,}/g,
  /\b(?:gh[oprsu]_|github_pat_|glpat-|xox[abeprs]-)[\w-]{10,}/g,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  // A JSON Web Token, whatever it is glued to. Looked for once in each word: to begin
  // again at each eyJ would take the square of a long text.
  /(?<![\w-])((?:(?!eyJ)[\w-])*)eyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*/g,
  // "Bearer authentication failed" has no token in it.
  /\b((?:Bearer|Basic)\s+)(?=[^\s"'\\]*\d|[^\s"'\\]{20})[\w.~+/=-]{8,}/gi,
  // name=value, name: value, "name":"value", also in JSON within JSON.
  // "Wrong password: incorrect" has no password in it.
  /((?:api[_-]?key|(?:access|auth|id|oauth|refresh)[_-]?token|client[_-]?secret|passw(?:or)?d)(?:\\*["'])?\s*(?:=\s*(?:\\*["'])?|:\s*\\*["']|:\s*(?=[^\s"'\\,;&{}[\]()]{0,200}\d|[^\s"'\\]{20})))[^\s"'\\,;&{}[\]()]{8,}/gi,
  // ?token=value in a URL.
  /([?&](?:key|(?:[\w-]{0,40}[_-])?(?:(?:api|access)[_-]?key|passw(?:or)?d|secret|sig|signature|token))=)[^\s"'\\&#]{8,}/gi,
  // user:password in a URL.
  /(:\/\/[^\s/:@"'\\]{0,200}:)[^\s/@"'\\]{1,200}(?=@)/g,
];

/** `from`: where what tells that it is one begins. */
type Span = readonly [start: number, end: number, from: number];

/** Where the secrets of a text are, in order and without overlaps. */
function spansOf(text: string, secrets: readonly string[]): Span[] {
  const spans: Span[] = [];
  for (const secret of secrets) {
    let at = text.indexOf(secret);
    for (; at !== -1; at = text.indexOf(secret, at + secret.length)) {
      spans.push([at, at + secret.length, at]);
    }
  }
  for (const shape of SHAPES) {
    for (const { 0: whole, 1: before = "", index } of text.matchAll(shape)) {
      spans.push([index + before.length, index + whole.length, index]);
    }
  }
  return merged(spans);
}

/** Where the secrets of a text are, in order and without overlaps. */
export function secretSpans(
  text: string,
  secrets: readonly string[],
): readonly (readonly [start: number, end: number])[] {
  return spansOf(text, secrets).map(([start, end]) => [start, end]);
}

/** What a word has in it, or ends with, of which the rest is a secret. */
const LEADS: readonly string[] = [
  "sk-",
  "ghp_",
  "gho_",
  "ghr_",
  "ghs_",
  "ghu_",
  "github_pat_",
  "glpat-",
  "xox",
  "AKIA",
  "ASIA",
  "eyJ",
];

/** What stands before a word that is a secret, and within one. */
const LEAD =
  /(?:(?:Bearer|Basic)\s+|(?:api[_-]?key|token|secret|passw(?:or)?d)(?:\\*["'])?\s*[=:]\s*(?:\\*["'])?)$/i;

/** What no secret with a shape has in it. */
const BETWEEN = /[\s"'\\]/;

/**
 * From where on a text may end in the beginning of a secret, of which more may follow; its
 * length if it does not.
 *
 * @param spans What {@linkcode secretSpans} returned for it.
 */
export function mayBegin(
  text: string,
  secrets: readonly string[],
  spans: readonly (readonly [start: number, end: number])[],
): number {
  const { length } = text;
  let from = length;
  for (const secret of secrets) {
    from = Math.min(from, length - beginningAtEnd(text, secret, 1));
  }
  let start = length;
  while (start > 0 && !BETWEEN.test(text.charAt(start - 1))) start--;
  const word = text.slice(start);
  if (
    word !== "" &&
    (/[=:@?&]/.test(word) ||
      LEADS.some((lead) =>
        word.includes(lead) || beginningAtEnd(word, lead, 1) > 0
      ) ||
      LEAD.test(text.slice(Math.max(0, start - 300), start)))
  ) from = Math.min(from, start);
  // A secret that ends here may be longer, and one that was found is let go as a whole.
  for (const [begin, end] of spans.toReversed()) {
    if (begin < from && end > from || end === length && begin >= start) {
      from = Math.min(from, begin);
    }
  }
  return from;
}

function merged(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const [start, end, from] of spans.toSorted(([a], [b]) => a - b)) {
    const last = merged.at(-1);
    if (last === undefined || start >= last[1]) merged.push([start, end, from]);
    else {
      merged[merged.length - 1] = [
        last[0],
        Math.max(last[1], end),
        Math.min(last[2], from),
      ];
    }
  }
  return merged;
}

function masked(text: string, spans: readonly Span[]): string {
  let result = "";
  let at = 0;
  for (const [start, end] of spans) {
    result += text.slice(at, start) + MASK;
    at = end;
  }
  return result + text.slice(at);
}

/**
 * The text with {@linkcode MASK} in the place of each secret. Masking twice changes
 * nothing.
 *
 * @param text Any text; JSON stays JSON.
 * @param secrets Values to take out besides what looks like a key; see `secretsOf`.
 */
export function maskSecrets(
  text: string,
  secrets: readonly string[] = [],
): string {
  return masked(text, spansOf(text, secrets));
}

/** A line that goes on for longer is let go in pieces. */
const MAX_HELD = 64 * 1024;

/** So much of such a line is held back, as a secret may have begun in it. */
const HELD_BACK = 8 * 1024;

/**
 * Masks a text that comes in pieces, so that a secret that is cut in two gets through
 * in neither: a line is let go when it is whole.
 */
export class SecretMask {
  readonly #secrets: () => readonly string[];
  /** What is held back: the beginning of a line. */
  #held = "";

  /** @param secrets See `secretsOf`; asked for when there is a text. */
  constructor(secrets: () => readonly string[]) {
    this.#secrets = secrets;
  }

  /** Takes a piece. Gives what is known to be free of secrets. */
  push(piece: string): string {
    if (piece === "") return "";
    const end = piece.lastIndexOf("\n") + 1;
    const whole = end === 0 ? "" : this.#held + piece.slice(0, end);
    this.#held = end === 0 ? this.#held + piece : piece.slice(end);
    return maskSecrets(whole, this.#secrets()) + this.#shorten();
  }

  #shorten(): string {
    if (this.#held.length <= MAX_HELD) return "";
    const spans = spansOf(this.#held, this.#secrets());
    let cut = this.#held.length - HELD_BACK;
    const over = (at: number) =>
      spans.find(([, end, from]) => from < at && at < end);
    const [, known = cut] = over(cut) ?? [];
    // Before what tells one secret there may be a part of another one.
    for (let span = over(cut); span !== undefined; span = over(cut)) {
      cut = span[2];
    }
    // What is longer than all that is held back is let go, masked, as far as it is known.
    if (cut <= 0) cut = known;
    const free = this.#held.slice(0, cut);
    this.#held = this.#held.slice(cut);
    return masked(free, spans.filter(([, end]) => end <= cut));
  }

  /** What is held back, masked; it may end in the middle of a secret. */
  get held(): string {
    const text = this.#held;
    // Asked for at the end of each turn.
    if (text === "") return "";
    const secrets = this.#secrets();
    const begun = begunAtEnd(text, secrets);
    const spans = spansOf(text, secrets);
    if (begun > 0) {
      spans.push([text.length - begun, text.length, text.length - begun]);
    }
    return masked(text, merged(spans));
  }

  /** No more comes. Gives what was held back. */
  end(): string {
    const rest = this.held;
    this.#held = "";
    return rest;
  }
}

/** How many characters at the end of a text are the beginning of one of some secrets. */
export function begunAtEnd(text: string, secrets: readonly string[]): number {
  return secrets.reduce(
    (most, secret) => Math.max(most, beginningAtEnd(text, secret)),
    0,
  );
}

/** How many characters at the end of a text are the beginning of a secret. */
function beginningAtEnd(
  text: string,
  secret: string,
  least = MIN_BEGINNING,
): number {
  const most = Math.min(text.length, secret.length - 1);
  for (let length = most; length >= least; length--) {
    if (text.endsWith(secret.slice(0, length))) return length;
  }
  return 0;
}
