/** Handles the requests of the host. */

import {
  answerInitialize,
  answerRequest,
  failure,
  success,
} from "./control.ts";
import { greetServers, readHooks } from "./host_requests.ts";
import { isObject } from "./version.ts";
import type { PlayerOutput } from "./output.ts";
import { playPlain, type StartBackground } from "./plain_steps.ts";
import type { Prompt } from "./prompt.ts";
import { strand, type Strands } from "./strands.ts";
import type { Json, JsonObject, ScriptedAnswer } from "../scenario.ts";
import type { Stage } from "./wire.ts";

/** What request handlers need from the player. */
export interface DeskSurroundings {
  readonly outbox: PlayerOutput[];
  readonly strands: Strands;
  readonly startBackground: StartBackground;
  /** Aborts the running turn. */
  interrupt(): void;
  /** Ends the process when the turn is over. */
  endSession(): void;
  /** Ends the process immediately. */
  fail(error: string): void;
}

/** Answers requests of the host. */
export class RequestDesk {
  readonly #stage: Stage;
  readonly #player: DeskSurroundings;
  #greetings = 0;

  constructor(stage: Stage, player: DeskSurroundings) {
    this.#stage = stage;
    this.#player = player;
  }

  /** Whether the host's servers are being initialized; turns wait for that. */
  get greets(): boolean {
    return this.#greetings > 0;
  }

  /** Takes a line of type `control_request`. */
  receive(line: JsonObject): void {
    const stage = this.#stage;
    const id = line["request_id"];
    const request = line["request"];
    if (!isObject(request)) {
      this.#player.fail("Error: Missing request on control_request");
      return;
    }
    const subtype = String(request["subtype"]);
    const scripted = stage.script.answers?.[subtype];
    switch (scripted?.answer) {
      case "none":
        return;
      case "success":
      case "error":
        this.#scripted(id, scripted);
        return;
      case "gate": {
        const gate = { do: "gate", name: scripted.name } as const;
        this.#player.strands.add(strand(
          playPlain(stage, [gate], this.#player.startBackground),
          () => this.#usualAnswer(id, subtype, request),
          true,
        ));
        return;
      }
      default:
        this.#usualAnswer(id, subtype, request);
    }
  }

  /** Sends an answer of the script, with its faults. */
  #scripted(
    id: Json | undefined,
    answer: Extract<ScriptedAnswer, { readonly answer: "success" | "error" }>,
  ): void {
    const { delayMs = 0, times = 1, requestId = id } = answer;
    const write = () => {
      for (let count = 0; count < times; count++) {
        this.#player.outbox.push(
          ...(answer.answer === "success"
            ? success(this.#stage, requestId, answer.response)
            : failure(
              this.#stage,
              requestId,
              answer.error,
              answer.errorCode,
            )),
        );
      }
    };
    if (delayMs <= 0) return write();
    const pause = { do: "pause", ms: delayMs } as const;
    this.#player.strands.add(strand(
      playPlain(this.#stage, [pause], this.#player.startBackground),
      write,
      true,
    ));
  }

  #usualAnswer(
    id: Json | undefined,
    subtype: string,
    request: JsonObject,
  ): void {
    const stage = this.#stage;
    switch (subtype) {
      case "initialize":
        this.#initialize(id, request);
        return;
      case "interrupt": {
        const cancelled = request["cancel_queued"] === true
          ? this.#stage.queue.splice(0)
          : [];
        for (const { uuid } of cancelled) {
          if (uuid === undefined) continue;
          this.#player.outbox.push(...stage.lifecycle(uuid, "cancelled"));
        }
        this.#player.interrupt();
        const response = stage.cli.isOldest
          ? undefined
          : stage.cli.answer("interrupt", {
            still_queued: uuidsOf(this.#stage.queue),
            ...(request["cancel_queued"] === true
              ? { cancelled: uuidsOf(cancelled) }
              : {}),
          });
        this.#player.outbox.push(...success(stage, id, response));
        return;
      }
      case "end_session": {
        this.#player.outbox.push(...success(stage, id));
        this.#player.endSession();
        return;
      }
      case "cancel_async_message": {
        const uuid = request["message_uuid"];
        const index = this.#stage.queue.findIndex((prompt) =>
          prompt.uuid === uuid
        );
        if (index < 0 || typeof uuid !== "string") {
          this.#player.outbox.push(...success(stage, id, { cancelled: false }));
          return;
        }
        this.#stage.queue.splice(index, 1);
        const response = { cancelled: true, message_uuid: uuid };
        this.#player.outbox.push(
          ...stage.lifecycle(uuid, "cancelled"),
          ...success(stage, id, response),
        );
        return;
      }
      default:
        this.#player.outbox.push(...answerRequest(stage, id, request));
    }
  }

  #initialize(id: Json | undefined, request: JsonObject): void {
    const stage = this.#stage;
    const { hooks, managedSettings, sdkMcpServers } = request;
    if (hooks !== undefined && hooks !== null && !isObject(hooks)) {
      const error = "initialize: hooks must be an object";
      this.#player.outbox.push(...failure(stage, id, error, "invalid_request"));
      return;
    }
    stage.hooks = readHooks(hooks);
    if (isObject(managedSettings)) {
      stage.settings.push({
        source: "policySettings",
        settings: managedSettings,
      });
    }
    const servers = Array.isArray(sdkMcpServers)
      ? sdkMcpServers.filter((name) => typeof name === "string")
      : [];
    if (servers.length === 0) {
      this.#player.outbox.push(...answerInitialize(stage, id));
      return;
    }
    // As recorded: the first greeting goes out before the response does.
    this.#greetings++;
    const script = greetServers(stage, servers, () => this.#greetings--);
    const { value } = script.next({ key: "", value: undefined });
    if (value !== undefined && value.do !== "wait") {
      this.#player.outbox.push(value);
    }
    this.#player.outbox.push(...answerInitialize(stage, id));
    this.#player.strands.add(strand(script, undefined, true));
  }
}

function uuidsOf(prompts: readonly Prompt[]): readonly string[] {
  return prompts.flatMap(({ uuid }) => uuid === undefined ? [] : uuid);
}
