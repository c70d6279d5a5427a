/** A whole journey as one answer: what its lines say, what is refused, and what happens while it is read. */
import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { MemoryStore } from "../../src/store/memory.ts";
import { StoreError, type JourneyRequest } from "../../src/store/store.ts";
import { openTestApp, type ProblemBody, type TestApp } from "../support/app.ts";
import { SEEDS } from "../support/ids.ts";
import { listen } from "../support/listening.ts";

const PAGE_SIZE = 7;
const CONFIG = `
sources:
  crm: { replaceProfileId: id, eventId: ev, occurredAt: t, eventType: type, identifiers: { email: email } }
  shop: { replaceProfileId: id, eventId: ev, occurredAt: t, identifiers: { email: email } }
limits: { pageSizeMax: ${PAGE_SIZE} }
`;
const REFERENCE = "/v1/profiles/email:ann@example.com/journey";
const NDJSON = { accept: "application/x-ndjson" };
const CSV = { accept: "text/csv" };

interface EventBody {
  readonly id: string;
  readonly type: string;
  readonly source: string;
}

interface Page {
  readonly events: readonly EventBody[];
  readonly next: string | null;
}

async function postJourney({ service }: Pick<TestApp, "service">, count: number): Promise<void> {
  for (let number = 0; number < count; number++) {
    const source = number % 3 === 0 ? "shop" : "crm";
    const type = number % 2 === 0 ? "seen" : "bought";
    const t = 1_700_000_000 + (number % 5);
    await service.post(source, { ev: `e${number}`, id: number, t, type, email: "ann@example.com" });
  }
}

async function seeded(count: number): Promise<TestApp> {
  const app = await openTestApp(CONFIG);
  await postJourney(app, count);
  return app;
}

/** The same by pages of JSON. */
async function allPages(app: TestApp, query = ""): Promise<EventBody[]> {
  const events: EventBody[] = [];
  for (let cursor = ""; ;) {
    const { body } = await app.get<Page>(`${REFERENCE}?${query}${cursor}`);
    events.push(...body.events);
    if (body.next === null) return events;
    cursor = `&cursor=${body.next}`;
  }
}

function linesOf<Line>(text: string): Line[] {
  expect(text === "" || text.endsWith("\n")).toBe(true);
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}

test.each([
  "",
  "order=desc",
  "type=seen",
  "source=shop&order=desc",
  "from=1700000001&to=1700000003",
])(
  "both formats hold every event that the pages of JSON hold, in their order: %s",
  async (query) => {
    const app = await seeded(40);
    const events = await allPages(app, query);
    expect(events.length).toBeGreaterThan(PAGE_SIZE);
    const ndjson = await app.send(`${REFERENCE}?${query}`, { headers: NDJSON });
    expect(ndjson.headers.get("content-type")).toBe("application/x-ndjson");
    expect(linesOf(await ndjson.text())).toEqual(events);

    const csv = await app.send(`${REFERENCE}?${query}`, { headers: CSV });
    expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
    const text = await csv.text();
    expect(text).toMatch(/^id,source,type,occurredAt,receivedAt,provisional,payload\r\n/);
    const rows = parse(text, { columns: true }) as (EventBody & { payload: string })[];
    expect(rows.map((row) => ({ ...row, payload: JSON.parse(row.payload) as unknown }))).toEqual(
      events,
    );
  },
);

test("I10: a payload keeps its digits, and stays on its line however it was laid out", async () => {
  const app = await openTestApp(CONFIG);
  const payload =
    '{ "id": 9007199254740993,\r\n  "t": 1700000000, "n": 1.0,\n "email": "ann@example.com" }';
  await app.service.post("crm", payload);
  const flat = payload.replaceAll(/[\r\n]+/g, " ");
  const ndjson = await (await app.send(REFERENCE, { headers: NDJSON })).text();
  expect(ndjson.split("\n")).toHaveLength(2);
  expect(ndjson).toContain(`"payload":${flat}}\n`);
  const csv = await (await app.send(REFERENCE, { headers: CSV })).text();
  expect(parse(csv, { columns: true })).toMatchObject([{ payload: flat }]);
});

test("what a sender calls its events is no formula in a spreadsheet", async () => {
  const app = await openTestApp(CONFIG);
  const type = '=HYPERLINK("https://example.com")';
  await app.service.post("crm", { id: 1, type, email: "ann@example.com" });
  const csv = await (await app.send(REFERENCE, { headers: CSV })).text();
  expect(parse(csv, { columns: true })).toMatchObject([{ type: `'${type}` }]);
});

test("a journey without such events has no lines, in CSV but the names of the columns", async () => {
  const app = await seeded(1);
  const none = `${REFERENCE}?type=none`;
  expect(await (await app.send(none, { headers: NDJSON })).text()).toBe("");
  expect(await (await app.send(none, { headers: CSV })).text()).toMatch(/^id,[^\r\n]*\r\n$/);
});

test("who says nothing or accepts anything gets JSON; what there is not is refused, and caches are told", async () => {
  const app = await seeded(1);
  for (const accept of [undefined, "*/*", "application/json", "text/html, */*;q=0.8"]) {
    const headers = accept === undefined ? {} : { accept };
    const answer = await app.send(REFERENCE, { headers });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/json"]);
    expect(answer.headers.get("vary")).toBe("Accept");
  }
  for (const headers of [NDJSON, CSV])
    expect((await app.send(REFERENCE, { headers })).headers.get("vary")).toBe("Accept");
  const refused = await app.get<ProblemBody>(REFERENCE, { accept: "application/parquet" });
  expect([refused.status, refused.type]).toEqual([406, "application/problem+json"]);
  expect(refused.body.detail).toBe(
    "A journey can be had as application/json, application/x-ndjson, text/csv.",
  );
});

test("faults are told by a status: pages of a stream, parameters, and nobody", async () => {
  const app = await seeded(1);
  for (const [query, name] of [
    ["limit=5", "limit"],
    ["cursor=abc", "cursor"],
  ] as const) {
    const { status, body } = await app.get<ProblemBody>(`${REFERENCE}?${query}`, NDJSON);
    expect(status).toBe(400);
    expect(body.detail).toBe(
      `${name}: a stream holds the whole journey; leave it out, or ask for pages with Accept: application/json.`,
    );
  }
  expect((await app.get(`${REFERENCE}?order=up`, CSV)).status).toBe(400);
  const nobody = await app.get<ProblemBody>("/v1/profiles/email:x@example.com/journey", CSV);
  expect([nobody.status, nobody.type]).toEqual([404, "application/problem+json"]);
});

/** Reads an answer chunk by chunk, and lets something happen after each. */
async function readSlowly(answer: Response, between: (chunk: number) => Promise<void>) {
  let text = "";
  let count = 0;
  for await (const chunk of answer.body!) {
    text += Buffer.from(chunk).toString();
    await between(++count);
  }
  expect(count).toBeGreaterThan(2);
  return text;
}

test.each(["asc", "desc"])(
  "no event comes twice and none is missing where people merge and split meanwhile: %s",
  async (order) => {
    const app = await seeded(40);
    const stranger = { id: "stranger", t: 1_700_000_002 };
    for (let number = 0; number < 9; number++)
      await app.service.post("crm", { ...stranger, ev: `s${number}` });
    const before = await allPages(app);
    const answer = await app.send(`${REFERENCE}?order=${order}`, { headers: NDJSON });
    const text = await readSlowly(answer, async (chunk) => {
      // They merge with somebody, a part splits off, and both are taken back before the next page is read.
      const join = {
        kind: "join",
        a: "email:ann@example.com",
        b: "crm:stranger",
        reason: "why not",
      };
      const split = {
        kind: "split",
        a: "email:ann@example.com",
        b: `crm:${3 * chunk + 1}`,
        reason: "no",
      };
      for (const decision of [join, split]) {
        const { body } = await app.post<{ decision: { id: string } }>("/v1/decisions", decision);
        await app.delete(`/v1/decisions/${body.decision.id}`);
      }
    });
    const ids = linesOf<EventBody>(text).map(({ id }) => id);
    const expected = before.map(({ id }) => id);
    expect(ids).toEqual(order === "asc" ? expected : expected.toReversed());
  },
);

test("who splits off and stays away takes the events that were not read yet, who is merged brings theirs", async () => {
  const app = await seeded(40);
  for (const t of [1_700_000_000, 1_700_000_009])
    await app.service.post("crm", { ev: `s${t}`, id: "stranger", t });
  const decide = (kind: string, b: string) =>
    app.post("/v1/decisions", { kind, a: "email:ann@example.com", b, reason: "as seen" });
  const before = await allPages(app);
  const answer = await app.send(REFERENCE, { headers: NDJSON });
  const text = await readSlowly(answer, async (chunk) => {
    if (chunk !== 1) return;
    await decide("join", "crm:stranger");
    await decide("split", "crm:4");
  });
  const ids = linesOf<EventBody>(text).map(({ id }) => id);
  const after = await allPages(app);
  // What comes behind the first page is as it was after the decisions; the stranger's first event lies before.
  const firstPage = before.slice(0, PAGE_SIZE).map(({ id }) => id);
  const strangers = after.filter(({ id }) => !before.some((event) => event.id === id));
  const rest = after.filter(({ id }) => !firstPage.includes(id) && id !== strangers[0]!.id);
  expect(strangers).toHaveLength(2);
  expect(ids).toEqual([...firstPage, ...rest.map(({ id }) => id)]);
  expect(ids).toHaveLength(40 - 1 + 1);
});

/** A store that counts what is read of journeys, and that can fail to. */
class CountingStore extends MemoryStore {
  pages = 0;
  pagesMax = Infinity;

  override async journey(request: JourneyRequest) {
    if (++this.pages > this.pagesMax) throw new StoreError("unavailable", "the disk is gone");
    return super.journey(request);
  }
}

test("a page is read when it is asked for, and not before", async () => {
  const store = new CountingStore(SEEDS);
  const app = await openTestApp(CONFIG, { store });
  await postJourney(app, 40);
  const answer = await app.send(REFERENCE, { headers: NDJSON });
  expect(store.pages).toBe(1);
  const reader = answer.body!.getReader();
  for (const pages of [1, 2, 3]) {
    await reader.read();
    expect(store.pages).toBe(pages);
  }
  await reader.cancel();
  expect(store.pages).toBe(3);
});

test("a store that fails before the first byte is told by a status", async () => {
  const store = new CountingStore(SEEDS);
  const app = await openTestApp(CONFIG, { store });
  await postJourney(app, 1);
  store.pagesMax = 0;
  expect((await app.get(REFERENCE, CSV)).status).toBe(503);
});

test("where a later page fails the connection ends before the answer does, and the fault is told", async () => {
  for (const headers of [NDJSON, CSV])
    for (const pagesMax of [1, 2, 4]) {
      const store = new CountingStore(SEEDS);
      const { url, errors, service } = await listen(CONFIG, store);
      await postJourney({ service }, 40);
      store.pagesMax = pagesMax;
      // The status may or may not have gone out; the end of a whole answer never does.
      const reading = fetch(`${url}${REFERENCE}`, { headers }).then((answer) => answer.text());
      await expect(reading).rejects.toThrow(/^(terminated|fetch failed)$/);
      expect(errors).toEqual([expect.objectContaining({ message: "the disk is gone" })]);
    }
});

test("who goes away stops the reading, and nothing of it is an error", async () => {
  const store = new CountingStore(SEEDS);
  const { url, errors, service } = await listen(CONFIG, store);
  // So much that it does not fit into the buffers on the way.
  const filler = "x".repeat(100_000);
  for (let number = 0; number < 20 * PAGE_SIZE; number++)
    await service.post("crm", { ev: `e${number}`, id: 1, email: "ann@example.com", filler });
  const leaving = new AbortController();
  const answer = await fetch(`${url}${REFERENCE}`, { headers: NDJSON, signal: leaving.signal });
  await answer.body!.getReader().read();
  leaving.abort();
  // The server knows when a request that was sent later is answered and the page under way has been read.
  let pages: number;
  do {
    pages = store.pages;
    for (let turn = 0; turn < 10; turn++) await fetch(`${url}/healthz`);
  } while (pages !== store.pages);
  expect(pages).toBeLessThan(20);
  expect(errors).toEqual([]);
});
