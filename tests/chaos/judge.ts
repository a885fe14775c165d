/** Holds what came of a run against its plan. Pure. */

import { answerTo, type Plan } from "./plan.ts";

/** What came of one turn. */
export type TurnOutcome =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "left" }
  | {
    readonly kind: "error";
    readonly name: string;
    /** `undefined` where it is none of the library's errors. */
    readonly code: string | undefined;
    readonly message: string;
  };

/** What came of a run. */
export interface Outcome {
  readonly seed: number;
  readonly turns: readonly TurnOutcome[];
  /** Why `close()` threw, if it did. */
  readonly closeError: string | undefined;
  /** Rejections that nobody handled, and errors that nobody caught. */
  readonly unhandled: readonly string[];
  /** Processes that were still there after `close()`. */
  readonly left: readonly number[];
  readonly ms: number;
}

/** A kind of violation. */
export type Violation =
  | "wrong answer"
  | "lost answer"
  | "missing error"
  | "foreign error"
  | "close failed"
  | "unhandled"
  | "process left";

/** What is wrong with a run: nothing, if all is well. */
export function judge(
  plan: Plan,
  outcome: Outcome,
): { readonly violation: Violation; readonly what: string }[] {
  const found: { violation: Violation; what: string }[] = [];
  const say = (violation: Violation, what: string) =>
    found.push({ violation, what });
  outcome.turns.forEach((came, index) => {
    const planned = plan.turns[index];
    if (planned === undefined) return;
    const where = `turn ${index + 1} (${planned.reading}, ${planned.effect})`;
    if (came.kind === "text") {
      if (came.text !== answerTo(planned.prompt)) {
        say("wrong answer", `${where}: got ${JSON.stringify(came.text)}`);
      } else if (planned.effect === "deadly") {
        say("missing error", `${where}: an answer of a dead process`);
      }
    } else if (came.kind === "error") {
      const told = `${where}: ${came.name} ${came.code}: ${came.message}`;
      if (came.code === undefined) say("foreign error", told);
      if (planned.effect === "harmless") say("lost answer", told);
    }
  });
  if (outcome.closeError !== undefined) say("close failed", outcome.closeError);
  for (const what of outcome.unhandled) say("unhandled", what);
  for (const pid of outcome.left) say("process left", String(pid));
  return found;
}
