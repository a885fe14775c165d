/**
 * An MCP server over stdin and stdout whose tool `ask` asks a person for a name, and
 * gives what was answered, as JSON.
 *
 * Nothing here may import anything: it is run without a configuration.
 *
 * @module
 */

/** What a session needs to start it. */
export const ASKING_SERVER = {
  type: "stdio",
  command: Deno.execPath(),
  args: ["run", "--quiet", "--no-config", "--no-check", import.meta.url],
} as const;

/** A JSON-RPC message. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: unknown;
  readonly error?: unknown;
}

const TOOL = {
  name: "ask",
  description: "Asks",
  inputSchema: { type: "object", properties: {} },
};

const QUESTION = {
  message: "Your name?",
  requestedSchema: {
    type: "object",
    properties: { name: { type: "string" } },
    required: ["name"],
  },
};

/** Id of the question. */
const ASKED = 100;

async function write(message: object): Promise<void> {
  const line = `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`;
  await Deno.stdout.write(new TextEncoder().encode(line));
}

/** The call that waits for the answer. */
let call: number | undefined;

async function take({ id, method, result, error }: Message): Promise<void> {
  if (method === "initialize") {
    await write({
      id,
      result: {
        protocolVersion: "2025-06-18",
        capabilities: { tools: {} },
        serverInfo: { name: "asker", version: "1" },
      },
    });
  } else if (method === "tools/list") {
    await write({ id, result: { tools: [TOOL] } });
  } else if (method === "tools/call") {
    call = id;
    await write({ id: ASKED, method: "elicitation/create", params: QUESTION });
  } else if (id === ASKED) {
    const text = JSON.stringify(error ?? result);
    await write({ id: call, result: { content: [{ type: "text", text }] } });
  } else if (id !== undefined) await write({ id, result: {} });
}

if (import.meta.main) {
  let rest = "";
  const texts = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
  for await (const text of texts) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) await take(JSON.parse(line));
  }
}
