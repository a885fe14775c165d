/**
 * Finds secret values in variables, headers, arguments and configurations of MCP servers, and the
 * forms in which a text may contain them. Pure.
 *
 * @module
 */

import { isSecretName, maskSecrets } from "./secrets.ts";

/** Minimum length of a secret; shorter values are words that may occur in a text by chance. */
const MIN_LENGTH = 8;

/**
 * Returns the secrets among variables, for `maskSecrets`, the longest first.
 *
 * @param variables Variables, headers or fields, by name.
 */
export function secretsOf(
  variables: Readonly<Record<string, string | undefined>>,
): string[] {
  return secretForms(namedSecrets(variables));
}

/** Returns the secret values among variables, headers or fields, unchanged. */
export function namedSecrets(
  variables: Readonly<Record<string, unknown>>,
): string[] {
  return Object.entries(variables).flatMap(([name, value]) => {
    if (typeof value !== "string") return [];
    if (name.toUpperCase() === "ANTHROPIC_CUSTOM_HEADERS") {
      // The value has one "Name: value" on each line, any of which may be a key.
      return value.split("\n").map((line) => line.slice(line.indexOf(":") + 1));
    }
    return isSecretName(name) ? [value] : urlSecrets(value);
  });
}

/** `--name=value`, `NAME=value`, `Name: value`, also as the value of a flag. */
const NAMED = /^(?:--?[\w-]+[= ])?(?:--?)?([\w.-]+)\s*[=:]\s*([^]+)$/;

/** A flag whose value is the next argument. */
const FLAG = /^--?([\w-]+)$/;

/** Matches a random-looking word: a key without a name before it. */
const RANDOM = /^(?=.*\d)(?=.*[A-Za-z])[\w+=~-]{16,}$/;

/** Returns the secret values among the arguments of a program, unchanged. */
export function argumentSecrets(args: readonly string[]): string[] {
  return [
    ...namedArguments(args),
    ...args.filter((argument) =>
      RANDOM.test(argument) && !argument.startsWith("-")
    ),
  ];
}

/** Returns the values that their names mark as secret. */
function namedArguments(args: readonly string[]): string[] {
  const found: string[] = [];
  for (const [index, argument] of args.entries()) {
    const [, name = "", value = ""] = NAMED.exec(argument) ?? [];
    if (isSecretName(name)) found.push(value);
    found.push(...urlSecrets(argument));
    const [, flag = ""] = FLAG.exec(args[index - 1] ?? "") ?? [];
    if (isSecretName(flag)) found.push(argument);
  }
  return found;
}

/** A value of this length does not occur in an argument by chance. */
const MIN_ARGUMENT_LENGTH = 16;

/**
 * Whether an argument contains a secret.
 *
 * @param variables Variables that are passed along with the arguments.
 */
export function hasSecret(
  args: readonly string[],
  variables: Readonly<Record<string, unknown>>,
): boolean {
  if (namedArguments(args).length > 0) return true;
  const known = secretForms(namedSecrets(variables))
    .filter((value) => value.length >= MIN_ARGUMENT_LENGTH);
  return args.some((argument) => maskSecrets(argument, known) !== argument);
}

/** Depth limit, greater than the depth of any configuration. */
const MAX_DEPTH = 64;

/**
 * Returns the secret values in a configuration, unchanged, at any depth: fields that their names
 * mark as secret, and arguments.
 */
export function nestedSecrets(value: unknown, depth = 0): string[] {
  if (typeof value === "string") return urlSecrets(value);
  if (typeof value !== "object" || value === null) return [];
  // A configuration that contains itself cannot be sent anyway.
  if (depth === MAX_DEPTH) return [];
  if (Array.isArray(value)) {
    return value.flatMap((item) => nestedSecrets(item, depth + 1));
  }
  return [
    ...namedSecrets(value as Readonly<Record<string, unknown>>),
    ...Object.entries(value).flatMap(([name, field]) =>
      name === "args" && isTexts(field)
        ? argumentSecrets(field)
        : isSecretName(name) && isTexts(field)
        ? field
        : nestedSecrets(field, depth + 1)
    ),
  ];
}

/**
 * The same for an answer, which contains more than a configuration: only `env`, `headers` and
 * `args` are searched.
 */
export function answeredSecrets(value: unknown, depth = 0): string[] {
  if (typeof value !== "object" || value === null || depth === MAX_DEPTH) {
    return [];
  }
  return Object.entries(value).flatMap(([name, field]) =>
    ["args", "env", "headers"].includes(name)
      ? nestedSecrets({ [name]: field })
      : answeredSecrets(field, depth + 1)
  );
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) &&
    value.every((item) => typeof item === "string");
}

/** Matches a URL anywhere in a text. */
const ADDRESS = /[a-z][a-z\d+.-]{0,20}:\/\/[^\s"'\\<>]+/gi;

/** Returns the secrets in the URLs of a text: passwords, and query parameters. */
function urlSecrets(text: string): string[] {
  if (!text.includes("://")) return [];
  return [...text.matchAll(ADDRESS)].flatMap(([address]) => {
    if (!URL.canParse(address)) return [];
    const { username, password, searchParams, hash } = new URL(address);
    const found = password === "" ? [] : [password, decoded(password)];
    // The username may be a token by itself.
    if (password === "" && RANDOM.test(username)) found.push(username);
    const parameters = [
      ...searchParams,
      ...new URLSearchParams(hash.slice(1)),
    ];
    for (const [name, value] of parameters) {
      if (isSecretName(name) || RANDOM.test(value)) found.push(value);
    }
    return found.filter((value) => value !== "");
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // The text has a percent sign that is not an escape.
    return text;
  }
}

/** Matches the scheme before the secret in the value of a header. */
const SCHEME = /^(?:Basic|Bearer|Token|ApiKey)\s+/i;

/**
 * Returns every form in which a text may contain the secrets, the longest first: unchanged, in
 * JSON, in JSON within JSON, in a URL, in Base64.
 */
export function secretForms(values: readonly string[]): string[] {
  const forms = values
    // A multi-line key may appear line by line.
    .flatMap((value) => [value, ...value.split("\n")])
    .map((value) => value.trim())
    .flatMap((value) => {
      const bare = value.replace(SCHEME, "");
      return bare === value ? [value] : [value, bare, ...basicPassword(bare)];
    })
    .filter((value) => value.length >= MIN_LENGTH)
    .flatMap(formsOf);
  return [...new Set(forms)].sort((one, other) => other.length - one.length);
}

/** Returns the password in the value of Basic authentication. */
function basicPassword(base64: string): string[] {
  try {
    const text = atob(base64);
    const at = text.indexOf(":");
    return at === -1 ? [] : [text.slice(at + 1)];
  } catch {
    // The value is another kind of token.
    return [];
  }
}

function formsOf(value: string): string[] {
  const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
  const once = inJson(value);
  const twice = inJson(once);
  const plain = [value, once, twice, inJson(twice)];
  // The form of JSON writers that output only ASCII.
  const ascii = once.replaceAll(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const forms = [...plain, ascii, inJson(ascii), ...base64Forms(value)];
  if (!value.isWellFormed()) return forms;
  const inUrl = encodeURIComponent(value);
  // HTML forms also escape these characters, and write a blank as +.
  const inForm = new URLSearchParams({ a: value }).toString().slice(2);
  const lower = (text: string) =>
    text.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
  return [
    ...forms,
    inUrl,
    lower(inUrl),
    inForm,
    lower(inForm),
    encodeURI(value),
  ];
}

/**
 * Returns the invariant parts of Base64 texts that contain the value, such as that of
 * `user:password`: the value starts at one of three offsets within a group of letters.
 */
function base64Forms(value: string): string[] {
  const bytes = new TextEncoder().encode(value);
  return [0, 1, 2].flatMap((offset) => {
    const shifted = new Uint8Array(offset + bytes.length);
    shifted.set(bytes, offset);
    const first = Math.ceil(offset * 8 / 6);
    const end = Math.floor(shifted.length * 8 / 6);
    const standard = shifted.toBase64().slice(first, end);
    const forUrls = standard.replaceAll("+", "-").replaceAll("/", "_");
    return standard.length < MIN_LENGTH ? [] : [standard, forUrls];
  });
}
