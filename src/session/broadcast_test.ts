// Readers and listeners of a session do not hold each other up.

import { assertEquals, assertThrows } from "@std/assert";
import { Broadcast, type EventsOptions } from "./broadcast.ts";
import { EventDecoder } from "../decode/decoder.ts";
import type { ClaudeEvent } from "../events/mod.ts";

/** A reader that loops over all events. */
function events(
  broadcast: Broadcast,
  options: EventsOptions = {},
): AsyncIterableIterator<ClaudeEvent> {
  return broadcast.feed(options).iterate({ cut: ({ events }) => events });
}

function short(event: ClaudeEvent): string | number {
  if (event.type === "events_dropped") return event.count;
  return event.type === "prompt_suggestion" ? event.suggestion : event.type;
}

Deno.test("events(): a reader that is too slow is told how much it missed, another one misses nothing", async () => {
  const broadcast = new Broadcast();
  const slow = events(broadcast, { bufferSize: 2 });
  const fast = events(broadcast);
  const decoder = new EventDecoder();
  for (let at = 1; at <= 5; at++) {
    broadcast.frame(
      decoder.decode({ type: "prompt_suggestion", suggestion: `${at}` }),
    );
  }
  broadcast.closed(undefined);
  assertEquals((await Array.fromAsync(slow)).map(short), [3, "4", "5"]);
  assertEquals((await Array.fromAsync(fast)).map(short), [
    "1",
    "2",
    "3",
    "4",
    "5",
  ]);
  assertEquals(await Array.fromAsync(events(broadcast)), []);
});

Deno.test("events(): a reader that leaves is no reader any more", async () => {
  const broadcast = new Broadcast();
  const reader = events(broadcast);
  assertEquals(broadcast.attended("permission_request"), true);
  await reader.return?.();
  assertEquals(broadcast.attended("permission_request"), false);
});

Deno.test("events(): a buffer of no size is a RangeError", () => {
  for (const bufferSize of [0, 1.5, NaN, -1]) {
    assertThrows(() => new Broadcast().feed({ bufferSize }), RangeError);
  }
});

Deno.test("on(): what is no function is refused at once", () => {
  const listener = undefined as unknown as () => void;
  assertThrows(
    () => new Broadcast().on("close", listener),
    TypeError,
    'Cannot listen to "close": expected a function, got undefined',
  );
});
