// allow({ remember }): what is remembered, and that nothing is remembered in silence.

import { testBoth } from "../support/both_drivers.ts";
import { REMEMBER_SCENARIOS } from "./cases/remember.ts";

testBoth(REMEMBER_SCENARIOS);
