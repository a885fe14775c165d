/**
 * The commands of the repl.
 *
 * @module
 */

import {
  PERMISSION_MODES,
  type PermissionMode,
} from "../../options/option_types.ts";
import { exportSession, listSessions } from "../../sessions/mod.ts";
import { closest } from "../../util/closest.ts";
import type { Flags } from "../flags/flags.ts";
import { deniedRules, policyOf } from "../flags/policy.ts";
import { foundSession, placeOf } from "../sessions/session_choice.ts";
import { listText } from "../sessions/session_text.ts";
import { styled } from "../text/terminal.ts";
import { UsageError } from "../failure/usage_error.ts";
import { writeWhole } from "../output/whole_file.ts";
import {
  contextText,
  costText,
  mcpText,
  planText,
  wordsText,
} from "./facts_text.ts";
import {
  commandsText,
  type ReplCommand,
  type ReplContext,
  type ReplStep,
} from "./repl_command.ts";

const KEYS = `
  Tab completes commands, /commands, files after @, models, modes, sessions
  Ctrl-R searches the history; the arrows find older prompts
  Alt-Enter, Ctrl-J or a \\ at the end begin a further line; Ctrl-O opens $EDITOR
  Ctrl-C interrupts the turn, and leaves when pressed twice; Ctrl-D leaves
  What is typed during a turn is the next prompt
  Everything else goes to Claude, /compact and the like too
`;

/** How many sessions a list has. */
const MOST_SESSIONS = 20;

const VALUES_OF_SWITCH = ["on", "off"] as const;
const DETAILS = ["full", "brief"] as const;

/** All commands, in the order of the help. */
export const REPL_COMMANDS: readonly ReplCommand[] = [
  {
    name: "help",
    aliases: ["h", "?"],
    help: "show this",
    run: ({ output }) =>
      output.stderr(commandsText(REPL_COMMANDS), styled("dim", KEYS)),
  },
  {
    name: "quit",
    aliases: ["q", "exit"],
    help: "leave; so do Ctrl-D and /exit",
    run: () => ({ leave: true }),
  },
  {
    name: "model",
    usage: "[NAME]",
    help: "use another model, or list them",
    values: async ({ session }) =>
      (await session.models()).map(({ value }) => value),
    run: async ({ session, output, flags, keep }, name) => {
      if (name === "") {
        const models = await session.models();
        const names = models.map(({ value }) => value);
        return await output.stderr(
          `${session.model ?? flags.model ?? "the default of claude"}\n`,
          wordsText(names, output.columns),
        );
      }
      await session.setModel(name);
      keep({ model: name });
      await output.stderr(`The model is ${name} from now on\n`);
    },
  },
  {
    name: "mode",
    usage: "[MODE]",
    help: "change the permission mode, or show it",
    values: () => PERMISSION_MODES,
    run: async ({ session, output, keep }, name) => {
      if (name === "") {
        return await output.stderr(
          `${session.permissionMode ?? "default"}\n`,
          wordsText(PERMISSION_MODES, output.columns),
        );
      }
      const mode = oneOf(PERMISSION_MODES, name, "a permission mode");
      await session.setPermissionMode(mode as PermissionMode);
      keep({ permissionMode: mode });
      await output.stderr(`The permission mode is ${mode} from now on\n`);
    },
  },
  {
    name: "allow",
    usage: "[RULE]",
    help: "allow calls that match, as --allow does; or list what is allowed",
    run: async ({ session, output, flags }, rule) => {
      if (rule === "") return await output.stderr(rulesText(flags.allow));
      const allow = [...flags.allow ?? [], rule];
      // Checks it, before the session is closed.
      policyOf(allow);
      return changed(session, { ...flags, allow });
    },
  },
  {
    name: "deny",
    usage: "[RULE]",
    help: "deny calls that match, as --deny does; or list what is denied",
    run: async ({ session, output, flags }, rule) => {
      if (rule === "") return await output.stderr(rulesText(flags.deny));
      const deny = [...flags.deny ?? [], rule];
      deniedRules(deny);
      return changed(session, { ...flags, deny });
    },
  },
  {
    name: "cost",
    help: "show turns, cost and tokens of this session",
    run: ({ session, output }) => output.stderr(costText(session)),
  },
  {
    name: "context",
    help: "show what fills the model's context",
    run: async ({ session, output }) =>
      output.stderr(contextText(await session.contextUsage(), output.columns)),
  },
  {
    name: "usage",
    help: "show how much of the plan is used",
    run: async ({ session, output }) =>
      output.stderr(planText(await session.planUsage())),
  },
  {
    name: "tools",
    help: "list the tools; they are known from the first turn on",
    run: ({ session, output }) =>
      output.stderr(
        session.tools.length === 0
          ? "claude names its tools with the first turn\n"
          : wordsText(session.tools, output.columns),
      ),
  },
  {
    name: "mcp",
    help: "list the MCP servers, and what is wrong with them",
    run: async ({ session, output }) =>
      output.stderr(mcpText(await session.mcp.status(), output.columns)),
  },
  {
    name: "sessions",
    usage: "[TEXT]",
    help: "list the past sessions of this directory",
    run: async ({ output, flags }, text) => {
      const { sessions } = await listSessions({
        ...placeOf(flags),
        limit: MOST_SESSIONS,
        ...text === "" ? {} : { text },
      });
      await output.stderr(
        sessions.length === 0
          ? "There is no such session\n"
          : listText(sessions, output.columns, false),
      );
    },
  },
  {
    name: "resume",
    usage: "[SESSION]",
    help: "go on with another session: an id, its beginning, a title, or last",
    values: sessionNames,
    run: async ({ flags, choose }, name) => {
      const meant = name !== "" ? name : await choose?.();
      if (meant === undefined) {
        if (choose !== undefined) return;
        throw new UsageError(
          "Cannot resume without a session: there is no terminal to choose at",
          "Name one: :resume SESSION; see them with :sessions",
        );
      }
      // One that is not there must not end the session that runs.
      const { id } = await foundSession(meant, flags);
      return { reopen: other(flags, { resume: id }) };
    },
  },
  {
    name: "fork",
    help: "go on in a copy of this session; the original stays as it is",
    run: ({ session, flags }) => {
      if (session.id === undefined || session.turnCount === 0) {
        throw new UsageError("Cannot fork: this session has no turn yet");
      }
      return { reopen: other(flags, { resume: session.id, fork: true }) };
    },
  },
  {
    name: "clear",
    aliases: ["new"],
    help: "begin a new session; this one can be resumed",
    run: ({ flags }) => ({ reopen: other(flags, {}) }),
  },
  {
    name: "retry",
    help: "send the last prompt once more",
    run: ({ lastPrompt }) => ({
      send: present(lastPrompt, "send it again", "there was no prompt yet"),
    }),
  },
  {
    name: "edit",
    aliases: ["editor"],
    usage: "[TEXT]",
    help: "write a prompt in $VISUAL or $EDITOR",
    run: async ({ edit }, text) => {
      const open = present(edit, "open an editor", "there is no terminal");
      return { write: await open(text) };
    },
  },
  {
    name: "multi",
    help: "write a prompt of several lines, up to a line :end",
    run: async ({ output, readLine }) => {
      await output.stderr(styled("dim", "a line :end ends the prompt\n"));
      const lines: string[] = [];
      for (;;) {
        const line = await readLine();
        if (line === undefined || line.trim() === ":end") break;
        lines.push(line);
      }
      return { send: lines.join("\n") };
    },
  },
  {
    name: "save",
    usage: "FILE",
    help: "write the last answer to a new file",
    run: async ({ output, lastAnswer }, path) => {
      const text = present(lastAnswer, "save it", NO_ANSWER);
      await refuseExisting(path);
      await writeWhole(path, [text.endsWith("\n") ? text : `${text}\n`], {
        mode: 0o600,
      });
      await output.stderr(`Saved to ${path}\n`);
    },
  },
  {
    name: "copy",
    help:
      "copy the last answer to the clipboard, if the terminal lets programs",
    run: async ({ output, lastAnswer }) => {
      if (!output.terminals.stderr) {
        throw new UsageError("Cannot copy: there is no terminal");
      }
      const text = present(lastAnswer, "copy it", NO_ANSWER);
      await output.writeStderr(clipboardSequence(text));
      await output.stderr(
        `Copied ${text.length} characters, if this terminal takes OSC 52\n`,
      );
    },
  },
  {
    name: "export",
    usage: "FILE",
    help: "write this session to a new file: .md, .html or .jsonl",
    run: async ({ session, output, flags }, path) => {
      const format = formatOf(path);
      if (session.id === undefined || session.turnCount === 0) {
        throw new UsageError("Cannot export: this session has no turn yet");
      }
      await refuseExisting(path);
      const place = placeOf({ ...flags, all: true });
      await writeWhole(path, exportSession(session.id, { ...place, format }), {
        mode: 0o600,
      });
      await output.stderr(`Exported to ${path}\n`);
    },
  },
  {
    name: "json",
    usage: "on|off",
    help: "print the events of each turn as lines of JSON",
    values: () => VALUES_OF_SWITCH,
    run: ({ settings }, value) => {
      settings.isJson = oneOf(VALUES_OF_SWITCH, value, "a switch") === "on";
    },
  },
  {
    name: "show",
    usage: "full|brief",
    help: "show thinking and results of tools, or a line for each tool",
    values: () => DETAILS,
    run: ({ settings }, value) => {
      settings.detail = oneOf(DETAILS, value, "how much is shown");
    },
  },
];

const NO_ANSWER = "there is no answer yet";

/** What sets the clipboard of a terminal. */
export function clipboardSequence(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return `\x1b]52;c;${bytes.toBase64()}\x07`;
}

function present<T>(value: T | undefined, what: string, why: string): T {
  if (value !== undefined) return value;
  throw new UsageError(`Cannot ${what}: ${why}`);
}

function oneOf<T extends string>(
  values: readonly T[],
  given: string,
  what: string,
): T {
  const value = values.find((each) => each === given);
  if (value !== undefined) return value;
  const near = closest(given, values);
  throw new UsageError(
    `Cannot use ${JSON.stringify(given)} as ${what}: ${
      near === undefined
        ? `expected ${values.join(", ")}`
        : `did you mean "${near}"?`
    }`,
  );
}

/** The flags of another session. */
function other(flags: Flags, change: Partial<Flags>): Flags {
  const { continue: _, resume: _resume, fork: _fork, ...others } = flags;
  return { ...others, ...change };
}

/**
 * Opens the session again with another policy, which a running one cannot change: so what is
 * allowed and denied is what the flags say, by the same way.
 */
function changed(
  { id, turnCount }: ReplContext["session"],
  flags: Flags,
): ReplStep {
  const isBegun = id !== undefined && turnCount > 0;
  return { reopen: isBegun ? other(flags, { resume: id }) : flags };
}

function rulesText(rules: readonly string[] | undefined): string {
  return rules === undefined
    ? "There are none\n"
    : rules.map((rule) => `  ${rule}\n`).join("");
}

async function sessionNames(
  { flags }: Pick<ReplContext, "flags">,
): Promise<readonly string[]> {
  const { sessions } = await listSessions({
    ...placeOf(flags),
    limit: MOST_SESSIONS,
  });
  return ["last", ...sessions.map(({ id }) => id)];
}

function formatOf(path: string): "markdown" | "html" | "jsonl" {
  const ending = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase();
  if (ending === "md" || ending === "markdown") return "markdown";
  if (ending === "html" || ending === "jsonl") return ending;
  throw new UsageError(
    `Cannot export to ${JSON.stringify(path)}: expected .md, .html or .jsonl`,
  );
}

async function refuseExisting(path: string): Promise<void> {
  const found = await Deno.lstat(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
  if (found === undefined) return;
  throw new UsageError(
    `Cannot write ${JSON.stringify(path)}: it exists already`,
    "Name another file, or remove that one first",
  );
}
