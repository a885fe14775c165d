/** Plays scenarios in memory, with a host that reacts to the lines it receives. */

import type { PlayerOutput } from "./player/output.ts";
import { Player } from "./player.ts";
import type { JsonObject, Scenario } from "./scenario.ts";

/** A line in the form that tests inspect. */
// deno-lint-ignore no-explicit-any -- the shapes are what is under test
export type Line = any;

export const BASE = [
  "-p",
  "--output-format",
  "stream-json",
  "--input-format",
  "stream-json",
  "--verbose",
];
export const PARTIAL = [...BASE, "--include-partial-messages"];
export const ASKING = [...BASE, "--permission-prompt-tool", "stdio"];
export const BYPASS = [...BASE, "--dangerously-skip-permissions"];

/** A scenario to play in memory, and how its host reacts. */
export interface Play {
  readonly scenario: Scenario;
  readonly arguments: readonly string[];
  /** Lines that the host sends at the start. */
  readonly first: readonly JsonObject[];
  /** Returns lines that the host sends in response to a line. */
  readonly reply?: (line: Line) => readonly JsonObject[];
  /** Returns lines that the host sends when a gate is reached, before it opens. */
  readonly atGate?: (name: string) => readonly JsonObject[];
}

export interface Played {
  readonly lines: readonly Line[];
  readonly outputs: readonly PlayerOutput[];
  readonly code: number | undefined;
}

export function play(options: Play): Played {
  const player = new Player(options.scenario, {
    arguments: options.arguments,
    start: 0,
    workingDirectory: "/work",
    pid: 1,
    fallbackSeed: "test",
  });
  const lines: Line[] = [];
  const outputs: PlayerOutput[] = [];
  let ended = false;
  const send = (list: readonly JsonObject[]) => {
    for (const line of list) player.receive(JSON.stringify(line));
  };
  send(options.first);
  for (;;) {
    const output = player.next();
    if (output === undefined) {
      if (ended) return { lines, outputs, code: undefined };
      ended = true;
      player.endInput();
      continue;
    }
    outputs.push(output);
    switch (output.do) {
      case "line": {
        const line = JSON.parse(output.line);
        lines.push(line);
        send(options.reply?.(line) ?? []);
        break;
      }
      case "pause":
        player.resume(output.key);
        break;
      case "gate":
        send(options.atGate?.(output.name) ?? []);
        player.resume(output.key);
        break;
      case "exit":
        return { lines, outputs, code: output.code };
    }
  }
}

export function prompt(content: string, uuid?: string): JsonObject {
  return {
    type: "user",
    message: { role: "user", content },
    parent_tool_use_id: null,
    session_id: "",
    uuid,
  };
}

export function initialize(fields: JsonObject): JsonObject {
  const request = { subtype: "initialize", ...fields };
  return { type: "control_request", request_id: "req-1", request };
}

export function interrupt(id = "req-1"): JsonObject {
  const request = { subtype: "interrupt" };
  return { type: "control_request", request_id: id, request };
}

/** Answers every request of one kind with the same payload. */
export function answering(
  subtype: string,
  response: (request: Line) => JsonObject,
): (line: Line) => readonly JsonObject[] {
  return (line) => {
    if (line.type !== "control_request") return [];
    if (line.request.subtype !== subtype) return [];
    return [{
      type: "control_response",
      response: {
        subtype: "success",
        request_id: line.request_id,
        response: response(line.request),
      },
    }];
  };
}

/** Sends another prompt after each of the first results. */
export function afterResult(
  count: number,
  next: JsonObject,
): (line: Line) => readonly JsonObject[] {
  let left = count;
  return (line) => line.type === "result" && left-- > 0 ? [next] : [];
}

export function both(
  one: (line: Line) => readonly JsonObject[],
  other: (line: Line) => readonly JsonObject[],
): (line: Line) => readonly JsonObject[] {
  return (line) => [...one(line), ...other(line)];
}

export const touch = (command: string) =>
  ({ command, description: "demo" }) as const;
export const blocked = { request: { blocked_path: "/work/made.txt" } } as const;
