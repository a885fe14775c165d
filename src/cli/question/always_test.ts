// "Always" covers the call that its label names.

import { assertEquals } from "@std/assert";
import type { ToolRequest } from "../../events/permissions.ts";
import { Remembered } from "./always.ts";

Deno.test("Remembered covers the same call, however the model describes a command", () => {
  const call = (toolName: string, input: ToolRequest["input"]): ToolRequest => (
    { toolName, input, toolUseId: "t" }
  );
  const cases: readonly (readonly [
    first: ToolRequest,
    second: ToolRequest,
    covers: boolean,
  ])[] = [
    [
      call("Bash", { command: "ls", description: "Lists" }),
      call("Bash", { command: "ls", description: "Shows" }),
      true,
    ],
    [call("Bash", { command: "ls" }), call("Bash", { command: "ls /" }), false],
    [
      call("Bash", { command: "ls" }),
      call("Bash", { command: "ls", dangerouslyDisableSandbox: true }),
      false,
    ],
    // For this tool, the description is the text of an issue.
    [
      call("mcp__issues__create", { description: "a typo" }),
      call("mcp__issues__create", { description: "our passwords" }),
      false,
    ],
    [
      call("mcp__issues__create", { description: "a typo" }),
      call("mcp__issues__create", { description: "a typo" }),
      true,
    ],
  ];
  for (const [first, second, covers] of cases) {
    const remembered = new Remembered();
    remembered.add(first, { kind: "command" });
    assertEquals(remembered.covers(second), covers);
  }
});
