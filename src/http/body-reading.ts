/**
 * Reads the body of a request, once, into memory: up to what its source allows, within the time and the memory that all
 * bodies have. It knows nothing of what a body says. Whoever reads one releases it when its bytes are needed no more.
 */
import { Readable } from "node:stream";
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { RejectionCode } from "../messages.ts";
import { BodyBudget, type BodyLimits, type CutOff } from "./body-budget.ts";

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

  /** Never rejects. After a fault the sender has to be answered; where its body is still coming the connection ends. */
  async read(context: Context, bytesMax: number): Promise<BodyReadingResult> {
    const tooLarge: Fault = {
      code: "body-too-large",
      fault: `The body is larger than ${bytesMax} bytes; send fewer events at once, or have bodyBytesMax raised.`,
    };
    // Node reads no more than was declared, so a declared length decides before any of it is read.
    const declared = Number(context.req.header("content-length") ?? 0);
    if (declared > bytesMax) return tooLarge;
    const stream = streamOf(context);
    if (stream === undefined) return { bytes: new Uint8Array(), release: () => {} };
    const body = await this.#collect(stream, { bytesMax, declared, tooLarge });
    // Of what is too large the rest is thrown away for a moment, or the sender would never see the answer.
    const isCutOff = "fault" in body && body !== tooLarge && !isComplete(stream);
    if (isCutOff) context.header("Connection", "close");
    return body;
  }

  #collect(
    stream: Readable,
    { bytesMax, declared, tooLarge }: { bytesMax: number; declared: number; tooLarge: Fault },
  ): Promise<BodyReadingResult> {
    return new Promise((resolve) => {
      const end = (result: BodyReadingResult) => {
        if ("fault" in result) share.release();
        stream.off("data", take).off("end", finish).off("error", breakOff).off("close", breakOff);
        // A stream that fails later is nobody's concern, but would end the process.
        stream.on("error", () => {});
        resolve(result);
      };
      const share = this.#budget.begin((why) => end(this.#cutOff(why)));
      const bytes = new GrowingBytes(Math.min(declared || bytesMax, bytesMax));
      const take = (chunk: Uint8Array) => {
        if (bytes.length + chunk.byteLength > bytesMax) end(tooLarge);
        else share.grow(bytes.append(chunk));
      };
      const finish = () => {
        share.finish();
        end({ bytes: bytes.whole(), release: () => share.release() });
      };
      const breakOff = () => end(BROKEN_OFF);
      if (stream.destroyed) {
        end(BROKEN_OFF);
        return;
      }
      stream.on("data", take).on("end", finish).on("error", breakOff).on("close", breakOff);
    });
  }

  #cutOff(why: CutOff): Fault {
    return why === "overloaded"
      ? { code: why, fault: "Too much is being received, and others are faster; try again soon." }
      : { code: why, fault: `The body did not come in whole within ${this.#secondsMax} seconds.` };
  }
}

// Nobody is there any more to read it, but the delivery is counted like every other.
const BROKEN_OFF: Fault = {
  code: "unparseable",
  fault: "The body ended before it was complete.",
};

/** Node's own stream where there is a connection; what a test hands over without one is made into such a stream. */
function streamOf(context: Context): Readable | undefined {
  const { incoming } = (context.env ?? {}) as Partial<HttpBindings>;
  if (incoming !== undefined) return incoming;
  const { body } = context.req.raw;
  return body === null ? undefined : Readable.fromWeb(body);
}

function isComplete(stream: Readable): boolean {
  return "complete" in stream && stream.complete === true;
}

const GROWTH_BYTES_MIN = 512;

/**
 * Bytes in one piece. What comes in one chunk, as nearly every webhook does, is kept as it came. More is copied
 * together, because a chunk that is kept costs hundreds of bytes of its own, and a sender may send it byte by byte.
 */
class GrowingBytes {
  readonly #lengthMax: number;
  #bytes: Uint8Array = new Uint8Array();
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

  whole(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}
