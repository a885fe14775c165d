/**
 * Reads lists of names from the source in the CLI's program file: its tools,
 * their former names, and the files and folders that it protects.
 *
 * @module
 */

/** The lists that this library has as well. */
export interface CliLists {
  /** Names of the tools. */
  readonly tools: readonly string[];
  /** Former names of tools, with their current names. */
  readonly formerNames: Readonly<Record<string, string>>;
  /** Folders that are protected with everything in them. */
  readonly folders: readonly string[];
  /** Files that are protected. */
  readonly files: readonly string[];
  /** Messages that it has a schema for, or writes: `system/init`, `result`. */
  readonly messages: readonly string[];
  /** Control requests that it has a schema for, or answers. */
  readonly requests: readonly string[];
}

/** Patterns of messages and control requests in the CLI's source. */
const STRINGS: Readonly<Record<"messages" | "requests", readonly RegExp[]>> = {
  messages: [
    /\{type:[\w$]+\("system"\),subtype:[\w$]+\("([a-z_]+)"\)/g,
    /\{type:"system",subtype:"([a-z_]+)"/g,
  ],
  requests: [
    /\{subtype:[\w$]+\("([a-z_]+)"\)/g,
    /request\.subtype==="([a-z_]+)"/g,
  ],
};

const CHUNK_BYTES = 16 * 1024 * 1024;
/** More than the longest of the lists. */
const OVERLAP_BYTES = 64 * 1024;

/** The beginning of the schema of an object with a type. */
const TYPED = /\{type:[\w$]+\("([a-z_]+)"\)/g;
/** Fields that identify the schema of a message. */
const OF_MESSAGE = /[,{](?:uuid|session_id):/;

/** Returns an object literal in source text; `undefined` if its end is missing. */
function objectAt(text: string, start: number): string | undefined {
  let depth = 0;
  for (let at = start; at < start + OVERLAP_BYTES && at < text.length; at++) {
    const char = text.charAt(at);
    if (`"'\``.includes(char)) {
      at++;
      while (at < text.length && text.charAt(at) !== char) {
        at += text.charAt(at) === "\\" ? 2 : 1;
      }
    } else if ("{[(".includes(char)) {
      depth++;
    } else if ("}])".includes(char) && --depth === 0) {
      return text.slice(start, at + 1);
    }
  }
  return undefined;
}

/** Marks of each list: some of its entries, and entries that it must not have. */
const MARKS: Readonly<
  Record<"tools" | "folders" | "files", {
    readonly has: readonly string[];
    readonly hasNot: readonly string[];
  }>
> = {
  tools: { has: ["Agent", "Bash", "Read", "Skill", "WebFetch"], hasNot: [] },
  folders: {
    has: [".git", ".claude", ".vscode", ".husky"],
    // The list of names that a copy of a repository may not begin with.
    hasNot: [".config", "node_modules", "hooks"],
  },
  files: {
    has: [".gitconfig", ".bashrc", ".zshrc", ".mcp.json"],
    hasNot: [],
  },
};

/** Lists of texts, and objects of texts, as a minifier writes them. */
const LIST = /\[(?:"[^"\\\n]{1,60}",){3,}"[^"\\\n]{1,60}"\]/g;
const RECORD = /\{Task:"Agent"(?:,[A-Za-z]+:"[A-Za-z]+")+\}/;

/**
 * Reads the lists from the program file of a CLI.
 *
 * @throws {Error} If a list is not found, because the CLI's source has changed.
 */
export async function cliLists(path: string): Promise<CliLists> {
  const found: {
    -readonly [K in keyof typeof MARKS]?: readonly string[];
  } = {};
  const messages = new Set<string>();
  const requests = new Set<string>();
  let former: Readonly<Record<string, string>> | undefined;
  const decoder = new TextDecoder("latin1");
  let rest = "";
  using file = await Deno.open(path);
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (;;) {
    const count = await file.read(buffer);
    if (count === null) break;
    const text = rest + decoder.decode(buffer.subarray(0, count));
    for (const [list] of text.matchAll(LIST)) {
      const names: readonly string[] = JSON.parse(list);
      for (const [key, { has, hasNot }] of Object.entries(MARKS)) {
        const isIt = has.every((name) => names.includes(name)) &&
          !hasNot.some((name) => names.includes(name));
        const before = found[key as keyof typeof MARKS] ?? [];
        if (isIt && names.length > before.length) {
          found[key as keyof typeof MARKS] = names;
        }
      }
    }
    for (const pattern of STRINGS.messages) {
      for (const [, name = ""] of text.matchAll(pattern)) {
        messages.add(`system/${name}`);
      }
    }
    for (const { 1: name = "", index } of text.matchAll(TYPED)) {
      // Those of system are told apart by their subtype.
      if (name === "system" || messages.has(name)) continue;
      if (OF_MESSAGE.test(objectAt(text, index) ?? "")) messages.add(name);
    }
    for (const pattern of STRINGS.requests) {
      for (const [, name = ""] of text.matchAll(pattern)) requests.add(name);
    }
    const record = RECORD.exec(text)?.[0];
    if (record !== undefined) {
      former = JSON.parse(record.replace(/([{,])(\w+):/g, '$1"$2":'));
    }
    rest = text.slice(-OVERLAP_BYTES);
  }
  const { tools, folders, files } = found;
  if (tools && folders && files && former) {
    return {
      tools,
      folders,
      files,
      formerNames: former,
      messages: [...messages].sort(),
      requests: [...requests].sort(),
    };
  }
  const missing = Object.entries({ tools, folders, files, former })
    .filter(([, list]) => list === undefined).map(([key]) => key);
  throw new Error(
    `Cannot find the lists of ${
      missing.join(", ")
    } in ${path}: look for them, and correct scripts/_cli_lists.ts`,
  );
}
