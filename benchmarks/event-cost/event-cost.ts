/**
 * What taking an event costs in a database of ten million events and in one of a hundred thousand. Through the real
 * engine and store, in the trial's own process and without HTTP: that costs the same in both, and would hide what differs.
 */
import type { Benchmark, Outcome, Size, Trial } from "../benchmark.ts";
import { keptHistory } from "../history/kept-history.ts";
import { CONFIGURATION, EVENTS_EACH, shopEvent, SOURCE } from "../history/people.ts";
import { receiveAll, withService, type Posted } from "../in-process.ts";
import { copyKept } from "../kept-database.ts";
import { Random } from "../random.ts";
import { withScratch } from "../scratch.ts";
import { Stopwatch } from "../stopwatch.ts";

const LARGE = "large-history";
const SMALL = "small-history";
const CPU = "CPU time per event in µs";

const EVENTS: Readonly<Record<Size, Readonly<Record<string, number>>>> = {
  full: { [SMALL]: 100_000, [LARGE]: 10_000_000 },
  quick: { [SMALL]: 100_000, [LARGE]: 1_000_000 },
  tiny: { [SMALL]: 100, [LARGE]: 200 },
};
const MEASURED: Readonly<Record<Size, number>> = { full: 40_000, quick: 20_000, tiny: 40 };
/** Taken before the clock starts: the service has been running for a while. */
const WARM_UP_SHARE = 0.25;
const SHARE_OF_NEW_PEOPLE = 0.1;
const SENDERS = 64;

export const eventCost: Benchmark = {
  name: "event-cost",
  description: `events from ${SENDERS} senders into SQLite, in the same process`,
  workloads: [
    {
      name: "shop",
      description: "events of anybody among all people, one in ten of somebody new",
    },
  ],
  contenders: [LARGE, SMALL],
  reference: SMALL,
  figures: [
    { name: CPU, better: "lower" },
    { name: "time per event in µs", better: "lower" },
  ],
  goals: [{ figure: CPU, contender: LARGE, atMost: 1.5 }],
  packages: [],
  trials: { full: 3, quick: 3, tiny: 1 },
  scale: (_, size) =>
    Object.values(EVENTS[size])
      .map((events) => events.toLocaleString("en"))
      .join(" and ") + ` events; ${MEASURED[size].toLocaleString("en")} more`,
  run: (trial) => withScratch((folder) => run(trial, folder)),
};

async function run({ contender, size, seed }: Trial, folder: string): Promise<Outcome> {
  const people = EVENTS[size][contender]! / EVENTS_EACH;
  await copyKept(folder, size, keptHistory(people));
  const measured = MEASURED[size];
  const warmUp = Math.ceil(measured * WARM_UP_SHARE);
  const deliveries = drawDeliveries(people, warmUp + measured, seed);
  return withService(folder, CONFIGURATION, {}, async (service) => {
    await receiveAll(service, deliveries.slice(0, warmUp), SENDERS);
    const stopwatch = new Stopwatch();
    await stopwatch.runAsync(() => receiveAll(service, deliveries.slice(warmUp), SENDERS));
    const figures = stopwatch.figures();
    const { received } = await service.queries.stats();
    return {
      figures: {
        [CPU]: (1000 * figures["CPU time in ms"]!) / measured,
        "time per event in µs": (1000 * figures["time in ms"]!) / measured,
      },
      answer: `${received.events - people * EVENTS_EACH} events taken beside those there were`,
    };
  });
}

function drawDeliveries(people: number, count: number, seed: number): Posted[] {
  const random = new Random(seed);
  let everybody = people;
  return Array.from({ length: count }, (_, index) => {
    const person = random.chance(SHARE_OF_NEW_PEOPLE) ? everybody++ : random.below(people);
    return { source: SOURCE, body: shopEvent(person, EVENTS_EACH + index).body };
  });
}
