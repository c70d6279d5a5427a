/**
 * What goes between the thread that receives and the one that settles. As JSON, which of many small objects is made and
 * read in less than half the time that their copies take.
 */
import type { TakenIn } from "../receipt.ts";
import type { Tally } from "../store/store.ts";
import type { ToldError } from "../threads.ts";
import type { Settled } from "./settler.ts";

/** What a settling thread is started with. */
export interface SettlingThreadData {
  readonly file: string;
  readonly bytesMax: number | undefined;
  /** The canonical text of the rules. */
  readonly rulesText: string;
}

/** `text` is a batch. */
export type Handed = { readonly number: number; readonly text: string } | "end";

export type Told = { readonly number: number } & (
  | { readonly settled: string }
  | { readonly error: ToldError }
);

interface Batch {
  readonly batch: readonly TakenIn[];
  readonly tallies: readonly Tally[];
}

export function takenText(taken: TakenIn): string {
  const { kept } = taken.delivery;
  if (kept === undefined) return JSON.stringify(taken);
  const body = Buffer.from(kept.body).toString("base64");
  return JSON.stringify({ ...taken, delivery: { ...taken.delivery, kept: { ...kept, body } } });
}

/** `batch` are the texts of deliveries. */
export function batchText(batch: readonly string[], tallies: readonly Tally[]): string {
  return `{"batch":[${batch.join(",")}],"tallies":${JSON.stringify(tallies)}}`;
}

export function batchOf(text: string): Batch {
  const { batch, tallies } = JSON.parse(text) as Batch;
  return { batch: batch.map(withBytes), tallies };
}

function withBytes(taken: TakenIn): TakenIn {
  const { kept } = taken.delivery;
  if (kept === undefined) return taken;
  const body = Buffer.from(kept.body as unknown as string, "base64");
  return { ...taken, delivery: { ...taken.delivery, kept: { ...kept, body } } };
}

export function settledText({ receipts, differing }: Settled): string {
  return JSON.stringify({ receipts, differing });
}

export function settledOf(text: string): Settled {
  return JSON.parse(text) as Settled;
}
