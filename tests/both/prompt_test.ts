// How prompts go out, and the facts about who takes them, through both drivers.

import { assertEquals, assertThrows } from "@std/assert";
import {
  AsyncSession,
  ConfigError,
  document,
  image,
  SyncSession,
  text,
} from "../../mod.ts";
import { ScriptedClaude, step } from "../../src/testing/mod.ts";

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Runs something with a session of each kind. */
async function both(
  run: (
    session: AsyncSession | SyncSession,
    claude: ScriptedClaude,
  ) => Promise<void>,
  options: { readonly verbatim?: boolean } = {},
): Promise<void> {
  for (const Session of [AsyncSession, SyncSession]) {
    await using claude = await ScriptedClaude.create({
      processes: [{ forEveryPrompt: [step.text("x")] }],
    });
    const session = new Session({ ...options, claudePath: claude.command });
    try {
      await run(session, claude);
    } finally {
      await session.close();
    }
  }
}

/** The prompts that were written, and whether verbatim. */
function written(claude: ScriptedClaude): unknown[] {
  return claude.receivedBy(0).flatMap(({ type, message, client_composed }) =>
    type === "user"
      ? [[(message as { content: unknown }).content, client_composed]]
      : []
  );
}

Deno.test("verbatim holds for a session, and for one prompt", async () => {
  await both(async (session, claude) => {
    await session.ask("a");
    await session.ask("b", { verbatim: true });
    await session.send("c", { verbatim: true }).text();
    await session.push("d", { verbatim: true }).result();
    assertEquals(written(claude), [
      ["a", undefined],
      ["b", true],
      ["c", true],
      ["d", true],
    ]);
  });
  await both(async (session, claude) => {
    await session.ask("a");
    await session.ask("b", { verbatim: false });
    assertEquals(written(claude), [["a", true], ["b", undefined]]);
  }, { verbatim: true });
});

Deno.test("blocks go out as they are, and what is no block does not", async () => {
  await both(async (session, claude) => {
    const prompt = [
      image(PNG),
      document(new TextEncoder().encode("read me"), { title: "T" }),
      text("well?"),
    ];
    await session.ask(prompt);
    assertEquals(written(claude), [[prompt, undefined]]);
    for (const wrong of [5, null, [5], ["text"], [{ text: "x" }]]) {
      assertThrows(() => session.send(wrong as never), TypeError);
      assertThrows(() => session.push(wrong as never), TypeError);
    }
  });
});

Deno.test("a session says whether it lives, and which turn runs", async () => {
  await both(async (session) => {
    const facts = () => [
      session.isAlive,
      session.activeTurn,
      session.restartCount,
    ];
    assertEquals(facts(), [false, undefined, 0]);
    const turn = session.send("a");
    assertEquals(facts(), [true, turn.id, 0]);
    await turn.text();
    assertEquals(facts(), [true, undefined, 0]);
    await session.close();
    assertEquals(facts(), [false, undefined, 0]);
  });
});

Deno.test("image() and document() of what cannot be read say what and why", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const rows: readonly [string | URL, string][] = [
      ["nofile.png", "no such file in the working directory"],
      [`${folder}/nofile`, "there is no such file"],
      [new URL(`file://${folder}/nofile`), "there is no such file"],
      [folder, "it is a directory, expected a file"],
    ];
    for (
      const [what, make] of [["image", image], ["document", document]] as const
    ) {
      for (const [source, why] of rows) {
        const { message, cause } = assertThrows(() => make(source), TypeError);
        assertEquals(
          message.startsWith(`Cannot read the ${what} "${source}": `),
          true,
          message,
        );
        assertEquals(message.includes(why), true, message);
        assertEquals(cause instanceof Error, true);
      }
    }
  } finally {
    Deno.removeSync(folder);
  }
});

Deno.test("on() of what no session tells is a ConfigError in both sessions", () => {
  for (const Session of [AsyncSession, SyncSession]) {
    const session = new Session();
    const rows: readonly [unknown, string][] = [
      ["asistant_text", 'did you mean "assistant_text"?'],
      ["turnEnd", 'did you mean "turn_end"?'],
      ["message", 'such as "assistant_text", or one of turn_end'],
      ["toString", "expected the type of an event"],
      [undefined, "expected the type of an event"],
    ];
    for (const [type, said] of rows) {
      const error = assertThrows(
        () => session.on(type as "error", () => {}),
        ConfigError,
      );
      assertEquals(error.message.includes(said), true, error.message);
    }
    for (const type of ["result", "unknown", "close", "error"] as const) {
      session.on(type, () => {})[Symbol.dispose]();
    }
  }
});
