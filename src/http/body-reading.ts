/**
 * Reads the body of a request, once, into memory: up to what its source allows, within the time and the memory that all
 * bodies have. It knows nothing of what a body says. Whoever reads one releases it when its bytes are needed no more.
 */
import { Readable } from "node:stream";
import type { Context } from "hono";
import type { RejectionCode } from "../messages.ts";
import { BodyBudget, type BodyLimits, type CutOff } from "./body-budget.ts";
import { incomingOf } from "./request-parts.ts";

export type BodyReadingResult =
  | { readonly bytes: Uint8Array; release(): void }
  | { readonly code: RejectionCode; readonly fault: string };

type Fault = Extract<BodyReadingResult, { readonly fault: string }>;

export class BodyReading {
  readonly #budget: BodyBudget;
  readonly #secondsMax: number;

  constructor(limits: BodyLimits) {
    this.#budget = new BodyBudget(limits);
    this.#secondsMax = limits.bodySecondsMax;
  }

  /** What all bodies hold together that were not released. */
  get bytes(): number {
    return this.#budget.bytes;
  }

  /**
   * Never rejects. `declared` is how many bytes the sender says there are, 0 where it does not say. After a fault the
   * sender has to be answered; where its body is still coming the connection ends.
   */
  read(context: Context, declared: number, bytesMax: number): Promise<BodyReadingResult> {
    // Node reads no more than was declared, so a declared length decides before any of it is read.
    if (declared > bytesMax) return Promise.resolve(tooLarge(bytesMax));
    const stream = streamOf(context);
    if (stream === undefined) return Promise.resolve(NO_BODY);
    return new Promise((resolve) => {
      let isOver = false;
      const end = (result: BodyReadingResult) => {
        isOver = true;
        if ("fault" in result) {
          bytes.clear();
          share.release();
          // Of what is too large the rest is thrown away for a moment, or the sender would never see the answer.
          if (result.code !== "body-too-large" && !isComplete(stream))
            context.header("Connection", "close");
        }
        resolve(result);
      };
      const bytes = new GrowingBytes(Math.min(declared || bytesMax, bytesMax));
      const share = this.#budget.begin((why) => end(this.#cutOff(why)));
      if (stream.destroyed) {
        end(BROKEN_OFF);
        return;
      }
      const breakOff = () => {
        if (!isOver) end(BROKEN_OFF);
      };
      // The listeners stay, and pass over what comes later: what still flows has to flow on, and a stream that fails when
      // it is nobody's concern any more would end the process.
      stream
        .on("data", (chunk: Uint8Array) => {
          if (isOver) return;
          if (bytes.length + chunk.byteLength > bytesMax) end(tooLarge(bytesMax));
          else share.grow(bytes.append(chunk));
        })
        .on("end", () => {
          if (isOver) return;
          share.finish();
          end({ bytes: bytes.whole(), release: () => share.release() });
        })
        .on("error", breakOff)
        .on("close", breakOff);
    });
  }

  #cutOff(why: CutOff): Fault {
    return why === "overloaded"
      ? { code: why, fault: "Too much is being received, and others are faster; try again soon." }
      : { code: why, fault: `The body did not come in whole within ${this.#secondsMax} seconds.` };
  }
}

const NO_BODY: BodyReadingResult = { bytes: new Uint8Array(), release: () => {} };

function tooLarge(bytesMax: number): Fault {
  return {
    code: "body-too-large",
    fault: `The body is larger than ${bytesMax} bytes; send fewer events at once, or have bodyBytesMax raised.`,
  };
}

// Nobody is there any more to read it, but the delivery is counted like every other.
const BROKEN_OFF: Fault = {
  code: "unparseable",
  fault: "The body ended before it was complete.",
};

/** Node's own stream where there is a connection; what a test hands over without one is made into such a stream. */
function streamOf(context: Context): Readable | undefined {
  const incoming = incomingOf(context);
  if (incoming !== undefined) return incoming;
  const { body } = context.req.raw;
  return body === null ? undefined : Readable.fromWeb(body);
}

function isComplete(stream: Readable): boolean {
  return "complete" in stream && stream.complete === true;
}

const GROWTH_BYTES_MIN = 512;
const NOTHING = new Uint8Array();

/**
 * Bytes in one piece. What comes in one chunk, as nearly every webhook does, is kept as it came. More is copied
 * together, because a chunk that is kept costs hundreds of bytes of its own, and a sender may send it byte by byte.
 */
class GrowingBytes {
  readonly #lengthMax: number;
  #bytes: Uint8Array = NOTHING;
  #length = 0;

  /** `lengthMax` is what may come at most. */
  constructor(lengthMax: number) {
    this.#lengthMax = lengthMax;
  }

  get length(): number {
    return this.#length;
  }

  /** Returns how much more memory is held now. */
  append(chunk: Uint8Array): number {
    const before = this.#bytes.byteLength;
    const length = this.#length + chunk.byteLength;
    if (this.#length === 0) this.#bytes = chunk;
    else if (length > before) {
      const grown = Math.min(this.#lengthMax, Math.max(2 * length, GROWTH_BYTES_MIN));
      const bytes = new Uint8Array(Math.max(grown, length));
      bytes.set(this.whole());
      bytes.set(chunk, this.#length);
      this.#bytes = bytes;
    } else this.#bytes.set(chunk, this.#length);
    this.#length = length;
    return this.#bytes.byteLength - before;
  }

  clear(): void {
    this.#bytes = NOTHING;
    this.#length = 0;
  }

  whole(): Uint8Array {
    const isFull = this.#bytes.byteLength === this.#length;
    return isFull ? this.#bytes : this.#bytes.subarray(0, this.#length);
  }
}
