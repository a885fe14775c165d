// The process dies at every step of the protocol: every waiter gets one error that says
// how, the next prompt is refused with it, and nothing hangs; in both sessions, over
// everything.

import { testBoth } from "../support/both_drivers.ts";
import { DEATH_SCENARIOS } from "./cases/death.ts";

testBoth(DEATH_SCENARIOS);
