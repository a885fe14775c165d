// Answers end with one line break, and their blocks are one text.

import { assertEquals } from "@std/assert";
import { AnswerText } from "./answer_text.ts";

function printed(act: (answer: AnswerText) => string[]): string {
  const answer = new AnswerText();
  const parts = act(answer);
  answer.cut();
  return parts.join("") + answer.endLine();
}

Deno.test("AnswerText ends every answer with one line break", () => {
  for (const text of ["a", "a\n", "a\n\n\n"]) {
    assertEquals(printed((answer) => [answer.push(text, "1")]), "a\n");
  }
  assertEquals(printed(() => []), "");
  assertEquals(printed((answer) => [answer.push("\n", "1")]), "");
});

Deno.test("AnswerText changes nothing within a block", () => {
  const pieces = ["\n a\n", "\n", "\nb", " c\n"];
  assertEquals(
    printed((answer) => pieces.map((piece) => answer.push(piece, "1"))),
    "\n a\n\n\nb c\n",
  );
});

Deno.test("AnswerText: the blocks of one reply are one text, whatever came between them", () => {
  assertEquals(
    printed((answer) => {
      const first = answer.push("Ulm has ", "1");
      answer.cut();
      return [first, answer.push("126,000", "1"), answer.push(" people.", "1")];
    }),
    "Ulm has 126,000 people.\n",
  );
  assertEquals(
    printed((answer) => {
      const first = answer.push("a\n\n\n", "1");
      answer.cut();
      return [first, answer.push("b", "1")];
    }),
    "a\n\n\nb\n",
  );
});

Deno.test("AnswerText makes a paragraph of each reply, but of one that goes on with another", () => {
  assertEquals(
    printed((answer) => [answer.push("a", "1"), answer.push("b", "2")]),
    "a\n\nb\n",
  );
  assertEquals(
    printed((answer) => {
      const first = answer.push("mid", "1");
      answer.cut();
      answer.resume("2");
      return [first, answer.push("dle", "2"), answer.push("next", "3")];
    }),
    "middle\n\nnext\n",
  );
});

Deno.test("AnswerText counts a line that was ended for a note", () => {
  assertEquals(
    printed((answer) => {
      const first = answer.push("a", "1");
      answer.cut();
      return [first, answer.endLine(), answer.endLine(), answer.push("b", "2")];
    }),
    "a\n\nb\n",
  );
});
