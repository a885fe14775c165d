// A registry on loopback: JSR's write and read protocols and as much of npm's as Deno
// needs. It holds our package as `deno publish` uploads it, so with the imports that
// Deno itself rewrote, and what the package depends on, as set-up laid it down here.

const ROOT = decodeURIComponent(new URL("../..", import.meta.url).pathname);

interface Config {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, string>>;
}

/** How a command ended, and what it said. */
export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command is run with. */
export interface RunOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** After it the command is killed, and its code is 124. */
  readonly limitMs?: number;
}

/** Runs a program with these variables and no others. */
export async function run(
  program: string,
  args: readonly string[],
  { cwd, env, limitMs = 60_000 }: RunOptions,
): Promise<Said> {
  const child = new Deno.Command(program, {
    args: [...args],
    cwd,
    env: { PATH: Deno.env.get("PATH") ?? "", NO_COLOR: "1", ...env },
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill("SIGKILL");
  }, limitMs);
  const output = await child.output();
  clearTimeout(timer);
  const decoder = new TextDecoder();
  return {
    code: isLate ? 124 : output.code,
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
  };
}

async function mustRun(
  program: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Said> {
  const said = await run(program, args, options);
  if (said.code === 0) return said;
  throw new Error(
    `${program} ${args.join(" ")}: code ${said.code}\n${said.stderr}`,
  );
}

/** The registry. */
export class LocalRegistry implements AsyncDisposable {
  /** The package and its version, as in `deno.json`. */
  readonly name: string;
  readonly version: string;
  /** The files that `deno publish --dry-run` lists, in order. */
  readonly listed: readonly string[];
  /** What was asked for and is not here. */
  readonly missed: string[] = [];
  /** What was asked for, in order. */
  readonly asked: string[] = [];
  readonly #config: Config;
  readonly #folder: string;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #npm = new Map<string, string>();
  #upload: Promise<void> | undefined;

  private constructor(
    config: Config,
    listed: readonly string[],
    folder: string,
  ) {
    this.#config = config;
    this.name = config.name;
    this.version = config.version;
    this.listed = listed;
    this.#folder = folder;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  /**
   * Starts it and publishes the package to it. `change` may spoil the copy of the
   * published files before.
   */
  static async create(
    change: (source: string) => Promise<void> = () => Promise.resolve(),
  ): Promise<LocalRegistry> {
    const config: Config = JSON.parse(
      await Deno.readTextFile(`${ROOT}deno.json`),
    );
    const folder = await Deno.makeTempDir({ prefix: "claudestream-jsr-" });
    const registry = new LocalRegistry(config, await listFiles(), folder);
    try {
      await change(await registry.#copySource());
      await registry.#publish();
      return registry;
    } catch (error) {
      await registry[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Where JSR is. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  /** The files that were uploaded, in order. */
  get published(): readonly string[] {
    return [...filesBelow(this.#stored)].sort();
  }

  /** The text of one of them. */
  text(path: string): string {
    return Deno.readTextFileSync(`${this.#stored}/${path}`);
  }

  get #stored(): string {
    return `${this.#folder}/stored`;
  }

  /** A new empty folder, and the variables of a machine that knows this registry only. */
  async machine(): Promise<{ cwd: string; env: Record<string, string> }> {
    const root = await Deno.makeTempDir({ dir: this.#folder });
    const cwd = `${root}/work`;
    for (const name of ["work", "home", "tmp"]) {
      await Deno.mkdir(`${root}/${name}`);
    }
    const env = {
      HOME: `${root}/home`,
      TMPDIR: `${root}/tmp`,
      DENO_DIR: `${root}/deno`,
      DENO_NO_UPDATE_CHECK: "1",
      JSR_URL: this.url,
      NPM_CONFIG_REGISTRY: `${this.url}npm/`,
    };
    return { cwd, env };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    await Deno.remove(this.#folder, { recursive: true });
  }

  /** The files to publish, where Deno may write a lock, a cache or a vendor folder. */
  async #copySource(): Promise<string> {
    const source = `${this.#folder}/source`;
    for (const path of this.listed) {
      const target = `${source}/${path}`;
      await Deno.mkdir(target.replace(/[^/]*$/, ""), { recursive: true });
      await Deno.copyFile(`${ROOT}${path}`, target);
    }
    const config = { ...this.#config, vendor: false, nodeModulesDir: "none" };
    await Deno.writeTextFile(`${source}/deno.json`, JSON.stringify(config));
    return source;
  }

  async #publish(): Promise<void> {
    const { env } = await this.machine();
    const args = ["publish", "--token=none", "--no-provenance", "--no-check"];
    await mustRun(Deno.execPath(), args, {
      cwd: `${this.#folder}/source`,
      env,
    });
    if (this.#upload === undefined) throw new Error("Nothing was uploaded");
    await this.#upload;
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    this.asked.push(pathname);
    try {
      return await this.#api(request, pathname) ??
        await this.#package(pathname) ?? await this.#fromNpm(pathname) ??
        await this.#std(pathname);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      this.missed.push(pathname);
      return new Response("not found", { status: 404 });
    }
  }

  /** What `deno publish` talks to. */
  async #api(
    request: Request,
    path: string,
  ): Promise<Response | undefined> {
    if (!path.startsWith("/api/")) return undefined;
    if (request.method === "POST") {
      const file = `${this.#folder}/upload.tar.gz`;
      await Deno.writeFile(file, await request.bytes());
      this.#upload = this.#unpack(file);
      await this.#upload;
      return Response.json({ id: "task", status: "success", error: null });
    }
    if (!path.includes("/versions/")) {
      return Response.json({ scope: this.name, name: this.name });
    }
    const code = "packageVersionNotFound";
    return Response.json({ code, message: code }, { status: 404 });
  }

  async #unpack(file: string): Promise<void> {
    await Deno.mkdir(this.#stored);
    const args = ["-xzf", file, "-C", this.#stored];
    await mustRun("tar", args, { cwd: this.#folder, env: {} });
  }

  /** Our package, as a reader asks for it. */
  async #package(path: string): Promise<Response | undefined> {
    const base = `/${this.name}/`;
    if (!path.startsWith(base)) return undefined;
    const rest = path.slice(base.length);
    const { version } = this;
    if (rest === "meta.json") {
      const [scope, name] = this.name.slice(1).split("/");
      const versions = { [version]: { createdAt: "2026-01-01T00:00:00Z" } };
      return Response.json({ scope, name, latest: version, versions });
    }
    if (rest === `${version}_meta.json`) return await this.#versionMeta();
    return fileAnswer(`${this.#stored}/${rest.slice(version.length + 1)}`);
  }

  async #versionMeta(): Promise<Response> {
    const manifest: Record<string, unknown> = {};
    for (const path of this.published) {
      const bytes = await Deno.readFile(`${this.#stored}/${path}`);
      const digest = await crypto.subtle.digest("SHA-256", bytes);
      const checksum = `sha256-${new Uint8Array(digest).toHex()}`;
      manifest[`/${path}`] = { size: bytes.length, checksum };
    }
    return Response.json({ manifest, exports: this.#config.exports });
  }

  /** Our dependencies on npm and theirs, from `node_modules/`. */
  async #fromNpm(path: string): Promise<Response | undefined> {
    const base = "/npm/";
    if (!path.startsWith(base)) return undefined;
    const rest = decodeURIComponent(path.slice(base.length));
    const packed = this.#npm.get(rest);
    if (packed !== undefined) return fileAnswer(packed);
    const source = await installed(rest);
    const config = JSON.parse(
      await Deno.readTextFile(`${source}/package.json`),
    );
    const name = `${rest.replace("/", "+")}.tgz`;
    const file = `${this.#folder}/${name}`;
    const [, parent = "", own = ""] = /^(.*)\/([^/]+)$/.exec(source) ?? [];
    const args = ["-czf", file, "-C", parent, own];
    await mustRun("tar", args, { cwd: this.#folder, env: {} });
    this.#npm.set(name, file);
    const digest = await crypto.subtle.digest(
      "SHA-512",
      await Deno.readFile(file),
    );
    const dist = {
      tarball: `${this.url}npm/${name}`,
      integrity: `sha512-${new Uint8Array(digest).toBase64()}`,
    };
    return Response.json({
      name: rest,
      "dist-tags": { latest: config.version },
      versions: { [config.version]: { ...config, dist } },
    });
  }

  /** Those on JSR, from `vendor/`. */
  async #std(path: string): Promise<Response> {
    // The one folder of a registry: JSR's own, or that of the machine's `JSR_URL`.
    for await (const { name } of Deno.readDir(`${ROOT}vendor`)) {
      try {
        return await fileAnswer(`${ROOT}vendor/${name}${path}`);
      } catch (error) {
        if (error instanceof Deno.errors.NotADirectory) continue;
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    throw new Deno.errors.NotFound(path);
  }
}

/** The folder of an npm package that is ours, or that one of ours needs. */
async function installed(name: string): Promise<string> {
  const store = `${ROOT}node_modules/.deno`;
  const prefix = `${name.replace("/", "+")}@`;
  for await (const entry of Deno.readDir(store)) {
    if (!entry.name.startsWith(prefix)) continue;
    return await Deno.realPath(`${store}/${entry.name}/node_modules/${name}`);
  }
  throw new Deno.errors.NotFound(name);
}

/** What `deno publish --dry-run` lists. */
async function listFiles(): Promise<string[]> {
  const env: Record<string, string> = {};
  // It needs the machine's own cache and registry, as every task has.
  for (const name of ["HOME", "DENO_DIR", "JSR_URL"]) {
    const value = Deno.env.get(name);
    if (value !== undefined) env[name] = value;
  }
  const args = ["publish", "--dry-run", "--allow-dirty", "--no-check"];
  const { stdout, stderr } = await mustRun(Deno.execPath(), args, {
    cwd: ROOT,
    env,
  });
  const base = new URL("../..", import.meta.url).href;
  const listed: string[] = [];
  for (const line of `${stdout}\n${stderr}`.split("\n")) {
    const [, url] = /^ +(file:\S+) \([\d.]+ ?[kKMG]?i?B\)$/.exec(line) ?? [];
    if (url?.startsWith(base)) {
      listed.push(decodeURIComponent(url.slice(base.length)));
    }
  }
  if (!listed.includes("mod.ts")) {
    throw new Error(`Cannot read the list of the dry run:\n${stderr}`);
  }
  return listed.sort();
}

function* filesBelow(root: string, folder = ""): Generator<string> {
  for (const entry of Deno.readDirSync(`${root}/${folder}`)) {
    const path = folder + entry.name;
    if (entry.isDirectory) yield* filesBelow(root, `${path}/`);
    else yield path;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  ".ts": "text/typescript",
  ".js": "text/javascript",
  ".json": "application/json",
  ".tgz": "application/octet-stream",
};

async function fileAnswer(path: string): Promise<Response> {
  const type = TYPES[/\.[^.]*$/.exec(path)?.[0] ?? ""] ?? "text/plain";
  const headers = { "content-type": type };
  return new Response(await Deno.readFile(path), { headers });
}
