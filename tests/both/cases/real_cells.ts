/**
 * What each scenario of this folder does over the real CLI, played by the scripted Messages API.
 *
 * @module
 */

/** What becomes of a scenario. */
export type Cell =
  /** Its events are those of the stand-ins. */
  | "runs"
  /** `MessagesApi.play` refuses it, with this text. */
  | { readonly refused: string }
  /** It could be played, but is not compared: the real CLI does something else, for this reason. */
  | { readonly differs: string };

/** By the name of the scenario. */
export const REAL_CELLS: Readonly<Record<string, Cell>> = {
  "text in pieces": "runs",
  "no pieces": "runs",
  "thinking, tools and text": "runs",
  "two turns": "runs",
  "messages": "runs",
  "the wire": "runs",
  "a policy allows": "runs",
  "a policy changes the input": "runs",
  "a policy denies": "runs",
  "a policy throws": "runs",
  "no policy": "runs",
  "a hook denies": "runs",
  "a hook throws": "runs",
  "a failure of the API": {
    differs:
      "the API fails before the text, which belongs to the same reply, is sent",
  },
  "retries and rate limits": {
    refused: 'the step "rate_limit" at processes.0.turns.0.1',
  },
  "what nobody knows": { refused: 'the step "line" at processes.0.turns.0.0' },
  "bytes that are no UTF-8": {
    refused: 'the step "write_bytes" at processes.0.turns.0.0',
  },
  "a byte at a time": { refused: 'the step "chunks" at processes.0.turns.0.0' },
  "a prompt of all sorts of separators, and its echo": {
    refused: 'the step "chunks" at processes.0.turns.0.0',
  },
  "lines that are too long": {
    refused: 'the step "line" at processes.0.turns.0.0',
  },
  "what does not fit, strict": {
    refused: 'the step "line" at processes.0.turns.0.0',
  },
  "a death": { refused: 'the step "stderr" at processes.0.turns.0.1' },
  "a death amid a line of text": {
    refused: 'the step "write" at processes.0.turns.0.1',
  },
  "a start that fails": { refused: 'the field "beforeInput" at processes.0' },
  "a silence": {
    differs:
      "how often a silence is told of depends on the speed of the machine",
  },
  "a silence that no interruption ends": {
    differs: "the real CLI heeds every interruption",
  },
  "a question that the loop leaves without an answer": {
    differs:
      "how often a silence is told of depends on the speed of the machine",
  },
  "a tool that is silent for long": {
    refused: '"running" at processes.0.turns.0.0',
  },
  "a turn that takes too long": {
    differs:
      "its limit is shorter than the real CLI may need for a first reply",
  },
  "a retry that makes no sense": {
    differs:
      "the API fails before the text, which belongs to the same reply, is sent",
  },
  "a limit that is waited for": {
    refused: 'the step "rate_limit" at processes.0.turns.0.0',
  },
  "a limit whose reset is past, of which the reply alone tells": {
    differs: "the API does not tell the reset of a limit",
  },
  "a budget that ends in a turn": {
    refused: '"costUsd" at processes.0.turns.0.0',
  },
  "another one would pay": {
    differs: "the CLI of these tests has an API key, which the option refuses",
  },
  "the one pays that should": "runs",
  "another one pays than was told": {
    refused: 'the field "initialize" at processes.0',
  },
  "prompts sent back": "runs",
  "a budget": "runs",
  "a call with typed input": "runs",
  "the MCP handshake, which is answered while ours is pending": "runs",
  "another name for the server": "runs",
  "invalid input and throws, and the turn goes on": "runs",
  "whatever a tool may give": "runs",
  "progress": "runs",
  "a call knows its session and its context": "runs",
  "calls at once, and one at a time": {
    refused: 'the step "request" at processes.0.turns.0.0',
  },
  "a call that is too slow": "runs",
  "what the CLI may ask of a server": {
    refused: 'the step "request" at processes.0.turns.0.0',
  },
  "a result of 5 MB": "runs",
  "a tool that the first turn does not offer": {
    refused: 'the field "init" at processes.0',
  },
  "a tool that the caller does not want is not missed: mcp__tools__add": {
    refused: 'the field "init" at processes.0',
  },
  "a tool that the caller does not want is not missed: mcp__tools": {
    refused: 'the field "init" at processes.0',
  },
  "a tool that the caller does not want is not missed: mcp__tools__*": {
    refused: 'the field "init" at processes.0',
  },
  "a policy and hooks about a tool": "runs",
  "functions answer questions": {
    refused: 'the step "request" at processes.0.turns.0.0',
  },
  "functions that fail never say yes": {
    refused: 'the step "request" at processes.0.turns.0.0',
  },
  "events answer questions": {
    refused: 'the step "request" at processes.0.turns.0.0',
  },
  "nobody answers questions": {
    refused: 'the step "request" at processes.0.turns.0.0',
  },
  "a question that waits too long": "runs",
  "a question that is withdrawn": {
    refused: 'the step "request" at processes.0.turns.0.0',
  },
  "hooks of several events": {
    differs:
      "git log fails outside of a repository, so that the hook after a success is not called",
  },
  "live control": { refused: 'the field "answers" at processes.0' },
  "live control that fails": { refused: 'the field "answers" at processes.0' },
  "an interruption in the loop": "runs",
  "an interruption at any moment": {
    refused: '"running" at processes.0.turns.2.0',
  },
  "leaving the loop": "runs",
  "a message that is pushed into a turn": {
    refused: 'the step "await_prompt" at processes.0.turns.0.1',
  },
  "a message that is pushed without a turn": "runs",
  "a message that is taken back": {
    differs:
      "the prompt that waits behind the silence is part of the same request of the API",
  },
  "a turn of the CLI's own between two prompts": {
    refused: 'the step "background" at processes.0.turns.0.0',
  },
  "a message that is pushed to a process that dies": {
    refused: 'the step "await_prompt" at processes.0.turns.0.1',
  },
  "a task in the background, and its turn": {
    refused: 'the step "background" at processes.0.turns.0.0',
  },
  "a new process after a crash": { refused: "expected one process, got 2" },
  "everything that a session says, until it is closed": "runs",
  "a listener that aborts the turn": "runs",
  "a prompt: a text, a part of it, a pattern, and none of them": "runs",
  "an answer that allows": "runs",
  "an answer to a question that the CLI asked, allowed and denied": {
    differs: "the API does not see the answers",
  },
  "the result of a tool, and its input as it was changed": {
    differs:
      "the API sees the input as the model wrote it, and what the tool really gave back",
  },
  "an interruption": { refused: 'the field "onInterrupt" at processes.0' },
  "an interruption that is not heeded": {
    refused: 'the step "ignore" at processes.0.turns.0.0',
  },
  "a message that was pushed": {
    refused: 'the step "await_prompt" at processes.0.turns.0.0',
  },
  "a refusal": "runs",
  "a broken stream": "runs",
  "a limit, an overload, a context that is full": {
    differs: "the real CLI compacts a conversation whose context is full",
  },
  "an answer that comes twice, late, and for another request": {
    refused: 'the field "answers" at processes.0',
  },
  "byTool denies a tool by either of its names": {
    differs:
      "the real CLI calls a tool by its newer name; Read of a path that is missing is not asked about",
  },
  "allowList allows a tool by either of its names": {
    differs:
      "the real CLI runs the agent, whose calls take replies of the script",
  },
  "allowBuiltins leaves what is excepted undecided, by either name": "runs",
  "askUser leaves what the CLI asks about to the reader, behind another policy, too":
    {
      differs:
        "the real CLI calls a tool by its newer name; Read of a path that is missing is not asked about",
    },
  "a function decides by the kind, also on tools that it does not know": {
    differs:
      "the real CLI refuses calls of tools that it does not have before it asks",
  },
  "a general yes writes nothing that the CLI executes": "runs",
  "a function's yes is a general one, if it does not say more": "runs",
  "allowAll leaves what the CLI executes to a person": "runs",
  "a changed input that a deny rule covers is denied": "runs",
  "a changed input that writes a denied path is denied": "runs",
  "a changed input that the policy denies is denied": "runs",
  "a changed input that nothing denies runs": "runs",
  "the input of a policy's yes is held against deny rules": "runs",
  "explainPermission names the deny rule": "runs",
  "explainPermission names the deny rule before a policy": "runs",
  "a question has the protected names of its path": "runs",
  "handler_failed tells of a policy that throws": "runs",
  "handler_failed tells of a policy that throws inside of another": "runs",
  "handler_failed tells of a policy that answers in a wrong shape": "runs",
  "textStream: a call that the policy leaves undecided is denied at once":
    "runs",
  "textStream: a listener can answer": "runs",
  "a death before it reads": {
    refused: 'the field "beforeInput" at processes.0',
  },
  "a death before it answers the handshake": {
    refused: 'the field "beforeInput" at processes.0',
  },
  "a death in the handshake of a server": {
    refused: 'the field "beforeInput" at processes.0',
  },
  "a death after the prompt": { refused: 'the field "answers" at processes.0' },
  "a death in a line": { refused: 'the field "answers" at processes.0' },
  "a death in the thinking": { refused: 'the field "answers" at processes.0' },
  "a death in the text": { refused: 'the field "answers" at processes.0' },
  "a death before a retry": { refused: 'the field "answers" at processes.0' },
  "a death while it asks for a permission": {
    refused: 'the field "answers" at processes.0',
  },
  "a death while it asks a question": {
    refused: 'the field "answers" at processes.0',
  },
  "a death while it asks for a form": {
    refused: 'the field "answers" at processes.0',
  },
  "a death while it shows a dialog": {
    refused: 'the field "answers" at processes.0',
  },
  "a death while a hook runs": {
    refused: 'the field "answers" at processes.0',
  },
  "a death while a tool of ours runs": {
    refused: 'the field "answers" at processes.0',
  },
  "a death while a tool of its own runs": {
    refused: 'the field "answers" at processes.0',
  },
  "a death after the result of a tool": {
    refused: 'the field "answers" at processes.0',
  },
  "a death after the reply, before the result": {
    refused: 'the field "answers" at processes.0',
  },
  "a death after the result, while a task runs": {
    refused: 'the step "background" at processes.0.turns.0.0',
  },
  "a turn has numbers and changes of its own, a session those of all": {
    refused: '"costUsd" at processes.0.turns.0.0',
  },
  'a consumer remembers "session": Bash, 2 rules (0)': {
    refused: '"request" at processes.0.turns.0.0',
  },
  'a consumer remembers "session": Bash, 2 rules (1)': {
    refused: '"request" at processes.0.turns.0.0',
  },
  'a policy remembers "session": Bash, 2 rules (1)': {
    refused: '"request" at processes.0.turns.0.0',
  },
  'a consumer remembers "local": Bash, 2 rules (1)': {
    refused: '"request" at processes.0.turns.0.0',
  },
  'a policy remembers "local": Bash, 2 rules (1)': {
    refused: '"request" at processes.0.turns.0.0',
  },
  'a consumer remembers "project": Bash, 2 rules (1)': {
    refused: '"request" at processes.0.turns.0.0',
  },
  'a policy remembers "project": Bash, 2 rules (1)': {
    refused: '"request" at processes.0.turns.0.0',
  },
  'a consumer remembers "user": Bash, 2 rules (1)': {
    refused: '"request" at processes.0.turns.0.0',
  },
  'a policy remembers "user": Bash, 2 rules (1)': {
    refused: '"request" at processes.0.turns.0.0',
  },
  'a consumer remembers "session": Write, 0 rules (2)': {
    refused: '"request" at processes.0.turns.0.0',
  },
  'a policy remembers "session": Write, 0 rules (2)': {
    refused: '"request" at processes.0.turns.0.0',
  },
  'a consumer remembers "local": Write, 0 rules (2)': {
    refused: '"request" at processes.0.turns.0.0',
  },
  'a policy remembers "local": Write, 0 rules (2)': {
    refused: '"request" at processes.0.turns.0.0',
  },
  'a consumer remembers "project": Write, 0 rules (2)': {
    refused: '"request" at processes.0.turns.0.0',
  },
  'a policy remembers "project": Write, 0 rules (2)': {
    refused: '"request" at processes.0.turns.0.0',
  },
  'a consumer remembers "user": Write, 0 rules (2)': {
    refused: '"request" at processes.0.turns.0.0',
  },
  'a policy remembers "user": Write, 0 rules (2)': {
    refused: '"request" at processes.0.turns.0.0',
  },
  'a consumer remembers "session": Bash, 0 rules (3)': {
    refused: '"request" at processes.0.turns.0.0',
  },
  'a consumer remembers "session": Bash, 0 rules (4)': {
    refused: '"request" at processes.0.turns.0.0',
  },
  'a consumer remembers "session": mcp__db__query, 1 rules (5)': {
    refused: '"request" at processes.0.turns.0.0',
  },
};
