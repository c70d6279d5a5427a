/**
 * The ways in which the deliveries of one step may reach an engine: orders, batches and repetitions that must not
 * matter. All chance comes from one seed, which the tests name.
 */
import fc from "fast-check";
import type { Delivery } from "./format.ts";

export interface Way {
  readonly name: string;
  /** One by one, once, as written: what is said of the given order holds. */
  readonly isGivenOrder: boolean;
  readonly isOnce: boolean;
  /** Each inner list is handed over at once. */
  batches(deliveries: readonly Delivery[], inOrder: boolean): readonly (readonly Delivery[])[];
}

export const SEED = Number(process.env["CONFORMANCE_SEED"] ?? Date.now() % 2 ** 31);

/** Beyond so many deliveries a scenario is about their number, and a few ways must do. */
const MANY = 150;
const SHUFFLES = 3;

const oneByOne = (deliveries: readonly Delivery[]) => deliveries.map((delivery) => [delivery]);
const twice = (deliveries: readonly Delivery[]) => deliveries.flatMap((one) => [one, one]);

function shuffled(deliveries: readonly Delivery[], seed: number): Delivery[] {
  const { length } = deliveries;
  const places = fc.shuffledSubarray([...deliveries.keys()], { minLength: length });
  return fc.sample(places, { seed, numRuns: 1 })[0]!.map((place) => deliveries[place]!);
}

function inBatches(deliveries: readonly Delivery[], seed: number): Delivery[][] {
  const sizes = fc.sample(fc.integer({ min: 1, max: 4 }), { seed, numRuns: deliveries.length });
  const batches: Delivery[][] = [];
  let from = 0;
  for (const size of sizes) {
    if (from < deliveries.length) batches.push(deliveries.slice(from, from + size));
    from += size;
  }
  return batches;
}

function way(
  name: string,
  arrange: (deliveries: readonly Delivery[]) => readonly (readonly Delivery[])[],
  isOnce = true,
): Way {
  return {
    name,
    isGivenOrder: false,
    isOnce,
    batches: (deliveries, inOrder) =>
      inOrder ? oneByOne(isOnce ? deliveries : twice(deliveries)) : arrange(deliveries),
  };
}

const asWritten: Way = { ...way("as written, one by one", oneByOne), isGivenOrder: true };
const atOnce = way("all at once", (deliveries) => [deliveries]);
const backwards = way("backwards, one by one", (deliveries) => oneByOne(deliveries.toReversed()));
const twiceAtOnce = way("twice, all at once", (deliveries) => [twice(deliveries)], false);

function waysOfSeed(seed: number): Way[] {
  return [
    way(`shuffled by ${seed}, one by one`, (deliveries) => oneByOne(shuffled(deliveries, seed))),
    way(`shuffled by ${seed}, in batches`, (deliveries) =>
      inBatches(shuffled(deliveries, seed), seed),
    ),
    way(
      `twice, shuffled by ${seed}, one by one`,
      (deliveries) => oneByOne(shuffled(twice(deliveries), seed)),
      false,
    ),
  ];
}

export function waysFor(deliveries: number, seed: number): Way[] {
  if (deliveries > MANY) return [asWritten, atOnce, waysOfSeed(seed)[1]!];
  const seeds = Array.from({ length: SHUFFLES }, (_, index) => seed + index);
  return [asWritten, atOnce, backwards, twiceAtOnce, ...seeds.flatMap(waysOfSeed)];
}
