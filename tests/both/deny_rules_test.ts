// Deny rules against what a person or a program puts in at the question, and what is told
// of a question and of a policy that fails, through both drivers.

import { testBoth } from "../support/both_drivers.ts";
import { DENY_RULE_SCENARIOS } from "./cases/deny_rules.ts";

testBoth(DENY_RULE_SCENARIOS);
