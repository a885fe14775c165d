/** A process that plays runs, so that one that hangs can be seen, and ended, from outside. */

import { TextLineStream } from "@std/streams";
import { interleave } from "./interleave.ts";
import { interleavingOf, isInterleaving } from "./moves.ts";
import { play } from "./play.ts";
import { planOf } from "./plan.ts";

const rejections: string[] = [];

function note(event: PromiseRejectionEvent | ErrorEvent): void {
  event.preventDefault();
  const reason = "reason" in event ? event.reason : event.error;
  rejections.push(reason instanceof Error ? `${reason.stack}` : `${reason}`);
}

globalThis.addEventListener("unhandledrejection", note);
globalThis.addEventListener("error", note);

const seeds = Deno.stdin.readable
  .pipeThrough(new TextDecoderStream())
  .pipeThrough(new TextLineStream());
for await (const seed of seeds) {
  const number = Number(seed);
  const unhandled = () => rejections.splice(0);
  const outcome = isInterleaving(number)
    ? await interleave(interleavingOf(number), unhandled)
    : await play(planOf(number), unhandled);
  const line = new TextEncoder().encode(`${JSON.stringify(outcome)}\n`);
  for (let at = 0; at < line.length;) {
    at += Deno.stdout.writeSync(line.subarray(at));
  }
}
