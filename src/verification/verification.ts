/**
 * The option `verify`: whether what was handed over is in force. Pure.
 *
 * Before the first prompt the CLI answers `initialize` and `get_settings`. The tools, MCP
 * servers and skills are in its `system/init` only, which comes with the first prompt; a
 * message without content that asks for no answer makes it write one. That asks the model
 * nothing, and leaves nothing in the conversation (seen with CLI 2.1.332 and 2.1.197).
 *
 * @module
 */

import { ControlError, StartupError } from "../errors.ts";
import {
  type ConfigurationMismatch,
  configurationMismatch,
} from "../events/session.ts";
import type { WireObject } from "../messages/_define.ts";
import type { SystemInit } from "../messages/system/init.ts";
import type { Outcome } from "../protocol/pending.ts";
import type { Verifier } from "../protocol/verifier.ts";
import {
  atHandshake,
  atInit,
  type Difference,
  type Expectations,
  type ExpectedName,
} from "./expectations.ts";
import {
  compareSettings,
  type HandedSettings,
  notKnown,
} from "./settings_check.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { type Launch, pathOf } from "../options/launch.ts";
import { isSettingsFile } from "../options/places.ts";
import { literalName } from "../messages/builtin_tools.ts";
import { isInHost } from "../tools/mcp_servers.ts";

/** What is to be verified in one process. */
interface VerificationPlan {
  /** A difference is an error before the first prompt. */
  readonly isStrict: boolean;
  /** Settings that were handed over. */
  readonly settings: readonly HandedSettings[];
  /** What the options say should be there. */
  readonly expected: Expectations;
}

/** Verifies the start of one process. */
export class Verification implements Verifier {
  readonly settingsId: string | undefined;
  readonly probeId: string | undefined;
  readonly #plan: VerificationPlan;
  #handshake: WireObject | undefined;
  #settings: Outcome | undefined;
  #sawProbedInit = false;
  #isProbed = false;
  #isCompared = false;
  #error: StartupError | undefined;
  readonly #differences: (Difference & { readonly raw: unknown })[] = [];

  /** @param makeId Makes a UUID. */
  constructor(plan: VerificationPlan, makeId: () => string) {
    this.#plan = plan;
    const { isStrict, settings } = plan;
    if (isStrict || settings.length > 0) this.settingsId = makeId();
    if (isStrict) this.probeId = makeId();
  }

  /** Whether all answers that the first prompt waits for are there. */
  get isDone(): boolean {
    return this.#handshake !== undefined &&
      (this.settingsId === undefined || this.#settings !== undefined) &&
      (this.probeId === undefined || this.#isProbed);
  }

  /** Takes the answer to the handshake. */
  shakeHands(response: WireObject): void {
    this.#handshake = response;
    this.#note(response, atHandshake(this.#plan.expected, response));
  }

  /** Takes an answer. Returns whether it was asked for here. */
  takeReply(id: string, outcome: Outcome): boolean {
    if (id !== this.settingsId) return false;
    this.#settings = outcome;
    if (outcome.ok) this.#compareSettings(outcome.response);
    else if (outcome.error instanceof ControlError) {
      // A CLI that does not know the request.
      this.#note(null, this.#plan.settings.map(notKnown));
    }
    return true;
  }

  #compareSettings(response: WireObject): void {
    const { lost, differences } = compareSettings(
      this.#plan.settings,
      response,
    );
    this.#note(response, differences);
    const [first] = lost;
    if (first === undefined) return;
    this.#error = new StartupError(
      "settings_dropped",
      `The CLI does not apply what the option ${first.option} says: ${
        lost.map(({ message }) => message).join("; ")
      }`,
      {
        hint:
          "Correct the value: over one that it cannot read the CLI drops all of the settings, deny rules too",
      },
    );
  }

  /** Takes a message of the probe, which belongs to no turn. Returns whether it is one. */
  takesMessage(raw: WireObject): boolean {
    if (this.probeId === undefined) return false;
    if (raw.type === "command_lifecycle") {
      return raw.command_uuid === this.probeId;
    }
    if (this.#isProbed) return false;
    if (raw.type === "system" && raw.subtype === "init") {
      this.#sawProbedInit = true;
      return true;
    }
    // A session that cannot be resumed has a result before any init.
    if (raw.type !== "result" || !this.#sawProbedInit) return false;
    this.#isProbed = true;
    return true;
  }

  /** Checks a `system/init`. Only the first one counts. */
  compareInit(
    init: SystemInit,
    { changedMode }: { readonly changedMode: string | undefined },
  ): void {
    if (this.#isCompared) return;
    this.#isCompared = true;
    const isModeKnown = changedMode !== undefined ||
      typeof this.#handshake?.current_permission_mode === "string";
    this.#note(
      init.raw,
      atInit(this.#plan.expected, init, { isModeKnown }),
    );
  }

  #note(raw: unknown, differences: readonly Difference[]): void {
    for (const difference of differences) {
      this.#differences.push({ ...difference, raw });
    }
  }

  /** Why there is no session. */
  get error(): StartupError | undefined {
    if (this.#error !== undefined) return this.#error;
    if (!this.#plan.isStrict || this.#differences.length === 0) {
      return undefined;
    }
    return new StartupError(
      "configuration_mismatch",
      `The CLI is not configured as the options say: ${
        this.#differences.map(({ message }) => message).join("; ")
      }`,
      {
        hint:
          'Correct the options or the settings; without verify: "strict" each is an event of the type configuration_mismatch',
      },
    );
  }

  /** The differences that were not reported yet. */
  takeFound(sessionId: string | undefined): readonly ConfigurationMismatch[] {
    return this.#differences.splice(0).map(({ raw, ...difference }) =>
      configurationMismatch(raw, {
        ...difference,
        ...sessionId === undefined ? {} : { sessionId },
      })
    );
  }
}

/**
 * What is to be verified of a process; `undefined` if nothing is.
 *
 * @param launch What the process is started with.
 */
export function planOf(
  options: SessionOptions,
  launch: Launch,
): VerificationPlan | undefined {
  const { verify = "lenient" } = options;
  if (verify === "off") return undefined;
  return {
    isStrict: verify === "strict",
    settings: handedSettings(options, launch),
    expected: expectationsOf(options),
  };
}

function handedSettings(
  options: SessionOptions,
  { files, settingsInFile }: Launch,
): readonly HandedSettings[] {
  const handed: HandedSettings[] = [];
  const { settings, managedSettings } = options;
  if (isSettingsFile(settings)) {
    handed.push({
      option: "settings",
      source: "flagSettings",
      file: pathOf("settings", settings),
      ...settingsInFile === undefined ? {} : { settings: settingsInFile },
    });
  }
  const own = files.find(({ flag }) => flag === "--settings");
  if (own !== undefined) {
    handed.push({
      option: optionOf(options),
      source: "flagSettings",
      settings: JSON.parse(own.content),
    });
  }
  if (managedSettings !== undefined) {
    handed.push({
      option: "managedSettings",
      source: "policySettings",
      // A value that JSON leaves out cannot be in force.
      settings: JSON.parse(JSON.stringify(managedSettings)),
    });
  }
  return handed;
}

/** The option that most of the settings come from. */
function optionOf({ settings, sandbox }: SessionOptions): string {
  if (settings !== undefined) return "settings";
  // Long lists of rules go there too.
  return sandbox === undefined ? "disallowedTools" : "sandbox";
}

/** What the options say should be there. */
export function expectationsOf(options: SessionOptions): Expectations {
  const { builtinTools, agent, agents, skills, permissionMode, policy } =
    options;
  return {
    tools: typeof builtinTools === "string" || builtinTools === undefined
      ? []
      : named("builtinTools", builtinTools)
        .filter(({ name }) => name !== "default" && !isDenied(options, name)),
    rules: [
      ...named("policy", policy?.toolNames),
      ...named("allowedTools", options.allowedTools?.map(nameOf)),
      ...named("disallowedTools", options.disallowedTools?.map(nameOf)),
      ...Object.entries(agents ?? {}).flatMap(([name, spec]) => [
        ...named(`agents.${name}.tools`, spec.tools?.map(nameOf)),
        ...named(
          `agents.${name}.disallowedTools`,
          spec.disallowedTools?.map(nameOf),
        ),
      ]),
    ],
    servers: named(
      "mcpServers",
      Object.entries(options.mcpServers ?? {})
        .filter(([, server]) => !isInHost(server)).map(([name]) => name),
    ),
    agents: [
      ...named("agents", Object.keys(agents ?? {})),
      ...agent === undefined ? [] : named("agent", [agent]),
    ],
    skills: skills === undefined || skills === "all"
      ? []
      : named("skills", skills),
    ...permissionMode === undefined ? {} : { permissionMode },
  };
}

function named(
  option: string,
  names: readonly string[] = [],
): readonly ExpectedName[] {
  return [...new Set(names.map(literalName))]
    .map((name) => ({ option, name }));
}

/** The name of the tool that a rule is about. */
function nameOf(rule: string): string {
  return rule.split("(")[0] ?? rule;
}

function isDenied({ disallowedTools }: SessionOptions, name: string): boolean {
  return disallowedTools?.includes(name) === true;
}
