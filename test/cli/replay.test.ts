/** `replay` as a process: what it tells, what it leaves, dry runs, and calls that cannot be. */
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { replayPatiently } from "../../src/cli/replay.ts";
import type { Quarantine } from "../../src/quarantine.ts";
import type { KeptSummary } from "../../src/store/deliveries.ts";
import { StoreError } from "../../src/store/store.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { digestOfDeliveries, readDatabase } from "../support/reference.ts";
import { openTestService } from "../support/service.ts";
import { runCommand, serviceFiles, writeConfig } from "../support/service-process.ts";
import { temporaryFolder } from "../support/temporary.ts";

const configOf = (path: string, name = "crm") => `
sources:
  ${name}: { replaceProfileId: ${path}, withoutId: quarantine, eventId: key, occurredAt: at }
  other: { replaceProfileId: id, withoutId: quarantine }
`;
const RIGHT = configOf("id");

const bodies = Array.from({ length: 30 }, (_, number) => ({
  key: `e${number}`,
  at: 1_767_225_600 + number,
  // Every tenth has no id by any configuration.
  ...(number % 10 === 0 ? {} : { id: `u${number % 4}` }),
}));

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);

/** A database of which everything but one delivery lies in quarantine: one delivery an hour. */
async function filled() {
  const folder = temporaryFolder();
  const files = serviceFiles(folder, RIGHT);
  const store = new SqliteStore(files.database);
  let deliveries = 0;
  const clock = () => START + deliveries * HOUR;
  const service = await openTestService(configOf("ident"), store, { clock });
  for (const body of bodies) {
    await service.post("crm", body);
    deliveries++;
  }
  await service.post("other", { name: "nobody" });
  await service.close();
  const call = (...more: readonly string[]) =>
    runCommand(["replay", "--config", files.config, "--database", files.database, ...more]);
  const json = async (...more: readonly string[]) => {
    const { code, stdout, stderr } = await call("--json", ...more);
    expect([code, stderr]).toEqual([0, ""]);
    return JSON.parse(stdout) as unknown;
  };
  return { ...files, folder, call, json };
}

const NO_ID = "no usable id: nothing stands at id";

test("it takes everything again, tells the outcomes and why the rest stays, and may be run again", async () => {
  const { call, json, database } = await filled();
  const { code, stdout, stderr } = await call();
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toBe(
    `deliveries  31\nquarantined 4\naccepted    27\nstill quarantined:\n  4 × ${NO_ID}\n`,
  );
  const { digest } = await readDatabase(database);
  expect(digest).toBe(
    await digestOfDeliveries(
      RIGHT,
      bodies.map((body) => ({
        source: "crm",
        contentType: "application/json",
        body: JSON.stringify(body),
      })),
    ),
  );
  expect(await json()).toEqual({
    dryRun: false,
    deliveries: 4,
    events: { quarantined: 4 },
    reasons: [{ reason: NO_ID, events: 4 }],
  });
  expect((await readDatabase(database)).digest).toBe(digest);
});

test("a dry run tells the same and stores nothing; source and times choose", async () => {
  const { json, database } = await filled();
  const before = await readDatabase(database);
  const told = { dryRun: true, reasons: [{ reason: NO_ID, events: 4 }] };
  expect(await json("--dry-run")).toEqual({
    ...told,
    deliveries: 31,
    events: { accepted: 27, quarantined: 4 },
  });
  expect(await readDatabase(database)).toEqual(before);
  const at = (hours: number) => new Date(START + hours * HOUR).toISOString();
  expect(await json("--dry-run", "--from", at(1), "--to", at(5))).toMatchObject({
    deliveries: 4,
    events: { accepted: 4 },
  });
  expect(await json("--dry-run", "--source", "other")).toMatchObject({
    deliveries: 1,
    events: { quarantined: 1 },
  });
});

test("what a source that is gone has sent is left as it is, and told", async () => {
  const { call, folder, database } = await filled();
  writeConfig(folder, configOf("id", "shop"));
  const before = await readDatabase(database);
  const { code, stdout, stderr } = await call();
  expect([code, stdout]).toEqual([
    1,
    `deliveries  1\nquarantined 1\nstill quarantined:\n  1 × ${NO_ID}\n`,
  ]);
  expect(stderr).toContain("deliveries of crm were left as they are");
  expect(await readDatabase(database)).toEqual(before);
});

test("a call that cannot be is told in one line", async () => {
  const { config, database } = serviceFiles(temporaryFolder(), RIGHT);
  const call = async (...more: readonly string[]) => {
    const options = ["--config", config, "--database", database];
    const { code, stderr } = await runCommand(["replay", ...options, ...more]);
    return [code, stderr];
  };
  expect(await call()).toEqual([1, expect.stringContaining("there is no database at")]);
  expect(await call("--source", "nobody")).toEqual([
    2,
    "selfsame: no source is called nobody; configured are crm, other\n",
  ]);
  expect(await call("--from", "yesterday")).toEqual([2, expect.stringContaining("2026-01-31")]);
});

describe("beside a service that commits all the time", () => {
  /** Others get in between while more than `most` deliveries are looked at. */
  async function takenWhere(most: number) {
    const taken: (readonly string[])[] = [];
    const quarantine: Pick<Quarantine, "replay"> = {
      replay: async (ids) => {
        if (ids.length > most) throw new StoreError("busy", "others keep changing it");
        return ids.map((delivery) => ({ kind: "done", delivery, events: [] }));
      },
    };
    const batch = ["a", "b", "c", "d", "e"].map((id): KeptSummary => ({
      id,
      source: "crm",
      receivedAt: 0,
      eventCount: 1,
      bytes: 2,
    }));
    for await (const { deliveries, outcomes } of replayPatiently(quarantine, batch, false)) {
      expect(outcomes.map(({ delivery }) => delivery)).toEqual(deliveries.map(({ id }) => id));
      taken.push(outcomes.map(({ delivery }) => delivery));
    }
    return taken;
  }

  test("it takes less at once, in the same order", async () => {
    expect(await takenWhere(5)).toEqual([["a", "b", "c", "d", "e"]]);
    expect(await takenWhere(2)).toEqual([["a", "b"], ["c"], ["d", "e"]]);
  });

  test("it gives up where not even one goes through", async () => {
    await expect(takenWhere(0)).rejects.toThrow("others keep changing it");
  });
});

test("what stops it is told beside what was done, and that nothing is lost", async () => {
  const { call, folder, database } = await filled();
  const service = await openTestService(configOf("ident"), new SqliteStore(database));
  await service.post("crm", { key: "large", id: "u1", text: "x".repeat(100_000) });
  await service.close();
  writeConfig(folder, `${configOf("id")}limits: { databaseBytesMax: 1048576 }`);
  const client = new Database(database);
  client.exec("CREATE TABLE ballast (bytes BLOB); INSERT INTO ballast VALUES (zeroblob(2000000))");
  client.close();
  const { code, stdout, stderr } = await call();
  expect([code, stdout]).toEqual([1, "deliveries  0\n"]);
  expect(stderr).toBe(
    "selfsame: stopped: the database has no room left; run the replay again, nothing is taken twice\n",
  );
  writeConfig(folder, RIGHT);
  expect((await call()).stdout).toContain("deliveries  32\n");
});
