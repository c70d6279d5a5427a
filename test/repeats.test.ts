/** Deduplication (I4): by id, by text within a window, over restarts, and what is told of a repeat that differs. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Remark } from "../src/messages.ts";
import { MemoryStore } from "../src/store/memory.ts";
import { SqliteStore } from "../src/store/sqlite/sqlite-store.ts";
import { SEEDS } from "./support/ids.ts";
import { openTestService, type TestService } from "./support/service.ts";
import { temporaryFolder } from "./support/temporary.ts";

const HOUR = 3_600_000;
const CONFIG = `
sources:
  form: { identifiers: { email: email }, repeatWindowSeconds: 7200 }
  timed: { identifiers: { email: email }, occurredAt: at, repeatWindowSeconds: 7200 }
  shop: { replaceProfileId: customer, eventId: id }
  other: { replaceProfileId: customer, eventId: id }
`;

const ANN = { email: "ann@example.com" };

/** A service whose time stands still until it is told to pass. */
async function open(remarks: Remark[] = []) {
  let now = Date.UTC(2026, 0, 1);
  const service = await openTestService(CONFIG, new MemoryStore(SEEDS), {
    clock: () => now,
    onRemark: (remark) => remarks.push(remark),
  });
  return { service, pass: (milliseconds: number) => (now += milliseconds) };
}

async function outcomes(service: TestService, source: string, body: unknown): Promise<string[]> {
  return (await service.post(source, body)).map(({ outcome }) => outcome);
}

describe("an event without an id and a time of its own", () => {
  test("is a duplicate within the window and a new event after it", async () => {
    const { service, pass } = await open();
    expect(await outcomes(service, "form", ANN)).toEqual(["accepted"]);
    pass(2 * HOUR);
    expect(await outcomes(service, "form", ANN)).toEqual(["duplicate"]);
    pass(1);
    expect(await outcomes(service, "form", ANN)).toEqual(["accepted"]);
    expect(await outcomes(service, "form", ANN)).toEqual(["duplicate"]);
    const profile = await service.queries.profile("email:ann@example.com");
    expect(profile?.eventCount).toBe(2);
  });

  test("is one event where it comes many times at once, before and after the window", async () => {
    const { service, pass } = await open();
    for (const expected of [1, 2]) {
      const receipts = await Promise.all(
        Array.from({ length: 10 }, () => outcomes(service, "form", ANN)),
      );
      expect(receipts.flat().filter((outcome) => outcome === "accepted")).toHaveLength(1);
      const profile = await service.queries.profile("email:ann@example.com");
      expect(profile?.eventCount).toBe(expected);
      pass(3 * HOUR);
    }
  });

  test("is two events where it stands twice in one delivery, and none where that comes again", async () => {
    const { service, pass } = await open();
    expect(await outcomes(service, "form", [ANN, ANN])).toEqual(["accepted", "accepted"]);
    expect(await outcomes(service, "form", [ANN, ANN])).toEqual(["duplicate", "duplicate"]);
    pass(3 * HOUR);
    expect(await outcomes(service, "form", [ANN, ANN])).toEqual(["accepted", "accepted"]);
  });

  test("from a file is the same event whenever the file is read", async () => {
    const { service, pass } = await open();
    const read = async () => {
      const receipt = await service.engine.receive({
        source: "form",
        contentType: "application/json",
        headers: new Map(),
        query: new URLSearchParams(),
        body: Buffer.from(JSON.stringify(ANN)),
        isFromFile: true,
      });
      return receipt.kind === "received" ? receipt.events.map(({ outcome }) => outcome) : receipt;
    };
    expect(await read()).toEqual(["accepted"]);
    pass(1000 * HOUR);
    expect(await read()).toEqual(["duplicate"]);
  });
});

test("an event with a time of its own is the same whenever it comes", async () => {
  const { service, pass } = await open();
  const event = { ...ANN, at: "2026-01-01T00:00:00Z" };
  expect(await outcomes(service, "timed", event)).toEqual(["accepted"]);
  pass(1000 * HOUR);
  expect(await outcomes(service, "timed", event)).toEqual(["duplicate"]);
});

describe("an id that comes again with another body", () => {
  test("is reported to the sender and to the operator, and not stored twice", async () => {
    const remarks: Remark[] = [];
    const { service } = await open(remarks);
    await service.post("shop", { id: "o1", customer: 7, total: 10 });
    const [again] = await service.post("shop", { id: "o1", customer: 8, total: 99 });
    expect(again).toMatchObject({ outcome: "duplicate" });
    expect(again!.reason).toContain("with another body; the first is kept");
    expect(remarks).toEqual([{ kind: "differing", source: "shop", event: again!.event }]);
    expect(await service.queries.profile("shop:8")).toBeUndefined();
    expect((await service.queries.profile("shop:7"))?.eventCount).toBe(1);
  });

  test("also within one delivery", async () => {
    const { service } = await open();
    const [first, second, third] = await service.post("shop", [
      { id: "o1", customer: 7 },
      { id: "o1", customer: 8 },
      { id: "o1", customer: 7 },
    ]);
    expect(first!.outcome).toBe("accepted");
    expect(second!.reason).toContain("with another body");
    expect(third!.reason).toBe("an event of this id is stored already");
  });

  test("is no remark where the body is the same, or the source another", async () => {
    const remarks: Remark[] = [];
    const { service } = await open(remarks);
    await service.post("shop", { id: "o1", customer: 7 });
    await service.post("shop", { id: "o1", customer: 7 });
    expect(await outcomes(service, "other", { id: "o1", customer: 8 })).toEqual(["accepted"]);
    expect(remarks).toEqual([]);
  });
});

test("what was received is known again after a restart", async () => {
  const file = join(temporaryFolder(), "restart.db");
  const post = async () => {
    const service = await openTestService(CONFIG, new SqliteStore(file));
    const outcome = [
      ...(await outcomes(service, "form", ANN)),
      ...(await outcomes(service, "shop", { id: "o1", customer: 7 })),
    ];
    await service.close();
    return outcome;
  };
  expect(await post()).toEqual(["accepted", "accepted"]);
  expect(await post()).toEqual(["duplicate", "duplicate"]);
});

describe("a text that comes again after the window while the configuration is wrong", () => {
  const configOf = (path: string, more = "") =>
    `sources: { form: { replaceProfileId: ${path}, withoutId: quarantine${more} } }`;
  const MONTH = 30 * 24 * HOUR;

  async function sequence(configs: readonly string[]) {
    const store = new MemoryStore(SEEDS);
    let now = Date.UTC(2026, 0, 1);
    const results: string[] = [];
    for (const config of configs) {
      const service = await openTestService(config, store, { clock: () => now });
      results.push(...(await outcomes(service, "form", { user: "u1", at: "2026-01-01" })));
      results.push(...(await outcomes(service, "form", { user: "u1", at: "2026-01-01" })));
      now += MONTH;
    }
    return { store, results };
  }

  async function replayed(store: MemoryStore, config: string) {
    const service = await openTestService(config, store);
    const ids = (await store.keptDeliveries({ limit: 99 })).map(({ id }) => id);
    const done = await service.quarantine.replay(ids);
    return done.map((one) =>
      one.kind === "done" ? one.events.map(({ outcome }) => outcome) : one.code,
    );
  }

  test("lies in quarantine beside the first, and both are replayed", async () => {
    const { store, results } = await sequence([configOf("usr"), configOf("usr"), configOf("usr")]);
    const each = ["quarantined", "duplicate"];
    expect(results).toEqual([...each, ...each, ...each]);
    const [lies, taken] = [["quarantined"], ["accepted"]];
    // By another wrong configuration each keeps its name.
    expect(await replayed(store, configOf("uid"))).toEqual([lies, lies, lies]);
    expect(await replayed(store, configOf("user"))).toEqual([taken, taken, taken]);
  });

  test("is no repetition of one that was stored before, or between", async () => {
    const { store, results } = await sequence(
      ["user", "usr", "user", "usr"].map((path) => configOf(path)),
    );
    const stored = ["accepted", "duplicate"];
    const lying = ["quarantined", "duplicate"];
    expect(results).toEqual([...stored, ...lying, ...stored, ...lying]);
    expect(await replayed(store, configOf("user"))).toEqual([["accepted"], ["accepted"]]);
  });

  test("could not be read at all, and is one event once it turns out to have a time", async () => {
    const wrong = configOf("user", ", events: nothing");
    const { store, results } = await sequence([wrong, wrong]);
    expect(results).toEqual(["quarantined", "duplicate", "quarantined", "duplicate"]);
    const right = configOf("user", ", occurredAt: at");
    expect(await replayed(store, right)).toEqual([["accepted"], ["duplicate"]]);
  });
});
