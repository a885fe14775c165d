/**
 * The schema of scenario files: validates them, and is converted to the JSON Schema for editors. It
 * is typed by the interfaces of scenarios, so that a missing or wrong field schema does not
 * compile.
 *
 * @module
 */

import * as v from "valibot";
import type {
  BackgroundStep,
  During,
  GrandchildStep,
  Heard,
  Ignored,
  Json,
  JsonObject,
  PlainStep,
  ProcessScript,
  PromptScript,
  Scenario,
  ScriptedAnswer,
  ScriptedSignal,
  ScriptedToolCall,
  ScriptedUsage,
  SpoilStep,
  Step,
  TextMatch,
} from "./scenario.ts";

/** A schema for each field of `T`; `maybe(…)` for an optional one. */
type EntriesOf<T> = {
  readonly [K in keyof T]-?: Record<string, never> extends Pick<T, K>
    ? v.ExactOptionalSchema<
      v.GenericSchema<Exclude<T[K], undefined>>,
      undefined
    >
    : v.GenericSchema<T[K]>;
};

const maybe = <T>(schema: v.GenericSchema<T>) => v.exactOptional(schema);

/** Names of the fields of each defined object. */
const FIELDS = new Map<string, readonly string[]>();

function object<T>(
  name: string,
  description: string,
  entries: EntriesOf<T>,
): v.GenericSchema<T> {
  FIELDS.set(name, Object.keys(entries));
  return v.pipe(
    v.strictObject(entries as unknown as v.ObjectEntries),
    v.description(description),
  ) as unknown as v.GenericSchema<T>;
}

/** Returns the fields that an object may have: the scenario, a process, or a step. */
export function fieldsOf(name: string): readonly string[] {
  return FIELDS.get(name) ?? [];
}

const string = v.string();
const boolean = v.boolean();
const whole = v.pipe(v.number(), v.integer());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const ms = v.pipe(v.number(), v.minValue(0));
const amount = v.pipe(v.number(), v.minValue(0));
const json = v.unknown() as unknown as v.GenericSchema<Json>;
const jsonObject = v.record(
  v.string(),
  v.unknown(),
) as unknown as v.GenericSchema<JsonObject>;
const oneOf = <const T extends string>(...options: readonly T[]) =>
  v.picklist(options);
const either = <T>(...options: readonly v.GenericSchema<T>[]) =>
  v.union(options) as unknown as v.GenericSchema<T>;
const list = <T>(item: v.GenericSchema<T>) =>
  v.array(item) as unknown as v.GenericSchema<readonly T[]>;

const textMatch = either<TextMatch>(
  string as v.GenericSchema<TextMatch>,
  object<{ readonly contains: string }>(
    "match.contains",
    "The text has this part",
    { contains: string },
  ),
  object<{ readonly pattern: string; readonly flags?: string }>(
    "match.pattern",
    "The text is as a regular expression says",
    {
      pattern: v.pipe(
        string,
        v.check(
          isPattern,
          "Invalid pattern: Expected a regular expression",
        ),
      ),
      flags: maybe(string),
    },
  ),
);

function isPattern(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}

const heard: v.GenericSchema<Heard> = oneOf(
  "prompt",
  "answer",
  "tool_result",
  "tool_input",
);
const ignored: v.GenericSchema<Ignored> = oneOf(
  "sigterm",
  "sigint",
  "eof",
  "interrupt",
);
const signal: v.GenericSchema<ScriptedSignal> = oneOf(
  "SIGABRT",
  "SIGHUP",
  "SIGINT",
  "SIGKILL",
  "SIGSEGV",
  "SIGTERM",
);

const plainSteps: v.GenericSchema<readonly PlainStep[]> = list(
  v.lazy(() => plainStep),
);
const steps: v.GenericSchema<readonly Step[]> = list(v.lazy(() => step));

const deltas: v.GenericSchema<number | readonly string[]> = either<
  number | readonly string[]
>(
  count as v.GenericSchema<number | readonly string[]>,
  list(string) as v.GenericSchema<number | readonly string[]>,
);

const deltaOptions = {
  deltas: maybe(deltas),
  repeat: maybe(count),
  pauseMs: maybe(ms),
  during: maybe(
    object<During>("during", "Steps in the middle of the block", {
      after: count,
      steps: plainSteps,
    }),
  ),
};

const usage = object<ScriptedUsage>(
  "usage counts",
  "Token counts and cost of a message",
  {
    inputTokens: maybe(count),
    outputTokens: maybe(count),
    cacheReadTokens: maybe(count),
    cacheCreationTokens: maybe(count),
    costUsd: maybe(amount),
  },
);

const toolCall = object<ScriptedToolCall>("call", "A call of a tool", {
  name: string,
  input: jsonObject,
  id: maybe(string),
  asks: maybe(boolean),
  request: maybe(jsonObject),
  output: maybe(
    either<string | readonly JsonObject[]>(
      string as v.GenericSchema<string | readonly JsonObject[]>,
      list(jsonObject) as v.GenericSchema<string | readonly JsonObject[]>,
    ),
  ),
  template: maybe(boolean),
  isError: maybe(boolean),
  result: maybe(json),
  deltas: maybe(deltas),
  running: maybe(plainSteps),
  refused: maybe(steps),
});

const background = object<BackgroundStep>(
  "background",
  "Starts a task beside the conversation; `wakeUp` is the turn that nobody asked for",
  {
    do: v.literal("background"),
    taskId: maybe(string),
    description: string,
    steps: plainSteps,
    status: maybe(oneOf("completed", "failed", "stopped")),
    wakeUp: maybe(steps),
  },
);

type Named<S extends Step["do"]> = Extract<Step, { readonly do: S }>;

/** Steps that have two forms, which differ in the steps that they may contain. */
type Outer = "when";

/** Every step that is allowed anywhere. */
const PLAIN: {
  readonly [K in Exclude<PlainStep["do"], Outer>]: v.GenericSchema<Named<K>>;
} = {
  api_retry: object("api_retry", "Announces another attempt to reach the API", {
    do: v.literal("api_retry"),
    attempt: maybe(count),
    maxRetries: maybe(count),
    delayMs: maybe(ms),
    status: maybe(v.nullable(whole)),
    error: maybe(string),
  }),
  rate_limit: object("rate_limit", "News about a rate limit", {
    do: v.literal("rate_limit"),
    info: maybe(jsonObject),
  }),
  line: object("line", "Writes an object as a line, whatever its shape", {
    do: v.literal("line"),
    line: jsonObject,
    bare: maybe(boolean),
    paddingBytes: maybe(count),
  }),
  write: object("write", "Writes text to stdout as it is", {
    do: v.literal("write"),
    text: string,
  }),
  write_bytes: object("write_bytes", "Writes bytes to stdout as they are", {
    do: v.literal("write_bytes"),
    base64: v.pipe(string, v.base64()),
  }),
  stderr: object("stderr", "Writes to stderr, up to a number of bytes", {
    do: v.literal("stderr"),
    text: string,
    bytes: maybe(count),
  }),
  request: object("request", "Sends a control request to the host", {
    do: v.literal("request"),
    request: jsonObject,
    id: maybe(string),
    wait: maybe(boolean),
    onSuccess: maybe(plainSteps),
    onError: maybe(plainSteps),
  }),
  cancel: object("cancel", "Withdraws a request; without an id the last one", {
    do: v.literal("cancel"),
    id: maybe(string),
  }),
  chunks: object(
    "chunks",
    "Writes lines in pieces of so many bytes; 0 ends it",
    {
      do: v.literal("chunks"),
      bytes: count,
    },
  ),
  spoil: object<SpoilStep>("spoil", "Spoils a line of stdout, once", {
    do: v.literal("spoil"),
    how: oneOf("twice", "late", "lost", "half"),
    type: maybe(string),
  }),
  pause: object("pause", "Waits, in milliseconds", {
    do: v.literal("pause"),
    ms,
  }),
  gate: object("gate", "Waits until the test releases it", {
    do: v.literal("gate"),
    name: string,
  }),
  await_prompt: object(
    "await_prompt",
    "Waits until there is a prompt that no turn has taken",
    { do: v.literal("await_prompt") },
  ),
  mark: object("mark", "Tells the test that this place was reached", {
    do: v.literal("mark"),
    name: string,
  }),
  silence: object("silence", "Never goes on", {
    do: v.literal("silence"),
    deaf: maybe(boolean),
  }),
  exit: object("exit", "Ends the process", {
    do: v.literal("exit"),
    code: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)),
  }),
  kill: object("kill", "Ends the process by a signal", {
    do: v.literal("kill"),
    signal,
  }),
  ignore: object("ignore", "Takes away the effect of a signal or an end", {
    do: v.literal("ignore"),
    what: ignored,
  }),
  grandchild: object<GrandchildStep>(
    "grandchild",
    "Starts a process that waits for ever; not in memory",
    {
      do: v.literal("grandchild"),
      ownGroup: maybe(boolean),
      holdsOutput: maybe(boolean),
      cleanedUp: maybe(boolean),
    },
  ),
  file: object("file", "Writes a file into the folder of the stand-in", {
    do: v.literal("file"),
    name: v.pipe(string, v.regex(/^[\w.-]+$/)),
    text: string,
  }),
  close_stdout: object("close_stdout", "Closes stdout and goes on", {
    do: v.literal("close_stdout"),
  }),
  stop_reading: object("stop_reading", "Reads no more input", {
    do: v.literal("stop_reading"),
  }),
  usage: object("usage", "Token counts and cost of the next message", {
    do: v.literal("usage"),
    usage,
  }),
  background,
};

/** Every step that is allowed only in a turn. */
const IN_TURNS: {
  readonly [K in Exclude<Step["do"], PlainStep["do"]>]: v.GenericSchema<
    Named<K>
  >;
} = {
  text: object("text", "A block of text in the reply", {
    do: v.literal("text"),
    text: string,
    template: maybe(boolean),
    ...deltaOptions,
  }),
  thinking: object("thinking", "A block of thinking in the reply", {
    do: v.literal("thinking"),
    text: string,
    signature: maybe(string),
    ...deltaOptions,
  }),
  redacted_thinking: object(
    "redacted_thinking",
    "A block of encrypted thinking",
    { do: v.literal("redacted_thinking"), data: string },
  ),
  tool_calls: object("tool_calls", "Calls of tools, and their results", {
    do: v.literal("tool_calls"),
    calls: v.pipe(
      list(toolCall),
      v.minLength(1, "Invalid list: Expected at least one call"),
    ) as unknown as v.GenericSchema<readonly ScriptedToolCall[]>,
    overlap: maybe(boolean),
  }),
  result: object("result", "Ends the turn in another way than well", {
    do: v.literal("result"),
    subtype: maybe(string),
    fields: maybe(jsonObject),
  }),
  api_error: object(
    "api_error",
    "The API fails for good, which ends the turn",
    {
      do: v.literal("api_error"),
      status: v.nullable(whole),
      error: string,
      text: string,
      errorType: maybe(string),
      terminalReason: maybe(string),
      stopReason: maybe(string),
      limit: maybe(jsonObject),
    },
  ),
  refusal: object("refusal", "The model refuses, which ends the turn", {
    do: v.literal("refusal"),
    text: maybe(string),
  }),
  broken_stream: object(
    "broken_stream",
    "The stream of a reply breaks off; the next steps are the second attempt",
    { do: v.literal("broken_stream"), text: string },
  ),
  no_result: object("no_result", "Ends the turn without a result", {
    do: v.literal("no_result"),
  }),
};

function whenOf<S>(inner: v.GenericSchema<readonly S[]>) {
  return object("when", "Goes on in one of two ways, by what was said", {
    do: v.literal("when"),
    heard,
    is: textMatch,
    then: inner,
    otherwise: maybe(inner),
  });
}

type Variants = Parameters<typeof v.variant<"do", v.VariantOptions<"do">>>[1];

const variant = <T>(...options: readonly v.GenericSchema<T>[]) =>
  v.variant(
    "do",
    options as unknown as Variants,
  ) as unknown as v.GenericSchema<T>;

const plainStep: v.GenericSchema<PlainStep> = variant<PlainStep>(
  ...Object.values(PLAIN) as unknown as v.GenericSchema<PlainStep>[],
  whenOf(plainSteps) as unknown as v.GenericSchema<PlainStep>,
);

const step: v.GenericSchema<Step> = variant<Step>(
  ...Object.values(IN_TURNS) as unknown as v.GenericSchema<Step>[],
  ...Object.values(PLAIN) as unknown as v.GenericSchema<Step>[],
  whenOf(steps) as unknown as v.GenericSchema<Step>,
);

const answerFaults = {
  times: maybe(count),
  delayMs: maybe(ms),
  requestId: maybe(string),
};

type AnswerNamed<A extends ScriptedAnswer["answer"]> = Extract<
  ScriptedAnswer,
  { readonly answer: A }
>;

const scriptedAnswer = v.variant("answer", [
  object<AnswerNamed<"success">>("answer success", "An answer of success", {
    answer: v.literal("success"),
    response: maybe(jsonObject),
    ...answerFaults,
  }),
  object<AnswerNamed<"error">>("answer error", "An answer of failure", {
    answer: v.literal("error"),
    error: string,
    errorCode: maybe(string),
    ...answerFaults,
  }),
  object<AnswerNamed<"none">>("answer none", "No answer at all", {
    answer: v.literal("none"),
  }),
  object<AnswerNamed<"gate">>(
    "answer gate",
    "The usual answer, once a gate is released",
    { answer: v.literal("gate"), name: string },
  ),
] as never) as unknown as v.GenericSchema<ScriptedAnswer>;

const process = object<ProcessScript>(
  "process",
  "What one process does, from its start to its end",
  {
    beforeInput: maybe(plainSteps),
    onPrompt: maybe(
      list(
        object<PromptScript>("onPrompt", "A turn for prompts of a kind", {
          prompt: textMatch,
          turn: steps,
          times: maybe(count),
        }),
      ),
    ),
    turns: maybe(list(steps)),
    forEveryPrompt: maybe(steps),
    onInterrupt: maybe(plainSteps),
    atEndOfInput: maybe(plainSteps),
    init: maybe(jsonObject),
    initialize: maybe(jsonObject),
    answers: maybe(
      v.record(string, scriptedAnswer) as unknown as v.GenericSchema<
        { readonly [subtype: string]: ScriptedAnswer }
      >,
    ),
    ignore: maybe(list(ignored)),
    fold: maybe(boolean),
  },
);

/** Contents of a file: a scenario, and the URL of its schema for editors. */
export interface ScenarioFile extends Scenario {
  /** URL of the JSON Schema, for editors. */
  readonly $schema?: string;
}

/** The schema of a file. */
export const scenarioFile: v.GenericSchema<ScenarioFile> = object<ScenarioFile>(
  "scenario",
  "A scenario: what each started process does",
  {
    $schema: maybe(string),
    processes: v.pipe(
      list(process),
      v.minLength(1, "Invalid list: Expected at least one process"),
    ) as unknown as v.GenericSchema<readonly ProcessScript[]>,
    seed: maybe(string),
    version: maybe(
      v.pipe(
        string,
        v.regex(
          /^\d+\.\d+\.\d+$/,
          'Invalid version: Expected one such as "2.1.332"',
        ),
      ),
    ),
    startTime: maybe(
      v.pipe(
        string,
        v.check(
          (text) => !Number.isNaN(Date.parse(text)),
          'Invalid time: Expected one such as "2026-01-01T00:00:00.000Z"',
        ),
      ),
    ),
    environment: maybe(list(string)),
  },
);

/** Names of all steps, in the order of the docs. */
export const STEP_NAMES: readonly string[] = [
  ...Object.keys(IN_TURNS),
  ...Object.keys(PLAIN),
  "when",
];
