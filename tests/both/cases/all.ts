/**
 * All scenarios that run through both sessions.
 *
 * @module
 */

import type { Case } from "../../support/both_drivers.ts";
import { CONTROL_SCENARIOS } from "./control.ts";
import { DEATH_SCENARIOS } from "./death.ts";
import { DENY_RULE_SCENARIOS } from "./deny_rules.ts";
import { NUMBER_SCENARIOS } from "./numbers.ts";
import { POLICY_SCENARIOS } from "./policies.ts";
import { REACTION_SCENARIOS } from "./reactions.ts";
import { REMEMBER_SCENARIOS } from "./remember.ts";
import { SESSION_SCENARIOS } from "./sessions.ts";
import { TOOL_SCENARIOS } from "./tools.ts";

/** Names with their scenarios, of each file. */
export const SCENARIOS: readonly (readonly [string, Case])[] = [
  SESSION_SCENARIOS,
  TOOL_SCENARIOS,
  CONTROL_SCENARIOS,
  REACTION_SCENARIOS,
  POLICY_SCENARIOS,
  DENY_RULE_SCENARIOS,
  DEATH_SCENARIOS,
  NUMBER_SCENARIOS,
  REMEMBER_SCENARIOS,
].flatMap((cases) => Object.entries(cases));
