/** Holds what came of a run against its plan. Pure. */

import { answerTo, type Plan, type PlannedTurn } from "./plan.ts";

/** What came of one turn. */
export type TurnOutcome =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "left" }
  | {
    readonly kind: "error";
    readonly name: string;
    /** `undefined` if it is not an error of the library. */
    readonly code: string | undefined;
    readonly message: string;
  };

/** What came of a run. */
export interface Outcome {
  readonly seed: number;
  readonly turns: readonly TurnOutcome[];
  /** How many calls an interleaving made. */
  readonly moves?: number;
  /** Calls of an interleaving that were never settled. */
  readonly unsettled?: readonly string[];
  /** Errors of an interleaving that are none of the library's. */
  readonly foreign?: readonly string[];
  /** Why `close()` threw, if it did. */
  readonly closeError: string | undefined;
  /** Unhandled rejections and uncaught errors. */
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
  | "never settled"
  | "close failed"
  | "unhandled"
  | "process left";

/** What is wrong with a run: nothing, if all is well. */
export function judge(
  plan: Pick<Plan, "turns">,
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
      if (!isAnswer(came.text, planned)) {
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
  for (const what of outcome.unsettled ?? []) say("never settled", what);
  for (const what of outcome.foreign ?? []) say("foreign error", what);
  if (outcome.closeError !== undefined) say("close failed", outcome.closeError);
  for (const what of outcome.unhandled) say("unhandled", what);
  for (const pid of outcome.left) say("process left", String(pid));
  return found;
}

/**
 * What comes before it in the same reply belongs to the answer. Where lines are lost or come
 * twice, so does the text in them.
 */
function isAnswer(text: string, { prompt, effect }: PlannedTurn): boolean {
  const own = answerTo(prompt);
  const said = text.replaceAll("Let me see.", "");
  return said === own ||
    effect !== "harmless" && said.replaceAll(own, "") === "";
}
