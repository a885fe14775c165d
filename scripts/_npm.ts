/**
 * Fetches from npm through Deno's own support for it: that knows the registry,
 * the proxy and the certificates of this machine, checks the integrity of what
 * comes, and needs no `npm` on PATH.
 *
 * @module
 */

/** A limit against hanging forever, not an estimate: 180 MB may be fetched. */
export const INSTALL_TIMEOUT_MS = 10 * 60_000;

/** Runs this very Deno; what it prints goes into the error message. */
export async function runDeno(
  args: string[],
  options: { cwd: string; env?: Record<string, string> },
): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd: options.cwd,
    env: { NO_COLOR: "1", ...options.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, INSTALL_TIMEOUT_MS);
  const output = await child.output();
  clearTimeout(timer);
  if (output.success) return;
  const decoder = new TextDecoder();
  const said = (decoder.decode(output.stderr) + decoder.decode(output.stdout))
    // Deno adds its own frames, all of them `<unknown>`.
    .replaceAll(/^(Stack backtrace:| +\d+: <unknown>)\n/gm, "")
    .trim();
  const end = late
    ? `was stopped after ${INSTALL_TIMEOUT_MS / 60_000} minutes`
    : `ended with exit code ${output.code}`;
  throw new Error(`\`deno ${args.join(" ")}\` ${end} and said:\n${said}`);
}

/**
 * The folder of the package `name@version`, unpacked somewhere below `dir`,
 * which must exist and have no `deno.json` yet.
 */
export async function fetchFromNpm(
  name: string,
  version: string,
  dir: string,
  options: { env?: Record<string, string> } = {},
): Promise<string> {
  const config = {
    nodeModulesDir: "auto",
    lock: false,
    imports: { [name]: `npm:${name}@${version}` },
  };
  await Deno.writeTextFile(`${dir}/deno.json`, JSON.stringify(config));
  await runDeno(["install", "--quiet"], { cwd: dir, ...options });
  return await Deno.realPath(`${dir}/node_modules/${name}`);
}
