/**
 * How much memory bodies hold, and who has to give way where it is too much. Nothing here reads a body: it counts what
 * was received, not what was declared, or a few who declare much and send nothing would keep everybody out.
 *
 *     begin -> unfinished -> finish -> waiting for its commit -> release
 *                  `-> cut off: too slow, or the slowest when there is no room -> release
 */
import type { Limits } from "../../schema/config.ts";

export type BodyLimits = Pick<
  Limits,
  "pendingBytesMax" | "unfinishedBodiesMax" | "connectionsMax" | "bodySecondsMax"
>;

/** Why a body is not read to its end. */
export type CutOff = "overloaded" | "too-slow";

/** One body's part of the memory. */
export interface Share {
  /** Called as more memory is held; the body may be cut off before it returns. */
  grow(bytes: number): void;
  /** The body is whole: it cannot be cut off any more, and holds its memory until it is released. */
  finish(): void;
  /** May be called twice. */
  release(): void;
}

interface Unfinished {
  readonly since: number;
  bytes: number;
  readonly cutOff: (why: CutOff) => void;
}

// A body that has just begun has not shown yet how fast it is: it is judged as if it had brought this much in this time.
const HEAD_START_BYTES = 16_384;
const HEAD_START_MILLISECONDS = 100;

// All who hold less than a tenth of the average hold together less than a tenth of it all: to cut them off, such as
// forms that come in slowly, would make no room.
const SHARE_WORTH_CUTTING = 0.1;

export class BodyBudget {
  readonly #bytesMax: number;
  readonly #unfinishedMax: number;
  readonly #millisecondsMax: number;
  /** The oldest first. */
  readonly #unfinished = new Set<Unfinished>();
  #unfinishedBytes = 0;
  #waiting = 0;
  #waitingBytes = 0;
  #alarm: NodeJS.Timeout | undefined;

  constructor(limits: BodyLimits) {
    this.#bytesMax = limits.pendingBytesMax;
    // The other half of the connections is left to those who have not sent their headers or wait for an answer.
    this.#unfinishedMax =
      limits.unfinishedBodiesMax ?? Math.max(1, Math.floor(limits.connectionsMax / 2));
    this.#millisecondsMax = limits.bodySecondsMax * 1000;
  }

  /** What all bodies hold together, read or being read. */
  get bytes(): number {
    return this.#unfinishedBytes + this.#waitingBytes;
  }

  /** `cutOff` is called at most once, never after `finish` or `release`, and not before this has returned. */
  begin(cutOff: (why: CutOff) => void): Share {
    const body: Unfinished = { since: performance.now(), bytes: 0, cutOff };
    if (this.#unfinished.size >= this.#unfinishedMax) this.#cutOff(this.#slowest(0), "overloaded");
    this.#unfinished.add(body);
    if (this.#alarm === undefined) this.#setAlarm(this.#millisecondsMax);
    let isWaiting = false;
    return {
      grow: (bytes) => {
        if (!this.#unfinished.has(body)) return;
        body.bytes += bytes;
        this.#unfinishedBytes += bytes;
        this.#makeRoom();
      },
      finish: () => {
        if (!this.#forget(body)) return;
        isWaiting = true;
        this.#waiting++;
        this.#waitingBytes += body.bytes;
      },
      release: () => {
        this.#forget(body);
        if (!isWaiting) return;
        isWaiting = false;
        this.#waiting--;
        this.#waitingBytes -= body.bytes;
      },
    };
  }

  /** A body larger than all may be together is let in where no other is. */
  #makeRoom(): void {
    while (this.bytes > this.#bytesMax && this.#unfinished.size > 0) {
      if (this.#unfinished.size + this.#waiting === 1) return;
      const average = this.#unfinishedBytes / this.#unfinished.size;
      this.#cutOff(this.#slowest(average * SHARE_WORTH_CUTTING), "overloaded");
    }
  }

  #slowest(bytesMin: number): Unfinished {
    const now = performance.now();
    let slowest: Unfinished | undefined;
    let lowest = Infinity;
    for (const body of this.#unfinished) {
      if (body.bytes < bytesMin) continue;
      const rate = (body.bytes + HEAD_START_BYTES) / (now - body.since + HEAD_START_MILLISECONDS);
      if (rate >= lowest) continue;
      slowest = body;
      lowest = rate;
    }
    // There is one: somebody holds at least the average, and nobody less than nothing.
    return slowest!;
  }

  /** One timer is enough, because all have the same time and the oldest is the first to run out of it. */
  #setAlarm(milliseconds: number): void {
    this.#alarm = setTimeout(() => this.#cutOffLate(), milliseconds).unref();
  }

  #cutOffLate(): void {
    this.#alarm = undefined;
    const now = performance.now();
    for (const body of this.#unfinished) {
      const left = body.since + this.#millisecondsMax - now;
      if (left > 0) {
        this.#setAlarm(left);
        return;
      }
      this.#cutOff(body, "too-slow");
    }
  }

  #cutOff(body: Unfinished, why: CutOff): void {
    this.#forget(body);
    body.cutOff(why);
  }

  #forget(body: Unfinished): boolean {
    if (!this.#unfinished.delete(body)) return false;
    this.#unfinishedBytes -= body.bytes;
    return true;
  }
}
