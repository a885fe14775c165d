// What turns and sessions come to, through both drivers.

import { testBoth } from "../support/both_drivers.ts";
import { NUMBER_SCENARIOS } from "./cases/numbers.ts";

testBoth(NUMBER_SCENARIOS);
