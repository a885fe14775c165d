/**
 * The observers of a conversation: `onWire`, recordings, the logger, the cost log. None of them can
 * change or delay it.
 *
 * @module
 */

import {
  callAside,
  type FailureListener,
  type HandlerFailure,
  thrownText,
} from "../util/faults.ts";
import { ConfigError } from "../errors.ts";
import type { ClaudeEvent } from "../events/mod.ts";
import { type CostEntry, costEntry, SessionLog } from "../observe/log.ts";
import { DeltaMask } from "../observe/delta_mask.ts";
import {
  maskLine,
  RECORDING_FORMAT,
  RecordingWriter,
} from "../observe/recording.ts";
import type { SessionOptions } from "../options/session_options.ts";
import { type Launch, pathOf } from "../options/launch.ts";
import { writeHint } from "../process/file_hint.ts";
import { LineFile } from "../process/line_file.ts";
import {
  type SessionSecrets,
  sessionSecrets,
} from "../process/session_secrets.ts";
import { secretForms } from "../util/secret_values.ts";
import { readVariable } from "../process/spawn.ts";
import type { ProcessExit } from "../protocol/mod.ts";
import { VERSION } from "../util/version.ts";

/** Environment variable with the path of a file to which the wire of every session is appended. */
export const TRACE_VARIABLE = "CLAUDESTREAM_TRACE";

/** A file that receives lines until a write fails. */
class Target {
  readonly #name: string;
  readonly #failed: FailureListener;
  #file: LineFile | undefined;

  /** @throws {ConfigError} The file cannot be opened. */
  constructor(
    name: string,
    path: string,
    isAppended: boolean,
    failed: FailureListener,
  ) {
    this.#name = name;
    this.#failed = failed;
    try {
      this.#file = LineFile.open(path, isAppended);
    } catch (cause) {
      throw new ConfigError(
        name,
        `Cannot write the file of ${name}: "${path}": ${thrownText(cause)}`,
        {
          cause,
          hint: writeHint(cause, path),
        },
      );
    }
  }

  write(line: string): void {
    try {
      this.#file?.write(line);
    } catch (error) {
      this.close();
      this.#failed({
        handler: this.#name,
        error,
        consequence: "nothing more is written to the file",
        isSilent: true,
      });
    }
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }
}

/** A recording of one process. */
class Recorder {
  readonly #writer: RecordingWriter;
  readonly #target: Target;
  readonly #mask: DeltaMask<(masked: string | undefined) => string>;

  constructor(target: Target, secrets: () => readonly string[]) {
    this.#target = target;
    this.#mask = new DeltaMask(
      secrets,
      (line, masked) => target.write(line(masked)),
    );
    const run = crypto.randomUUID().slice(0, 8);
    this.#writer = new RecordingWriter(run, secrets, () => performance.now());
    target.write(this.#writer.start({
      time: new Date().toISOString(),
      format: RECORDING_FORMAT,
      claudestream: VERSION,
      deno: Deno.version.deno,
      os: Deno.build.os,
    }));
  }

  wire(direction: "in" | "out", line: string): void {
    const writer = this.#writer;
    const { ms } = writer;
    this.#mask.push(
      (masked = line) => writer.wire(direction, masked, ms),
      direction === "in" ? line : undefined,
    );
  }

  stderr(line: string): void {
    const writer = this.#writer;
    const { ms } = writer;
    this.#mask.push(() => writer.stderr(line, ms), undefined);
  }

  end(how: ProcessExit | Error, closed: boolean): void {
    this.#mask.end();
    this.#target.write(
      how instanceof Error
        ? this.#writer.error(how.message)
        : this.#writer.exit({ code: how.code, signal: how.signal, closed }),
    );
    this.#target.close();
  }
}

/** The observers of one process. */
export class Observers {
  readonly #options: SessionOptions;
  readonly #failed: FailureListener;
  #recorders: Recorder[] = [];
  #log: SessionLog | undefined;
  #tellCost: ((entry: CostEntry) => void) | undefined;
  #costs: Target | undefined;
  #secrets: SessionSecrets | undefined;

  /** Whether there is an observer of lines or events. */
  areAny = false;

  /** @param failed Called when an observer fails. */
  constructor(options: SessionOptions, failed: FailureListener) {
    this.#options = options;
    this.#failed = (failure) => {
      this.failed(failure);
      failed(failure);
    };
  }

  /**
   * Opens files, before the process is started.
   *
   * @throws {ConfigError} A file cannot be opened.
   */
  open(launch: Launch): void {
    const { logger, costLog, resume } = this.#options;
    const files = this.#files();
    const known = sessionSecrets(this.#options, launch);
    this.#secrets = known;
    if (files.length > 0 || logger !== undefined) {
      const secrets = known.values;
      for (const { name, path, append, also } of files) {
        const target = new Target(name, path, append, this.#failed);
        this.#recorders.push(new Recorder(target, withMore(secrets, also)));
      }
      if (logger !== undefined) this.#log = new SessionLog(logger, secrets);
    }
    if (typeof costLog === "function") this.#tellCost = costLog;
    else if (costLog !== undefined) {
      const path = pathOf("costLog", costLog);
      const target = new Target("costLog", path, true, this.#failed);
      this.#costs = target;
      this.#tellCost = (entry) => target.write(JSON.stringify(entry));
    }
    this.#log?.start(launch.args, resume);
    this.areAny = this.#recorders.length > 0 || this.#log !== undefined ||
      this.#tellCost !== undefined || this.#options.onWire !== undefined;
  }

  /** Returns the files to record to. */
  #files(): {
    readonly name: string;
    readonly path: string;
    readonly append: boolean;
    readonly also: readonly string[];
  }[] {
    const { record } = this.#options;
    const files = [];
    if (record !== undefined) {
      const { path, append = false, secrets = [] } =
        typeof record === "string" || record instanceof URL
          ? { path: record }
          : record;
      const place = pathOf("record", path);
      files.push({ name: "record", path: place, append, also: secrets });
    }
    const trace = readVariable(TRACE_VARIABLE);
    if (trace !== undefined && trace !== "") {
      files.push({ name: TRACE_VARIABLE, path: trace, append: true, also: [] });
    }
    return files;
  }

  /** Returns the secrets known so far. */
  readonly secrets = (): readonly string[] => this.#secrets?.values() ?? [];

  /** Takes a line that may contain a new secret. */
  learn(direction: "in" | "out", line: string): void {
    this.#secrets?.learn(direction, line);
  }

  /** Takes a line of the wire. */
  wire(direction: "in" | "out", line: string): void {
    this.learn(direction, line);
    for (const recorder of this.#recorders) recorder.wire(direction, line);
    this.#log?.wire(direction, line);
    if (this.#options.onWire === undefined) return;
    const masked = () => maskLine(line, this.secrets());
    callAside(() => this.#options.onWire?.(direction, line, masked));
  }

  /** Function that takes each line of stderr; `undefined` if no observer wants them. */
  get stderr(): ((line: string) => void) | undefined {
    const { stderr } = this.#options;
    if (this.#recorders.length === 0 && this.#log === undefined) return stderr;
    return (line) => {
      for (const recorder of this.#recorders) recorder.stderr(line);
      this.#log?.stderr(line);
      if (stderr !== undefined) callAside(() => stderr(line));
    };
  }

  /** Takes events. */
  events(events: readonly ClaudeEvent[], model: string | undefined): void {
    if (this.#log === undefined && this.#tellCost === undefined) return;
    for (const event of events) {
      this.#log?.event(event);
      if (event.type === "result") {
        callAside(() => this.#tellCost?.(costEntry(event, model, new Date())));
      }
    }
  }

  /** Takes the failure of a caller's function. */
  failed(failure: HandlerFailure): void {
    this.#log?.failed(failure);
  }

  /** Called when the process has ended or could not be started. */
  end(how: ProcessExit | Error, wasClosed: boolean): void {
    for (const recorder of this.#recorders) recorder.end(how, wasClosed);
    this.#recorders = [];
    if (how instanceof Error) this.#log?.error(how, wasClosed);
    else this.#log?.exit(how.code, how.signal, wasClosed);
    this.#costs?.close();
  }
}

/** Adds texts that the caller wants masked, however short. */
function withMore(
  secrets: () => readonly string[],
  also: readonly string[],
): () => readonly string[] {
  if (also.length === 0) return secrets;
  const more = [...secretForms(also), ...also.filter((text) => text !== "")];
  return () => [...more, ...secrets()];
}
