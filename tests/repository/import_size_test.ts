// Keeps the import of the package small: how many modules it loads, and that it loads none that only few programs need.

import { assert, assertEquals } from "@std/assert";
import { graphOf } from "../support/module_graph.ts";

/** Each module costs 0.15 ms of CPU in every program that imports the package. */
const MOST_MODULES = 255;

/** Loaded on first use. */
const ON_DEMAND =
  /\/src\/(cli|sessions|testing)\/|\/src\/doctor\/(?!mod\.ts|resolve_settings\.ts)|string-width|marked@|highlight\.js|cfworker|momoa|\/diff@|jsonc/;

Deno.test(`the import of the package loads at most ${MOST_MODULES} modules, and none on suspicion`, async () => {
  const graph = await graphOf(new URL("../../mod.ts", import.meta.url));
  assert(graph.length > 100, `only ${graph.length} modules were found`);
  assert(
    graph.length <= MOST_MODULES,
    `the import loads ${graph.length} modules`,
  );
  assertEquals(graph.filter((url) => ON_DEMAND.test(url)), []);
});
