/**
 * Masks secrets in text that is stored, thrown or printed. Pure.
 *
 * There are two kinds: values of variables and headers whose names mark them as secret, and texts
 * that look like a key, wherever they occur.
 *
 * @module
 */

/** Replacement for a secret. */
export const MASK = "***";

/** Minimum number of characters at the end of a text that count as the start of a secret. */
const MIN_BEGINNING = 4;

/** Words in a name that mark its value as secret. */
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

/** Words that mark a value as secret only if they are the last word of the name. */
const SECRET_LAST: ReadonlySet<string> = new Set([
  "auth",
  "pass",
  "pwd",
  "sshpass",
]);

/** Names of directory variables, as in shells and npm. */
const DIRECTORY = /^(?:OLD_?|INIT_|PROJECT_)?PWD$/;

/** Endings of a word that mark a value as secret: `PGPASSWORD`. */
const SECRET_ENDING = /(?:apikey|passw(?:or)?d|secret|token)$/;

/** Last words of a name which show that its value only points to a secret or describes one. */
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

/** Whether a variable, header or field of this name has a secret value. */
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

/** Patterns of secrets in any context; a first group is not part of the secret. */
const SHAPES: readonly RegExp[] = [
  // Keys and OAuth tokens of Anthropic, then those of other vendors with a fixed prefix.
  /(sk-ant-)[\w-]+/g,
  /\b(sk-)(?!ant-)[\w-]{20,}/g,
  /\b(?:gh[oprsu]_|github_pat_|glpat-|xox[abeprs]-)[\w-]{10,}/g,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  // A JSON Web Token, even within a longer word. Searched once per word: retrying at each eyJ would
  // take quadratic time.
  /(?<![\w-])((?:(?!eyJ)[\w-])*)eyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*/g,
  // "Bearer authentication failed" does not contain a token.
  /\b((?:Bearer|Basic)\s+)(?=[^\s"'\\]*\d|[^\s"'\\]{20})[\w.~+/=-]{8,}/gi,
  // name=value, name: value, "name":"value", also in JSON within JSON.
  // "Wrong password: incorrect" does not contain a password.
  /((?:api[_-]?key|(?:access|auth|id|oauth|refresh)[_-]?token|client[_-]?secret|passw(?:or)?d)(?:\\*["'])?\s*(?:=\s*(?:\\*["'])?|:\s*\\*["']|:\s*(?=[^\s"'\\,;&{}[\]()]{0,200}\d|[^\s"'\\]{20})))[^\s"'\\,;&{}[\]()]{8,}/gi,
  // ?token=value in a URL.
  /([?&](?:key|(?:[\w-]{0,40}[_-])?(?:(?:api|access)[_-]?key|passw(?:or)?d|secret|sig|signature|token))=)[^\s"'\\&#]{8,}/gi,
  // user:password in a URL.
  /(:\/\/[^\s/:@"'\\]{0,200}:)[^\s/@"'\\]{1,200}(?=@)/g,
];

/** `from` is the start of the context that identifies the secret. */
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

/**
 * Returns the positions of the secrets in a text, in order and without overlaps.
 */
export function secretSpans(
  text: string,
  secrets: readonly string[],
): readonly (readonly [start: number, end: number])[] {
  return spansOf(text, secrets).map(([start, end]) => [start, end]);
}

/** Prefixes after which the rest of a word is a secret. */
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

/** Matches the context that precedes a secret, up to the secret's word. */
const LEAD =
  /(?:(?:Bearer|Basic)\s+|(?:api[_-]?key|token|secret|passw(?:or)?d)(?:\\*["'])?\s*[=:]\s*(?:\\*["'])?)$/i;

/** Matches characters that do not occur in secrets with a fixed pattern. */
const BETWEEN = /[\s"'\\]/;

/**
 * Returns the position from which the end of a text may be the start of a secret that continues;
 * the length of the text if there is none.
 *
 * @param spans The result of {@linkcode secretSpans} for the text.
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
  // A secret that ends here may be longer, and a secret that was found is released as a whole.
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
 * Returns the text with each secret replaced by {@linkcode MASK}. Idempotent.
 *
 * @param text Any text; JSON stays JSON.
 * @param secrets Values to mask in addition to texts that look like a key; see `secretsOf`.
 */
export function maskSecrets(
  text: string,
  secrets: readonly string[] = [],
): string {
  return masked(text, spansOf(text, secrets));
}

/** A longer line is released in pieces. */
const MAX_HELD = 64 * 1024;

/**
 * Number of characters of such a line that are held back, since a secret may have started in them.
 */
const HELD_BACK = 8 * 1024;

/**
 * Masks a text that arrives in pieces. It releases a line only when it is complete, so that a
 * secret split across two pieces is masked, too.
 */
export class SecretMask {
  readonly #secrets: () => readonly string[];
  /** The text that is held back: the start of a line. */
  #held = "";

  /** @param secrets Returns the result of `secretsOf`; called when there is text. */
  constructor(secrets: () => readonly string[]) {
    this.#secrets = secrets;
  }

  /** Takes a piece. Returns the text that is ready, with its secrets masked. */
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
    // The context of one secret may be preceded by a part of another one.
    for (let span = over(cut); span !== undefined; span = over(cut)) {
      cut = span[2];
    }
    // A secret longer than the held-back text is released, masked, as far as it is known.
    if (cut <= 0) cut = known;
    const free = this.#held.slice(0, cut);
    this.#held = this.#held.slice(cut);
    return masked(free, spans.filter(([, end]) => end <= cut));
  }

  /** The held-back text, masked; it may end in the middle of a secret. */
  get held(): string {
    const text = this.#held;
    // Fast path: this is read at the end of each turn.
    if (text === "") return "";
    const secrets = this.#secrets();
    const begun = begunAtEnd(text, secrets);
    const spans = spansOf(text, secrets);
    if (begun > 0) {
      spans.push([text.length - begun, text.length, text.length - begun]);
    }
    return masked(text, merged(spans));
  }

  /** Ends the text. Returns what was held back. */
  end(): string {
    const rest = this.held;
    this.#held = "";
    return rest;
  }
}

/** Returns how many characters at the end of a text are the start of one of the secrets. */
export function begunAtEnd(text: string, secrets: readonly string[]): number {
  return secrets.reduce(
    (most, secret) => Math.max(most, beginningAtEnd(text, secret)),
    0,
  );
}

/** Returns how many characters at the end of a text are the start of the secret. */
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
