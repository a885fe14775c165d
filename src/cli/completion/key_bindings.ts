/**
 * The scripts that bind Alt-c in a shell: what is typed is asked for, and the command of the answer
 * takes its place. It is not run: the person reads it, and presses Enter. Pure.
 *
 * @module
 */

/** The second word of `completions` that asks for a key binding. */
export const KEY_BINDING = "key-binding";

function asking(shell: string, line: string): string {
  return `answer=$(claudestream ask -x --no-input -- "Write one command line for ${shell} that does what follows. Answer with one code block that holds the command alone.

\$${line}" </dev/null)`;
}

/** The script of each shell that has one. */
export const KEY_BINDINGS: Readonly<Record<string, string>> = {
  bash: `# claudestream completions bash ${KEY_BINDING}; load it with:
#   source <(claudestream completions bash ${KEY_BINDING})
_claudestream_command() {
  local answer
  [[ -n \${READLINE_LINE//[[:space:]]/} ]] || return 0
  ${asking("bash", "READLINE_LINE")} || return
  if [[ \${answer//$'\\n'/} == *[[:cntrl:]]* ]]; then
    echo 'claudestream: The command holds control characters, and is not used' >&2
    return 1
  fi
  READLINE_LINE=$answer
  READLINE_POINT=\${#READLINE_LINE}
}
[[ $- != *i* ]] || bind -x '"\\ec": _claudestream_command'
`,
  zsh: `# claudestream completions zsh ${KEY_BINDING}; load it with:
#   source <(claudestream completions zsh ${KEY_BINDING})
_claudestream_command() {
  local answer
  [[ -n \${BUFFER//[[:space:]]/} ]] || return 0
  ${asking("zsh", "BUFFER")} || return
  if [[ \${answer//$'\\n'/} == *[[:cntrl:]]* ]]; then
    echo 'claudestream: The command holds control characters, and is not used' >&2
    return 1
  fi
  BUFFER=$answer
  CURSOR=$#BUFFER
}
if [[ -o interactive ]]; then
  zle -N _claudestream_command
  bindkey '\\ec' _claudestream_command
fi
`,
};
