/**
 * Plays a scenario: lines of the host go in, lines and other outputs come out. It has no I/O and no
 * clock; its environment takes one output after the other with {@linkcode Player.next} and carries
 * it out.
 */

import { isObject } from "./player/version.ts";
import type { PlayerOutput, Script } from "./player/output.ts";
import { playPlain } from "./player/plain_steps.ts";
import { type Prompt, promptText, readPrompt } from "./player/prompt.ts";
import { RequestDesk } from "./player/requests.ts";
import { strand, Strands } from "./player/strands.ts";
import { TurnPlayer } from "./player/turn.ts";
import { type PlayerStart, Stage } from "./player/wire.ts";
import type {
  BackgroundStep,
  Json,
  JsonObject,
  Scenario,
  TurnScript,
} from "./scenario.ts";

const ECHO: TurnScript = [{ do: "text", text: "{prompts}", template: true }];

/** Plays one process of a scenario. */
export class Player {
  readonly #stage: Stage;
  readonly #outbox: PlayerOutput[] = [];
  readonly #strands = new Strands();
  readonly #desk: RequestDesk;
  readonly #wakeUps: TurnScript[] = [];
  readonly #usedUuids = new Set<string>();
  #turn: TurnPlayer | undefined;
  /** Input that arrived before the initial steps were finished. */
  #held: (string | undefined)[] | undefined;
  #inputEnded = false;
  #lastSteps = false;
  #exitWhenIdle: number | undefined;
  #ended = false;

  /**
   * Prepares the script of a process.
   *
   * @param scenario The scenario of all processes
   * @param start How this process was started
   */
  constructor(scenario: Scenario, start: PlayerStart) {
    this.#stage = new Stage(scenario, start);
    this.#desk = new RequestDesk(this.#stage, {
      outbox: this.#outbox,
      strands: this.#strands,
      startBackground: this.#background,
      interrupt: () => this.#interrupt(),
      endSession: () => this.#endSession(),
      fail: (error) => this.#fail(error),
    });
    const { arguments: list } = start;
    const text = list.join(" ").replaceAll("=", " ");
    if (
      text.includes("--output-format stream-json") &&
      !list.includes("--verbose")
    ) {
      this.#fail("Error: --output-format=stream-json requires --verbose");
      return;
    }
    const steps = this.#stage.script.beforeInput ?? [];
    if (steps.length > 0) {
      this.#held = [];
      this.#strands.main = strand(
        playPlain(this.#stage, steps, this.#background),
        () => this.#takeHeld(),
      );
    }
  }

  /** The session id of this process. */
  get sessionId(): string {
    return this.#stage.launch.sessionId;
  }

  /** Returns the next output, or `undefined` if it waits for input. */
  next(): PlayerOutput | undefined {
    while (!this.#ended) {
      const ready = this.#outbox.shift() ?? this.#strands.advance();
      if (ready === undefined) {
        if (!this.#startNext()) return undefined;
      } else if (ready !== "moved") {
        if (ready.do === "exit") this.#ended = true;
        return ready;
      }
    }
    return undefined;
  }

  /** Takes a line of the host, without its newline. */
  receive(text: string): void {
    if (this.#held !== undefined) {
      this.#held.push(text);
      return;
    }
    if (this.#stage.deaf || this.#ended || text.trim() === "") return;
    let line: Json;
    try {
      line = JSON.parse(text);
    } catch {
      line = null;
    }
    if (line === null) {
      this.#fail(
        "Error parsing streaming input line (type=unknown, " +
          `${text.length} chars): SyntaxError`,
      );
      return;
    }
    if (!isObject(line)) return;
    switch (line["type"]) {
      case "user":
        this.#prompt(line);
        return;
      case "control_request":
        this.#desk.receive(line);
        return;
      case "control_response":
        this.#answer(line["response"]);
        return;
    }
  }

  /** Ends the input from the host. */
  endInput(): void {
    if (this.#held !== undefined) {
      this.#held.push(undefined);
      return;
    }
    if (this.#stage.ignored.has("eof") || this.#stage.deaf) return;
    this.#inputEnded = true;
    for (const id of this.#stage.openRequests) {
      this.#strands.resume(id, { kind: "closed" });
    }
    this.#stage.openRequests.clear();
  }

  /** Continues after a pause, or after a gate was released. */
  resume(key: string): void {
    this.#strands.resume(key, undefined);
  }

  /** Takes a signal. */
  signal(name: "SIGTERM" | "SIGINT"): void {
    if (name === "SIGTERM") {
      if (this.#stage.ignored.has("sigterm")) return;
      const last = this.#turn?.terminate();
      this.#stop();
      this.#exitWhenIdle = 143;
      this.#strands.main = last && strand(last);
    } else {
      if (this.#stage.ignored.has("sigint")) return;
      if (this.#turn === undefined) this.#stop();
      this.#interrupt();
      this.#exitWhenIdle = 0;
    }
  }

  #takeHeld(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const line of held) {
      if (line === undefined) this.endInput();
      else this.receive(line);
    }
  }

  readonly #background = (step: BackgroundStep, script: Script): void => {
    this.#strands.add(strand(script, () => {
      if (step.wakeUp !== undefined) this.#wakeUps.push(step.wakeUp);
    }));
  };

  /** Starts the next script when none is being played. Returns whether there was one. */
  #startNext(): boolean {
    if (this.#strands.main !== undefined) return false;
    if (this.#exitWhenIdle !== undefined) {
      this.#outbox.push({ do: "exit", code: this.#exitWhenIdle });
      return true;
    }
    if (this.#desk.greets && !this.#inputEnded) return false;
    const wakeUp = this.#wakeUps.shift();
    if (wakeUp !== undefined) {
      this.#startTurn([], wakeUp, { kind: "task-notification" });
      return true;
    }
    if (this.#stage.queue.length > 0) {
      this.#startQueued();
      return true;
    }
    if (!this.#inputEnded || this.#strands.holdsEnd) {
      return false;
    }
    const steps = this.#stage.script.atEndOfInput ?? [];
    if (!this.#lastSteps && steps.length > 0) {
      this.#lastSteps = true;
      this.#strands.main = strand(
        playPlain(this.#stage, steps, this.#background),
      );
      return true;
    }
    this.#exitWhenIdle = this.#stage.lastResultFailed ? 1 : 0;
    return true;
  }

  /** Starts one turn for all waiting prompts. */
  #startQueued(): void {
    const prompts = this.#stage.queue.splice(0);
    const texts = prompts.map(({ text }) => text).join("\n");
    const steps = this.#stage.turnFor(texts) ?? ECHO;
    this.#stage.turns++;
    for (const { text, uuid } of prompts) {
      this.#stage.prompts.push(text);
      if (uuid !== undefined) {
        this.#outbox.push(...this.#stage.lifecycle(uuid, "started"));
      }
    }
    this.#startTurn(prompts, steps, undefined);
  }

  #startTurn(
    prompts: readonly Prompt[],
    steps: TurnScript,
    origin: JsonObject | undefined,
  ): void {
    const turn = new TurnPlayer(
      this.#stage,
      {
        startBackground: this.#background,
        takeQueued: () => this.#stage.queue.splice(0),
      },
      prompts,
      steps,
      origin,
    );
    this.#turn = turn;
    this.#stage.turnRunning = true;
    this.#strands.main = strand(
      turn.play(),
      () => this.#closeTurn(turn, "completed"),
    );
  }

  #closeTurn(turn: TurnPlayer, state: "completed" | "cancelled"): void {
    this.#turn = undefined;
    this.#stage.turnRunning = false;
    this.#strands.main = strand(turn.close(state));
  }

  #prompt(line: JsonObject): void {
    const stage = this.#stage;
    const read = readPrompt(line);
    if (read.kind === "fatal") this.#fail(read.error);
    if (read.kind !== "prompt") return;
    const uuid = typeof line["uuid"] === "string" ? line["uuid"] : undefined;
    if (uuid !== undefined) {
      if (this.#usedUuids.has(uuid)) {
        this.#outbox.push(...stage.lifecycle(uuid, "completed"));
        return;
      }
      this.#usedUuids.add(uuid);
      this.#outbox.push(...stage.lifecycle(uuid, "queued"));
    }
    const { content } = read;
    this.#stage.queue.push({
      text: promptText(content),
      content,
      uuid,
      asksModel: line["shouldQuery"] !== false,
      isSynthetic: line["isSynthetic"] === true,
    });
    const { promptKey } = stage;
    if (promptKey !== undefined) this.#strands.resume(promptKey, undefined);
    stage.promptKey = undefined;
    // The CLI starts the first of several prompts before it reads the next, so the first makes a
    // separate turn.
    if (this.#strands.main === undefined && !this.#desk.greets) {
      this.#startQueued();
    }
  }

  #answer(response: Json | undefined): void {
    if (!isObject(response)) return;
    const id = response["request_id"];
    // Answers to unknown ids and second answers are ignored.
    if (typeof id !== "string" || !this.#stage.openRequests.delete(id)) return;
    this.#strands.resume(
      id,
      response["subtype"] === "success"
        ? { kind: "success", response: response["response"] ?? null }
        : { kind: "error", error: String(response["error"] ?? "") },
    );
  }

  /** Aborts the running turn; its last lines are played next. */
  #interrupt(): void {
    const turn = this.#turn;
    if (turn === undefined || this.#stage.ignored.has("interrupt")) return;
    for (const id of this.#stage.openRequests) {
      this.#outbox.push(...this.#stage.line({
        type: "control_cancel_request",
        request_id: id,
      }));
    }
    this.#stop();
    this.#strands.main = strand(
      this.#abort(turn),
      () => this.#closeTurn(turn, "cancelled"),
    );
  }

  *#abort(turn: TurnPlayer): Script {
    const { onInterrupt = [] } = this.#stage.script;
    yield* playPlain(this.#stage, onInterrupt, this.#background);
    yield* turn.abort();
  }

  #endSession(): void {
    const busy = this.#turn !== undefined;
    this.#interrupt();
    this.#stage.queue.length = 0;
    this.#exitWhenIdle = busy ? 1 : 0;
  }

  #stop(): void {
    this.#strands.stop();
    this.#turn = undefined;
    this.#stage.openRequests.clear();
  }

  #fail(error: string): void {
    this.#stop();
    this.#stage.queue.length = 0;
    this.#exitWhenIdle = 1;
    const text = `${error}\n`;
    this.#outbox.push({ do: "stderr", text, bytes: text.length });
  }
}
