/** Summary of each command, in the order of the help. */
export const COMMANDS = {
  send: "Send a prompt and show the answer, the tool calls and their results",
  stream:
    "The same in brief: the answer as it is written, a line for each tool call",
  ask: "Print the final answer and nothing else",
  agent: "Run an agent of a file; list, show and check such files",
  batch:
    "Answer every line of a file, several at once, and go on where it stopped",
  events: "Print every event as a line of JSON",
  repl: "Hold a conversation: several turns in one session",
  record: "The same as send, and keep the session in a file",
  replay: "Show a recorded session again, without Claude",
  sessions:
    "List, show, search, rename, tag, fork, export and delete past sessions",
  config: "Show what is set and where, and change it",
  models: "List the models that claude offers",
  completions: "Print the completion script of a shell",
  doctor: "Check whether sessions work here, and say how to mend what does not",
  demo: "Show a scripted session; needs neither Claude nor an account",
  schema: "Print the JSON Schema of the events that --json prints",
  man: "Print the manual as a man page",
  help: "Explain a command or a topic",
} as const;

/** The name of a command. */
export type CommandName = keyof typeof COMMANDS;

/** Whether a word is the name of a command. */
export function isCommand(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}
