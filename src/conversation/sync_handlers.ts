/**
 * Sees to it that the caller's functions answer at once, on a thread that cannot wait for a
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

/** Hears of a function that returned a promise after all. */
type Misused = (error: ConfigError) => void;

type AnyFunction = (...args: readonly unknown[]) => unknown;

const HANDLERS = [
  "onQuestion",
  "onPlan",
  "onElicitation",
  "onDialog",
] as const;

/**
 * Finds what can be known beforehand not to answer at once.
 *
 * @throws {ConfigError} A function is async, or the option needs promises inside.
 */
export function checkSynchronous(options: SessionOptions): void {
  if (options.transport !== undefined) throw noTransport();
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
    // What valibot says of its own schemas.
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

/** Functions that only look on, or are called where nothing can be waited for. */
const OBSERVERS = ["onWire", "stderr", "costLog", "spawn"] as const;

const LEVELS = ["debug", "info", "warn", "error"] as const;

/** Calls a function that looks on. */
type Observe = <T>(run: () => T) => T;

function observed(run: AnyFunction, observe: Observe): AnyFunction {
  return (...args) => observe(() => run(...args));
}

/**
 * The same options, with functions that throw when they would return a promise: what
 * throws denies. `misused` hears of it too, so that the caller is told. Those that look on
 * are called through `observe`.
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
    // A call can only find another one running that waits for this session itself. To
    // wait for that one would need a promise.
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
        // By its event each hook gets the input that it is made for.
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
    // Its failure is of no interest: the promise was refused.
    answer.then(() => {}, () => {});
    const error = asynchronous(option, name);
    misused(error);
    throw error;
  };
}
