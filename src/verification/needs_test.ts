// An option that an older CLI would ignore is an error before the first prompt.

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { ConfigError } from "../errors.ts";
import { NeedsCheck, type UsedNeed } from "./needs.ts";

const NEED: UsedNeed = {
  kind: "hook",
  option: "hooks",
  what: "hooks.PreModelSwitch",
  since: "2.1.259",
  older: "ignores",
  isGuard: true,
};

function check(...needs: readonly UsedNeed[]) {
  const learned: string[] = [];
  const one = new NeedsCheck(needs, () => "id", (version) => {
    learned.push(version);
  });
  return { one, learned };
}

Deno.test("NeedsCheck takes the version of the handshake, and asks for it if there is none and it matters", () => {
  const young = check(NEED);
  assertEquals(
    young.one.shakeHands({ claude_code_version: "2.1.300" }),
    undefined,
  );
  assertEquals([young.one.error, young.learned], [undefined, ["2.1.300"]]);

  const free = check();
  assertEquals(free.one.shakeHands({}), undefined);
  assert(free.one.isDone);

  const old = check(NEED);
  const asked = old.one.shakeHands({});
  assertEquals(asked?.subtype, "get_binary_version");
  assertEquals([old.one.isDone, old.one.isOwn("id")], [false, true]);
  old.one.take({ ok: true, response: { version: "2.1.250" } });
  assert(old.one.isDone);
  assertInstanceOf(old.one.error, ConfigError);
  assertEquals(old.learned, ["2.1.250"]);
});

Deno.test("NeedsCheck lets no guard start with a CLI that does not tell its version, and everything else", () => {
  const answers = [
    { ok: false, error: new Error("unknown request") },
    { ok: true, response: {} },
    { ok: true, response: { version: 3 } },
  ] as const;
  const cases: readonly (readonly [UsedNeed, boolean])[] = [
    [NEED, true],
    [{ ...NEED, isGuard: false }, false],
    // The flag of one was taken, or the session sees to it.
    [{ ...NEED, older: "refuses" }, false],
    [{ ...NEED, older: "adapted" }, false],
  ];
  for (const answer of answers) {
    for (const [need, isRefused] of cases) {
      const { one, learned } = check(need);
      one.shakeHands({});
      one.take(answer);
      assertEquals(one.error !== undefined, isRefused, JSON.stringify(need));
      assertEquals(learned, []);
    }
  }
});
