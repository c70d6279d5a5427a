import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { openService, type Service } from "../../src/service.ts";
import { ThreadSettler } from "../../src/settling/thread-settler.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { Turns } from "../../src/turns.ts";
import { settingsFrom } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";

const CONFIG = `
sources:
  chat: { replaceProfileId: user, eventId: id, identifiers: { email: mail }, respond: full }
  lists: { events: list, replaceProfileId: user, eventId: id }
`;

async function open(
  workIn: "threads" | "here",
  config = CONFIG,
): Promise<{ readonly service: Service; readonly file: string; readonly remarks: unknown[] }> {
  const file = join(temporaryFolder(), "a.db");
  const remarks: unknown[] = [];
  let now = Date.UTC(2026, 0, 1);
  const service = await openService({
    settings: { ...settingsFrom(config), database: file },
    workIn,
    onStoreError: (error) => remarks.push(error.message),
    onRemark: (remark) => remarks.push(remark),
    clock: () => now++,
  });
  onTestFinished(() => service.close());
  return { service, file, remarks };
}

function post({ engine }: Service, source: string, body: string) {
  return engine.receive({
    source,
    contentType: "application/json",
    headers: new Map([["x-sent-by", "ünïcode \u{1f600}"]]),
    query: new URLSearchParams({ token: "one" }),
    body: Buffer.from(body),
  });
}

const BODIES: readonly (readonly [source: string, body: string])[] = [
  ["chat", '{"id":"1","user":"ann","mail":"ann@example.com","n":12345678901234567890}'],
  ["chat", '{"id":"1","user":"ann","mail":"ann@example.com","other":true}'],
  ["chat", '{"id":"2","user":"bob","mail":"ann@example.com","text":"\\ud800 alone"}'],
  ["chat", '{"id":"3","user":null}'],
  ["lists", '{"list":"is none"}'],
  ["lists", '{"list":[{"id":"a","user":"u1"},{"id":"b","user":{}},"text"]}'],
];

test("a thread answers, keeps and remarks what would be answered, kept and remarked here", async () => {
  const outcomes = [];
  for (const workIn of ["here", "threads"] as const) {
    const { service, file, remarks } = await open(workIn);
    const receipts = [];
    for (const [source, body] of BODIES) receipts.push(await post(service, source, body));
    const [kept] = (await service.quarantine.list({ limit: 10 })).deliveries;
    const found = await service.quarantine.find(kept!.id);
    const store = new SqliteStore(file, { readonly: true });
    const rows = new Database(file, { readonly: true });
    const told = {
      // Ids come of random seeds and of chance, and payloads of neither.
      receipts: JSON.stringify(receipts).replaceAll(/(pr|ev|dl)_[0-9a-v]{26}/g, "$1"),
      remarks: JSON.stringify(remarks).replaceAll(/ev_[0-9a-v]{26}/g, "ev"),
      payloads: rows.prepare("SELECT payload FROM events ORDER BY payload").pluck().all(),
      tallies: await store.tallies(),
      kept:
        "kept" in found
          ? [found.kept.headers, found.kept.query, Buffer.from(found.kept.body).toString()]
          : found,
    };
    rows.close();
    await store.close();
    outcomes.push(told);
  }
  expect(outcomes[1]).toEqual(outcomes[0]);
  expect(outcomes[1]!.remarks).toContain("differing");
});

test("what is posted at once is settled in order, as if one had come after the other", async () => {
  const { service } = await open("threads");
  const all = Array.from({ length: 300 }, (_, index) =>
    post(service, "chat", JSON.stringify({ id: `e${index % 200}`, user: `u${index % 7}` })),
  );
  const receipts = await Promise.all(all);
  const outcomes = receipts.map((receipt) =>
    receipt.kind === "received" ? receipt.events[0]!.outcome : receipt.kind,
  );
  expect(new Set(outcomes.slice(0, 200))).toEqual(new Set(["accepted"]));
  expect(new Set(outcomes.slice(200))).toEqual(new Set(["duplicate"]));
});

test("others of the process take their turns between what the thread commits", async () => {
  const { service } = await open("threads");
  await post(service, "chat", '{"id":"1","user":"ann","mail":"a@x.org"}');
  await post(service, "chat", '{"id":"2","user":"bob","mail":"b@x.org"}');
  const posts = Array.from({ length: 50 }, (_, index) =>
    post(service, "chat", JSON.stringify({ id: `more ${index}`, user: "ann" })),
  );
  const joined = await service.decisions.decide({
    kind: "join",
    a: "chat:ann",
    b: "chat:bob",
    reason: "the same",
    by: undefined,
  });
  await Promise.all(posts);
  expect(joined.kind).toBe("decided");
  const last = await post(service, "chat", '{"id":"last","user":"bob"}');
  const person = await service.queries.profile("chat:ann");
  expect(last).toMatchObject({ kind: "received", events: [{ profile: person!.id }] });
});

test("a database that is full is told as one, and nothing is told to be stored", async () => {
  const { service, remarks } = await open(
    "threads",
    `${CONFIG}\nlimits: { databaseBytesMax: 1048576 }`,
  );
  const body = JSON.stringify({ user: "ann", text: "x".repeat(400_000) });
  const first = await post(service, "chat", body.replace("{", '{"id":"1",'));
  const rejected = await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      post(service, "chat", body.replace("{", `{"id":"n${index}",`)),
    ),
  );
  expect(first.kind).toBe("received");
  expect(
    rejected.some((receipt) => receipt.kind === "rejected" && receipt.code === "store-unavailable"),
  ).toBe(true);
  expect(remarks).toContain("the database has no room left");
});

test("what kept the thread from opening the database is told, and tried again with the next batch", async () => {
  const file = join(temporaryFolder(), "a.db");
  const { rulesText } = settingsFrom(CONFIG);
  const settler = new ThreadSettler({ turns: new Turns(), file, bytesMax: undefined, rulesText });
  await expect(settler.settle([], [])).rejects.toThrow("there is no database");
  await new SqliteStore(file).close();
  expect(await settler.settle([], [])).toEqual({ receipts: [], differing: [] });
  await settler.close();
  await settler.close();
  await expect(settler.settle([], [])).rejects.toThrow("the service is closed");
});
