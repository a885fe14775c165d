/** The commands, in the order of the help, with what each does. */
export const COMMANDS = {
  send: "Send a prompt and see the answer, the tools and what they gave",
  stream:
    "The same, shorter: the answer as it is written, a line for each tool",
  ask: "Print the final answer and nothing else",
  events: "Print every event as a line of JSON",
  repl: "Talk: several turns in one session",
  doctor:
    "Look whether sessions will work here, and what to do where they will not",
  demo: "Watch a scripted session; needs no Claude and no account",
  schema: "Print the JSON Schema of the events that --json prints",
  help: "Explain a command, or: exit-codes, permissions, prompt",
} as const;

/** The name of a command. */
export type CommandName = keyof typeof COMMANDS;

/** Whether a word is the name of a command. */
export function isCommand(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}
