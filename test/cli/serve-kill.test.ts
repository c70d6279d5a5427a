/** `kill -9` under load, again and again on the same database (I2, scenario 25). */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { StatsView } from "../../src/queries/queries.ts";
import { DELIVERIES_CONFIG, deliveriesOf, type Delivery } from "../support/deliveries.ts";
import { digestOfDeliveries, readDatabase, type Stored } from "../support/reference.ts";
import { storySeed } from "../support/seed.ts";
import { ask, receiptOf, sendAll, type Outcome } from "../support/sender.ts";
import { serviceFiles, startService, type ServiceProcess } from "../support/service-process.ts";
import { temporaryFolder } from "../support/temporary.ts";

const KILLS = 20;
const AT_ONCE = 32;
/** More than can be posted before the last kill. */
const DELIVERIES = 20_000;
const ACKNOWLEDGED_MAX = 100;

/** So many deliveries after the start, and then so long: anywhere between two commits or within one. */
const killMoment = fc.record({
  acknowledged: fc.integer({ min: 1, max: ACKNOWLEDGED_MAX }),
  milliseconds: fc.nat({ max: 30 }),
});
type KillMoment = typeof killMoment extends fc.Arbitrary<infer Value> ? Value : never;

/** What a sender knows of its deliveries. */
class Ledger {
  /** Everything that was posted, in the order it was. */
  readonly sent = new Set<Delivery>();
  /** The event id that each acknowledged delivery was answered with. */
  readonly acknowledged = new Map<Delivery, string>();

  note(delivery: Delivery, outcome: Outcome): void {
    this.sent.add(delivery);
    if (outcome === "broken") return;
    const [receipt] = receiptOf(outcome).events;
    if (receipt?.outcome !== "accepted") throw new Error(`not accepted: ${outcome.text}`);
    this.acknowledged.set(delivery, receipt.event);
  }

  get unacknowledged(): Delivery[] {
    return [...this.sent].filter((delivery) => !this.acknowledged.has(delivery));
  }
}

/** Posts without a pause, and kills the service meanwhile. */
async function postUntilKilled(
  service: ServiceProcess,
  deliveries: IterableIterator<Delivery>,
  moment: KillMoment,
  ledger: Ledger,
): Promise<void> {
  let acknowledged = 0;
  await sendAll(service.url, deliveries, {
    atOnce: AT_ONCE,
    onOutcome(delivery, outcome) {
      ledger.note(delivery, outcome);
      if (outcome !== "broken" && ++acknowledged === moment.acknowledged)
        setTimeout(() => service.kill("SIGKILL"), moment.milliseconds);
      return outcome !== "broken";
    },
  });
  expect(await service.exited).toEqual({ code: null, signal: "SIGKILL" });
}

async function checkSurvivors(stored: Stored, ledger: Ledger): Promise<Delivery[]> {
  expect(stored.integrity).toBe("ok");
  expect(stored.eventRows).toBe(stored.events.length);
  expect([...stored.journeysByKey.values()].filter((journeys) => journeys !== 1)).toEqual([]);
  const idByKey = new Map(stored.events.map(({ key, id }) => [key, id]));
  const lost = [...ledger.acknowledged].filter(([{ key }, id]) => idByKey.get(key) !== id);
  expect(lost).toEqual([]);
  const survivors = [...ledger.sent].filter(({ key }) => idByKey.has(key));
  expect(survivors.length).toBe(stored.events.length);
  expect(stored.digest).toBe(await digestOfDeliveries(DELIVERIES_CONFIG, survivors));
  return survivors;
}

test("I2, scenario 25: kill -9 at any moment loses nothing that was acknowledged", async () => {
  const seed = storySeed();
  const moments = fc.sample(killMoment, { seed, numRuns: KILLS });
  const deliveries = deliveriesOf(seed, DELIVERIES).values();
  const files = serviceFiles(temporaryFolder(), DELIVERIES_CONFIG);
  const ledger = new Ledger();

  let service = await startService(files);
  let unacknowledgedButStored = 0;
  for (const moment of moments) {
    await postUntilKilled(service, deliveries, moment, ledger);
    service = await startService(files);
    const survivors = await checkSurvivors(await readDatabase(files.database), ledger);
    unacknowledgedButStored = survivors.length - ledger.acknowledged.size;
  }
  console.info(
    `${KILLS} kills: ${ledger.sent.size} sent, ${ledger.acknowledged.size} acknowledged, ` +
      `${unacknowledgedButStored} unacknowledged but stored, ` +
      `${ledger.unacknowledged.length - unacknowledgedButStored} unacknowledged and not stored, 0 lost`,
  );

  const again = await sendAll(service.url, ledger.unacknowledged, { atOnce: AT_ONCE });
  const outcomes = [...again.values()].map(
    (outcome) => outcome !== "broken" && receiptOf(outcome).events[0]!.outcome,
  );
  expect(outcomes.filter((outcome) => outcome === "duplicate").length).toBe(
    unacknowledgedButStored,
  );
  const { outcomes: counts } = await ask<StatsView>(service.url, "/v1/stats");
  const accepted = counts.filter(({ outcome }) => outcome === "accepted");
  expect(accepted.reduce((sum, { events }) => sum + events, 0)).toBe(ledger.sent.size);
  const { digest } = await readDatabase(files.database);
  expect(digest).toBe(await digestOfDeliveries(DELIVERIES_CONFIG, [...ledger.sent]));
  // Half a minute on an idle machine: each start costs more than a second of processor time.
}, 300_000);
