/**
 * The executable that stands in for `claude`: it plays the scenario in the file
 * that its first argument names, over stdin and stdout. The other arguments
 * are those of the command line of `claude`.
 *
 * It runs as a separate process in tests, so it has few imports: every test waits for its first
 * answer.
 */

import type { PlayerOutput } from "./player/output.ts";
import { encode, writeAll } from "./player/bytes.ts";
import { Player } from "./player.ts";
import { DEFAULT_VERSION } from "./player/version.ts";
import type { PlayerStart } from "./player/wire.ts";
import type { RecordedLine } from "../observe/recording.ts";
import type { Playing } from "./replay_player.ts";
import type { GrandchildStep, Scenario } from "./scenario.ts";

/** The file that a `ScriptedClaude` writes for its processes. */
interface ScenarioFile {
  readonly scenario: Scenario;
  /** Lines of each process of a recording, which is played instead of the scenario. */
  readonly runs?: readonly (readonly RecordedLine[])[];
  /** How fast a recording is played; without pauses if absent. */
  readonly speed?: number;
  /** Port on the loopback interface that the `ScriptedClaude` listens on. */
  readonly port?: number;
}

/**
 * Plays a scenario until the process ends.
 *
 * @param args The scenario file, then the arguments of `claude`
 */
export async function main(args: readonly string[]): Promise<never> {
  const [file, ...list] = args;
  if (file === undefined) {
    throw new TypeError("Cannot play: no scenario file was given");
  }
  const { scenario, port, runs, speed }: ScenarioFile = JSON.parse(
    await Deno.readTextFile(file),
  );
  if (list.includes("--version") || list.includes("-v")) {
    const version = scenario.version ?? DEFAULT_VERSION;
    await writeAll(Deno.stdout, encode(`${version} (Claude Code)\n`));
    Deno.exit(0);
  }
  const folder = file.replace(/[^/\\]*$/, "");
  const record = new ProcessRecord(folder, scenario, list);
  if (runs !== undefined) {
    // Loaded only to play a recording.
    const { recordingPlayer } = await import("./recording_player.ts");
    const options = speed === undefined ? {} : { speed };
    const lines = runs[record.start];
    const player = recordingPlayer(lines ?? [], options);
    const surroundings = new Surroundings(player, record, port);
    return await surroundings.run();
  }
  const player = new Player(scenario, {
    arguments: list,
    start: record.start,
    workingDirectory: Deno.cwd(),
    pid: Deno.pid,
    fallbackSeed: crypto.randomUUID(),
    ...settingsOf(list),
  });
  const surroundings = new Surroundings(player, record, port);
  return await surroundings.run();
}

/** Returns the settings that the process is started with, if they can be read. */
function settingsOf(
  args: readonly string[],
): Pick<PlayerStart, "settings"> {
  const flag = "--settings=";
  const path = args.find((argument) => argument.startsWith(flag))
    ?.slice(flag.length);
  if (path === undefined) return {};
  try {
    return { settings: JSON.parse(Deno.readTextFileSync(path)) };
  } catch {
    // Like the CLI, ignore settings that cannot be read.
    return {};
  }
}

/** Files of a process that the `ScriptedClaude` can read, even after the process has ended. */
class ProcessRecord {
  readonly start: number;
  readonly #root: string;
  readonly #folder: string;

  constructor(folder: string, scenario: Scenario, list: readonly string[]) {
    // Creating a folder is atomic, so two processes that start together get different numbers.
    let start = 0;
    for (;; start++) {
      try {
        Deno.mkdirSync(`${folder}process-${start}`);
        break;
      } catch (error) {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      }
    }
    this.start = start;
    this.#root = folder;
    this.#folder = `${folder}process-${start}/`;
    const environment = Deno.env.toObject();
    const wanted = (scenario.environment ?? []).flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    });
    const text = JSON.stringify({
      start,
      pid: Deno.pid,
      arguments: list,
      workingDirectory: Deno.cwd(),
      environmentNames: Object.keys(environment).sort(),
      environment: Object.fromEntries(wanted),
    });
    Deno.writeTextFileSync(`${this.#folder}start.tmp`, text);
    Deno.renameSync(`${this.#folder}start.tmp`, `${this.#folder}start.json`);
  }

  /** Stores a line of input; it is on disk before any answer to it. */
  received(line: Uint8Array): void {
    const options = { append: true };
    Deno.writeFileSync(`${this.#folder}received.ndjson`, line, options);
  }

  async file(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(`${this.#root}${name}`, text);
  }

  grandchild(pid: number): void {
    const options = { append: true };
    const file = `${this.#folder}grandchildren.txt`;
    Deno.writeTextFileSync(file, `${pid}\n`, options);
  }
}

/** Carries out the outputs of a player. */
class Surroundings {
  readonly #player: Playing;
  readonly #record: ProcessRecord;
  readonly #connection: Promise<Deno.TcpConn | undefined>;
  readonly #gates = new Map<string, string[]>();
  readonly #cleanedUp: Deno.ChildProcess[] = [];
  #wake: PromiseWithResolvers<void> = Promise.withResolvers();
  #pending: string[] = [];
  #pendingLength = 0;
  #reads = true;
  #stdoutOpen = true;

  constructor(
    player: Playing,
    record: ProcessRecord,
    port: number | undefined,
  ) {
    this.#player = player;
    this.#record = record;
    this.#connection = this.#connect(port);
  }

  async run(): Promise<never> {
    // A scenario may wait forever, which must not end the event loop.
    setInterval(() => {}, 2 ** 30);
    this.#listen("SIGINT");
    if (Deno.build.os !== "windows") this.#listen("SIGTERM");
    // Connect first, so that the `ScriptedClaude` knows of a process that dies immediately.
    await this.#connection;
    this.#read();
    for (;;) {
      const output = this.#player.next();
      if (output === undefined) {
        await this.#flush();
        await this.#wake.promise;
        this.#wake = Promise.withResolvers();
      } else {
        await this.#perform(output);
      }
    }
  }

  #listen(signal: "SIGINT" | "SIGTERM"): void {
    Deno.addSignalListener(signal, () => {
      this.#player.signal(signal);
      this.#wake.resolve();
    });
  }

  async #perform(output: PlayerOutput): Promise<void> {
    if (output.do === "line" && output.chunkBytes === undefined) {
      this.#pending.push(output.line, "\n");
      this.#pendingLength += output.line.length;
      if (this.#pendingLength > 65536) await this.#flush();
      return;
    }
    await this.#flush();
    switch (output.do) {
      case "line": {
        const bytes = encode(`${output.line}\n`);
        const size = output.chunkBytes ?? bytes.length;
        for (let from = 0; from < bytes.length; from += size) {
          await this.#write(bytes.subarray(from, from + size));
        }
        return;
      }
      case "bytes":
        await this.#write(output.bytes);
        return;
      case "stderr":
        await this.#writeStderr(encode(output.text), output.bytes);
        return;
      case "pause":
        setTimeout(() => this.#resume(output.key), output.ms);
        return;
      case "gate":
        await this.#reached(output.name, output.key);
        return;
      case "mark":
        await this.#reached(output.name, undefined);
        return;
      case "grandchild":
        this.#startGrandchild(output);
        return;
      case "file":
        await this.#record.file(output.name, output.text);
        return;
      case "close_stdout":
        this.#stdoutOpen = false;
        Deno.stdout.close();
        return;
      case "stop_reading":
        this.#reads = false;
        return;
      case "kill":
        Deno.kill(Deno.pid, output.signal);
        // Wait for the signal to arrive, so that nothing else happens before it.
        await new Promise<never>(() => {});
        return;
      case "exit":
        for (const child of this.#cleanedUp) child.kill("SIGKILL");
        if (output.signal === "SIGKILL" || output.signal === "SIGTERM") {
          Deno.kill(Deno.pid, "SIGKILL");
          await new Promise<never>(() => {});
        }
        Deno.exit(output.code);
        break;
      case "fail":
        await this.#writeStderr(encode(`${output.message}\n`));
        Deno.exit(1);
    }
  }

  #startGrandchild(step: GrandchildStep): void {
    const command = new Deno.Command("tail", {
      args: ["-f", "/dev/null"],
      stdin: "null",
      stdout: step.holdsOutput ? "inherit" : "null",
      stderr: step.holdsOutput ? "inherit" : "null",
      detached: step.ownGroup ?? false,
    });
    const child = command.spawn();
    this.#record.grandchild(child.pid);
    if (step.cleanedUp) this.#cleanedUp.push(child);
  }

  #resume(key: string): void {
    this.#player.resume(key);
    this.#wake.resolve();
  }

  async #flush(): Promise<void> {
    if (this.#pending.length === 0) return;
    const bytes = encode(this.#pending.join(""));
    this.#pending = [];
    this.#pendingLength = 0;
    await this.#write(bytes);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (!this.#stdoutOpen) return;
    try {
      await writeAll(Deno.stdout, bytes);
    } catch {
      // The host has stopped reading. The real CLI continues until its input ends.
      this.#stdoutOpen = false;
    }
  }

  async #writeStderr(text: Uint8Array, bytes = text.length): Promise<void> {
    if (text.length === 0) return;
    const times = Math.max(1, Math.ceil(Math.min(bytes, 65536) / text.length));
    const block = new Uint8Array(text.length * times);
    for (let from = 0; from < block.length; from += text.length) {
      block.set(text, from);
    }
    try {
      for (let left = bytes; left > 0; left -= block.length) {
        await writeAll(Deno.stderr, block.subarray(0, left));
      }
    } catch {
      // A closed stderr is not a reason to stop.
    }
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(65536);
    let parts: Uint8Array[] = [];
    while (this.#reads) {
      const count = await Deno.stdin.read(buffer).catch(() => null);
      if (count === null) break;
      let from = 0;
      for (;;) {
        const end = buffer.subarray(0, count).indexOf(10, from);
        if (end < 0) break;
        parts.push(buffer.slice(from, end + 1));
        this.#receive(parts);
        parts = [];
        from = end + 1;
      }
      if (from < count) parts.push(buffer.slice(from, count));
      this.#wake.resolve();
    }
    if (!this.#reads) return;
    if (parts.length > 0) {
      parts.push(encode("\n"));
      this.#receive(parts);
    }
    this.#player.endInput();
    this.#wake.resolve();
  }

  #receive(parts: readonly Uint8Array[]): void {
    const line = new Uint8Array(
      parts.reduce((length, part) => length + part.length, 0),
    );
    let at = 0;
    for (const part of parts) {
      line.set(part, at);
      at += part.length;
    }
    this.#record.received(line);
    this.#player.receive(new TextDecoder().decode(line).trimEnd());
  }

  /** Reports a place to the `ScriptedClaude`, and waits there if it is a gate. */
  async #reached(name: string, key: string | undefined): Promise<void> {
    const connection = await this.#connection;
    if (connection === undefined) {
      // Without a `ScriptedClaude`, gates are open.
      if (key !== undefined) this.#resume(key);
      return;
    }
    if (key !== undefined) {
      const keys = this.#gates.get(name) ?? [];
      this.#gates.set(name, [...keys, key]);
    }
    const gate = key !== undefined;
    const message = `${JSON.stringify({ reached: name, gate })}\n`;
    await writeAll(connection, encode(message)).catch(() => {});
  }

  async #connect(port: number | undefined): Promise<Deno.TcpConn | undefined> {
    if (port === undefined) return undefined;
    try {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      const hello = { start: this.#record.start, pid: Deno.pid };
      await writeAll(connection, encode(`${JSON.stringify(hello)}\n`));
      this.#obey(connection);
      return connection;
    } catch {
      return undefined;
    }
  }

  /** Reads the commands of the `ScriptedClaude`: to open a gate or to end. */
  async #obey(connection: Deno.TcpConn): Promise<void> {
    const decoder = new TextDecoder();
    let text = "";
    try {
      for await (const chunk of connection.readable) {
        text += decoder.decode(chunk, { stream: true });
        const lines = text.split("\n");
        text = lines.pop() ?? "";
        for (const line of lines) {
          const { release, end } = JSON.parse(line);
          if (end === true) Deno.exit(1);
          const [key, ...others] = this.#gates.get(release) ?? [];
          this.#gates.set(release, others);
          if (key !== undefined) this.#resume(key);
        }
      }
    } catch {
      // The `ScriptedClaude` is gone; the host ends this process.
    }
  }
}

if (import.meta.main) await main(Deno.args);
