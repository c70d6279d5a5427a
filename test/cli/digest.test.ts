/** `digest` as a process: what makes two databases the same, and what it says without one. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DELIVERIES_CONFIG, deliveriesOf } from "../support/deliveries.ts";
import { digestOfDeliveries } from "../support/reference.ts";
import { sendAll } from "../support/sender.ts";
import {
  runCommand,
  serviceFiles,
  startService,
  type ServiceFiles,
} from "../support/service-process.ts";
import { temporaryFolder } from "../support/temporary.ts";

const deliveries = deliveriesOf(7, 120);

/** The digest as it is printed for a database that a running service keeps. */
async function printedDigest({ database }: ServiceFiles): Promise<string> {
  const { code, stdout, stderr } = await runCommand(["digest", "--database", database]);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
}

test("two databases with the same people print the same, and with others they do not", async () => {
  const one = serviceFiles(temporaryFolder(), DELIVERIES_CONFIG);
  const other = serviceFiles(temporaryFolder(), DELIVERIES_CONFIG);
  const services = [await startService(one), await startService(other)] as const;
  await sendAll(services[0].url, deliveries, { atOnce: 16 });
  // The other way round, one at a time, and the last one missing at first.
  const [last, ...rest] = deliveries.toReversed();
  await sendAll(services[1].url, rest, { atOnce: 1 });
  const first = await printedDigest(one);
  expect(first).toBe(`${await digestOfDeliveries(DELIVERIES_CONFIG, deliveries)}\n`);
  expect(await printedDigest(other)).not.toBe(first);
  await sendAll(services[1].url, [last!], { atOnce: 1 });
  expect(await printedDigest(other)).toBe(first);

  const { database } = one;
  const json = await runCommand(["digest", "--database", database, "--json"]);
  expect(JSON.parse(json.stdout)).toEqual({
    digest: first.trim(),
    profiles: expect.any(Number),
    events: deliveries.length,
  });
});

test("without a database to read it says so in one line and ends with 1", async () => {
  const folder = temporaryFolder();
  const missing = join(folder, "missing.db");
  const { code, stdout, stderr } = await runCommand(["digest", "--database", missing]);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toBe(
    `selfsame: there is no database at ${missing}; name another with --database, or serve or import first\n`,
  );

  const foreign = join(folder, "foreign.db");
  writeFileSync(foreign, "");
  const empty = await runCommand(["digest", "--database", foreign]);
  expect([empty.code, empty.stdout]).toEqual([1, ""]);
  expect(empty.stderr).toMatch(/^selfsame: .*foreign\.db: no database of this version[^\n]*\n$/);
});
