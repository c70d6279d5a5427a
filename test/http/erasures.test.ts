/** Erasing a person over HTTP: who may, what is answered, and what is told of it afterwards. */
import { describe, expect, test } from "vitest";
import { erasureReceiptSchema, erasuresSchema } from "../../schema/http/erasure.ts";
import { openTestApp, type ProblemBody, type TestApp } from "../support/app.ts";

const CONFIG = `
sources:
  crm: { replaceProfileId: id, identifiers: { email: mail }, eventId: e, occurredAt: t, traits: { name: name } }
  form: { replaceProfileId: session, identifiers: { email: mail }, eventId: e, trust: claimed }
  open: { replaceProfileId: user, eventId: e, withoutId: anonymous }
  strict: { replaceProfileId: user, eventId: e, withoutId: quarantine }
identity: { namespaces: { email: { trust: verified } } }
`;

const KEYS = `
apiKeys:
  - { name: reader, key: reader-reader-reader-reader, scopes: [read] }
  - { name: writer, key: writer-writer-writer-writer, scopes: [read, write] }
  - { name: boss, key: boss-boss-boss-boss-boss, scopes: [admin] }
`;

interface ReceiptBody {
  readonly erasure: string | null;
  readonly profile: string;
  readonly formerIds: readonly string[];
  readonly removed: Readonly<Record<string, number>>;
}

/** Ann with two events, one of somebody else's form that claims her address, and two texts in which she stands. */
async function openWithAnn(more = ""): Promise<TestApp> {
  const app = await openTestApp(CONFIG + more);
  const post = (source: string, body: object) => app.post(`/webhooks/${source}`, body);
  await post("crm", { e: "1", t: 1, id: "U1", name: "Ann" });
  await post("crm", { e: "2", t: 2, id: "U1", mail: "Ann@Example.com" });
  await post("form", { e: "3", session: "s-77", mail: "ann@example.com" });
  await post("open", { e: "4", note: "call ann@example.com back" });
  await post("open", { e: "5", note: "call joann@example.com back" });
  await post("strict", { e: "6", contact: { mail: "ann@example.com" } });
  await post("strict", { e: "7", contact: { mail: "bo@example.com" } });
  await post("crm", { e: "8", t: 3, id: "U2", mail: "bo@example.com" });
  return app;
}

const ANN = "/v1/profiles/email:ann@example.com";

describe("DELETE /v1/profiles/{ref}", () => {
  test("I12: answers a receipt of ids and counts, and the person is gone", async () => {
    const app = await openWithAnn();
    const before = await app.get<{ id: string }>(ANN);
    const erased = await app.delete<ReceiptBody>(ANN);
    expect(erased.status).toBe(200);
    expect(erasureReceiptSchema.parse(erased.body)).toMatchObject({
      erasure: expect.stringMatching(/^er_[0-9a-v]{26}$/) as string,
      profile: before.body.id,
      formerIds: [],
      suppressed: false,
      dryRun: false,
      by: null,
      removed: {
        identifiers: 2,
        events: 2,
        eventsOfOthers: 1,
        identifiersOfOthers: 1,
        traits: 1,
        links: 2,
        decisions: 0,
        quarantined: 1,
        anonymous: 1,
      },
      storage: "clean",
    });
    expect(erased.text.toLowerCase()).not.toContain("ann@");
    for (const path of [ANN, "/v1/profiles/crm:U1", `/v1/profiles/${before.body.id}`]) {
      expect((await app.get(path)).status).toBe(404);
      expect((await app.get(`${path}/journey`)).status).toBe(404);
    }
    expect((await app.delete(ANN)).status).toBe(404);
    expect((await app.get("/v1/profiles/crm:U2")).status).toBe(200);
  });

  test("I7: what lay in quarantine ends as dropped, and the counts add up to what was received", async () => {
    const app = await openWithAnn();
    interface Stats {
      readonly received: object;
      readonly outcomes: readonly { source: string; outcome: string }[];
    }
    const before = await app.get<Stats>("/v1/stats");
    await app.delete(ANN);
    const after = await app.get<Stats>("/v1/stats");
    expect(after.body.received).toEqual(before.body.received);
    const strict = after.body.outcomes.filter(({ source }) => source === "strict");
    expect(strict.toSorted((left, right) => (left.outcome < right.outcome ? -1 : 1))).toEqual([
      { source: "strict", outcome: "dropped", deliveries: 1, events: 1 },
      { source: "strict", outcome: "quarantined", deliveries: 1, events: 1 },
    ]);
  });

  test("with dryRun tells what would be removed, and changes nothing", async () => {
    const app = await openWithAnn();
    const digest = await app.service.digest();
    const tried = await app.delete<ReceiptBody>(`${ANN}?dryRun=true`);
    expect(tried.body).toMatchObject({ erasure: null, dryRun: true });
    expect(await app.service.digest()).toBe(digest);
    expect((await app.get<{ erasures: unknown[] }>("/v1/erasures")).body.erasures).toEqual([]);
    const done = await app.delete<ReceiptBody>(ANN);
    expect(done.body.removed).toEqual(tried.body.removed);
  });

  test("tells the feed by ids alone", async () => {
    const app = await openWithAnn();
    const { body } = await app.delete<ReceiptBody>(ANN);
    const feed = await app.get<{ changes: { kind: string; from: string[] }[] }>("/v1/changes");
    const entry = feed.body.changes.find(({ kind }) => kind === "erasure");
    expect(entry).toMatchObject({
      into: null,
      from: [body.profile, ...body.formerIds],
      cause: { erasure: body.erasure },
    });
    expect(feed.text).not.toContain("ann@example.com");
    expect(feed.text).not.toContain("U1");
  });

  test("asks for an admin's key, and notes whose it was", async () => {
    const app = await openWithAnn(KEYS);
    const as = (key: string) => ({ authorization: `Bearer ${key}` });
    expect((await app.delete(ANN)).status).toBe(401);
    expect((await app.delete(ANN, as("writer-writer-writer-writer"))).status).toBe(403);
    expect((await app.get("/v1/erasures", as("reader-reader-reader-reader"))).status).toBe(403);
    const boss = as("boss-boss-boss-boss-boss");
    expect((await app.delete(ANN, boss)).body).toMatchObject({ by: "boss" });
    expect((await app.get("/v1/erasures", boss)).body).toMatchObject({
      erasures: [{ by: "boss" }],
    });
  });

  test.each([
    ["?suppress=yes", "suppress: expected true or false"],
    ["?force=true", "force"],
  ])("refuses %s with the fault and its place", async (query, told) => {
    const app = await openWithAnn();
    const refused = await app.delete<ProblemBody>(ANN + query);
    expect(refused.status).toBe(400);
    expect(refused.body.detail).toContain(told);
    expect((await app.get(ANN)).status).toBe(200);
  });
});

test("GET /v1/erasures lists the receipts page by page, the last first", async () => {
  const app = await openWithAnn();
  const receipts: ReceiptBody[] = [];
  for (const person of ["email:ann@example.com", "crm:U2"])
    receipts.push((await app.delete<ReceiptBody>(`/v1/profiles/${person}`)).body);
  const first = await app.get("/v1/erasures?limit=1");
  const page = erasuresSchema.parse(first.body);
  expect(page.erasures).toEqual([receipts[1]]);
  const second = await app.get(`/v1/erasures?limit=1&cursor=${page.next}`);
  expect(second.body).toEqual({ erasures: [receipts[0]], next: null });
});
