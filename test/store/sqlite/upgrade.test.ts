/** A database that an earlier version wrote is brought up to date as it is opened, with everything it held. */
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { linkKey } from "../../../src/identity/identifier.ts";
import { SqliteStore } from "../../../src/store/sqlite/sqlite-store.ts";
import { ann, bo, card, commitOf, fresh, mail } from "../../support/commits.ts";
import { fill, firstVersion } from "../../support/first-version.ts";
import { temporaryFolder } from "../../support/temporary.ts";

/** What the first version quarantined: a delivery that was one event, and two elements of a list with a stored one. */
function quarantineOld(client: Database.Database): void {
  const lie = client.prepare(
    "INSERT INTO quarantine VALUES (?, ?, 'crm', ?, ?, 8000, 'no usable id', ?, ?, ?, 'a=b', ?)",
  );
  const headers = '{"x-type":"a"}';
  const form = ["signup", "application/x-www-form-urlencoded", headers] as const;
  lie.run(1, "ev_q1", "q1", "dl_one", ...form, Buffer.from("name=Zo%C3%AB"));
  const json = [null, "application/json; charset=utf-8", headers] as const;
  lie.run(
    2,
    "ev_q2",
    "q2",
    "dl",
    ...json,
    Buffer.from('{"name":"Zoë",  "n":12345678901234567890}'),
  );
  lie.run(3, "ev_q3", "q3", "dl", ...json, Buffer.from("[7]"));
  // Three elements that share the id of their request, of which the first was stored.
  lie.run(4, "ev_q4", "W\n1", "dl_shared", ...json, Buffer.from('{"uid":"u1"}'));
  lie.run(5, "ev_q5", "W\n2", "dl_shared", ...json, Buffer.from('{"uid":"u2"}'));
  // The same text three times in one delivery without ids: the number is no place.
  lie.run(6, "ev_q6", "sha256:a\n2", "dl_texts", ...json, Buffer.from('{"no":1}'));
}

const request = {
  identifiers: [ann, mail, bo, card].map(({ id }) => id),
  pairs: [
    [ann.id, mail.id],
    [card.id, bo.id],
    [ann.id, bo.id],
  ] as const,
  traits: [],
  events: ["ev_3"],
};

test("a database of the first version keeps its people, links and changes", async () => {
  const { file, client } = firstVersion(temporaryFolder());
  fill(client);
  client.close();
  const store = new SqliteStore(file);
  try {
    const { neighbourhood, basis, rulesVersion } = await store.load(request);
    expect(rulesVersion).toBe(0);
    expect([...neighbourhood.identifiers].map(([id, { canonical }]) => [id, canonical])).toEqual([
      [ann.id, ann.id],
      [mail.id, ann.id],
      [bo.id, bo.id],
      [card.id, bo.id],
    ]);
    expect(neighbourhood.identifiers.get(mail.id)).toMatchObject({
      component: ann.id,
      isPlain: true,
      neighbours: {},
      sources: ["crm"],
    });
    expect(Object.fromEntries(neighbourhood.links)).toEqual({
      [linkKey(ann, mail)]: { trust: "verified", evidenceAt: 700, objection: undefined },
      [linkKey(bo, card)]: { trust: "claimed", evidenceAt: 600, objection: undefined },
      [linkKey(ann, bo)]: { trust: "claimed", evidenceAt: undefined, objection: undefined },
    });
    expect(neighbourhood.events.size).toBe(1);
    expect((await store.component(ann.id))!.links).toHaveLength(1);
    expect(await store.linksOf([[ann.id, mail.id]])).toMatchObject([
      { firstSeenAt: 500, lastSeenAt: 800, events: 3 },
    ]);
    expect(await store.changes(0, 9)).toEqual([
      {
        sequence: 1,
        kind: "merge",
        at: 5,
        into: ann.id,
        from: [mail.id],
        cause: { event: "ev_0" },
      },
    ]);
    expect(await store.totals()).toMatchObject({
      profiles: 2,
      components: 2,
      contested: 0,
      generic: 0,
    });

    const commit = commitOf({ moves: [{ id: mail.id, place: fresh(1), component: undefined }] });
    expect(await store.commit(commit, basis)).toBe("committed");
    expect((await store.profile(mail.id))!.id).toBe(mail.id);
    expect((await store.profile(card.id))!.id).toBe(bo.id);
  } finally {
    await store.close();
  }
});

test("what the first version quarantined is kept by delivery: one event as it came, several as a list", async () => {
  const { file, client } = firstVersion(temporaryFolder());
  fill(client);
  quarantineOld(client);
  client.close();
  const store = new SqliteStore(file);
  try {
    const one = (await store.keptDelivery("dl_one"))!;
    expect({ ...one.delivery, body: Buffer.from(one.delivery.body).toString() }).toEqual({
      id: "dl_one",
      source: "crm",
      receivedAt: 8000,
      eventCount: 1,
      settled: undefined,
      urlEventType: "signup",
      contentType: "application/x-www-form-urlencoded",
      headers: { "x-type": "a" },
      query: "a=b",
      body: "name=Zo%C3%AB",
    });
    const lies = { source: "crm", reason: "no usable id" };
    expect(one.events).toEqual([
      { ...lies, id: "ev_q1", key: "q1", delivery: "dl_one", place: undefined },
    ]);

    // Events of the list were stored as well, so with them it was accepted.
    const many = (await store.keptDelivery("dl"))!;
    expect(many.delivery).toMatchObject({
      eventCount: 2,
      settled: "accepted",
      contentType: "application/json",
      urlEventType: undefined,
    });
    expect(Buffer.from(many.delivery.body).toString()).toBe(
      '[{"name":"Zoë",  "n":12345678901234567890},[7]]',
    );
    expect(many.events).toEqual([
      { ...lies, id: "ev_q2", key: "q2", delivery: "dl", place: 0 },
      { ...lies, id: "ev_q3", key: "q3", delivery: "dl", place: 1 },
    ]);
    const shared = (await store.keptDelivery("dl_shared"))!;
    expect(shared.delivery).toMatchObject({ eventCount: 3, settled: undefined });
    expect(Buffer.from(shared.delivery.body).toString()).toBe('[null,{"uid":"u1"},{"uid":"u2"}]');
    expect(shared.events.map(({ key, place }) => [key, place])).toEqual([
      ["W\n1", 1],
      ["W\n2", 2],
    ]);
    expect((await store.keptDelivery("dl_texts"))!.events).toMatchObject([{ place: undefined }]);
    expect((await store.keptDeliveries({ limit: 9 })).map(({ id }) => id)).toEqual([
      "dl",
      "dl_one",
      "dl_shared",
      "dl_texts",
    ]);
    expect((await store.delivery("dl"))!.events.map(({ id }) => id)).toEqual([
      ...[0, 1, 2, 3, 4].map((number) => `ev_${number}`),
      "ev_q2",
      "ev_q3",
    ]);
  } finally {
    await store.close();
  }
});

test("the tables are those of a new database, STRICT and WITHOUT ROWID alike", async () => {
  const shapeOf = async (file: string) => {
    await new SqliteStore(file).close();
    const client = new Database(file);
    const tables = client
      .prepare("SELECT name, wr, strict FROM pragma_table_list WHERE schema = 'main'")
      .all();
    const indexes = client
      .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name")
      .all();
    client.close();
    return { tables: tables.map((row) => JSON.stringify(row)).toSorted(), indexes };
  };
  const folder = temporaryFolder();
  const { file, client } = firstVersion(folder);
  fill(client);
  quarantineOld(client);
  client.close();
  const upgraded = await shapeOf(file);
  expect(upgraded).toEqual(await shapeOf(join(folder, "new.db")));
  expect(upgraded.tables).toContain('{"name":"link_rows","wr":1,"strict":1}');
});
