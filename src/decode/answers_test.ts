// The answer of a turn is its last reply with text, all blocks of it.

import { assert, assertEquals } from "@std/assert";
import { isWireObject } from "../messages/_define.ts";
import { EventDecoder } from "./decoder.ts";

type Line = Readonly<Record<string, unknown>>;

/** A reply of the main agent: a line for each block. */
function reply(
  id: string,
  blocks: readonly (string | Line)[],
  more: Line = {},
): Line[] {
  return blocks.map((block, at) => ({
    type: "assistant",
    message: {
      id,
      model: "m",
      content: [
        typeof block === "string" ? { type: "text", text: block } : block,
      ],
    },
    parent_tool_use_id: null,
    uuid: `${id}-${at}`,
    ...more,
  }));
}

const thinking = { type: "thinking", thinking: "hm", signature: "s" };

function tool(name: string, type = "tool_use"): Line {
  return { type, id: `toolu_${name}`, name, input: {} };
}

function found(name: string): Line {
  return {
    type: "web_search_tool_result",
    tool_use_id: `toolu_${name}`,
    content: [],
  };
}

function toolResult(name: string): Line {
  return {
    type: "user",
    message: {
      role: "user",
      content: [{
        type: "tool_result",
        tool_use_id: `toolu_${name}`,
        content: "ok",
      }],
    },
    parent_tool_use_id: null,
  };
}

/** A line that the CLI writes to the model by itself. */
function asked(text: string, more: Line = {}): Line {
  return {
    type: "user",
    message: { role: "user", content: [{ type: "text", text }] },
    parent_tool_use_id: null,
    isSynthetic: true,
    ...more,
  };
}

function init(...promptIds: readonly string[]): Line {
  return {
    type: "system",
    subtype: "init",
    cwd: "/",
    tools: [],
    mcp_servers: [],
    model: "m",
    permissionMode: "default",
    session_id: "s",
    ...promptIds.length === 0 ? {} : { user_message_uuids: promptIds },
  };
}

function end(result: string, more: Line = {}): Line {
  return {
    type: "result",
    subtype: "success",
    is_error: false,
    result,
    duration_ms: 1,
    duration_api_ms: 1,
    num_turns: 1,
    total_cost_usd: 0,
    usage: { input_tokens: 1, output_tokens: 1 },
    ...more,
  };
}

/** The answers of the turns in these lines. */
function answers(lines: readonly (Line | readonly Line[])[]): string[] {
  const decoder = new EventDecoder();
  return lines.flat().flatMap((line) => {
    assert(isWireObject(line));
    return decoder.decode(line).events.flatMap((event) =>
      event.type === "result" ? [event.text] : []
    );
  });
}

const RESUME =
  "Output token limit hit. Resume directly — no apology, no recap of what you were doing.";
const AGAIN =
  "Output token limit hit. Your caller does not receive an answer in pieces. Give the whole answer again.";

const TABLE: readonly {
  readonly name: string;
  readonly lines: readonly (Line | readonly Line[])[];
  readonly answers: readonly string[];
}[] = [
  {
    name: "all blocks of the last reply, whatever is between them",
    lines: [
      init(),
      reply("a", [
        "Oslo lies ",
        tool("web", "server_tool_use"),
        found("web"),
        "59.9",
        thinking,
        "° north.",
      ]),
      end("° north."),
    ],
    answers: ["Oslo lies 59.9° north."],
  },
  {
    name: "a text and then a thought",
    lines: [init(), reply("a", ["Done so far.", thinking]), end("")],
    answers: ["Done so far."],
  },
  {
    name: "what comes before a tool is no part of it",
    lines: [
      init(),
      reply("a", ["I look.", tool("Read")]),
      toolResult("Read"),
      reply("b", [thinking, "Found ", "it."]),
      end("it."),
    ],
    answers: ["Found it."],
  },
  {
    name: "the last reply with text, where the very last has none",
    lines: [
      init(),
      reply("a", ["It is 7.", tool("Note")]),
      toolResult("Note"),
      reply("b", [thinking]),
      end(""),
    ],
    answers: ["It is 7."],
  },
  {
    name: "replies that go on after max_tokens",
    lines: [
      init(),
      reply("a", ["One, two, th"]),
      asked(RESUME),
      reply("b", [thinking, "ree, fo"]),
      asked(RESUME),
      reply("c", ["ur."]),
      end("ur."),
    ],
    answers: ["One, two, three, four."],
  },
  {
    name: "a reply that goes on with a tool is over with it",
    lines: [
      init(),
      reply("a", ["I wi"]),
      asked(RESUME),
      reply("b", ["ll look.", tool("Read")]),
      toolResult("Read"),
      reply("c", ["Found."]),
      end("Found."),
    ],
    answers: ["Found."],
  },
  {
    name: "a reply that goes on with nothing but a tool",
    lines: [
      init(),
      reply("a", ["I wi"]),
      asked(RESUME),
      reply("b", [tool("Read")]),
      toolResult("Read"),
      reply("c", ["Found."]),
      end("Found."),
    ],
    answers: ["Found."],
  },
  {
    name: "one that is to be given again, whole",
    lines: [
      init(),
      reply("a", ["A long answ"]),
      asked(AGAIN),
      reply("b", ["Short."]),
      end("Short."),
    ],
    answers: ["Short."],
  },
  {
    name: "a Stop hook that wants another",
    lines: [
      init(),
      reply("a", ["First."]),
      asked("Stop hook feedback:\nOutput token limit hit. Resume directly"),
      reply("b", ["Second."]),
      end("Second."),
    ],
    answers: ["Second."],
  },
  {
    name: "the words of a tool, a person and a subagent resume nothing",
    lines: [
      init(),
      reply("a", ["First."]),
      asked(RESUME, { isSynthetic: false }),
      asked(RESUME, { parent_tool_use_id: "toolu_x" }),
      reply("b", ["Second."]),
      end("Second."),
    ],
    answers: ["Second."],
  },
  {
    name: "text of subagents and of errors is none",
    lines: [
      init(),
      reply("a", ["Mine."]),
      reply("b", ["Theirs."], { parent_tool_use_id: "toolu_x" }),
      reply("c", ["Overloaded"], { error: "overloaded" }),
      end("Mine."),
    ],
    answers: ["Mine."],
  },
  {
    name: "of a turn that failed, what came before",
    lines: [
      init(),
      reply("a", ["Half of"]),
      reply("b", ["API Error: 500"], { error: "server_error" }),
      end("API Error: 500", { is_error: true }),
      init(),
      end("", { subtype: "error_during_execution", is_error: true }),
    ],
    answers: ["Half of", ""],
  },
  {
    name: "a refused reply, and that of another model",
    lines: [
      init(),
      reply("a", ["I could "]),
      {
        type: "system",
        subtype: "model_refusal_fallback",
        original_model: "m",
        fallback_model: "n",
        retracted_message_uuids: ["a-0"],
      },
      reply("b", ["I can ", "do that."], { supersedes: ["a-0"] }),
      end("do that."),
    ],
    answers: ["I can do that."],
  },
  {
    name: "a refused reply that only the next one names",
    lines: [
      init(),
      reply("a", ["Before.", tool("Read")]),
      toolResult("Read"),
      reply("b", ["I could "]),
      reply("c", [thinking], { supersedes: ["b-0"] }),
      end(""),
    ],
    answers: ["Before."],
  },
  {
    name: "a slash command: what the CLI wrote, else what the result says",
    lines: [
      init(),
      reply("a", ["Not enough messages to compact."]),
      end("", { local_command: "compact" }),
      init(),
      end("Cost: 0", { local_command: "cost" }),
    ],
    answers: ["Not enough messages to compact.", "Cost: 0"],
  },
  {
    name: "with a JSON schema, what meets it",
    lines: [
      init(),
      reply("a", ["Here.", tool("StructuredOutput")]),
      end('{"b":2}', { structured_output: { b: 2 } }),
      init(),
      reply("c", [tool("StructuredOutput")]),
      end("", { structured_output: { d: 4 }, result: undefined }),
    ],
    answers: ['{"b":2}', '{"d":4}'],
  },
  {
    name: "results that come late, of a turn of the CLI's own as well",
    lines: [
      init("p1"),
      reply("a", ["Started."]),
      init(),
      reply("b", ["It is done."]),
      end("", { user_message_uuids: ["p1"] }),
      end("", { origin: { kind: "task-notification" } }),
      init("p2"),
      reply("c", ["Next."]),
      end("", { user_message_uuids: ["p2"] }),
    ],
    answers: ["Started.", "It is done.", "Next."],
  },
  {
    name: "a turn without a result shifts nothing",
    lines: [
      init("p1"),
      reply("a", ["Lost."]),
      init("p2"),
      reply("b", ["Kept."]),
      end("", { user_message_uuids: ["p2"] }),
      init("p3"),
      end("", { user_message_uuids: ["p3"] }),
    ],
    answers: ["Kept.", ""],
  },
];

for (const { name, lines, answers: expected } of TABLE) {
  Deno.test(`the answer: ${name}`, () => {
    assertEquals(answers(lines), [...expected]);
  });
}
