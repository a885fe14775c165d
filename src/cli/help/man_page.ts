/**
 * The manual as a man page, from the tables of the help. Pure.
 *
 * @module
 */

import { type CommandName, COMMANDS } from "../flags/command_names.ts";
import { FLAG_LIST } from "../flags/flags.ts";
import { flagText, OVERVIEW, USAGE } from "./help.ts";
import { TOPICS } from "./topics.ts";

/** Returns the page in roff. */
export function manPage(version: string): string {
  const commands = Object.entries(COMMANDS) as [CommandName, string][];
  return [
    `.TH CLAUDESTREAM 1 "" ${
      quoted(`claudestream ${version}`)
    } "User Commands"`,
    ".SH NAME",
    "claudestream \\- talk to Claude Code from the command line",
    ".SH SYNOPSIS",
    ".B claudestream",
    ".I COMMAND",
    "[flags]",
    ".SH EXAMPLES",
    ...verbatim(OVERVIEW.replace(/^[^]*?Examples\n/, "")),
    ".SH COMMANDS",
    ...commands.flatMap(([name, about]) => [
      `.SS ${quoted(`claudestream ${USAGE[name].usage}`)}`,
      `${text(about)}.`,
      ...verbatim(USAGE[name].examples),
    ]),
    ".SH FLAGS",
    ...FLAG_LIST.flatMap(([, spec]) => [
      ".TP",
      `.B ${quoted(flagText(spec).trim())}`,
      `${text(spec.help)}.`,
      ...spec.commands === undefined
        ? []
        : [`With ${text(spec.commands.join(", "))}.`],
    ]),
    ...Object.entries(TOPICS).flatMap(([name, body]) => [
      `.SH ${quoted(name.replaceAll("-", " ").toUpperCase())}`,
      ...verbatim(body),
    ]),
    "",
  ].join("\n");
}

/** Lines as they are. */
function verbatim(lines: string): string[] {
  return [".PP", ".nf", ...lines.trimEnd().split("\n").map(text), ".fi"];
}

/** Escapes what roff would read: backslashes, hyphens, and requests at the beginning of a line. */
function text(line: string): string {
  const plain = line.replaceAll("\\", "\\e").replaceAll("-", "\\-")
    .replaceAll("'", "\\(aq").replaceAll("`", "\\(ga").replaceAll("^", "\\(ha")
    .replaceAll("~", "\\(ti");
  const ascii = plain.replace(/\P{ASCII}/gu, (char) => {
    const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase();
    return `\\[u${code.padStart(4, "0")}]`;
  });
  return ascii.startsWith(".") ? `\\&${ascii}` : ascii;
}

/** An argument of a request. */
function quoted(argument: string): string {
  return `"${text(argument).replaceAll('"', "\\(dq")}"`;
}
