/** A database that somebody else holds: senders are asked to come again, readers notice nothing. */
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import type { StatsView } from "../../src/queries/queries.ts";
import { DELIVERIES_CONFIG, deliveriesOf } from "../support/deliveries.ts";
import { digestOfDeliveries, readDatabase } from "../support/reference.ts";
import { ask, receiptOf, request, sendAll, type Outcome } from "../support/sender.ts";
import { runCommand, serviceFiles, startService } from "../support/service-process.ts";
import { temporaryFolder } from "../support/temporary.ts";

/** Another process's transaction, as long as the test wants it; a backup tool or a shell does the same. */
function lock(file: string): { release(): void } {
  const other = new Database(file);
  onTestFinished(() => void other.close());
  other.exec("BEGIN EXCLUSIVE");
  return { release: () => other.exec("COMMIT") };
}

function told(outcome: Outcome) {
  if (outcome === "broken") return outcome;
  return {
    status: outcome.status,
    retryAfter: outcome.headers.get("retry-after"),
    type: outcome.headers.get("content-type"),
    code: (JSON.parse(outcome.text) as { type: string }).type,
  };
}

test("a locked database is answered 503, and once it is free the same deliveries are accepted", async () => {
  const files = serviceFiles(temporaryFolder(), DELIVERIES_CONFIG);
  const service = await startService(files);
  const deliveries = deliveriesOf(25, 60);
  const [before, during] = [deliveries.slice(0, 30), deliveries.slice(30)];
  await sendAll(service.url, before, { atOnce: 8 });

  const held = lock(files.database);
  const refused = await sendAll(service.url, during, { atOnce: 8 });
  const unavailable = {
    status: 503,
    retryAfter: "5",
    type: "application/problem+json",
    code: "urn:selfsame:problem:store-unavailable",
  };
  expect([...refused.values()].map(told)).toEqual(during.map(() => unavailable));
  // Whoever only reads notices nothing; a load balancer is told to send deliveries elsewhere.
  expect((await request(`${service.url}/v1/changes`)).status).toBe(200);
  expect((await request(`${service.url}/healthz`)).status).toBe(200);
  expect(told(await request(`${service.url}/readyz`))).toEqual(unavailable);
  const whileLocked = await readDatabase(files.database);
  expect(whileLocked.digest).toBe(await digestOfDeliveries(DELIVERIES_CONFIG, before));

  held.release();
  expect((await request(`${service.url}/readyz`)).status).toBe(200);
  const accepted = await sendAll(service.url, during, { atOnce: 8 });
  const outcomes = [...accepted.values()].map(
    (outcome) => outcome !== "broken" && receiptOf(outcome).events[0]!.outcome,
  );
  expect(outcomes).toEqual(during.map(() => "accepted"));
  const { digest } = await readDatabase(files.database);
  expect(digest).toBe(await digestOfDeliveries(DELIVERIES_CONFIG, deliveries));

  const stats = await ask<StatsView>(service.url, "/v1/stats");
  const rejected = stats.outcomes.filter(({ outcome }) => outcome === "rejected");
  expect(rejected.reduce((sum, tally) => sum + tally.deliveries, 0)).toBe(during.length);
  expect(stats.received.deliveries).toBe(deliveries.length + during.length);
  expect(service.stderr).toContain("another process holds the database");
});

test("a service that starts on a locked database says so and ends with 1", async () => {
  const files = serviceFiles(temporaryFolder(), DELIVERIES_CONFIG);
  const first = await startService(files);
  first.kill("SIGTERM");
  await first.exited;
  lock(files.database);
  const { config, database } = files;
  const call = ["serve", "--config", config, "--database", database, "--port", "0"];
  expect(await runCommand(call)).toEqual({
    code: 1,
    signal: null,
    stdout: "",
    stderr: `selfsame: ${database}: another process holds the database\n`,
  });
});
