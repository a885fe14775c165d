/**
 * Finds the values that are secret among variables, headers, arguments and
 * configurations of MCP servers, and the forms in which a text may hold them. Pure.
 *
 * @module
 */

import { isSecretName, maskSecrets } from "./secrets.ts";

/** Shorter values are words that a text may hold for other reasons. */
const MIN_LENGTH = 8;

/**
 * The secrets among variables, for `maskSecrets`: the longest first.
 *
 * @param variables Variables, headers or fields, by their names.
 */
export function secretsOf(
  variables: Readonly<Record<string, string | undefined>>,
): string[] {
  return secretForms(namedSecrets(variables));
}

/** The values among variables, headers or fields that are secret, as they are. */
export function namedSecrets(
  variables: Readonly<Record<string, unknown>>,
): string[] {
  return Object.entries(variables).flatMap(([name, value]) => {
    if (typeof value !== "string") return [];
    if (name.toUpperCase() === "ANTHROPIC_CUSTOM_HEADERS") {
      // One "Name: value" in each line; any of them may be a key.
      return value.split("\n").map((line) => line.slice(line.indexOf(":") + 1));
    }
    return isSecretName(name) ? [value] : urlSecrets(value);
  });
}

/** `--name=value`, `NAME=value`, `Name: value`, also as the value of a flag. */
const NAMED = /^(?:--?[\w-]+[= ])?(?:--?)?([\w.-]+)\s*[=:]\s*([^]+)$/;

/** A flag whose value is the next argument. */
const FLAG = /^--?([\w-]+)$/;

/** A word that nobody wrote by hand: a key without a name in front of it. */
const RANDOM = /^(?=.*\d)(?=.*[A-Za-z])[\w+=~-]{16,}$/;

/** The values among the arguments of a program that are secret, as they are. */
export function argumentSecrets(args: readonly string[]): string[] {
  return [
    ...namedArguments(args),
    ...args.filter((argument) =>
      RANDOM.test(argument) && !argument.startsWith("-")
    ),
  ];
}

/** Those of which a name says so. */
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

/** A value as long as this is in an argument for no other reason. */
const MIN_ARGUMENT_LENGTH = 16;

/**
 * Whether an argument has a secret in it.
 *
 * @param variables Variables that are given beside the arguments.
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

/** Deeper than any configuration. */
const MAX_DEPTH = 64;

/**
 * The values in a configuration that are secret, as they are, however deep: fields whose
 * names say so, and arguments.
 */
export function nestedSecrets(value: unknown, depth = 0): string[] {
  if (typeof value === "string") return urlSecrets(value);
  if (typeof value !== "object" || value === null) return [];
  // One that holds itself can be sent to nobody.
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
 * The same in an answer, which is about more than a configuration: only what is in `env`,
 * `headers` and `args`.
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

/** An address, wherever it stands. */
const ADDRESS = /[a-z][a-z\d+.-]{0,20}:\/\/[^\s"'\\<>]+/gi;

/** What is secret in the addresses of a text: passwords, and parameters of a query. */
function urlSecrets(text: string): string[] {
  if (!text.includes("://")) return [];
  return [...text.matchAll(ADDRESS)].flatMap(([address]) => {
    if (!URL.canParse(address)) return [];
    const { username, password, searchParams, hash } = new URL(address);
    const found = password === "" ? [] : [password, decoded(password)];
    // A token alone, without a name before it.
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
    // A percent sign that escapes nothing.
    return text;
  }
}

/** What stands before the secret in the value of a header. */
const SCHEME = /^(?:Basic|Bearer|Token|ApiKey)\s+/i;

/**
 * Every form in which a text may hold some secrets, the longest first: as they are, in
 * JSON, also within JSON, in an address, in Base64.
 */
export function secretForms(values: readonly string[]): string[] {
  const forms = values
    // A key in several lines is seen line by line.
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

/** The password in the value of Basic authentication. */
function basicPassword(base64: string): string[] {
  try {
    const text = atob(base64);
    const at = text.indexOf(":");
    return at === -1 ? [] : [text.slice(at + 1)];
  } catch {
    // Some other kind of token.
    return [];
  }
}

function formsOf(value: string): string[] {
  const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
  const once = inJson(value);
  const twice = inJson(once);
  const plain = [value, once, twice, inJson(twice)];
  // As writers of JSON do that keep to ASCII.
  const ascii = once.replaceAll(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const forms = [...plain, ascii, inJson(ascii), ...base64Forms(value)];
  if (!value.isWellFormed()) return forms;
  const inUrl = encodeURIComponent(value);
  // Forms of web pages escape these too, and write a blank as +.
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
 * What is the same in each Base64 text that holds the value, such as that of
 * `user:password`: it begins at one of three places within a group of letters.
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
