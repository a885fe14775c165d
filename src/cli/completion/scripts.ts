/**
 * The scripts that shells load. Each asks the program for the words that fit, with the words
 * of the line as arguments: none of them is evaluated. Pure.
 *
 * @module
 */

import type { SHELLS } from "./candidates.ts";

/** The script of each shell. */
export const SCRIPTS: Readonly<Record<typeof SHELLS[number], string>> = {
  bash: `# claudestream completions bash; load it with:
#   source <(claudestream completions bash)
_claudestream() {
  local value about
  local -a words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=()
  while IFS=$'\\t' read -r value about; do
    COMPREPLY+=("\${value// /\\\\ }")
  done < <(claudestream completions query -- "\${words[@]//\\\\ / }" </dev/null 2>/dev/null)
}
complete -o default -F _claudestream claudestream
`,
  zsh: `#compdef claudestream
# claudestream completions zsh; load it with:
#   source <(claudestream completions zsh)
_claudestream() {
  local value about
  local -a found
  while IFS=$'\\t' read -r value about; do
    found+=("\${value//:/\\\\:}:$about")
  done < <(claudestream completions query -- "\${(@Q)words[2,CURRENT]}" </dev/null 2>/dev/null)
  if (( $#found )); then
    _describe claudestream found
  else
    _files
  fi
}
(( $+functions[compdef] )) && compdef _claudestream claudestream
`,
  fish: `# claudestream completions fish; load it with:
#   claudestream completions fish | source
complete -c claudestream -a '(claudestream completions query -- (commandline -opc)[2..-1] (commandline -ct | string collect --allow-empty) </dev/null 2>/dev/null)'
`,
  powershell: `# claudestream completions powershell; load it with:
#   claudestream completions powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName claudestream -ScriptBlock {
  param($word, $ast, $cursor)
  $words = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($word -eq '') { $words += '' }
  $null | claudestream completions query '--' @words 2>$null | ForEach-Object {
    $value, $about = $_ -split "\`t", 2
    if (-not $about) { $about = $value }
    if ($value -match ' ') { $value = "'$value'" }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $about)
  }
}
`,
};
