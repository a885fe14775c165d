import type { CheckStatus, DoctorReport } from "../../doctor/mod.ts";
import { doctor as examine } from "../../doctor/mod.ts";
import { jsonLine } from "../output/json_line.ts";
import type { Output } from "../output/output.ts";
import type { Invocation } from "../flags/parse.ts";
import { refusePrompt } from "../input/prompt.ts";

const SHOWN: Readonly<Record<CheckStatus, string>> = {
  ok: "ok  ",
  warn: "WARN",
  fail: "FAIL",
  skip: "-   ",
};

/** `doctor`: checks whether sessions will work here. */
export async function doctor(
  invocation: Invocation,
  output: Output,
): Promise<number> {
  const { flags } = invocation;
  refusePrompt(
    invocation,
    "it takes none",
    "To send one: claudestream send PROMPT",
  );
  const { cwd, claudePath, configDir, timeoutMs } = flags;
  const report = await examine({
    ...cwd === undefined ? {} : { cwd },
    ...claudePath === undefined ? {} : { claudePath },
    ...configDir === undefined ? {} : { configDir },
    ...timeoutMs === undefined ? {} : { timeoutMs },
  });
  await output.stdout(
    flags.json !== undefined ? jsonLine(report) : reportText(report),
  );
  return report.exitCode;
}

/** Formats the report for people. */
export function reportText({ checks }: DoctorReport): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const rows = checks.map(({ name, status, detail, hint }) => {
    const row = `${SHOWN[status]}  ${name.padEnd(width)}  ${detail}\n`;
    const isShown = hint !== undefined && status !== "ok";
    return isShown ? `${row}${" ".repeat(width + 8)}→ ${hint}\n` : row;
  });
  const count = (wanted: CheckStatus) =>
    checks.filter(({ status }) => status === wanted).length;
  return `${rows.join("")}${count("fail")} failed, ${
    count("warn")
  } to look at\n`;
}
