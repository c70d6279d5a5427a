/** The rulebook: which rules are in force, when others are put in their place, and who may write meanwhile. */
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { RulesChangedError } from "../src/rulebook.ts";
import { MemoryStore } from "../src/store/memory.ts";
import { SqliteStore } from "../src/store/sqlite/sqlite-store.ts";
import { openTestApp } from "./support/app.ts";
import { SEEDS } from "./support/ids.ts";
import { openTestService } from "./support/service.ts";
import { temporaryFolder } from "./support/temporary.ts";

const SOURCES =
  "sources: { crm: { replaceProfileId: id, eventId: ev, identifiers: { email: email } } }\n";
const limited = (limit: number) =>
  `${SOURCES}identity: { namespaces: { crm: { limit: ${limit} } } }\n`;
const EVENTS = [1, 2, 3].map((id) => ({ ev: id, id, email: "ann@x" }));

async function seeded(yaml: string, store: MemoryStore | SqliteStore): Promise<string> {
  const service = await openTestService(yaml, store);
  for (const event of EVENTS) await service.post("crm", event);
  return service.digest();
}

test("an empty store takes any rules as its first", async () => {
  const store = new MemoryStore(SEEDS);
  const service = await openTestService(limited(1), store);
  expect(service.applied).toMatchObject({
    rulesVersion: 1,
    identifiers: 0,
    merges: [],
    splits: [],
  });
  expect(await store.rules()).toMatchObject({ version: 1 });
  expect((await openTestService(limited(1), store)).applied).toBeUndefined();
});

test("a database that was written before rules were kept comes up by the configured ones", async () => {
  const file = join(temporaryFolder(), "selfsame.db");
  const before = new SqliteStore(file);
  const digest = await seeded(SOURCES, before);
  await before.close();
  const client = new Database(file);
  client.exec("DELETE FROM rules; UPDATE identifier_rows SET neighbours = '{}'");
  client.close();

  const same = new SqliteStore(file);
  const service = await openTestService(SOURCES, same);
  expect(service.applied).toMatchObject({ rulesVersion: 1, merges: [], splits: [] });
  expect(service.applied!.differing).toEqual({ identifiers: 0, neighbours: 4, links: 0 });
  expect(await service.digest()).toBe(digest);
  await same.close();

  const again = new Database(file);
  again.exec("DELETE FROM rules");
  again.close();
  const strict = new SqliteStore(file);
  const { applied } = await openTestService(limited(1), strict);
  expect(applied).toMatchObject({ rulesVersion: 1, splits: [{ into: [{}, {}, {}] }] });
  await strict.close();
});

test("rules that would change people are told and not applied, unless that is asked for", async () => {
  const store = new MemoryStore(SEEDS);
  const digest = await seeded(limited(3), store);
  store.close = () => Promise.resolve();
  const refused = await openTestService(limited(1), store).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(RulesChangedError);
  expect((refused as RulesChangedError).message).toContain("0 merges and 1 split; nothing was");
  expect((refused as RulesChangedError).report.splits[0]!.into).toHaveLength(3);
  expect(await store.rules()).toMatchObject({ version: 1 });

  const applied = await openTestService(limited(1), store, { applyRules: true });
  expect(applied.applied).toMatchObject({ rulesVersion: 2, splits: [{}] });
  expect(await applied.digest()).not.toBe(digest);
  const back = await openTestService(limited(3), store, { applyRules: true });
  expect([await back.digest(), (await store.rules())!.version]).toEqual([digest, 3]);
});

test("of two services on one file, one that has other rules than those in force writes nothing until it is restarted", async () => {
  const file = join(temporaryFolder(), "selfsame.db");
  const old = await openTestApp(limited(3), { store: new SqliteStore(file) });
  for (const event of EVENTS) expect((await old.post("/webhooks/crm", event)).status).toBe(200);
  const current = await openTestApp(limited(1), { store: new SqliteStore(file), applyRules: true });
  const digest = await current.service.digest();

  const ruling = { kind: "split", a: "crm:1", b: "crm:2", reason: "as seen" };
  const late = { ev: "late", id: 9, email: "ann@x" };
  for (const [path, body] of [
    ["/webhooks/crm", late],
    ["/v1/decisions", ruling],
    ["/v1/decisions", { ...ruling, dryRun: true }],
  ] as const) {
    const { status, text } = await old.post(path, body);
    expect([path, status, text]).toEqual([
      path,
      503,
      expect.stringContaining("urn:selfsame:problem:rules-superseded"),
    ]);
  }
  expect((await old.get("/readyz")).status).toBe(503);
  // What names nobody, and the counts of what was turned away, are stored by whatever rules.
  expect((await old.post("/webhooks/crm", { ev: "nobody" })).status).toBe(200);
  expect(await current.service.digest()).toBe(digest);
  expect((await current.get("/v1/decisions")).body).toEqual({ decisions: [], next: null });

  expect((await current.post("/webhooks/crm", late)).status).toBe(200);
  const restarted = await openTestApp(limited(1), { store: new SqliteStore(file) });
  expect(restarted.service.applied).toBeUndefined();
  expect((await restarted.post("/v1/decisions", ruling)).status).toBe(200);

  await openTestApp(limited(3), { store: new SqliteStore(file), applyRules: true });
  expect((await old.get("/readyz")).status).toBe(200);
  expect((await old.post("/webhooks/crm", { ...late, ev: "later" })).status).toBe(200);
});

test("rules that another process applies between two looks of a rebuild are noticed", async () => {
  const file = join(temporaryFolder(), "selfsame.db");
  const stores = [new SqliteStore(file), new SqliteStore(file)] as const;
  const slow = await openTestService(limited(3), stores[0]);
  for (const event of EVENTS) await slow.post("crm", event);
  const readGraph = stores[0].readGraph.bind(stores[0]);
  let others = 0;
  stores[0].readGraph = async () => {
    if (others++ === 0) await openTestService(limited(1), stores[1], { applyRules: true });
    return readGraph();
  };
  const report = await slow.rulebook.rebuild({ check: false });
  // Looked at again, its own rules are others than those in force, and are put in force as such.
  expect([others, report.rulesVersion, report.rulesChanged]).toEqual([2, 3, true]);
  expect(await stores[1].rules()).toMatchObject({ version: 3 });
  expect((await slow.rulebook.rebuild({ check: true })).differing).toEqual({
    identifiers: 0,
    neighbours: 0,
    links: 0,
  });
});

test("of two services that take one decision back, one is told that it stands no more", async () => {
  const file = join(temporaryFolder(), "selfsame.db");
  const stores = [new SqliteStore(file), new SqliteStore(file)] as const;
  const slow = await openTestService(limited(3), stores[0]);
  for (const event of EVENTS) await slow.post("crm", event);
  const fast = await openTestService(limited(3), stores[1]);
  const ruling = { kind: "split", a: "crm:1", b: "crm:2", reason: "as seen" } as const;
  const taken = await slow.decisions.decide(ruling);
  const id = taken.kind === "decided" ? taken.effect.decision.id! : "";
  const load = stores[0].load.bind(stores[0]);
  let loads = 0;
  stores[0].load = async (request) => {
    if (loads++ === 0) expect((await fast.decisions.takeBack(id, false)).kind).toBe("decided");
    return load(request);
  };
  expect(await slow.decisions.takeBack(id, false)).toMatchObject({ code: "unknown-decision" });
});
