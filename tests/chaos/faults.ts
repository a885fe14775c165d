/** The ways in which the scripted Claude goes wrong, and what that may do. */

import { type PlainStep, type Step, step } from "../../src/testing/mod.ts";
import type { Random } from "./random.ts";

/** What a fault may do to the turn that it is in and to those after it. */
export type Effect =
  /** Nothing: every prompt gets its answer. */
  | "harmless"
  /** The process dies: the turn fails, and all after it. */
  | "deadly"
  /** The turn never ends by itself: a time limit ends it. */
  | "stuck"
  /** An answer or an error, but in time. */
  | "doubtful";

/** One way to go wrong. */
export interface Fault {
  readonly effect: Effect;
  /** What happens, in the middle of a turn. */
  readonly steps: readonly PlainStep[];
}

const GARBAGE = [
  "no JSON\n",
  "{\n",
  '"a text"\n',
  "[1, 2]\n",
  "null\n",
  "\n\n\n",
  '{"type":"assistant"}\n',
  '{"type":"stream_event","event":{"type":"content_block_delta"}}\n',
  '{"type":"control_request","request_id":5}\n',
  '{"type":"control_request","request_id":"x","request":{"subtype":"new"}}\n',
  '{"type":"system","subtype":"of_tomorrow","a":[{}]}\n',
  "{}\n",
  `${"[".repeat(20_000)}\n`,
];

const BAD_BYTES = [
  [0xff, 0xfe, 0x0a],
  [0xe5, 0x8f, 0x0a],
  [0x00, 0x0a],
  [0xed, 0xa0, 0x80, 0x0a],
  [0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d, 0x0a],
];

/** Answers and withdrawals without a request, results without a prompt. */
const WRONG_IDS = [
  {
    type: "control_response",
    response: { subtype: "success", request_id: "nobody", response: {} },
  },
  {
    type: "control_response",
    response: { subtype: "error", request_id: "nobody", error: "no" },
  },
  { type: "control_cancel_request", request_id: "nobody" },
  {
    type: "result",
    subtype: "success",
    is_error: false,
    result: "an answer to somebody else",
    user_message_uuids: ["00000000-0000-4000-8000-000000000000"],
    duration_ms: 1,
    duration_api_ms: 1,
    num_turns: 1,
    total_cost_usd: 0,
    usage: {},
    modelUsage: {},
    permission_denials: [],
    stop_reason: "end_turn",
  },
  {
    type: "user",
    message: {
      role: "user",
      content: [{
        type: "tool_result",
        tool_use_id: "toolu_nobody",
        content: "somebody's",
      }],
    },
    parent_tool_use_id: null,
  },
  {
    type: "command_lifecycle",
    command_uuid: "00000000-0000-4000-8000-000000000000",
    state: "cancelled",
  },
];

type Make = (random: Random) => Fault;

function harmless(...steps: readonly PlainStep[]): Fault {
  return { effect: "harmless", steps };
}

function deadly(...steps: readonly PlainStep[]): Fault {
  return { effect: "deadly", steps };
}

/** Every fault, by name; each with details of its own. */
export const FAULTS: Readonly<Record<string, Make>> = {
  garbage: (random) => harmless(step.write(random.pick(GARBAGE))),
  // It may be the turn's own, of a CLI that changed: then the turn fails rather than hangs.
  "unreadable result": () => ({
    effect: "doubtful",
    steps: [step.write('{"type":"result"}\n')],
  }),
  "bad bytes": (random) =>
    harmless(step.writeBytes(new Uint8Array(random.pick(BAD_BYTES)))),
  "wrong id": (random) => harmless(step.line(random.pick(WRONG_IDS))),
  "flood of stderr": (random) =>
    harmless(step.stderr("chaos ", random.int(1, 1_000) * 1_000)),
  "flood of lines": (random) =>
    harmless(
      ...Array.from(
        { length: random.int(100, 1_000) },
        () => step.write('{"type":"chaos","padding":"xxxxxxxxxxxxxxxxxxxx"}\n'),
      ),
    ),
  "long line": (random) =>
    harmless(
      step.line({ type: "chaos" }, { paddingBytes: random.int(1, 4_000_000) }),
    ),
  delay: (random) => harmless(step.pause(random.int(1, 120))),
  "small pieces": (random) => harmless(step.inChunks(random.int(1, 13))),
  grandchild: (random) =>
    // The real CLI ends its shells when it ends in good order; else it is up to us.
    harmless(
      step.grandchild({ ownGroup: random.chance(0.5), cleanedUp: true }),
    ),
  "ignored SIGTERM": () => harmless(step.ignore("sigterm")),
  "ignored end of input": () => harmless(step.ignore("eof")),
  "a line twice": (random) => ({
    effect: "doubtful",
    steps: [
      step.spoil("twice", random.pick(["assistant", "result", undefined])),
    ],
  }),
  "a line late": (random) => ({
    effect: "stuck",
    steps: [
      step.spoil("late", random.pick(["assistant", "result", undefined])),
    ],
  }),
  "a line lost": (random) => ({
    effect: "stuck",
    steps: [
      step.spoil("lost", random.pick(["assistant", "result", undefined])),
    ],
  }),
  "half a line": (random) => ({
    effect: "stuck",
    steps: [
      step.spoil("half", random.pick(["assistant", "result", undefined])),
    ],
  }),
  "half a line, and death": (random) =>
    deadly(
      step.write('{"type":"assistant","message":{"con'),
      random.chance(0.5) ? step.exit(1) : step.kill("SIGKILL"),
    ),
  exit: (random) => deadly(step.exit(random.pick([0, 1, 7, 143]))),
  kill: (random) => deadly(step.kill(random.pick(["SIGKILL", "SIGABRT"]))),
  "closed stdout": () => ({ effect: "stuck", steps: [step.closeStdout()] }),
  "input unread": () => ({ effect: "stuck", steps: [step.stopReading()] }),
  silence: (random) => ({
    effect: "stuck",
    steps: [step.silence({ deaf: random.chance(0.5) })],
  }),
};

/** A turn with a fault in a place of it. */
export function withFault(
  turn: readonly Step[],
  fault: Fault,
  random: Random,
): readonly Step[] {
  const at = random.int(0, turn.length);
  return [...turn.slice(0, at), ...fault.steps, ...turn.slice(at)];
}
