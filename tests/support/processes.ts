/**
 * Which processes are there, as `ps` says. Zombies do not count.
 *
 * @module
 */

async function ps(...args: readonly string[]): Promise<string[][]> {
  const { stdout } = await new Deno.Command("ps", { args: [...args] }).output();
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  return lines.filter((line) => line !== "").map((line) =>
    line.trim().split(/\s+/)
  );
}

/** Those of these that are there. */
export async function alive(pids: readonly number[]): Promise<number[]> {
  if (pids.length === 0) return [];
  const rows = await ps("-o", "pid=,stat=", "-p", pids.join(","));
  return rows.filter(([, stat = ""]) => !stat.startsWith("Z")).map(([pid]) =>
    Number(pid)
  );
}

/** The children of this process, those of which it has not taken note included. */
export async function children(): Promise<string[][]> {
  const rows = await ps("-A", "-o", "pid=,ppid=,stat=,comm=");
  return rows.filter(([, parent, , command]) =>
    Number(parent) === Deno.pid && command !== "ps"
  );
}

/** Every process whose command line or variables name this text, but for this one. */
export async function naming(text: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === Deno.pid) continue;
    try {
      const words = await Promise.all(
        ["cmdline", "environ"].map((file) =>
          Deno.readTextFile(`/proc/${name}/${file}`)
        ),
      );
      if (words.some((word) => word.includes(text))) {
        found.push(`${name} ${words[0]?.replaceAll("\0", " ").slice(0, 100)}`);
      }
    } catch {
      // It ended meanwhile.
    }
  }
  return found;
}
