/** What it costs when many people write from one mailbox: the same deliveries with one address, and with their own. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Benchmark, Outcome, Trial } from "../benchmark.ts";
import { countPeople, receiveAll, withService } from "../in-process.ts";
import { withScratch } from "../scratch.ts";
import { Stopwatch, TIME_FIGURES } from "../stopwatch.ts";
import { CONFIGURATION, drawDeliveries, SCALES, userOf, type Addresses } from "./deliveries.ts";

const SENDERS = 64;
const WARM_UP = { people: 120, deliveries: 2000 } as const;
const WARM_UP_TINY = { people: 10, deliveries: 20 } as const;

export const mailbox: Benchmark = {
  name: "mailbox",
  description: "deliveries into a SQLite file by 64 senders in the same process, each durable",
  workloads: [
    {
      name: "orders",
      description: "people with an account each, all of whom give one address or each their own",
    },
  ],
  contenders: ["shared-mailbox", "own-addresses"],
  reference: "own-addresses",
  figures: [{ name: "deliveries/s", better: "higher" }, ...TIME_FIGURES],
  packages: [],
  trials: { full: 5, quick: 2, tiny: 1 },
  scale: (_, size) =>
    `${SCALES[size].deliveries.toLocaleString("en")} deliveries of ${SCALES[size].people.toLocaleString("en")} people`,
  run: (trial) => withScratch((folder) => run(trial, folder)),
};

async function run({ contender, size, seed }: Trial, folder: string): Promise<Outcome> {
  const addresses = contender as Addresses;
  const warmUp = size === "tiny" ? WARM_UP_TINY : WARM_UP;
  await play(join(folder, "warm-up"), addresses, warmUp, seed + 1);
  return play(join(folder, "measured"), addresses, SCALES[size], seed);
}

async function play(
  folder: string,
  addresses: Addresses,
  scale: (typeof SCALES)["full"],
  seed: number,
): Promise<Outcome> {
  const deliveries = drawDeliveries(addresses, scale, seed);
  mkdirSync(folder);
  return withService(folder, CONFIGURATION, {}, async (service) => {
    const stopwatch = new Stopwatch();
    await stopwatch.runAsync(() => receiveAll(service, deliveries, SENDERS));
    const figures = stopwatch.figures();
    const users = Array.from({ length: scale.people }, (_, person) => `user_id:${userOf(person)}`);
    const people = await countPeople(service, users);
    return {
      figures: { ...figures, "deliveries/s": (1000 * deliveries.length) / figures["time in ms"]! },
      answer: `${deliveries.length} deliveries of ${people} people`,
    };
  });
}
