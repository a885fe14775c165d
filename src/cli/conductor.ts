/**
 * Runs the turns of a command, from the prompt to the exit code.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import type { View } from "../events/mod.ts";
import type { PermissionRequest, ToolRequest } from "../events/permissions.ts";
import type { Result } from "../messages/result.ts";
import type { PromptContent } from "../prompt/blocks.ts";
import type { Until } from "../protocol/prompt.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { TESTED_RANGE, testedness } from "../capabilities/version.ts";
import { AsyncSession } from "../session/async_session.ts";
import type { Turn } from "../session/turn.ts";
import {
  DeniedError,
  EXIT,
  exitCodeOf,
  SignalError,
} from "./failure/exit_code.ts";
import type { Flags } from "./flags/flags.ts";
import { footerText } from "./text/footer.ts";
import { type Attempt, SignalWatch } from "./interrupt.ts";
import { jsonLine } from "./output/json_line.ts";
import type { Output } from "./output/output.ts";
import {
  denialNote,
  NO_TERMINAL,
  policyOf,
  unattendedMessage,
} from "./flags/policy.ts";
import type { LatePresenter, Presenter } from "./output/presenters.ts";
import type { PermissionAsker } from "./question/permission_asker.ts";
import { failureObject } from "./failure/failure.ts";
import { report } from "./failure/report.ts";
import { sessionOptions } from "./flags/session_options.ts";
import { TaskWait } from "./task_wait.ts";
import { styled } from "./text/terminal.ts";
import { UsageError } from "./failure/usage_error.ts";

/** How a command wants its session to run. */
export interface Plan {
  readonly output: Output;
  readonly flags: Flags;
  /** Asks a person about tools; without it, calls that are not allowed are denied. */
  readonly asker?: Pick<PermissionAsker, "ask"> | undefined;
  /** Reason why there is no `asker`, with advice, for the note about a denial. */
  readonly whyNobody?: string | undefined;
  /** Options that override those derived from the flags. */
  readonly options?: SessionOptions;
  /** Whether the program had another session before. Default `false`. */
  readonly isFurther?: boolean;
  /** What ends a turn. Default `"turn"`. */
  readonly until?: Until;
  /** Extra cleanup when a signal ends the program immediately. */
  readonly cleanUp?: () => Promise<void>;
}

/** Runs the turns of a session. */
export class Conductor {
  /** The session. */
  readonly session: AsyncSession;
  /** Handles the signals. */
  readonly watch: SignalWatch;
  readonly #plan: Plan;
  readonly #denied: ToolRequest[];
  #isInTurn = false;
  #lastError: unknown;
  #knowsVersion = false;

  constructor(
    plan: Plan,
    session: AsyncSession,
    watch: SignalWatch,
    denied: ToolRequest[],
  ) {
    this.#plan = plan;
    this.session = session;
    this.watch = watch;
    this.#denied = denied;
  }

  /** Whether a turn is running, or being shown. */
  get isInTurn(): boolean {
    return this.#isInTurn;
  }

  /** The error of the last turn that failed. */
  get lastError(): unknown {
    return this.#lastError;
  }

  /** Sends a prompt and shows the turn. Returns the exit code. */
  async turn<V extends View>(
    prompt: PromptContent,
    given: Presenter<V> | LatePresenter<V>,
  ): Promise<number> {
    const { output, flags } = this.#plan;
    let presenter: Presenter<V> | undefined;
    using attempt = this.watch.begin(flags.timeoutMs, () => {
      // Not awaited: a failure to print this message changes nothing.
      this.#sayInterrupted(presenter).catch(() => {});
    });
    let turn: Turn<V> | undefined;
    this.#isInTurn = true;
    try {
      turn = this.session.send(prompt, {
        view: given.view,
        signal: attempt.timeout,
        until: this.#plan.until ?? "turn",
      });
      // After the prompt: the process starts in the meantime.
      presenter = "load" in given ? await given.load() : given;
      await this.#show(turn, presenter, attempt);
      // Throws if the turn failed.
      await turn.text();
      if (flags.failOnDeny === true) await this.#checkDenials(turn);
      return attempt.isInterrupted
        ? await this.#ended(new SignalError("SIGINT"))
        : EXIT.done;
    } catch (error) {
      this.#lastError = error;
      const { ending } = this.watch;
      if (ending !== undefined) {
        await sayEnding(output, ending);
        return await this.#ended(ending);
      }
      if (attempt.isInterrupted) {
        return await this.#ended(new SignalError("SIGINT"));
      }
      return await report(output, error);
    } finally {
      if (turn === undefined) await presenter?.end(undefined);
      await this.#afterwards(turn);
      this.#isInTurn = false;
    }
  }

  async #checkDenials(turn: Turn<View>): Promise<void> {
    const { permissionDenials = [] } = await turn.result();
    const tools = [...this.#denied, ...permissionDenials]
      .map(({ toolName }) => toolName);
    if (tools.length === 0) return;
    await this.#noteDenials();
    throw new DeniedError(tools);
  }

  async #show<V extends View>(
    turn: Turn<V>,
    presenter: Presenter<V>,
    attempt: Attempt,
  ): Promise<void> {
    const { asker } = this.#plan;
    let result: Result | undefined;
    using withdrawals = new Withdrawals(this.session);
    using wait = new TaskWait(() => {
      // Not awaited: a failure to print this message changes nothing.
      this.#sayWaiting(presenter).catch(() => {});
    });
    try {
      for await (const event of turn) {
        await presenter.take(event);
        if (isResult(event)) wait.begin(this.session.tasks.size > 0);
        if (asker === undefined || !isPermissionRequest(event)) continue;
        await presenter.interlude();
        await asker.ask(event, {
          stopped: attempt.stopped,
          withdrawn: withdrawals.signalOf(event.requestId),
          interrupt: () => this.watch.pressInterrupt(),
          explain: (name, input) => this.session.explainPermission(name, input),
        });
      }
      result = await turn.result();
    } finally {
      await presenter.end(result);
    }
  }

  /** Returns the exit code after a signal ended the turn, once stderr has shown it. */
  async #ended(error: SignalError): Promise<number> {
    await this.#plan.output.failure(failureObject(error));
    return exitCodeOf(error);
  }

  async #sayInterrupted(presenter: Presenter<View> | undefined): Promise<void> {
    const { output } = this.#plan;
    const isFresh = await presenter?.interlude() ?? false;
    // The terminal has echoed ^C.
    if (!isFresh && output.terminals.stdin) await output.stderr("\n");
    await output.stderr(styled("yellow", "interrupted\n"));
  }

  /** Prints what the turn is waiting for, if nothing else shows it. */
  async #sayWaiting(presenter: Presenter<View>): Promise<void> {
    const tasks = [...this.session.tasks].map(({ description }) => description);
    if (tasks.length === 0 || this.#plan.flags.quiet === true) return;
    await presenter.interlude();
    const { waitingText } = await import("./text/waiting_text.ts");
    await this.#warn(waitingText(tasks));
  }

  async #afterwards(turn: Turn<View> | undefined): Promise<void> {
    const { output, flags } = this.#plan;
    await this.#noteDenials();
    await this.#checkVersion();
    if (flags.stats !== undefined && turn !== undefined) {
      await output.writeStderr(jsonLine({ type: "stats", ...turn.stats() }));
    }
    const isWanted = flags.footer ??
      (output.terminals.stderr && flags.quiet !== true);
    if (!isWanted || turn === undefined) return;
    const result = await turn.result().catch(() => undefined);
    if (result === undefined) return;
    await output.stderr(styled("dim", `${footerText(result, turn)}\n`));
  }

  async #noteDenials(): Promise<void> {
    const denied = this.#denied.splice(0);
    if (denied.length === 0) return;
    const { whyNobody = NO_TERMINAL } = this.#plan;
    await this.#warn(denialNote(denied, whyNobody));
  }

  async #warn(note: string): Promise<void> {
    const { output, flags } = this.#plan;
    if (flags.quiet === true) return;
    await output.stderr(styled("yellow", "claudestream:"), ` ${note}\n`);
  }

  /** Warns once that the CLI is too old; its version is known from the first turn on. */
  async #checkVersion(): Promise<void> {
    const version = this.session.claudeVersion;
    if (version === undefined || this.#knowsVersion) return;
    this.#knowsVersion = true;
    if (testedness(version) !== "older") return;
    await this.#warn(
      `claude ${version} is too old (tested: ${TESTED_RANGE}); update it with: claude update`,
    );
  }
}

/** Tracks the requests that the CLI has withdrawn, including those not yet shown. */
class Withdrawals implements Disposable {
  readonly #controllers = new Map<string, AbortController>();
  readonly #listening: Disposable;

  constructor(session: AsyncSession) {
    this.#listening = session.on(
      "request_cancelled",
      ({ requestId }) => this.#controllerOf(requestId).abort(),
    );
  }

  signalOf(requestId: string): AbortSignal {
    return this.#controllerOf(requestId).signal;
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }

  #controllerOf(requestId: string): AbortController {
    const known = this.#controllers.get(requestId);
    if (known !== undefined) return known;
    const controller = new AbortController();
    this.#controllers.set(requestId, controller);
    return controller;
  }
}

function isResult(event: unknown): boolean {
  return (event as { readonly type?: unknown }).type === "result";
}

function isPermissionRequest(event: unknown): event is PermissionRequest {
  // Wire objects never have this type, so this is true only for events.
  return (event as { readonly type?: unknown }).type === "permission_request";
}

/** Makes the session of a command; it begins with the first prompt. */
export async function openSession(
  flags: Flags,
  options: SessionOptions = {},
): Promise<AsyncSession> {
  return newSession({
    ...await sessionOptions(flags, policyOf(flags.allow)),
    ...options,
  });
}

/** Runs a command on its own session, and leaves no process behind. */
export async function conduct(
  plan: Plan,
  body: (conductor: Conductor) => Promise<number>,
): Promise<number> {
  const denied: ToolRequest[] = [];
  const session = await openSession(plan.flags, plan.options);
  // Deny immediately and in every view, however slowly the output is read.
  using _denying = plan.asker !== undefined
    ? undefined
    : session.on("permission_request", (request) => {
      denied.push(request);
      request.deny(unattendedMessage(request));
    });
  // Handle signals until the process is gone.
  using watch = new SignalWatch(session, (error) => beforeExit(plan, error));
  // Closed after the session, whose last events it gets.
  await using _tee = plan.flags.tee === undefined
    ? undefined
    : await (await import("./output/tee.ts")).teeTo(
      plan.flags.tee,
      session,
      plan.isFurther,
    );
  await using _closing = session;
  return await body(new Conductor(plan, session, watch, denied));
}

/** How long an ending program waits for a stdout that accepts no data, in milliseconds. */
const LAST_WORDS_MS = 1000;

/** Endings that stderr has told of. */
const TOLD = new WeakSet<SignalError>();

/** Says which signal ends the program, once: the turn or the end of the program comes first. */
async function sayEnding(output: Output, ending: SignalError): Promise<void> {
  if (TOLD.has(ending)) return;
  TOLD.add(ending);
  await output.stderr(`claudestream: ${ending.message}\n`);
}

/** Finishes the output when a signal ends the program. */
async function beforeExit(plan: Plan, error: SignalError): Promise<void> {
  const { output } = plan;
  // A turn that has not ended yet would draw them again.
  output.endLive().catch(() => {});
  const said = Promise.all([
    // A second Ctrl-C needs no words.
    error.signal === "SIGINT" ? undefined : sayEnding(output, error),
    output.failure(failureObject(error)),
  ]).then(() => output.written());
  const { promise: patience, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, LAST_WORDS_MS);
  await Promise.race([said, patience]);
  clearTimeout(timer);
  await plan.cleanUp?.();
}

/**
 * Makes a session; it begins with the first prompt.
 *
 * @throws {UsageError} The options are wrong.
 */
export function newSession(options: SessionOptions): AsyncSession {
  try {
    return new AsyncSession(options);
  } catch (error) {
    if (error instanceof ConfigError || error instanceof TypeError) {
      throw new UsageError(
        error.message,
        error instanceof ConfigError ? error.hint : undefined,
      );
    }
    throw error;
  }
}
