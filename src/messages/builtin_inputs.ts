/**
 * What the CLI's own tools are called with. The names are those of the wire: the
 * input belongs to the model and is passed on unchanged.
 *
 * Checked against the tools that CLI 2.1.330 offers to the model, and the types of the
 * official SDK 0.3.330.
 *
 * @module
 */

/** Input of `Agent`, which `system_init` calls `Task`: starts a subagent. */
export interface AgentInput {
  /** What it is for, in three to five words. */
  readonly description: string;
  /** What the subagent is asked. */
  readonly prompt: string;
  /** Kind of the subagent. */
  readonly subagent_type?: string;
  /** Its model, as a short name such as `sonnet`. */
  readonly model?: string;
  /** Its effort. */
  readonly effort?: string;
  /** Runs it in the background. */
  readonly run_in_background?: boolean;
  /** Name to send messages to. */
  readonly name?: string;
  /** Its permission mode. */
  readonly mode?: string;
  /** `worktree` (a copy of the repository) or `remote`. */
  readonly isolation?: string;
}

/** A choice in a {@linkcode AskedQuestion}. */
export interface QuestionOption {
  /** The choice in a few words; it is the answer. */
  readonly label: string;
  /** What it means. */
  readonly description?: string;
  /** Something to show beside it, such as a piece of code. */
  readonly preview?: string;
}

/** A question of {@linkcode AskUserQuestionInput}. */
export interface AskedQuestion {
  /** The whole question. The answers are listed by it. */
  readonly question: string;
  /** One or two words for it. */
  readonly header?: string;
  /** What to choose from. */
  readonly options: readonly QuestionOption[];
  /** More than one may be chosen. */
  readonly multiSelect?: boolean;
}

/** A person's comment on a choice. */
export interface AnswerAnnotation {
  /** The preview of the choice. */
  readonly preview?: string;
  /** Words of the person's own. */
  readonly notes?: string;
}

/** Input of `AskUserQuestion`: asks a person. */
export interface AskUserQuestionInput {
  /** The questions, one to four. */
  readonly questions: readonly AskedQuestion[];
  /** The answers, by question; who allows the call adds them here. */
  readonly answers?: Readonly<Record<string, string>>;
  /** More about the answers, by question; who allows the call may add it here. */
  readonly annotations?: Readonly<Record<string, AnswerAnnotation>>;
  /** Where the question comes from, in `source`. */
  readonly metadata?: { readonly source?: string };
}

/** Input of `Bash`: runs a shell command. */
export interface BashInput {
  /** The command. */
  readonly command: string;
  /** Time limit in milliseconds. */
  readonly timeout?: number;
  /** What it does, for people. */
  readonly description?: string;
  /** Runs it in the background. */
  readonly run_in_background?: boolean;
  /** Runs it outside of the sandbox. */
  readonly dangerouslyDisableSandbox?: boolean;
}

/** Input of `Edit`: replaces text in a file. */
export interface EditInput {
  /** The file, an absolute path. */
  readonly file_path: string;
  /** The text to replace. */
  readonly old_string: string;
  /** The text to put there. */
  readonly new_string: string;
  /** Whether to replace every occurrence. If not, there must be exactly one. */
  readonly replace_all?: boolean;
}

/** A kind of command that a plan needs. */
export interface AllowedPrompt {
  /** The tool: `Bash`. */
  readonly tool: string;
  /** Description of what to allow. */
  readonly prompt: string;
}

/** Input of `ExitPlanMode`: hands in a plan. With CLI 2.1.330 it was empty in the recordings. */
export interface ExitPlanModeInput {
  /** The plan in Markdown, if the model wrote it here; older CLIs want that. */
  readonly plan?: string;
  /** What the plan needs to be allowed. */
  readonly allowedPrompts?: readonly AllowedPrompt[];
}

/** Input of `Glob`: finds files by name. */
export interface GlobInput {
  /** The pattern. */
  readonly pattern: string;
  /** The directory to search. */
  readonly path?: string;
}

/** Input of `Grep`: searches in files, as ripgrep does. */
export interface GrepInput {
  /** The regular expression. */
  readonly pattern: string;
  /** The file or directory to search. */
  readonly path?: string;
  /** Only files whose names match this. */
  readonly glob?: string;
  /** Only files of this type, such as `ts`. */
  readonly type?: string;
  /** `content`, `files_with_matches` or `count`. */
  readonly output_mode?: string;
  /** Lines to show before a match. */
  readonly "-B"?: number;
  /** Lines to show after a match. */
  readonly "-A"?: number;
  /** Lines to show on both sides; `context` is the same. */
  readonly "-C"?: number;
  /** Lines to show on both sides. */
  readonly context?: number;
  /** Shows the numbers of lines. */
  readonly "-n"?: boolean;
  /** Takes upper and lower case for the same. */
  readonly "-i"?: boolean;
  /** Shows only what matched. */
  readonly "-o"?: boolean;
  /** The most lines or files to give. */
  readonly head_limit?: number;
  /** How many of them to leave out at the start. */
  readonly offset?: number;
  /** The pattern may go over several lines. */
  readonly multiline?: boolean;
}

/** Input of `NotebookEdit`: changes a cell of a Jupyter notebook. */
export interface NotebookEditInput {
  /** The notebook, an absolute path. */
  readonly notebook_path: string;
  /** The cell; a new one is inserted after it. */
  readonly cell_id?: string;
  /** The new source of the cell. */
  readonly new_source: string;
  /** `code` or `markdown`. */
  readonly cell_type?: string;
  /** `replace`, `insert` or `delete`. */
  readonly edit_mode?: string;
}

/** Input of `Read`: reads a file. */
export interface ReadInput {
  /** The file, an absolute path. */
  readonly file_path: string;
  /** First line to read. */
  readonly offset?: number;
  /** How many lines. */
  readonly limit?: number;
  /** Pages of a PDF, such as `1-5`. */
  readonly pages?: string;
  /** Reads it although it is large. */
  readonly allow_large?: boolean;
}

/** Input of `Skill`: uses a skill. */
export interface SkillInput {
  /** Its name. */
  readonly skill: string;
  /** What it is given. */
  readonly args?: string;
}

/** Input of `TaskStop`: stops what runs in the background. */
export interface TaskStopInput {
  /** The task. */
  readonly task_id?: string;
  /** The same, by the name that it had before. */
  readonly shell_id?: string;
}

/** Input of `TaskCreate`: puts an entry on the task list. */
export interface TaskCreateInput {
  /** What is to be done, in a few words. */
  readonly subject: string;
  /** The same at length. */
  readonly description: string;
  /** What to show while it is being done. */
  readonly activeForm?: string;
  /** Anything else to keep with it. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Input of `TaskUpdate`: changes an entry of the task list. */
export interface TaskUpdateInput {
  /** The entry. */
  readonly taskId: string;
  /** `pending`, `in_progress`, `completed` or `deleted`. */
  readonly status?: string;
  /** What is to be done, in a few words. */
  readonly subject?: string;
  /** The same at length. */
  readonly description?: string;
  /** What to show while it is being done. */
  readonly activeForm?: string;
  /** Entries that wait for this one. */
  readonly addBlocks?: readonly string[];
  /** Entries that this one waits for. */
  readonly addBlockedBy?: readonly string[];
  /** Who does it. */
  readonly owner?: string;
  /** Changes of what is kept with it; `null` takes a key away. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** An entry of {@linkcode TodoWriteInput}. */
export interface Todo {
  /** What is to be done. */
  readonly content: string;
  /** `pending`, `in_progress` or `completed`. */
  readonly status: string;
  /** What to show while it is being done. */
  readonly activeForm?: string;
}

/** Input of `TodoWrite`: writes the whole list. CLI 2.1.330 offers `TaskCreate` and the like instead. */
export interface TodoWriteInput {
  /** The list. */
  readonly todos: readonly Todo[];
}

/** Input of `WebFetch`: reads a page. */
export interface WebFetchInput {
  /** Its address. */
  readonly url: string;
  /** What to look for on the page. */
  readonly prompt: string;
  /** Position at which to continue in a long text. */
  readonly offset?: number;
}

/** Input of `WebSearch`: searches the web. */
export interface WebSearchInput {
  /** What to search for. */
  readonly query: string;
  /** Only on these domains. */
  readonly allowed_domains?: readonly string[];
  /** Domains to exclude. */
  readonly blocked_domains?: readonly string[];
}

/** Input of `Write`: writes a file. */
export interface WriteInput {
  /** The file, an absolute path. */
  readonly file_path: string;
  /** Complete contents of the file. */
  readonly content: string;
}

/** What each of the CLI's main tools is called with, by the tool's name. */
export interface BuiltinToolInputs {
  /** Starts a subagent. */
  Agent: AgentInput;
  /** Asks a person. */
  AskUserQuestion: AskUserQuestionInput;
  /** Runs a shell command. */
  Bash: BashInput;
  /** Replaces text in a file. */
  Edit: EditInput;
  /** Hands in a plan. */
  ExitPlanMode: ExitPlanModeInput;
  /** Finds files by name. */
  Glob: GlobInput;
  /** Searches in files. */
  Grep: GrepInput;
  /** Changes a cell of a notebook. */
  NotebookEdit: NotebookEditInput;
  /** Reads a file. */
  Read: ReadInput;
  /** Uses a skill. */
  Skill: SkillInput;
  /** Starts a subagent, by an older name. */
  Task: AgentInput;
  /** Puts an entry on the task list. */
  TaskCreate: TaskCreateInput;
  /** Stops what runs in the background. */
  TaskStop: TaskStopInput;
  /** Changes an entry of the task list. */
  TaskUpdate: TaskUpdateInput;
  /** Writes the whole list. */
  TodoWrite: TodoWriteInput;
  /** Reads a page. */
  WebFetch: WebFetchInput;
  /** Searches the web. */
  WebSearch: WebSearchInput;
  /** Writes a file. */
  Write: WriteInput;
}
