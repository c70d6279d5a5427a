/** What an erasure leaves in the file goes, at the latest when nobody reads it any more. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SqliteStore } from "../src/store/sqlite/sqlite-store.ts";
import { openTestService } from "./support/service.ts";
import { temporaryFolder } from "./support/temporary.ts";

const CONFIG = "sources: { crm: { replaceProfileId: id, eventId: e } }";
const MARK = "zqmarkqz";

const bytesOf = (file: string) =>
  ["", "-wal"].map((suffix) => readFileSync(file + suffix).toString("latin1")).join("");

async function openWithTwo(file: string) {
  const store = new SqliteStore(file);
  const service = await openTestService(CONFIG, store);
  await service.post("crm", { e: 1, id: `ann-${MARK}`, text: MARK.repeat(400) });
  await service.post("crm", { e: 2, id: "bo" });
  return { store, service };
}

const ERASE = { person: `crm:ann-${MARK}`, suppress: false, dryRun: false, by: undefined };

test("while somebody reads a former state it is pending; the end of the service tidies up", async () => {
  const file = join(temporaryFolder(), "a.db");
  const { store, service } = await openWithTwo(file);
  const reader = store.people()[Symbol.asyncIterator]();
  expect((await reader.next()).done).toBe(false);
  const receipt = await service.erasures.erase(ERASE);
  expect(receipt!.storage).toBe("pending");
  expect((await service.erasures.list({ limit: 1 })).erasures[0]!.storage).toBe("pending");
  expect(bytesOf(file)).toContain(MARK);
  // Who reads on reads what was.
  expect((await reader.next()).done).toBe(false);
  expect((await reader.next()).done).toBe(true);
  expect((await service.post("crm", { e: 3, id: "cy" }))[0]!.outcome).toBe("accepted");
  await service.close();
  expect(readFileSync(file).toString("latin1")).not.toContain(MARK);
  const again = new SqliteStore(file);
  expect(await again.isUntidy()).toBe(false);
  await again.close();
});

test("a process that ended too soon leaves it to the next one", async () => {
  const file = join(temporaryFolder(), "b.db");
  const first = await openWithTwo(file);
  first.store.tidy = () => Promise.resolve("pending");
  expect((await first.service.erasures.erase(ERASE))!.storage).toBe("pending");
  await first.service.close();
  const store = new SqliteStore(file);
  expect(await store.isUntidy()).toBe(true);
  const service = await openTestService(CONFIG, store);
  await service.close();
  expect(readFileSync(file).toString("latin1")).not.toContain(MARK);
});
