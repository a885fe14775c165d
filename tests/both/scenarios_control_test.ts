// Questions, hooks, live control, pushed messages, background tasks and new processes
// through both drivers.

import { testBoth } from "../support/both_drivers.ts";
import { CONTROL_SCENARIOS } from "./cases/control.ts";

testBoth(CONTROL_SCENARIOS);
