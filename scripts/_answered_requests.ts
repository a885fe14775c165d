/**
 * The fields of the handshake, and the CLI's requests that this library answers. Requests to the
 * CLI are in src/control/fixtures/calls.ts.
 *
 * @module
 */

import { elicitation, userDialog } from "../src/events/dialogs.ts";
import { toolRequest } from "../src/events/permissions.ts";
import { launchOf } from "../src/options/args.ts";
import { WirePaths } from "./_wire_paths.ts";

/** Too long for an argument, so that it goes into the handshake. */
const LONG = "/plugin".repeat(2_000);

/** Handshake fields that options set. */
export const HANDSHAKE: readonly string[] = [
  ...Object.keys(
    launchOf({
      agentProgressSummaries: true,
      agents: { a: { description: "d", prompt: "p" } },
      dialogKinds: ["kind"],
      forwardSubagentText: true,
      keepTasks: true,
      managedSettings: {},
      mcpServers: { server: { command: "c" } },
      outputSchema: { type: "object" },
      planModeInstructions: "text",
      plugins: [LONG],
      promptSuggestions: true,
      skills: ["skill"],
      systemPrompt: {
        text: "text",
        append: "text",
        excludeDynamicSections: true,
        snapshot: true,
      },
      title: "title",
      toolAliases: {},
    }).initialize,
  ),
  // src/host/mod.ts
  "hooks",
  "sdkMcpServers",
];

/** What the CLI asks us (src/decode/line.ts), with the fields that are read. */
export const ASKED: Readonly<Record<string, WirePaths>> = {
  can_use_tool: new WirePaths().addSchema(toolRequest),
  elicitation: new WirePaths().addSchema(elicitation),
  hook_callback: new WirePaths().add("callback_id", "tool_use_id")
    .addOpen("input"),
  mcp_message: new WirePaths().add("server_name").addOpen("message"),
  request_user_dialog: new WirePaths().addSchema(userDialog),
};
