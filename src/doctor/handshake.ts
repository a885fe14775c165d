/**
 * Does a real handshake: starts the CLI as a session does, at no cost.
 *
 * @module
 */

import type { AccountInfo, InitializeInfo } from "../control/initialize.ts";
import { ClaudeStreamError } from "../errors.ts";
import type { SessionOptions } from "../options/session_options.ts";
import type { WireObject } from "../messages/_define.ts";
import type { UnknownEvent } from "../messages/unknown.ts";
import { AsyncSession } from "../session/async_session.ts";
import { check, type DoctorCheck } from "./report.ts";

/** How long each step of ending the process may take, in milliseconds. */
const CLOSE_STEP_MS = 1_000;

/** Result of the handshake. */
export interface Handshake {
  /** The CLI's description of itself. */
  readonly info?: InitializeInfo;
  /** Its answer to `get_settings`; absent if it refuses the request. */
  readonly settings?: WireObject;
  /** Outcomes of the checks. */
  readonly checks: readonly DoctorCheck[];
}

/** Does the handshake within the given time. */
export async function shakeHands(
  options: SessionOptions,
  timeoutMs: number,
): Promise<Handshake> {
  const unknown: UnknownEvent[] = [];
  let lines = 0;
  const session = new AsyncSession({
    ...options,
    persist: false,
    startTimeoutMs: timeoutMs,
    closeTimeoutMs: CLOSE_STEP_MS,
    onWire: (direction) => {
      if (direction === "in") lines++;
    },
  });
  session.on("unknown", (event) => unknown.push(event));
  const started = performance.now();
  try {
    const info = await session.start();
    const ms = Math.round(performance.now() - started);
    const settings = await settingsOf(session);
    return {
      info,
      ...settings === undefined ? {} : { settings },
      checks: [
        check("handshake", "ok", `answered after ${ms} ms`),
        messagesCheck(lines, unknown),
      ],
    };
  } catch (error) {
    if (!(error instanceof ClaudeStreamError)) throw error;
    return { checks: handshakeFailure(error, lines, unknown) };
  } finally {
    await session.close();
  }
}

async function settingsOf(
  session: AsyncSession,
): Promise<WireObject | undefined> {
  try {
    return await session.control("get_settings");
  } catch (error) {
    if (error instanceof ClaudeStreamError) return undefined;
    throw error;
  }
}

/** Returns the checks for a failed handshake. Pure. */
export function handshakeFailure(
  error: ClaudeStreamError,
  lines: number,
  unknown: readonly UnknownEvent[],
): DoctorCheck[] {
  const { message, stderrTail = "", code } = error;
  const last = stderrTail.trim().split("\n").at(-1) ?? "";
  const said = last === "" || message.includes(last) ? "" : `: ${last}`;
  const hint = code === "deadline"
    ? "See whether it is Claude Code, and what it waits for: claude --version; then claude"
    : code === "startup" || error.hint === undefined
    ? "See what it says by itself: claude --version; then claude"
    : error.hint;
  return [
    check("handshake", "fail", `${message}${said}`, hint),
    ...lines === 0 ? [] : [messagesCheck(lines, unknown)],
  ];
}

/** Checks whether all messages received are of known types. Pure. */
export function messagesCheck(
  lines: number,
  unknown: readonly UnknownEvent[],
): DoctorCheck {
  if (unknown.length === 0) {
    return check("messages", "ok", `${lines} seen, all of known types`);
  }
  const kinds = new Set(unknown.map(kindOf));
  return check(
    "messages",
    "warn",
    `${unknown.length} of ${lines} unknown: ${[...kinds].join(", ")}`,
    "They come as unknown events; look for a newer version: deno update --latest @claudestream/core",
  );
}

function kindOf({ reason, wireType, wireSubtype }: UnknownEvent): string {
  const type = [wireType, wireSubtype].filter((part) => part !== undefined)
    .join("/").slice(0, 100);
  return type === "" ? reason : `${type} (${reason})`;
}

/** Checks whether a user is signed in, and who pays. Pure. */
export function signInCheck(account: AccountInfo): DoctorCheck {
  const { apiProvider = "firstParty", subscriptionType, organization } =
    account;
  const token = given(account.tokenSource);
  const key = given(account.apiKeySource);
  const more = [
    ...subscriptionType === undefined ? [] : [`plan ${subscriptionType}`],
    ...organization === undefined ? [] : [organization],
  ];
  const told = (text: string) => [text, ...more].join(", ");
  if (apiProvider !== "firstParty") {
    return check("sign_in", "ok", told(`by the provider ${apiProvider}`));
  }
  if (token !== undefined && key !== undefined) {
    return check(
      "sign_in",
      "warn",
      told(`two: the API key of ${key}, and ${token}; the API key pays`),
      key === "ANTHROPIC_API_KEY"
        ? "unset ANTHROPIC_API_KEY, unless it is meant to pay"
        : "Sign out of one of them: claude auth logout",
    );
  }
  if (key !== undefined) {
    return check("sign_in", "ok", told(`the API key of ${key}`));
  }
  if (token !== undefined || account.email !== undefined) {
    return check("sign_in", "ok", told(token ?? "signed in"));
  }
  return check(
    "sign_in",
    "fail",
    "nobody is signed in",
    "Sign in with: claude auth login; or set ANTHROPIC_API_KEY",
  );
}

function given(source: string | undefined): string | undefined {
  return source === undefined || source === "none" || source === ""
    ? undefined
    : source;
}
