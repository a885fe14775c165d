/** Longer texts of `help`, by name. */
export const TOPICS: Readonly<Record<string, string>> = {
  "exit-codes": `Exit codes
    0  done; also when the reader of the output is gone, as with | head -1
    1  the turn failed; with batch, some lines did
    2  the command line makes no sense
    3  claude is missing or cannot start
    4  not signed in
    5  --max-turns or --budget is reached; with batch, the budget of all
    6  a tool call was denied, with --fail-on-deny
    7  the answer does not meet --schema
    8  a hook left a tool call to a later process, and the turn waits for it
   75  try again later: a rate limit, or the API is overloaded
  124  --timeout is over
  129  the terminal was closed
  130  Ctrl-C
  143  SIGTERM

batch returns 4, 5 and 75 when no further line can be sent for that reason.
repl returns 0 when you leave it, and with lines from a pipe the highest code of
its turns. doctor returns 0 when nothing failed, even if there are warnings; 4
when only the sign-in failed; 3 when anything else did.

With --json a failure is an object on stdout as well, and the last line there:
{"type":"error","code":"auth","message":"…","hint":"…","exitCode":4}
`,
  permissions: `Which tools may run

At a terminal, send, stream and repl ask about every call that Claude Code
itself would ask about:

  y  run it                  n, Ctrl-D  do not
  a  run it, and do not ask about calls like it in this session; offered only
     if there is something to remember
  e  edit the input in $EDITOR, and ask again
  ?  say why it is asked
  Ctrl-C  interrupt the turn

Any other key, Enter too, shows the keys again.

Such a call is denied, and a line on stderr says why and which flag would allow
it: with ask, events and send --raw, which never ask; without a terminal; if
stdin is closed (</dev/null); and if stdout and stderr are both redirected (as in
send … 2>&1 | cat), because a program that takes both would hang at a question
that it cannot see.

--allow answers beforehand; give it more than once, or with commas:

  --allow Read,Edit          these tools
  --allow 'Bash(git *)'      one command that begins with git, never two in one
  --allow 'Read(src/**)'     files below src
  --allow 'mcp__db__*'       all tools of the MCP server "db"
  --allow readonly           tools that only read files
  --allow builtins           all of Claude Code's own tools
  --allow all                everything
  --allow none               nothing, and nobody is asked
  --allow '=NewTool'         a name that claudestream does not know

--deny takes the same rules, and wins: --allow builtins --deny WebFetch

What Claude Code's own settings allow or deny stays as it is; --permission-mode
chooses its mode.

Permissions of Deno, instead of -A

  deno run --allow-run=claude cli.ts send "hello"

is enough where claude is in PATH. Better is

  deno run --allow-run=claude --allow-env --allow-read cli.ts send "hello"

  --allow-env         keeps a few variables from claude that disturb it; reads
                      NO_COLOR and CLAUDESTREAM_MODEL
  --allow-read        says where claude was looked for; reads @FILE
  --allow-run         for all programs: a second Ctrl-C ends what claude has
                      started too; needed where LD_LIBRARY_PATH or the like is set
`,
  prompt: `Where the prompt comes from

  claudestream send explain this repo        words are joined
  claudestream send "explain this repo"
  claudestream send -- --help is not a flag  behind -- everything is a word
  git diff | claudestream send               from a pipe
  git diff | claudestream send "review"      both: the words, a blank line, the pipe
  claudestream send "review" - < notes.txt   - and --stdin read stdin in any case

Beside words, stdin is read to its end when it is a pipe or a file, and left
alone when it is a terminal, a socket or a device such as /dev/null. A pipe that
stays open is waited for, and after two seconds a line says so; --no-stdin
leaves it alone.
`,
  settings: `What a configuration can hold

Your own file ($XDG_CONFIG_HOME/claudestream/config.jsonc) may hold every setting:

  model, fallbackModel, effort, deny, maxTurns, maxBudgetUsd, timeout, until,
  footer, plain, allow, permissionMode, tools, addDir, mcpConfig,
  strictMcpConfig, settings, settingSources, agent, systemPrompt,
  appendSystemPrompt, claudePath, configDir, claudeArg, failOnDeny,
  waitForReset, color, quiet, input, pager, jobs, rate

A setting is named as its flag: --max-turns is maxTurns, in a variable
CLAUDESTREAM_MAX_TURNS. "profiles": {"work": {…}} has more of them, which
--profile work, CLAUDESTREAM_PROFILE or "profile": "work" takes. "~/" is your home
folder, and "../" the folder of the file.

A project's file (.claudestream/config.jsonc) may have been written by somebody
else. It may set model, fallbackModel, effort, until, footer and plain; make
maxTurns, maxBudgetUsd and timeout lower; and add to deny. Anything else in it is
an error: it cannot allow a tool, start a program, or hide what happens.

--no-config leaves both files alone.
`,
};
