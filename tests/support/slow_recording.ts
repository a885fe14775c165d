/**
 * A recording with a long pause.
 *
 * @module
 */

const DAY_MS = 86_400_000;

/**
 * Rewrites the times of a recording: a day passes before the line that has a text, so that only a
 * replay without pauses comes to its end.
 *
 * @throws {Error} No line, or the first one, has the text.
 */
export async function pauseADayBefore(
  text: string,
  path: string,
): Promise<void> {
  const lines = (await Deno.readTextFile(path)).trimEnd().split("\n");
  const first = lines.findIndex((line) => line.includes(text));
  if (first < 1) throw new Error(`No line with ${text} in ${path}`);
  const slow = lines.map((line, at) => {
    const record = JSON.parse(line);
    if (at >= first) record.ms += DAY_MS;
    return `${JSON.stringify(record)}\n`;
  });
  await Deno.writeTextFile(path, slow.join(""));
}
