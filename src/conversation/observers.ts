/**
 * Whoever looks on: `onWire`, recordings, the logger, the cost log. None of them can
 * change or hold up a conversation.
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
import { RECORDING_FORMAT, RecordingWriter } from "../observe/recording.ts";
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

/** Names a file that the wire of every session is added to. */
export const TRACE_VARIABLE = "CLAUDESTREAM_TRACE";

/** A file that lines go to until one cannot be written. */
class Target {
  readonly #name: string;
  readonly #failed: FailureListener;
  #file: LineFile | undefined;

  /** @throws {ConfigError} It cannot be opened. */
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

/** Those who look on at one process. */
export class Observers {
  readonly #options: SessionOptions;
  readonly #failed: FailureListener;
  #recorders: Recorder[] = [];
  #log: SessionLog | undefined;
  #tellCost: ((entry: CostEntry) => void) | undefined;
  #costs: Target | undefined;
  #secrets: SessionSecrets | undefined;

  /** Whether anybody looks on at lines and events. */
  areAny = false;

  /** @param failed Hears of one that cannot continue. */
  constructor(options: SessionOptions, failed: FailureListener) {
    this.#options = options;
    this.#failed = (failure) => {
      this.failed(failure);
      failed(failure);
    };
  }

  /**
   * Gets ready, before anything is started.
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

  /** The recordings that are wanted. */
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

  /** The secrets that are known by now. */
  readonly secrets = (): readonly string[] => this.#secrets?.values() ?? [];

  /** A line passed that may hold a secret which was not known before. */
  learn(direction: "in" | "out", line: string): void {
    this.#secrets?.learn(direction, line);
  }

  /** A line passed. */
  wire(direction: "in" | "out", line: string): void {
    this.learn(direction, line);
    for (const recorder of this.#recorders) recorder.wire(direction, line);
    this.#log?.wire(direction, line);
    if (this.#options.onWire === undefined) return;
    callAside(() => this.#options.onWire?.(direction, line));
  }

  /** Hears the lines of stderr; `undefined` if no observer does. */
  get stderr(): ((line: string) => void) | undefined {
    const { stderr } = this.#options;
    if (this.#recorders.length === 0 && this.#log === undefined) return stderr;
    return (line) => {
      for (const recorder of this.#recorders) recorder.stderr(line);
      this.#log?.stderr(line);
      if (stderr !== undefined) callAside(() => stderr(line));
    };
  }

  /** Events came. */
  events(events: readonly ClaudeEvent[], model: string | undefined): void {
    if (this.#log === undefined && this.#tellCost === undefined) return;
    for (const event of events) {
      this.#log?.event(event);
      if (event.type === "result") {
        callAside(() => this.#tellCost?.(costEntry(event, model, new Date())));
      }
    }
  }

  /** A function of the caller failed. */
  failed(failure: HandlerFailure): void {
    this.#log?.failed(failure);
  }

  /** The process is gone, or never was. */
  end(how: ProcessExit | Error, wasClosed: boolean): void {
    for (const recorder of this.#recorders) recorder.end(how, wasClosed);
    this.#recorders = [];
    if (how instanceof Error) this.#log?.error(how, wasClosed);
    else this.#log?.exit(how.code, how.signal, wasClosed);
    this.#costs?.close();
  }
}

/** Texts that the caller names are masked too, however short. */
function withMore(
  secrets: () => readonly string[],
  also: readonly string[],
): () => readonly string[] {
  if (also.length === 0) return secrets;
  const more = [...secretForms(also), ...also.filter((text) => text !== "")];
  return () => [...more, ...secrets()];
}
