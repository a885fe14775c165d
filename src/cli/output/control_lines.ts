/**
 * `events --control`: the lines of the control protocol among those of the events.
 *
 * @module
 */

import type { JsonSchema } from "../../events/event_schema.ts";
import { type ClaudeEvent, EVENT_TYPES } from "../../events/mod.ts";
import type { AsyncSession } from "../../session/async_session.ts";
import type { WireObject } from "../../messages/_define.ts";
import { isWireObject } from "../../util/json.ts";
import { jsonLine, SCHEMA_VERSION } from "./json_line.ts";
import type { Presenter } from "./presenters.ts";

/** The `type` of a line of the control protocol among those of the events. */
export const CONTROL = "control";

/** The JSON Schema of such a line. */
export const CONTROL_SCHEMA: JsonSchema = {
  description:
    "A line of the control protocol, without secrets: printed by events --control",
  type: "object",
  properties: {
    schemaVersion: { const: SCHEMA_VERSION },
    type: { const: CONTROL },
    direction: {
      enum: ["in", "out"],
      description: "in: from claude; out: to claude",
    },
    message: {
      description: "The line: an object whose type begins with control_",
      type: "object",
      properties: { type: { type: "string" } },
      required: ["type"],
    },
  },
  required: ["schemaVersion", "type", "direction", "message"],
};

/** Asking events: a listener of them would count as someone who answers. */
const ANSWERED: ReadonlySet<string> = new Set(
  [
    "permission_request",
    "elicitation_request",
    "user_dialog_request",
  ] satisfies readonly ClaudeEvent["type"][],
);

interface ControlLine {
  /** Number of events that came before it. */
  readonly after: number;
  /** Id of the request, if it is one. */
  readonly requestId: unknown;
  readonly text: string;
}

/**
 * Prints each line of the control protocol between the events that came before and after it. The
 * events of a turn are read later than they come; a control line is seen as it passes.
 */
export class ControlLines {
  readonly #print: (text: string) => Promise<void>;
  /** When each event came. */
  readonly #numbers = new WeakMap<ClaudeEvent, number>();
  #count = 0;
  #waiting: ControlLine[] = [];
  #isTaking = false;
  /** The number of the last event that was printed. */
  #printed = 0;
  #printing: Promise<void> = Promise.resolve();

  /** @param print Prints a text to stdout. */
  constructor(print: (text: string) => Promise<void>) {
    this.#print = print;
  }

  /** Numbers the events of a session as they come. */
  watch(session: AsyncSession): void {
    for (const type of EVENT_TYPES) {
      if (ANSWERED.has(type)) continue;
      session.on(type, (event) => {
        this.#numbers.set(event, ++this.#count);
      });
    }
  }

  /** Takes a line of the wire, for the option `onWire`. */
  readonly wire = (
    direction: "in" | "out",
    line: string,
    masked: () => string,
  ): void => {
    const original = parsed(line);
    if (!isControl(original)) return;
    const { request_id: requestId } = original;
    const message = parsed(masked());
    const text = jsonLine({ type: CONTROL, direction, message });
    this.#waiting.push({ after: this.#count, requestId, text });
    this.#printSoon();
  };

  /** Returns the presenter, with the control lines around what it prints. */
  around(inner: Presenter<"flat">): Presenter<"flat"> {
    return {
      ...inner,
      take: async (event) => {
        this.#isTaking = true;
        try {
          await this.#printing;
          await this.#printFirst(this.#before(event));
          await inner.take(event);
        } finally {
          this.#isTaking = false;
          this.#printed = this.#numbers.get(event) ?? this.#printed;
          this.#printSoon();
        }
      },
      end: async (result) => {
        await this.#printing;
        // No event of the turn follows.
        this.#printed = Infinity;
        await this.#printFirst(this.#waiting.length);
        await inner.end(result);
      },
    };
  }

  /** Prints the waiting lines whose events have all been printed; the others wait for an event. */
  #printSoon(): void {
    if (this.#waiting.length === 0) return;
    // In a task of its own, so that what claude is answered goes out first.
    setTimeout(() => {
      if (this.#isTaking) return;
      const printing = this.#printing.then(() => {
        const later = this.#waiting.findIndex(({ after }) =>
          after > this.#printed
        );
        return this.#printFirst(later === -1 ? this.#waiting.length : later);
      });
      // The next event reports the failure.
      printing.catch(() => {});
      this.#printing = printing;
    }, 0);
  }

  /** Number of waiting lines that came before an event. */
  #before(event: ClaudeEvent): number {
    const number = this.#numbers.get(event);
    if (number !== undefined) {
      const later = this.#waiting.findIndex(({ after }) => after >= number);
      return later === -1 ? this.#waiting.length : later;
    }
    // A request that can be answered, or pieces that were joined because they had to wait.
    const id = "requestId" in event ? event.requestId : undefined;
    if (id === undefined) return 0;
    return this.#waiting.findIndex(({ requestId }) => requestId === id) + 1;
  }

  async #printFirst(size: number): Promise<void> {
    for (const { text } of this.#waiting.splice(0, size)) {
      await this.#print(text);
    }
  }
}

function isControl(value: unknown): value is WireObject {
  return isWireObject(value) && typeof value.type === "string" &&
    value.type.startsWith("control_");
}

/** Returns the value of a line, or the line if it is no JSON. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}
