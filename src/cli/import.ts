/** `import`: payloads from a file, one a line, through the same pipeline as webhooks. */
import { open } from "node:fs/promises";
import { SingleBar } from "cli-progress";
import { Command } from "commander";
import type { Settings } from "../config/config.ts";
import type { IncomingDelivery, Receipt } from "../messages.ts";
import { decodeUtf8 } from "../extract/body.ts";
import type { Service } from "../service.ts";
import { openServiceOrExplain } from "./rebuild-report.ts";
import { linesOf, type Line } from "./lines.ts";
import { parseRecordedRequest } from "./recorded-request.ts";
import {
  CommandError,
  configOption,
  databaseOption,
  jsonOption,
  print,
  settingsOf,
  unreadable,
  type ConfigChoice,
} from "./shared.ts";

interface ImportChoice extends ConfigChoice {
  readonly source: string;
  readonly requests: boolean;
  readonly json: boolean;
}

/**
 * How many lines are read at once. Nobody waits for a receipt, so commits are larger than those of a service: each writes
 * every page of every index that it touches, and a large one touches few pages more than a small one.
 */
const LINES_AT_ONCE = 5000;
/** While some are committed the next are read. */
const CHUNKS_AT_ONCE = 2;
const FAULTS_TOLD_MAX = 20;

export function importCommand(): Command {
  return new Command("import")
    .description("import payloads from a file, one JSON payload a line; safe to run again")
    .argument("<file>", "the file, or - for standard input")
    .requiredOption("--source <name>", "the source the payloads are from")
    .option("--requests", 'each line is a recorded request: {"headers":{…},"body":…}', false)
    .addOption(configOption())
    .addOption(databaseOption())
    .addOption(jsonOption())
    .action(importFile);
}

async function importFile(file: string, choice: ImportChoice): Promise<void> {
  const settings = settingsOf(choice);
  if (!settings.sources.has(choice.source))
    throw new CommandError(
      2,
      `no source is called ${choice.source}; configured are ${[...settings.sources.keys()].join(", ") || "none"}`,
    );
  const input = file === "-" ? { stream: process.stdin, bytes: undefined } : await openFile(file);
  const service = await openServiceOrExplain({
    settings,
    onStoreError: () => {},
    workIn: "threads",
    batchEventsMax: LINES_AT_ONCE,
  });
  const importer = new Importer(service, settings, choice);
  try {
    await importAll(importer, input);
  } catch (error) {
    // What stopped the import also keeps the service from closing well, and is what has to be told.
    await service.close().catch(() => {});
    throw error;
  }
  await service.close();
  print(choice.json, importer.counts(), importer.table());
  if (importer.rejected > 0)
    throw new CommandError(1, `${importer.rejected} of ${importer.lines} lines were rejected`);
}

interface Input {
  readonly stream: AsyncIterable<Buffer>;
  /** Undefined where nobody knows how much will come. */
  readonly bytes: number | undefined;
}

async function openFile(file: string): Promise<Input> {
  const handle = await open(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  const stats = await handle.stat();
  // A folder can be opened; only reading it fails.
  if (stats.isDirectory()) {
    await handle.close();
    throw new CommandError(2, `${file} is a folder; name a file in it`);
  }
  return { stream: handle.createReadStream(), bytes: stats.size };
}

async function importAll(importer: Importer, { stream, bytes }: Input): Promise<void> {
  const bar = startBar(bytes);
  try {
    let lines: Line[] = [];
    let size = 0;
    let before: Promise<void> = Promise.resolve();
    const takeLines = async () => {
      const goAlone = importer.mustGoAlone(size);
      if (goAlone) await before;
      const taken = importer.take(lines);
      // Should those before fail, nobody asks how these went.
      taken.catch(() => {});
      await (goAlone ? taken : before);
      before = taken;
      bar?.update(lines.at(goAlone ? -1 : 0)?.endOffset ?? 0);
      lines = [];
      size = 0;
    };
    for await (const line of linesOf(stream, importer.lineBytesMax)) {
      const length = line.bytes?.length ?? 0;
      if (line.bytes !== undefined && length === 0) continue;
      // No more is under way at once than may wait in the engine, or it would turn the rest away.
      if (lines.length > 0 && size + length > importer.bytesAtOnce) await takeLines();
      lines.push(line);
      size += length;
      if (lines.length === importer.linesAtOnce) await takeLines();
    }
    await takeLines();
    await before;
    bar?.update(bytes ?? 0);
  } finally {
    bar?.stop();
  }
}

function startBar(bytes: number | undefined): SingleBar | undefined {
  if (bytes === undefined || !process.stderr.isTTY) return undefined;
  const bar = new SingleBar({
    format: "{bar} {percentage}% | {eta_formatted} left",
    stream: process.stderr,
  });
  bar.start(bytes, 0);
  return bar;
}

class Importer {
  readonly lineBytesMax: number;
  readonly linesAtOnce: number;
  readonly bytesAtOnce: number;
  readonly #deliveriesMax: number;
  lines = 0;
  rejected = 0;
  readonly #service: Service;
  readonly #choice: ImportChoice;
  readonly #outcomes = new Map<string, number>();

  constructor(service: Service, settings: Settings, choice: ImportChoice) {
    this.#service = service;
    this.#choice = choice;
    // A recorded request is larger than its body; the body's own limit is checked where all bodies are.
    this.lineBytesMax = 2 * settings.sources.get(choice.source)!.bodyBytesMax;
    const { pendingDeliveriesMax, pendingBytesMax } = settings.limits;
    const share = Math.max(1, Math.floor(pendingDeliveriesMax / CHUNKS_AT_ONCE));
    this.linesAtOnce = Math.min(LINES_AT_ONCE, share);
    this.bytesAtOnce = pendingBytesMax / CHUNKS_AT_ONCE;
    this.#deliveriesMax = pendingDeliveriesMax;
  }

  /** Whether nothing else may be under way beside so many bytes, or the engine would turn one of both away. */
  mustGoAlone(bytes: number): boolean {
    return bytes > this.bytesAtOnce || this.#deliveriesMax < CHUNKS_AT_ONCE;
  }

  async take(lines: readonly Line[]): Promise<void> {
    const receipts = await Promise.all(lines.map((line) => this.#receive(line)));
    for (const [index, receipt] of receipts.entries()) this.#count(lines[index]!, receipt);
  }

  async #receive({ bytes }: Line): Promise<Receipt> {
    const { engine } = this.#service;
    const { source } = this.#choice;
    if (bytes === undefined)
      return engine.reject(source, "body-too-large", "The line is too long.");
    const delivery = this.#deliveryOf(bytes);
    return delivery === undefined
      ? engine.reject(source, "unparseable", "The line is no recorded request.")
      : engine.receive({ ...delivery, source, isFromFile: true });
  }

  #deliveryOf(bytes: Buffer): Omit<IncomingDelivery, "source"> | undefined {
    if (this.#choice.requests) {
      const text = decodeUtf8(bytes);
      return text === undefined ? undefined : parseRecordedRequest(text);
    }
    return {
      contentType: "application/json",
      headers: new Map(),
      query: new URLSearchParams(),
      body: bytes,
    };
  }

  #count(line: Line, receipt: Receipt): void {
    this.lines++;
    if (receipt.kind === "received") {
      for (const { outcome } of receipt.events)
        this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
      return;
    }
    // What comes from a file is asked no questions.
    if (receipt.kind === "greeting") return;
    if (receipt.code === "store-unavailable")
      throw new CommandError(
        1,
        `stopped at line ${line.number}: ${receipt.detail} Run the import again; nothing is imported twice`,
      );
    if (++this.rejected <= FAULTS_TOLD_MAX)
      process.stderr.write(`line ${line.number}: ${receipt.detail}\n`);
  }

  counts(): Readonly<Record<string, number>> {
    return { lines: this.lines, ...Object.fromEntries(this.#outcomes), rejected: this.rejected };
  }

  table(): string {
    return Object.entries(this.counts())
      .map(([outcome, count]) => `${outcome.padEnd(12)}${count}`)
      .join("\n");
  }
}
