/**
 * What is compared: by subject, what the official SDK names, what we have, and what is left
 * out on purpose.
 *
 * @module
 */

import { CALLS } from "../src/control/fixtures/calls.ts";
import { initializeInfo } from "../src/control/initialize.ts";
import { LiveControl } from "../src/session/live_control.ts";
import { McpControl } from "../src/control/mcp.ts";
import { TaskControl } from "../src/control/tasks.ts";
import { HOOK_INPUTS, type HookEvent } from "../src/hooks/inputs.ts";
import { outputSchema } from "../src/hooks/outputs.ts";
import { COMMON } from "../src/messages/_define.ts";
import type { Entries } from "../src/messages/_shapes.ts";
import { KINDS } from "../src/messages/mod.ts";
import { EFFORT } from "../src/options/option_kinds.ts";
import { AGENT, PERMISSION_MODE } from "../src/options/tool_kinds.ts";
import { OPTION_NAMES } from "../src/options/table.ts";
import { AsyncSession } from "../src/session/async_session.ts";
import { BUILTIN_SCHEMAS } from "../src/messages/builtin_schemas.ts";
import { BUILTIN_TOOLS } from "../src/messages/builtin_tools.ts";
import { ASKED, HANDSHAKE } from "./_answered_requests.ts";
import type { CliLists } from "./_cli_lists.ts";
import type { Declarations, Paths } from "./_declarations.ts";
import { FieldsByName, type Sdk, type Subject } from "./_drift_subject.ts";
import { WirePaths } from "./_wire_paths.ts";
import * as leftOut from "./drift_left_out.ts";
import { KNOWN_VALUES } from "./drift_values.ts";

/** All subjects that the SDK declares. */
export function sdkSubjects(sdk: Sdk): readonly Subject[] {
  const texts: FieldsByName["texts"] = [];
  return [
    ...messageSubjects(sdk.main, texts),
    ...controlSubjects(sdk.main, texts),
    ...optionSubjects(sdk.main),
    ...hookSubjects(sdk.main, texts),
    ...toolSubjects(sdk, texts),
    // After those that say which fields there are.
    valueSubject(sdk.main, texts),
    methodSubject(sdk.main),
  ];
}

/** The messages of the SDK by their name on the wire, `system/init`. */
function messagesOf(sdk: Declarations): readonly (readonly [string, Paths])[] {
  return sdk.members("StdoutMessage").flatMap((name) => {
    const paths = sdk.paths(name);
    const [type = ""] = paths.get("type") ?? [];
    if (type !== "system") return [[type, paths] as const];
    return [...paths.get("subtype") ?? []].map((subtype) =>
      [`system/${subtype}`, paths] as const
    );
  });
}

const OUR_MESSAGES: ReadonlyMap<string, Entries> = new Map(
  Object.values(KINDS).map(({ wireType, wireSubtype, entries }) => [
    wireSubtype === undefined ? wireType : `${wireType}/${wireSubtype}`,
    entries,
  ]),
);

function messageSubjects(
  sdk: Declarations,
  texts: FieldsByName["texts"],
): readonly Subject[] {
  const messages = messagesOf(sdk);
  const fields = new FieldsByName();
  for (const [name, theirs] of messages) {
    const entries = OUR_MESSAGES.get(name);
    if (entries === undefined) continue;
    fields.add(
      name,
      theirs,
      new WirePaths().add("type", "subtype").addEntries(COMMON)
        .addEntries(entries),
    );
  }
  texts.push(...fields.texts);
  return [{
    title: "Messages",
    theirs: messages.map(([name]) => name),
    has: (name) => OUR_MESSAGES.has(name),
    leftOut: leftOut.LINES_LEFT_OUT,
    todo: "type it in src/messages",
  }, {
    title: "Fields of messages",
    theirs: [...fields.theirs],
    has: fields.has,
    leftOut: leftOut.MESSAGE_FIELDS_LEFT_OUT,
    todo: "type it in src/messages",
  }];
}

/** Answers whose types have other names than their requests. */
const ANSWERS: Readonly<Record<string, string>> = {
  mcp_set_servers: "McpSetServersResult",
  rewind_files: "RewindFilesResult",
};

function controlSubjects(
  sdk: Declarations,
  texts: FieldsByName["texts"],
): readonly Subject[] {
  const requests = sdk.members("SDKControlRequestInner").map((name) => {
    const paths = sdk.paths(name);
    const [subtype = ""] = paths.get("subtype") ?? [];
    return { name, subtype, paths };
  });
  const fields = new FieldsByName();
  const answers = new FieldsByName();
  for (const { name, subtype, paths } of requests) {
    const calls = CALLS.filter(({ call }) => call.subtype === subtype);
    const ours = OUR_REQUESTS.get(subtype);
    if (ours === undefined) continue;
    fields.add(subtype, paths, ours);
    const answer = ANSWERS[subtype] ?? name.replace(/Request$/, "Response");
    if (!sdk.has(answer)) continue;
    const schemas = subtype === "initialize"
      ? [initializeInfo]
      : calls.flatMap(({ call }) => call.answer ?? []);
    const read = new WirePaths();
    for (const schema of schemas) read.addSchema(schema);
    answers.add(subtype, sdk.paths(answer), read);
  }
  texts.push(
    ...fields.texts,
    ...answers.texts.map(([name, values]) =>
      [`answer of ${name}`, values] as const
    ),
  );
  return [{
    title: "Control requests",
    theirs: requests.map(({ subtype }) => subtype),
    has: (name) => OUR_REQUESTS.has(name),
    leftOut: leftOut.CONTROL_REQUESTS_LEFT_OUT,
    todo: "make it in src/control, or answer it in src/decode/line.ts",
  }, {
    title: "Fields of control requests",
    theirs: [...fields.theirs],
    has: fields.has,
    leftOut: leftOut.REQUEST_FIELDS_LEFT_OUT,
    todo: "send it in src/control, or read it in src/events",
  }, {
    title: "Fields of the answers to control requests",
    theirs: [...answers.theirs],
    has: answers.has,
    leftOut: leftOut.ANSWER_FIELDS_LEFT_OUT,
    todo: "read it in src/control",
  }];
}

/** The fields of each request, by its name. */
const OUR_REQUESTS: ReadonlyMap<string, WirePaths> = new Map([
  ...Object.entries(ASKED),
  ...CALLS.map(({ call: { subtype, payload } }) =>
    [subtype, new WirePaths().addOpen(...Object.keys(payload))] as const
  ),
  ["initialize", new WirePaths().addOpen(...HANDSHAKE)] as const,
  // What the start of a process asks: src/verification/needs.ts.
  ["get_binary_version", new WirePaths()] as const,
].map(([name, paths]) => [name, paths.add("subtype")]));

function optionSubjects(sdk: Declarations): readonly Subject[] {
  const agent = sdk.fields("AgentDefinition").map((name) => `agents.${name}`);
  return [{
    title: "Options",
    theirs: sdk.fields("Options"),
    has: (name) => OPTION_NAMES.has(leftOut.OPTIONS_RENAMED[name] ?? name),
    leftOut: leftOut.OPTIONS_LEFT_OUT,
    todo: "add it to SessionOptions",
  }, {
    title: "Fields of the option agents",
    theirs: agent,
    has: (name) => Object.hasOwn(AGENT, name.slice("agents.".length)),
    leftOut: leftOut.AGENT_FIELDS_LEFT_OUT,
    todo: "add it to AgentSpec",
  }];
}

function hookSubjects(
  sdk: Declarations,
  texts: FieldsByName["texts"],
): readonly Subject[] {
  const inputs = new FieldsByName();
  const outputs = new FieldsByName();
  const events = sdk.members("HookInput").map((name) => {
    const theirs = sdk.paths(name);
    const [event = ""] = theirs.get("hook_event_name") ?? [];
    if (!Object.hasOwn(HOOK_INPUTS, event)) return event;
    const known = event as HookEvent;
    inputs.add(
      event,
      theirs,
      new WirePaths().addEntries(HOOK_INPUTS[known].entries),
    );
    return event;
  });
  const general = new WirePaths().addSchema(outputSchema("PreToolUse"))
    .addOpen("hookSpecificOutput");
  outputs.add("all", sdk.paths("SyncHookJSONOutput"), general);
  for (const name of sdk.members("SyncHookJSONOutput.hookSpecificOutput")) {
    const theirs = sdk.paths(name);
    const [event = ""] = theirs.get("hookEventName") ?? [];
    if (!Object.hasOwn(HOOK_INPUTS, event)) continue;
    const specific = new WirePaths().addSchema(
      outputSchema(event as HookEvent),
    ).within("hookSpecificOutput");
    outputs.add(event, theirs, specific);
  }
  texts.push(
    ...inputs.texts,
    ...outputs.texts.map(([name, values]) =>
      [`output of ${name}`, values] as const
    ),
  );
  return [{
    title: "Hook events",
    theirs: [...new Set([...events, ...sdk.texts("HookEvent")])],
    has: (name) => Object.hasOwn(HOOK_INPUTS, name),
    leftOut: {},
    todo: "type it in src/hooks",
  }, {
    title: "Fields of hook inputs",
    theirs: [...inputs.theirs],
    has: inputs.has,
    leftOut: leftOut.HOOK_INPUTS_LEFT_OUT,
    todo: "type it in src/hooks",
  }, {
    title: "Fields of hook outputs",
    theirs: [...outputs.theirs],
    has: outputs.has,
    leftOut: leftOut.HOOK_OUTPUTS_LEFT_OUT,
    todo: "take it in src/hooks/outputs.ts",
  }];
}

/** Tools whose input types have other names than they. */
const TOOL_NAMES: Readonly<Record<string, string>> = {
  FileEdit: "Edit",
  FileRead: "Read",
  FileWrite: "Write",
};

function isInput(name: string): boolean {
  return name.endsWith("Input");
}

function toolSubjects(
  { main, tools }: Sdk,
  texts: FieldsByName["texts"],
): readonly Subject[] {
  const schemas: Readonly<
    Record<string, Parameters<WirePaths["addSchema"]>[0]>
  > = BUILTIN_SCHEMAS;
  const fields = new FieldsByName();
  const inputs = tools.members("ToolInputSchemas", isInput).map((name) => {
    const given = name.slice(0, -"Input".length);
    const tool = TOOL_NAMES[given] ?? given;
    const schema = schemas[tool];
    if (schema !== undefined) {
      fields.add(tool, tools.paths(name), new WirePaths().addSchema(schema));
    }
    return tool;
  });
  texts.push(...fields.texts);
  return [{
    title: "Tools",
    theirs: main.texts("BUILTIN_TOOL_NAMES"),
    has: (name) => BUILTIN_TOOLS.has(name),
    leftOut: {},
    todo: "put it into src/messages/builtin_tools.ts",
  }, {
    title: "Inputs of tools",
    theirs: inputs,
    has: (name) => schemas[name] !== undefined,
    leftOut: leftOut.TOOL_INPUTS_LEFT_OUT,
    todo: "type it in src/messages/builtin_inputs.ts",
  }, {
    title: "Fields of the inputs of tools",
    theirs: [...fields.theirs],
    has: fields.has,
    leftOut: leftOut.TOOL_FIELDS_LEFT_OUT,
    todo: "type it in src/messages/builtin_inputs.ts",
  }];
}

/** Values that our code tells apart or checks: the list here is the one that it uses. */
const CHECKED_VALUES: Readonly<Record<string, (value: string) => boolean>> = {
  EffortLevel: EFFORT.fits,
  PermissionMode: PERMISSION_MODE.fits,
};

/** Values that name the thing itself, and so are a subject of their own. */
const NAMES: ReadonlySet<string> = new Set([
  "hookEventName",
  "hook_event_name",
  "subtype",
  "type",
]);

/**
 * Modes, reasons, states: what a text can be. We pass most on as they are, so a new one
 * breaks nothing; but somebody has to look whether it changes anything.
 */
function valueSubject(
  sdk: Declarations,
  texts: FieldsByName["texts"],
): Subject {
  const types = sdk.names.filter((name) =>
    name !== "HookEvent" && sdk.isTexts(name)
  ).map((name) => [name, sdk.texts(name)] as const);
  // A type with a name stands for all fields that are of it.
  const named = new Set(types.map(([, values]) => values.join("|")));
  const fields = texts.filter(([name, values]) =>
    !named.has(values.join("|")) &&
    (name === "result.subtype" || !NAMES.has(name.split(".").at(-1) ?? ""))
  );
  const theirs = [...types, ...fields].flatMap(([name, values]) =>
    values.map((value) => `${name}=${value}`)
  );
  const known = new Set(
    Object.entries(KNOWN_VALUES).flatMap(([name, values]) =>
      values.map((value) => `${name}=${value}`)
    ),
  );
  return {
    title: "Values",
    theirs: [...new Set(theirs)],
    has: (full) => {
      const equals = full.indexOf("=");
      const check = CHECKED_VALUES[full.slice(0, equals)];
      return check?.(full.slice(equals + 1)) ?? known.has(full);
    },
    leftOut: {},
    listed: [...known],
    todo:
      "look whether it changes anything, and put it into scripts/drift_values.ts",
  };
}

function methodSubject(sdk: Declarations): Subject {
  const objects: readonly (readonly [string, object])[] = [
    ["", AsyncSession.prototype],
    ["", LiveControl.prototype],
    ["mcp.", McpControl.prototype],
    ["tasks.", TaskControl.prototype],
  ];
  const ours = new Set(
    objects.flatMap(([prefix, prototype]) =>
      Object.getOwnPropertyNames(prototype).map((name) => prefix + name)
    ),
  );
  return {
    title: "Methods of the query object",
    theirs: sdk.methods("Query"),
    has: (name) => ours.has(leftOut.METHODS_RENAMED[name] ?? name),
    leftOut: leftOut.METHODS_LEFT_OUT,
    todo: "add it to src/session/live_control.ts",
  };
}

/** Options that are said to be ours under another name, and are not. */
export const OPTIONS_WITHOUT: readonly string[] = Object.values(
  leftOut.OPTIONS_RENAMED,
).filter((ours) => !OPTION_NAMES.has(ours));

/**
 * What the strings of the CLI name. What the SDK declares as well is compared there.
 *
 * @param sdk The subjects of the SDK.
 */
export function cliSubjects(
  { messages, requests }: CliLists,
  sdk: readonly Subject[],
): readonly Subject[] {
  const declared = new Set(
    sdk.filter(({ title }) =>
      title === "Messages" || title === "Control requests"
    ).flatMap(({ theirs }) => theirs),
  );
  const only = (names: readonly string[]) =>
    names.filter((name) => !declared.has(name));
  return [{
    title: "Messages of the CLI that the SDK does not declare",
    theirs: only(messages),
    has: (name) => OUR_MESSAGES.has(name),
    leftOut: leftOut.CLI_MESSAGES_LEFT_OUT,
    todo: "see what it is, and type it in src/messages",
  }, {
    title: "Control requests of the CLI that the SDK does not declare",
    theirs: only(requests),
    has: (name) => OUR_REQUESTS.has(name),
    leftOut: leftOut.CLI_REQUESTS_LEFT_OUT,
    todo: "see what it is, and make it in src/control",
  }];
}
