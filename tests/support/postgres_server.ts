/**
 * A PostgreSQL server for tests, on a socket in a scratch folder.
 *
 * @module
 */

const BINARIES = [
  "/usr/lib/postgresql/15/bin",
  "/usr/lib/postgresql/16/bin",
  "/usr/lib/postgresql/17/bin",
];

/** Folder of the server's programs, or `undefined` if it is not installed. */
export function postgresBinaries(): string | undefined {
  return BINARIES.find((folder) => {
    try {
      return Deno.statSync(`${folder}/pg_ctl`).isFile;
    } catch {
      return false;
    }
  });
}

/** A running server. */
export interface PostgresServer extends AsyncDisposable {
  /** Address of its database on loopback. */
  readonly address: string;
}

/** Starts a server with an empty database. */
export async function startPostgres(binaries: string): Promise<PostgresServer> {
  const folder = await Deno.makeTempDir({ prefix: "postgres-" });
  // The server refuses to run as root.
  const isRoot = Deno.uid() === 0;
  if (isRoot) await run("chown", ["nobody", folder]);
  async function as(program: string, ...args: string[]): Promise<void> {
    const command = `${binaries}/${program}`;
    if (!isRoot) return await run(command, args);
    const drop = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"];
    await run("setpriv", [...drop, command, ...args]);
  }
  const data = `${folder}/data`;
  await as("initdb", "-D", data, "-U", "me", "-A", "trust", "-N", "-E", "UTF8");
  const port = freePort();
  const options = `-c listen_addresses=127.0.0.1 -p ${port} -k ${folder} -F`;
  const log = `${folder}/log`;
  await as("pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start");
  return {
    address: `postgres://me@127.0.0.1:${port}/postgres`,
    async [Symbol.asyncDispose]() {
      await as("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop");
      await Deno.remove(folder, { recursive: true });
    },
  };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function run(command: string, args: string[]): Promise<void> {
  // The server must not inherit pipes: they would stay open as long as it runs.
  const { success, code } = await new Deno.Command(command, {
    args,
    cwd: "/",
    env: { LC_ALL: "C" },
    stdout: "null",
    stderr: "null",
  }).output();
  if (!success) throw new Error(`${command} ${args[0]} ended with ${code}`);
}
