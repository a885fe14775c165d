/**
 * Schemas of the inputs of the CLI's own tools. Additional keys are accepted, because a newer CLI
 * may have some.
 *
 * @module
 */

import * as v from "valibot";
import type { Reads } from "./_define.ts";
import type { AgentInput, BuiltinToolInputs } from "./builtin_inputs.ts";

const text = v.string();
const maybeText = v.exactOptional(v.string());
const maybeNumber = v.exactOptional(v.number());
const maybeFlag = v.exactOptional(v.boolean());
const maybeRecord = v.exactOptional(v.record(text, v.unknown()));
const maybeTexts = v.exactOptional(v.array(v.string()));

const agent: Reads<AgentInput> = v.looseObject({
  description: text,
  prompt: text,
  subagent_type: maybeText,
  model: maybeText,
  effort: maybeText,
  run_in_background: maybeFlag,
  name: maybeText,
  mode: maybeText,
  isolation: maybeText,
});

/** The schema of each tool's input, by the tool's name. */
export const BUILTIN_SCHEMAS: {
  readonly [N in keyof BuiltinToolInputs]: Reads<BuiltinToolInputs[N]>;
} = {
  Agent: agent,
  AskUserQuestion: v.looseObject({
    questions: v.array(v.looseObject({
      question: text,
      header: maybeText,
      options: v.array(v.looseObject({
        label: text,
        description: maybeText,
        preview: maybeText,
      })),
      multiSelect: maybeFlag,
    })),
    answers: v.exactOptional(v.record(text, text)),
    annotations: v.exactOptional(
      v.record(text, v.looseObject({ preview: maybeText, notes: maybeText })),
    ),
    metadata: v.exactOptional(v.looseObject({ source: maybeText })),
  }),
  Bash: v.looseObject({
    command: text,
    timeout: maybeNumber,
    description: maybeText,
    run_in_background: maybeFlag,
    dangerouslyDisableSandbox: maybeFlag,
  }),
  Edit: v.looseObject({
    file_path: text,
    old_string: text,
    new_string: text,
    replace_all: maybeFlag,
  }),
  ExitPlanMode: v.looseObject({
    plan: maybeText,
    allowedPrompts: v.exactOptional(
      v.array(v.looseObject({ tool: text, prompt: text })),
    ),
  }),
  Glob: v.looseObject({ pattern: text, path: maybeText }),
  Grep: v.looseObject({
    pattern: text,
    path: maybeText,
    glob: maybeText,
    type: maybeText,
    output_mode: maybeText,
    "-B": maybeNumber,
    "-A": maybeNumber,
    "-C": maybeNumber,
    context: maybeNumber,
    "-n": maybeFlag,
    "-i": maybeFlag,
    "-o": maybeFlag,
    head_limit: maybeNumber,
    offset: maybeNumber,
    multiline: maybeFlag,
  }),
  NotebookEdit: v.looseObject({
    notebook_path: text,
    cell_id: maybeText,
    new_source: text,
    cell_type: maybeText,
    edit_mode: maybeText,
  }),
  Read: v.looseObject({
    file_path: text,
    offset: maybeNumber,
    limit: maybeNumber,
    pages: maybeText,
    allow_large: maybeFlag,
  }),
  Skill: v.looseObject({ skill: text, args: maybeText }),
  Task: agent,
  TaskCreate: v.looseObject({
    subject: text,
    description: text,
    activeForm: maybeText,
    metadata: maybeRecord,
  }),
  TaskStop: v.looseObject({ task_id: maybeText, shell_id: maybeText }),
  TaskUpdate: v.looseObject({
    taskId: text,
    status: maybeText,
    subject: maybeText,
    description: maybeText,
    activeForm: maybeText,
    addBlocks: maybeTexts,
    addBlockedBy: maybeTexts,
    owner: maybeText,
    metadata: maybeRecord,
  }),
  TodoWrite: v.looseObject({
    todos: v.array(v.looseObject({
      content: text,
      status: text,
      activeForm: maybeText,
    })),
  }),
  WebFetch: v.looseObject({ url: text, prompt: text, offset: maybeNumber }),
  WebSearch: v.looseObject({
    query: text,
    allowed_domains: maybeTexts,
    blocked_domains: maybeTexts,
  }),
  Write: v.looseObject({ file_path: text, content: text }),
};
