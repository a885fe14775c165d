// Policies that say yes by a name or in general, through both drivers: tools with two
// names, kinds of tools, and what the CLI executes or trusts.

import { testBoth } from "../support/both_drivers.ts";
import { POLICY_SCENARIOS } from "./cases/policies.ts";

testBoth(POLICY_SCENARIOS);
