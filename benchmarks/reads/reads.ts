/**
 * What it costs to read one person, a profile and a page of the journey, in a database of ten thousand events and in one
 * of a million: it should depend on the person alone.
 */
import { performance } from "node:perf_hooks";
import type { Service } from "../../src/service.ts";
import type { Benchmark, Outcome, Size, Trial } from "../benchmark.ts";
import { receiveAll, withService } from "../in-process.ts";
import { Random } from "../random.ts";
import { percentile } from "../runner/statistics.ts";
import { withScratch } from "../scratch.ts";
import { CONFIGURATION, drawCrowd, READ_PEOPLE, userOf } from "./crowd.ts";

const SMALL = "small-history";
const LARGE = "large-history";

const EVENTS: Readonly<Record<Size, Readonly<Record<string, number>>>> = {
  full: { [SMALL]: 10_000, [LARGE]: 1_000_000 },
  quick: { [SMALL]: 10_000, [LARGE]: 200_000 },
  tiny: { [SMALL]: 6_500, [LARGE]: 7_500 },
};
const ROUNDS: Readonly<Record<Size, number>> = { full: 30, quick: 30, tiny: 1 };
const PAGE_EVENTS = 50;
const TOGETHER = 5000;

export const reads: Benchmark = {
  name: "reads",
  description: "a profile, and a page of 50 events of its journey, out of a SQLite file",
  workloads: [{ name: "person", description: "60 events under four identifiers, among others" }],
  contenders: [LARGE, SMALL],
  reference: SMALL,
  figures: [
    { name: "profile p50 in ms", better: "lower" },
    { name: "page p50 in ms", better: "lower" },
    { name: "first profile p50 in ms", better: "lower" },
    { name: "first page p50 in ms", better: "lower" },
  ],
  packages: [],
  trials: { full: 3, quick: 2, tiny: 1 },
  scale: (_, size) =>
    Object.values(EVENTS[size])
      .map((events) => events.toLocaleString("en"))
      .join(" and ") + " events",
  run: (trial) => withScratch((folder) => run(trial, folder)),
};

async function run({ contender, size, seed }: Trial, folder: string): Promise<Outcome> {
  const deliveries = drawCrowd(EVENTS[size][contender]!, seed);
  await withService(folder, CONFIGURATION, { batchEventsMax: TOGETHER }, (service) =>
    receiveAll(service, deliveries, TOGETHER),
  );
  // Opened again, so that neither has in memory what it wrote last.
  return withService(folder, CONFIGURATION, {}, async (service) => {
    const random = new Random(seed);
    const everybody = Array.from({ length: READ_PEOPLE }, (_, person) => person);
    const first = await readEach(service, everybody);
    const again = Array.from({ length: ROUNDS[size] * READ_PEOPLE }, () =>
      random.below(READ_PEOPLE),
    );
    const { profileMs, pageMs } = await readEach(service, again);
    return {
      figures: {
        "profile p50 in ms": percentile(profileMs, 0.5),
        "page p50 in ms": percentile(pageMs, 0.5),
        "first profile p50 in ms": percentile(first.profileMs, 0.5),
        "first page p50 in ms": percentile(first.pageMs, 0.5),
      },
      answer: `${first.events} events of ${READ_PEOPLE} people, ${first.paged} on their pages`,
    };
  });
}

async function readEach({ queries }: Service, people: readonly number[]) {
  const profileMs = new Float64Array(people.length);
  const pageMs = new Float64Array(people.length);
  let events = 0;
  let paged = 0;
  for (const [index, person] of people.entries()) {
    const reference = `shop:${userOf(person)}`;
    const start = performance.now();
    const profile = await queries.profile(reference);
    const between = performance.now();
    const page = await queries.journey(reference, { order: "desc", limit: PAGE_EVENTS });
    pageMs[index] = performance.now() - between;
    profileMs[index] = between - start;
    events += profile!.eventCount;
    paged += page!.events.length;
  }
  return { profileMs, pageMs, events, paged };
}
