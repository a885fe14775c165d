/**
 * Control requests about the conversation: interrupt it, ask a side question, name it, export it.
 *
 * @module
 */

import * as v from "valibot";
import { type Reads, shape, wire, wireOptional } from "../messages/_define.ts";
import {
  call,
  type ControlCall,
  type ControlOptions,
  order,
  text,
  yesOrNo,
} from "./call.ts";

/** Options of `interrupt()`. */
export interface InterruptOptions extends ControlOptions {
  /**
   * Also withdraws queued prompts. Needs CLI 2.1.222 or newer; an older one ignores it, which a
   * `Warning` says. Default `false`.
   */
  readonly cancelQueued?: boolean;
}

/** What happened to prompts that were waiting when a turn was interrupted. */
export interface InterruptReceipt {
  /** Prompts that still wait and will run, by the `uuid` they were sent with. Not sent by CLI 2.1.197. */
  readonly stillQueued: readonly string[];
  /** Prompts that were taken back, with `cancelQueued`. */
  readonly cancelled?: readonly string[];
}

const receipt: Reads<InterruptReceipt> = v.pipe(
  shape<Partial<InterruptReceipt>>({
    stillQueued: wireOptional("still_queued", v.array(v.string())),
    cancelled: wireOptional("cancelled", v.array(v.string())),
  }),
  v.transform((read) => ({ stillQueued: [], ...read })),
) as Reads<InterruptReceipt>;

/**
 * Interrupts the turn that is running.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson. CLI 2.1.197
 * answers without a receipt.
 */
export function interruptCall(
  { cancelQueued }: InterruptOptions = {},
): ControlCall<InterruptReceipt> {
  return call(
    "interrupt",
    cancelQueued === undefined
      ? {}
      : { cancel_queued: yesOrNo("cancelQueued", cancelQueued) },
    receipt,
  );
}

const cancellation = shape<{ readonly cancelled: boolean }>({
  cancelled: wire("cancelled", v.boolean()),
});

/**
 * Takes back a prompt that waits. `cancelled` is `false` if it no longer waits.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export function cancelMessageCall(
  uuid: string,
): ControlCall<{ readonly cancelled: boolean }> {
  return call(
    "cancel_async_message",
    { message_uuid: text("uuid", uuid) },
    cancellation,
  );
}

/**
 * The answer to a question outside of the conversation.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export interface SideAnswer {
  /** The answer; `null` if there was none. */
  readonly response: string | null;
  /** The CLI wrote it, not the model. */
  readonly synthetic?: boolean;
}

const sideAnswer = shape<SideAnswer>({
  response: wire("response", v.nullable(v.string())),
  synthetic: wireOptional("synthetic", v.boolean()),
});

/** Asks the model about the conversation without adding to it. It costs a call of the API. */
export function sideQuestionCall(question: string): ControlCall<SideAnswer> {
  return call(
    "side_question",
    { question: text("question", question) },
    sideAnswer,
  );
}

/**
 * Sets the title of the session.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export function renameSessionCall(title: string): ControlCall<void> {
  return order("rename_session", {
    title: text("title", title),
    source: "host",
  });
}

const generatedTitle = shape<{ readonly title: string | null }>({
  title: wire("title", v.nullable(v.string())),
});

/**
 * Generates a title from a description, and with `persist` sets it as the session's
 * title. It costs a call of the API. `null` if the CLI generates none.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export function generateTitleCall(
  description: string,
  persist: boolean,
): ControlCall<{ readonly title: string | null }> {
  return call("generate_session_title", {
    description: text("description", description),
    persist: yesOrNo("persist", persist),
  }, generatedTitle);
}

/**
 * The conversation as a text for people.
 *
 * Seen in: CLI 2.1.330, tests/transcripts/2.1.330_07-control-all.ndjson.
 */
export interface ExportedConversation {
  /** The text; empty before the first turn. */
  readonly text: string;
  /** A name for a file with it. */
  readonly defaultFilename?: string;
}

const exported = shape<ExportedConversation>({
  text: wire("text", v.string()),
  defaultFilename: wireOptional("default_filename", v.string()),
});

/** Asks for the conversation as a text. */
export function exportConversationCall(): ControlCall<ExportedConversation> {
  return call("export_conversation", {}, exported);
}
