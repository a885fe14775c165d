import { type EventBase, makeEvent } from "../messages/_define.ts";

/**
 * A reader of `session.events()` was slower than the session for so long that events
 * were dropped, at this place. Pieces of replies and their progress go first, whole
 * messages only where there are no more of those. The reader of a turn never gets it:
 * there nothing is dropped.
 *
 * Derived; the CLI knows nothing of it.
 */
export interface EventsDropped extends EventBase<"events_dropped"> {
  /** How many events are missing here. */
  readonly count: number;
}

/** Makes the event. */
export function eventsDropped(count: number): EventsDropped {
  return makeEvent<EventsDropped>(undefined, { type: "events_dropped", count });
}
