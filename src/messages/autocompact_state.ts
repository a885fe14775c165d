import * as v from "valibot";
import {
  defineMessage,
  type EventBase,
  type MessageKind,
  shape,
  wire,
} from "./_define.ts";

/** When the CLI compacts the conversation by itself. */
export interface Autocompact {
  /** Whether it does so at all. */
  readonly enabled: boolean;
  /** Tokens of the context window that can be used. */
  readonly effectiveWindow: number;
  /** Tokens from which on it compacts. */
  readonly threshold: number;
  /** The conversation cannot grow beyond the threshold. */
  readonly enforced: boolean;
  /** Where the threshold comes from, such as `model-default`. */
  readonly source: string;
}

/**
 * When the CLI compacts the conversation by itself. Written at the start and after each
 * change, if the variable `CLAUDE_CODE_REMOTE` is `1`.
 *
 * Seen with CLI 2.1.332 in 2.1.332_p-goal-remote-cli332.ndjson; the official SDK 0.3.332 has
 * no type for it.
 */
export interface AutocompactState extends EventBase<"autocompact_state"> {
  /** The state now, or `null` if there is none. */
  readonly autocompact: Autocompact | null;
}

/** Reads {@linkcode AutocompactState}. */
export const autocompactState: MessageKind<AutocompactState> = defineMessage<
  AutocompactState
>(
  "autocompact_state",
  "autocompact_state",
  {
    autocompact: wire(
      "value",
      v.nullable(shape<Autocompact>({
        enabled: wire("enabled", v.boolean()),
        effectiveWindow: wire("effective_window", v.number()),
        threshold: wire("threshold", v.number()),
        enforced: wire("enforced", v.boolean()),
        source: wire("source", v.string()),
      })),
    ),
  },
);
