/**
 * Makes sure that the caller's functions answer synchronously, on a thread that cannot wait for a
 * promise. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import type { HookOptions } from "../hooks/options.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { isThenable } from "../util/maybe_promise.ts";
import type { StandardSchema } from "../util/standard_schema.ts";
import { isInHost, isInProcess, type McpServer } from "../tools/mcp_servers.ts";
import type { Tool } from "../tools/tool.ts";

/** Called when a function returned a promise after all. */
type Misused = (error: ConfigError) => void;

type AnyFunction = (...args: readonly unknown[]) => unknown;

const HANDLERS = [
  "onQuestion",
  "onPlan",
  "onElicitation",
  "onDialog",
] as const;

/**
 * Rejects functions and options that are known in advance to be asynchronous.
 *
 * @throws {ConfigError} A function is async, or an option requires promises internally.
 */
export function checkSynchronous(options: SessionOptions): void {
  if (options.transport !== undefined) throw noTransport();
  if (options.sessionStore !== undefined) throw noStore();
  const { policy, hooks } = options;
  if (policy !== undefined) checkFunction("policy", policy.decide);
  for (const name of HANDLERS) checkFunction(name, options[name]);
  checkFunction("spawn", options.spawn);
  for (const [event, list] of Object.entries(hooks ?? {})) {
    (list ?? []).forEach(({ run }, index) =>
      checkFunction("hooks", run, `hooks.${event}[${index}]`)
    );
  }
  checkTools("tools", "tools", options.tools ?? []);
  for (const [name, server] of Object.entries(options.mcpServers ?? {})) {
    if (isInProcess(server)) {
      checkTools("mcpServers", `mcpServers.${name}`, server.tools);
    } else if (isInHost(server)) throw notReady(name);
  }
}

function checkTools(
  option: string,
  path: string,
  tools: readonly Tool[],
): void {
  for (const { name, input, run } of tools) {
    checkFunction(option, run, `${path}.${name}`);
    // valibot marks its asynchronous schemas with this field.
    if ((input as { readonly async?: unknown }).async === true) {
      throw asynchronous(option, `${path}.${name}.input`);
    }
  }
}

function notReady(name: string): ConfigError {
  return new ConfigError(
    "mcpServers",
    `Cannot use the server "${name}" in a SyncSession: a ready-made server needs promises, use createMcpServer() or an AsyncSession`,
  );
}

function noStore(): ConfigError {
  return new ConfigError(
    "sessionStore",
    "Cannot use the option sessionStore in a SyncSession: a store answers with promises, use an AsyncSession",
  );
}

function noTransport(): ConfigError {
  return new ConfigError(
    "transport",
    "Cannot use the option transport in a SyncSession: a thread that blocks cannot move streams, use an AsyncSession",
  );
}

function checkFunction(option: string, given: unknown, name = option): void {
  if (Object.prototype.toString.call(given) === "[object AsyncFunction]") {
    throw asynchronous(option, name);
  }
}

function asynchronous(option: string, name: string): ConfigError {
  return new ConfigError(
    option,
    `Cannot wait for a promise in a SyncSession: "${name}" has to answer at once`,
  );
}

/** Functions that only observe, or are called at a point where nothing can be awaited. */
const OBSERVERS = ["onWire", "stderr", "costLog", "spawn"] as const;

const LEVELS = ["debug", "info", "warn", "error"] as const;

/** Calls an observing function. */
type Observe = <T>(run: () => T) => T;

function observed(run: AnyFunction, observe: Observe): AnyFunction {
  return (...args) => observe(() => run(...args));
}

/**
 * Returns the options with functions that throw instead of returning a promise; a function that
 * throws denies. `misused` is called as well, to inform the caller. Observing functions are called
 * through `observe`.
 */
export function synchronous(
  options: SessionOptions,
  misused: Misused,
  observe: Observe,
): SessionOptions {
  const { policy, hooks, tools, mcpServers, logger } = options;
  const handlers: Record<string, unknown> = {};
  for (const name of OBSERVERS) {
    const given = options[name];
    if (typeof given === "function") {
      handlers[name] = observed(given as AnyFunction, observe);
    }
  }
  if (logger !== undefined) {
    handlers.logger = Object.fromEntries(
      LEVELS.map((level) => [
        level,
        observed(logger[level].bind(logger) as AnyFunction, observe),
      ]),
    );
  }
  for (const name of HANDLERS) {
    const given = options[name];
    if (given !== undefined) {
      handlers[name] = atOnce(given as AnyFunction, name, name, misused);
    }
  }
  return {
    ...options,
    ...handlers,
    ...policy === undefined ? {} : {
      policy: {
        name: policy.name,
        ...policy.bypass === undefined ? {} : { bypass: policy.bypass },
        ...policy.toolNames === undefined
          ? {}
          : { toolNames: policy.toolNames },
        decide: atOnce(
          policy.decide.bind(policy),
          "policy",
          policy.name,
          misused,
        ),
        ...policy.explain === undefined ? {} : {
          explain: atOnce(
            policy.explain.bind(policy),
            "policy",
            policy.name,
            misused,
          ),
        },
      },
    },
    ...hooks === undefined ? {} : { hooks: hooksAtOnce(hooks, misused) },
    ...tools === undefined
      ? {}
      : { tools: toolsAtOnce("tools", "tools", tools, misused) },
    ...mcpServers === undefined
      ? {}
      : { mcpServers: serversAtOnce(mcpServers, misused) },
  };
}

function serversAtOnce(
  servers: Readonly<Record<string, McpServer<unknown>>>,
  misused: Misused,
): Record<string, McpServer<unknown>> {
  const wrapped = Object.entries(servers).map(([name, server]) => {
    if (!isInProcess(server)) return [name, server];
    // Two calls can overlap only if the first one waits for this session itself. Queueing the
    // second would need a promise, so the limit is dropped.
    const { concurrency: _, tools, ...rest } = server;
    const path = `mcpServers.${name}`;
    return [name, {
      ...rest,
      tools: toolsAtOnce("mcpServers", path, tools, misused),
    }];
  });
  return Object.fromEntries(wrapped);
}

function toolsAtOnce(
  option: string,
  path: string,
  tools: readonly Tool<never, unknown>[],
  misused: Misused,
): readonly Tool<never, unknown>[] {
  return tools.map((tool) => {
    const name = `${path}.${tool.name}`;
    const standard = tool.input["~standard"];
    const validate = standard.validate.bind(standard);
    const input: StandardSchema = {
      "~standard": {
        ...standard,
        validate: atOnce(validate, option, `${name}.input`, misused),
      },
    };
    const run = atOnce(tool.run.bind(tool), option, name, misused);
    return { ...tool, input, run };
  });
}

function hooksAtOnce(hooks: HookOptions, misused: Misused): HookOptions {
  const wrapped = Object.entries(hooks).map(([event, list]) => [
    event,
    list?.map((hook, index) => ({
      ...hook,
      run: atOnce(
        // Each hook gets the input of its own event, so the cast is safe.
        hook.run.bind(hook) as AnyFunction,
        "hooks",
        `hooks.${event}[${index}]`,
        misused,
      ),
    })),
  ]);
  return Object.fromEntries(wrapped) as HookOptions;
}

function atOnce<A extends readonly unknown[], R>(
  run: (...args: A) => R,
  option: string,
  name: string,
  misused: Misused,
): (...args: A) => R {
  return (...args) => {
    const answer = run(...args);
    if (!isThenable(answer)) return answer;
    // The rejection is ignored because the promise is not allowed in the first place.
    answer.then(() => {}, () => {});
    const error = asynchronous(option, name);
    misused(error);
    throw error;
  };
}
