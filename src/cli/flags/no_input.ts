import type { Flags } from "./flags.ts";
import { readEnv } from "../output/output.ts";

/** Whether no question may be asked: `--no-input`, or a CI without `--input`. */
export function asksNobody({ input }: Flags): boolean {
  if (input !== undefined) return !input;
  const ci = readEnv("CI") ?? "";
  return ci !== "" && ci !== "0" && ci !== "false";
}

/** Says why no question may be asked. */
export function whyNobodyIsAsked({ input }: Flags): string {
  return input === false
    ? "--no-input asks nobody"
    : "CI is set, which asks nobody; --input does";
}
