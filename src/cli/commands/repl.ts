import type { Output } from "../output.ts";
import type { Invocation } from "../parse.ts";
export function repl(_i: Invocation, _o: Output): Promise<number> {
  return Promise.resolve(0);
}
