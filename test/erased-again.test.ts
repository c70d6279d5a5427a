/** What was erased is known again however it comes: by its id, by its text, from a file, out of quarantine, after a restart. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTestService, receivedEvents, type TestService } from "./support/service.ts";
import { storeKinds, type TestStore } from "./support/stores.ts";

const CONFIG = `
sources:
  form: { replaceProfileId: user, identifiers: { email: mail }, repeatWindowSeconds: 60 }
  strict: { replaceProfileId: user, eventId: e, withoutId: quarantine }
  open: { replaceProfileId: user, identifiers: { email: mail }, eventId: e }
`;

const MINUTE = 60_000;

describe.each(storeKinds)("$name", (kind) => {
  let opened: TestStore;
  let now = 0;

  beforeEach(() => {
    opened = kind.open();
    now = Date.UTC(2026, 0, 1);
  });
  afterEach(() => opened.dispose());

  const open = (yaml = CONFIG): Promise<TestService> =>
    openTestService(yaml, opened.store, { clock: () => now });

  const erase = (service: TestService, person: string, suppress = false) =>
    service.erasures.erase({ person, suppress, dryRun: false, by: undefined });

  async function fromFile(service: TestService, body: unknown) {
    const receipt = await service.engine.receive({
      source: "form",
      contentType: "application/json",
      headers: new Map(),
      query: new URLSearchParams(),
      body: Buffer.from(JSON.stringify(body)),
      isFromFile: true,
    });
    return receivedEvents(receipt)[0]!;
  }

  test("I12: a text without an id is a redelivery within its window, and a new event behind it", async () => {
    const service = await open();
    const text = { user: "ann", mail: "ann@x.org" };
    await service.post("form", text);
    await erase(service, "form:ann");
    now += MINUTE;
    expect((await service.post("form", text))[0]!.outcome).toBe("duplicate");
    expect(await service.queries.profile("form:ann")).toBeUndefined();
    now += 1;
    expect((await service.post("form", text))[0]!.outcome).toBe("accepted");
    expect((await service.queries.profile("form:ann"))!.eventCount).toBe(1);
  });

  test("I12: a file that is read again brings nothing back, whenever that is", async () => {
    const service = await open();
    await fromFile(service, { user: "ann", mail: "ann@x.org" });
    await erase(service, "form:ann");
    now += 1000 * 24 * 60 * MINUTE;
    expect(await fromFile(service, { user: "ann", mail: "ann@x.org" })).toMatchObject({
      outcome: "duplicate",
      reason: "an event of this id was stored and has been erased",
    });
    expect(await service.queries.profile("email:ann@x.org")).toBeUndefined();
  });

  test("I12: what lay in quarantine or named nobody is not let in by other paths", async () => {
    const service = await open();
    await service.post("open", { e: "1", user: "ann", mail: "ann@x.org" });
    const hidden = { e: "2", who: "ann@x.org" };
    await service.post("strict", hidden);
    await service.post("open", hidden);
    const receipt = await erase(service, "email:ann@x.org");
    expect(receipt!.removed).toMatchObject({ quarantined: 1, anonymous: 1 });
    await service.engine.close();

    const righted = await open(
      CONFIG.replaceAll("replaceProfileId: user", "replaceProfileId: who"),
    );
    for (const source of ["strict", "open"])
      expect((await righted.post(source, hidden))[0]!.outcome).toBe("duplicate");
    expect(await righted.store.keptDeliveries({ limit: 10 })).toEqual([]);
    expect((await righted.store.totals()).profiles).toBe(0);
  });

  test("I12, I7: a replay of what names a suppressed person ends as dropped, and the counts follow", async () => {
    const service = await open();
    await service.post("open", { e: "1", user: "U1", mail: "ann@x.org" });
    // A short id at no path that is mapped: only a replay finds out whom it names.
    await service.post("strict", { e: "2", mapped: { later: "U1" } });
    await erase(service, "email:ann@x.org", true);
    await service.engine.close();
    const yaml = CONFIG.replace(
      "strict: { replaceProfileId: user,",
      "strict: { replaceProfileId: mapped.later, idSpace: open,",
    );
    const righted = await open(yaml);
    const [kept] = await righted.store.keptDeliveries({ limit: 10 });
    const [outcome] = await righted.quarantine.replay([kept!.id]);
    expect(outcome).toMatchObject({ kind: "done", events: [{ outcome: "dropped" }] });
    expect((await righted.store.totals()).profiles).toBe(0);
    const { outcomes } = await righted.queries.stats();
    expect(outcomes.filter(({ source }) => source === "strict")).toEqual([
      { source: "strict", outcome: "dropped", deliveries: 1, events: 1 },
    ]);
  });

  test("a delivery of which one event was stored and another lies in quarantine goes whole", async () => {
    const service = await open();
    await service.post("strict", [
      { e: "1", user: "ann" },
      { e: "2", note: "of nobody" },
    ]);
    const receipt = await erase(service, "strict:ann");
    expect(receipt!.removed).toMatchObject({ events: 1, quarantined: 1 });
    expect(await service.store.keptDeliveries({ limit: 10 })).toEqual([]);
  });

  test("who stands beside the person in a delivery in quarantine may send their part of it again", async () => {
    const service = await open();
    await service.post("open", { e: "1", user: "ann", mail: "ann@x.org" });
    const both = [
      { e: "2", who: "bob" },
      { e: "3", who: "ann@x.org" },
    ];
    await service.post("strict", both);
    const receipt = await erase(service, "email:ann@x.org");
    expect(receipt!.removed).toMatchObject({ quarantined: 2 });
    await service.engine.close();

    const righted = await open(
      CONFIG.replaceAll("replaceProfileId: user", "replaceProfileId: who"),
    );
    const again = await righted.post("strict", both);
    expect(again.map(({ outcome }) => outcome)).toEqual(["accepted", "duplicate"]);
  });
});
