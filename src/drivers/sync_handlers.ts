/**
 * Sees to it that the caller's functions answer at once, where nobody could wait for a
 * promise. Pure.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import type { HookOptions } from "../hooks/options.ts";
import type { SessionOptions } from "../options.ts";
import { hostServers } from "../tools/config.ts";

/** Hears of a function that gave a promise after all. */
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
  if ((options.tools ?? []).length > 0) throw unsupported("tools");
  if (hostServers(options).size > 0) throw unsupported("mcpServers");
  if (options.transport !== undefined) {
    throw unsupported("transport", "a thread that blocks cannot move streams");
  }
  const { policy, hooks } = options;
  if (policy !== undefined) checkFunction("policy", policy.decide);
  for (const name of HANDLERS) checkFunction(name, options[name]);
  checkFunction("spawn", options.spawn);
  for (const [event, list] of Object.entries(hooks ?? {})) {
    (list ?? []).forEach(({ run }, index) =>
      checkFunction("hooks", run, `hooks.${event}[${index}]`)
    );
  }
}

function unsupported(
  option: string,
  why = "tools in this process need promises",
): ConfigError {
  return new ConfigError(
    option,
    `Cannot use the option ${option} in a SyncSession: ${why}, use an AsyncSession`,
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

/**
 * The same options, with functions that throw where they would give a promise: what
 * throws denies. `misused` hears of it too, so that the caller is told.
 */
export function synchronous(
  options: SessionOptions,
  misused: Misused,
): SessionOptions {
  const { policy, hooks } = options;
  const handlers: Record<string, unknown> = {};
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
  };
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
    // Nobody waits for it, so its failure is nobody's.
    answer.then(() => {}, () => {});
    const error = asynchronous(option, name);
    misused(error);
    throw error;
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}
