/** Why two are not one person, where somebody has posted links by the thousand to hide it. */
import { expect, onTestFinished, test } from "vitest";
import type { Explanation } from "../../src/queries/explain.ts";
import type { GraphView } from "../../src/queries/queries.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import type { UnfollowedEdge } from "../../src/store/store.ts";
import { openTestApp, type TestApp } from "../support/app.ts";
import { SEEDS } from "../support/ids.ts";
import { storeKinds, type StoreKind } from "../support/stores.ts";

const CONFIG = `
sources:
  crm: { replaceProfileId: id, eventId: ev, occurredAt: t, identifiers: { email: email } }
  form: { events: items, eventId: ev, trust: claimed, identifiers: { email: email, handle: handle } }
identity:
  namespaces:
    crm: { limit: 1 }
    email: { trust: verified }
    handle: { trust: verified }
`;

type TwoPeople = Extract<Explanation, { samePerson: false }>;

async function why(app: TestApp, a: string, b: string): Promise<TwoPeople> {
  const query = new URLSearchParams({ a, b });
  const { body } = await app.get<Explanation>(`/v1/explain?${query.toString()}`);
  if (body.samePerson) throw new Error(`${a} and ${b} are one person`);
  return body;
}

function openApp(kind: StoreKind): Promise<TestApp> {
  const opened = kind.open();
  // The service closes the store; what is left on disk goes behind it.
  onTestFinished(() => opened.dispose());
  return openTestApp(CONFIG, { store: opened.store });
}

const NOISE = 1200;

/** Claims that an e-mail address belongs to more than a thousand handles. */
async function makeNoise(app: TestApp, email: string): Promise<void> {
  const items = Array.from({ length: NOISE }, (_, number) => {
    const handle = `${email} ${number}`;
    return { ev: handle, email, handle };
  });
  for (const half of [items.slice(0, NOISE / 2), items.slice(NOISE / 2)])
    await app.service.post("form", { items: half });
}

async function person(app: TestApp, number: number): Promise<void> {
  const event = { ev: number, t: number, id: number, email: `${number}@x` };
  await app.service.post("crm", event);
}

async function join(app: TestApp, a: string, b: string): Promise<string> {
  const body = { kind: "join", a, b, reason: "rang them" };
  return (await app.post<{ decision: { id: string } }>("/v1/decisions", body)).body.decision.id;
}

test.each(storeKinds)("noise hides no refused link, $name", async (kind) => {
  const app = await openApp(kind);
  await person(app, 1);
  await person(app, 2);
  await app.service.post("crm", { ev: "both", t: 3, id: 1, email: "2@x" });
  for (const email of ["1@x", "2@x"]) await makeNoise(app, email);
  expect(await why(app, "email:1@x", "crm:2")).toMatchObject({
    because: [{ outcome: "refused", rule: "limit", events: 1 }],
    more: false,
  });
  const graph = (await app.get<GraphView>("/v1/profiles/crm:1/graph")).body;
  expect(graph.more).toBe(true);
  expect(graph.links.slice(0, 3).map(({ outcome }) => outcome)).toEqual([
    "followed",
    "refused",
    "ineligible",
  ]);
});

test.each(storeKinds)("what was not looked at is not said to be absent, $name", async (kind) => {
  const app = await openApp(kind);
  for (const number of [1, 2, 3]) await person(app, number);
  for (const email of ["1@x", "2@x"]) await makeNoise(app, email);
  const { because, summary, more } = await why(app, "crm:1", "crm:2");
  expect({ because, more }).toEqual({ because: [], more: true });
  expect(summary).toMatch(/^nothing was found among the first \d+ links looked at$/);
  // From the other side everything has been looked at.
  expect(await why(app, "crm:1", "crm:3")).toMatchObject({
    because: [],
    summary: "nothing links them",
    more: false,
  });
});

test.each(storeKinds)(
  "a refused join is a step of the way like a refused link, $name",
  async (kind) => {
    const app = await openApp(kind);
    for (const number of [1, 2, 3]) await person(app, number);
    await app.service.post("crm", { ev: "both", t: 4, id: 2, email: "3@x" });
    const decision = await join(app, "crm:1", "crm:2");
    for (const email of ["1@x", "3@x"]) await makeNoise(app, email);
    const told = [
      { a: "crm:1", b: "crm:2", decision, outcome: "refused", rule: "limit", trust: "human" },
      { outcome: "refused", rule: "limit", events: 1 },
    ];
    expect(await why(app, "email:1@x", "email:3@x")).toMatchObject({ because: told, more: false });
    expect(await why(app, "crm:3", "crm:1")).toMatchObject({ because: told.toReversed() });
    expect(await why(app, "crm:1", "crm:2")).toMatchObject({ because: [told[0]] });
  },
);

/** A world without end: whatever profile is asked for is linked with as many others as are asked for. */
class EndlessStore extends MemoryStore {
  searches = 0;
  edges = 0;
  pairs = 0;

  override async unfollowedLinks(id: string, limit: number): Promise<readonly UnfollowedEdge[]> {
    this.searches++;
    this.edges += limit;
    return Array.from({ length: limit }, (_, number): UnfollowedEdge => {
      const far = `${id}/${number}`;
      const [a, b] = [id, far].map((end) => ({
        id: end,
        identifier: { namespace: "endless", value: end },
      }));
      const objection = { rule: "trust", subject: "endless" } as const;
      return { a: a!, b: b!, objection, profiles: [id, far], decision: undefined };
    });
  }

  override linksOf(pairs: Parameters<MemoryStore["linksOf"]>[0]) {
    this.pairs += pairs.length;
    return super.linksOf(pairs);
  }
}

test("a search is bounded, reads no evidence of what it does not tell, and lets others have their turn", async () => {
  const store = new EndlessStore(SEEDS);
  const app = await openTestApp(CONFIG, { store });
  for (const number of [1, 2]) await person(app, number);
  let turns = 0;
  let isOver = false;
  const takeTurns = () => {
    turns++;
    if (!isOver) setImmediate(takeTurns);
  };
  takeTurns();
  const { summary, more } = await why(app, "crm:1", "crm:2");
  isOver = true;
  expect(summary).toBe("nothing was found among the first 20000 links looked at");
  expect(more).toBe(true);
  expect(store.searches).toBe(20);
  // One more of each profile tells that it has more.
  expect(store.edges).toBe(20_020);
  // Two identifiers of the one person with two of the other.
  expect(store.pairs).toBe(4);
  expect(turns).toBeGreaterThanOrEqual(20);
});
