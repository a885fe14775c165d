// The fields of a permission request, read from what the CLI asks.

import { assertEquals } from "@std/assert";
import { readToolRequest } from "./permissions.ts";

Deno.test("readToolRequest() reads why the CLI asks, and what it advises against", () => {
  assertEquals(
    readToolRequest({
      subtype: "can_use_tool",
      tool_name: "Bash",
      tool_use_id: "toolu_1",
      input: { command: "ls" },
      default_to_no: true,
      suppress_always_allow_rule: true,
      classifier_approvable: false,
      matched_ask_rule: {
        source: "userSettings",
        tool_name: "Bash",
        rule_content: "ls:*",
      },
    }),
    {
      toolName: "Bash",
      toolUseId: "toolu_1",
      input: { command: "ls" },
      kind: "execute",
      defaultToNo: true,
      suppressAlwaysAllowRule: true,
      classifierApprovable: false,
      matchedAskRule: {
        source: "userSettings",
        toolName: "Bash",
        ruleContent: "ls:*",
      },
    },
  );
});
