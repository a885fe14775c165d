// Tools of the host through both drivers: the same events, errors, facts and answers.

import { testBoth } from "../support/both_drivers.ts";
import { TOOL_SCENARIOS } from "./cases/tools.ts";

testBoth(TOOL_SCENARIOS);
