/**
 * What large deliveries cost those who send small ones meanwhile: how long everybody else waits for a receipt while a
 * source posts a thousand events at once, again and again, of one person. The service is a process of its own.
 */
import type { Benchmark, Outcome, Trial } from "../benchmark.ts";
import { sendSteadily } from "../acknowledge/steady-load.ts";
import { checkDatabase, startSelfsame } from "../http-ingest/selfsame-server.ts";
import type { LoadReport } from "../http-ingest/load.ts";
import { withScratch } from "../scratch.ts";
import {
  CONFIGURATION,
  drawDeliveries,
  OTHERS_PER_LARGE,
  PATH,
  SCALES,
  WARM_UP_SHARE,
  type Deliveries,
  type LargeKind,
} from "./deliveries.ts";

/** Of whom the large deliveries are; none at all for the reference. */
const LARGE: Readonly<Record<string, LargeKind | undefined>> = {
  "beside-hot": "one-person",
  "beside-crowd": "many-people",
  alone: undefined,
};
/** Far below what the service can take, the large ones included: so whoever waits does so for a reason. */
const OTHERS_PER_SECOND = 100;

export const hotProfile: Benchmark = {
  name: "hot-profile",
  description: "how long senders of single events wait while others post large deliveries",
  workloads: [
    {
      name: "visits",
      description:
        "a hundred deliveries of one event for each large one, all of whose events are of one person (hot) or each of another (crowd)",
    },
  ],
  contenders: Object.keys(LARGE),
  reference: "alone",
  figures: [
    { name: "others' p50 in ms", better: "lower" },
    { name: "others' p99 in ms", better: "lower" },
    { name: "others' max in ms", better: "lower" },
    { name: "large ones' p50 in ms", better: "neither" },
    { name: "server's CPU time in ms", better: "neither" },
    { name: "sender busy in %", better: "neither" },
  ],
  goals: [{ figure: "others' p99 in ms", contender: "beside-hot", atMost: 1.5 }],
  packages: [],
  trials: { full: 3, quick: 2, tiny: 1 },
  scale: (_, size) => {
    const { others, eventsPerLarge } = SCALES[size];
    return `${others.toLocaleString("en")} deliveries, ${others / OTHERS_PER_LARGE} of ${eventsPerLarge.toLocaleString("en")} events`;
  },
  run: (trial) => withScratch((folder) => run(trial, folder)),
};

async function run(
  { contender, size, seed, profileFolder }: Trial,
  folder: string,
): Promise<Outcome> {
  const scale = SCALES[size];
  const warmUpScale = {
    ...scale,
    others: Math.max(OTHERS_PER_LARGE, WARM_UP_SHARE * scale.others),
  };
  const warmUp = drawDeliveries("warm-up", LARGE[contender], warmUpScale, seed + 1);
  const measured = drawDeliveries("measured", LARGE[contender], scale, seed);
  const server = await startSelfsame(folder, profileFolder, CONFIGURATION);
  let figures;
  try {
    await send(server.url + PATH, warmUp);
    const before = await server.usage();
    const { others, large } = await send(server.url + PATH, measured);
    const { cpuMicroseconds } = await server.usage();
    figures = {
      "others' p50 in ms": others.p50Ms,
      "others' p99 in ms": others.p99Ms,
      "others' max in ms": others.maxMs,
      "large ones' p50 in ms": large?.p50Ms ?? 0,
      "server's CPU time in ms": (cpuMicroseconds - before.cpuMicroseconds) / 1000,
      "sender busy in %": 100 * others.senderBusy,
    };
  } finally {
    await server.stop();
  }
  const { people } = measured;
  checkDatabase(server.database, { events: warmUp.events + measured.events, people });
  return { figures, answer: `${scale.others} deliveries of others accepted` };
}

/** Both kinds fall due steadily, whatever became of the last; a wait counts from then. */
async function send(
  url: string,
  { others, large }: Deliveries,
): Promise<{ readonly others: LoadReport; readonly large: LoadReport | undefined }> {
  const [toOthers, toLarge] = await Promise.all([
    sendSteadily(url, others, OTHERS_PER_SECOND),
    large.length === 0 ? undefined : sendSteadily(url, large, OTHERS_PER_SECOND / OTHERS_PER_LARGE),
  ]);
  return { others: toOthers, large: toLarge };
}
