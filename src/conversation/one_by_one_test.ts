import { assertEquals, assertRejects } from "@std/assert";
import { OneByOne } from "./one_by_one.ts";

Deno.test("OneByOne: the next begins when the one before is done, also where that fails", async () => {
  const line = new OneByOne();
  const told: string[] = [];
  const gates = ["a", "b", "c"].map((name) => ({
    name,
    ...Promise.withResolvers<void>(),
  }));
  const [a, b, c] = gates.map(({ name, promise }) =>
    line.run(async () => {
      told.push(`${name} begins`);
      await promise;
      told.push(`${name} ends`);
    })
  );
  gates[2]?.resolve();
  gates[1]?.reject(new Error("b fails"));
  await Promise.resolve();
  gates[0]?.resolve();
  await a;
  await assertRejects(() => b as Promise<void>, Error, "b fails");
  await c;
  assertEquals(told, [
    "a begins",
    "a ends",
    "b begins",
    "c begins",
    "c ends",
  ]);
});
