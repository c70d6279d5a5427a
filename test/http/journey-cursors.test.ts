/**
 * What a cursor is worth while people merge and split: an event comes once if it is the person's when its place is read.
 * The model knows events and who holds which identifier, and nothing of pages or cursors.
 */
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { MemoryStore } from "../../src/store/memory.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../src/store/store.ts";
import { openTestApp, type TestApp } from "../support/app.ts";
import { SEEDS } from "../support/ids.ts";
import { storySeed } from "../support/seed.ts";
import { temporaryFolder } from "../support/temporary.ts";

const CONFIG = `
sources:
  crm: { replaceProfileId: id, idSpace: user, eventId: ev, occurredAt: t, identifiers: { friend: friend } }
  web: { replaceProfileId: id, idSpace: user, eventId: ev, occurredAt: t, identifiers: { friend: friend } }
`;
const REFERENCE = "user:p0";
/** The person's own identifiers, in a tree of links, and strangers that come and go. */
const IDENTIFIERS = 40;
const STRANGERS = 10;
const EVENTS = 400;
const CHANGES = 1000;
const PAGE = 17;
/** Few times for many events, so that most places are told apart by source and key alone. */
const TIMES = 40;

interface Drawn {
  /** For each of the person's identifiers but the first, which of those before it it is linked with. */
  readonly parents: readonly number[];
  readonly events: readonly { readonly home: number; readonly t: number; readonly web: boolean }[];
  readonly changes: readonly { readonly kind: "split" | "merge" | "meet"; readonly pick: number }[];
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  parents: fc.tuple(
    ...Array.from({ length: IDENTIFIERS - 1 }, (_, index) => fc.nat({ max: index })),
  ),
  events: fc.array(
    fc.record({
      home: fc.nat({ max: IDENTIFIERS + STRANGERS - 1 }),
      t: fc.nat({ max: TIMES - 1 }),
      web: fc.boolean(),
    }),
    { minLength: EVENTS, maxLength: EVENTS },
  ),
  changes: fc.array(
    fc.record({
      kind: fc.constantFrom("split", "split", "merge", "meet"),
      pick: fc.nat({ max: 1000 }),
    }),
    { minLength: CHANGES, maxLength: CHANGES },
  ),
});

interface EventBody {
  readonly id: string;
  readonly provisional: string;
}

interface Page {
  readonly events: readonly EventBody[];
  readonly next: string | null;
}

interface DecisionBody {
  readonly decision: { readonly id: string };
}

function mustBeOk(status: number): void {
  if (status !== 200) throw new Error(`answered ${status}`);
}

/** One person, and what is decided of them. Everything goes through the real service. */
class Story {
  readonly #app: TestApp;
  readonly #drawn: Drawn;
  /** The decisions that stand, by what they are about. */
  readonly #standing = new Map<string, string>();
  #meetings = 0;

  constructor(app: TestApp, story: Drawn) {
    this.#app = app;
    this.#drawn = story;
  }

  /** The person's links, which make the identifiers one, and then all events, each of one identifier. */
  async begin(): Promise<void> {
    for (const [index, parent] of this.#drawn.parents.entries())
      await this.#meet(index + 1, parent, `link-${index}`);
    for (const [number, { home, t, web }] of this.#drawn.events.entries())
      await this.#app.service.post(web ? "web" : "crm", { ev: `e${number}`, id: `p${home}`, t });
    for (let id = 0; id < IDENTIFIERS + STRANGERS; id++)
      await this.#app.service.post("crm", { ev: `known-${id}`, id: `p${id}`, t: TIMES });
  }

  /** An event that names two identifiers, through a friend whom only these two have. */
  async #meet(one: number, other: number, friend: string): Promise<void> {
    for (const id of [one, other])
      await this.#app.service.post("crm", {
        ev: `${friend}-${id}`,
        id: `p${id}`,
        t: TIMES + 1,
        friend,
      });
  }

  /** A split between two linked identifiers or a join with a stranger, or the end of the one that stands. */
  async change({ kind, pick }: Drawn["changes"][number]): Promise<void> {
    if (kind === "split") {
      const child = 1 + (pick % (IDENTIFIERS - 1));
      return this.#turn("split", child, this.#drawn.parents[child - 1]!);
    }
    const stranger = IDENTIFIERS + (pick % STRANGERS);
    if (kind === "merge") return this.#turn("join", stranger, 0);
    // Strangers who meet are merged by an event, and stay so.
    const other = IDENTIFIERS + ((pick >> 4) % STRANGERS);
    if (other !== stranger) await this.#meet(stranger, other, `meeting-${this.#meetings++}`);
  }

  async #turn(kind: "split" | "join", one: number, other: number): Promise<void> {
    const what = `${kind} ${one}`;
    const id = this.#standing.get(what);
    if (id !== undefined) return this.#takeBack(what, id);
    const [a, b] = [`user:p${one}`, `user:p${other}`];
    const { status, body } = await this.#app.post<DecisionBody>("/v1/decisions", {
      kind,
      a,
      b,
      reason: "as drawn",
    });
    mustBeOk(status);
    this.#standing.set(what, body.decision.id);
  }

  async #takeBack(what: string, id: string): Promise<void> {
    mustBeOk((await this.#app.delete(`/v1/decisions/${id}`)).status);
    this.#standing.delete(what);
  }

  /** Takes back what stands, so that the person is whole. */
  async heal(): Promise<void> {
    for (const [what, id] of this.#standing) await this.#takeBack(what, id);
  }

  /** The provisional ids that the person holds now. */
  async members(): Promise<ReadonlySet<string>> {
    const { body } = await this.#app.get<{ identifiers: { provisional: string }[] }>(
      `/v1/profiles/${REFERENCE}`,
    );
    return new Set(body.identifiers.map(({ provisional }) => provisional));
  }

  async page(order: string, cursor: string | null): Promise<Page> {
    const after = cursor === null ? "" : `&cursor=${cursor}`;
    const { status, body } = await this.#app.get<Page>(
      `/v1/profiles/${REFERENCE}/journey?order=${order}&limit=${PAGE}${after}`,
    );
    mustBeOk(status);
    return body;
  }

  /** All pages from a cursor on. */
  async rest(order: string, from: string | null): Promise<EventBody[]> {
    const events: EventBody[] = [];
    for (let cursor = from; ;) {
      const page = await this.page(order, cursor);
      events.push(...page.events);
      if (page.next === null) return events;
      cursor = page.next;
    }
  }
}

const STORES: Readonly<Record<string, () => Store>> = {
  memory: () => new MemoryStore(SEEDS),
  sqlite: () => new SqliteStore(join(temporaryFolder(), "selfsame.db")),
};
const STORE_NAMES = Object.keys(STORES);
const ORDERS = ["asc", "desc"] as const;

async function begun(store: string): Promise<{ story: Story; changes: Drawn["changes"] }> {
  const app = await openTestApp(CONFIG, { store: STORES[store]!() });
  const [sample] = fc.sample(fc.noBias(drawn), { seed: storySeed(), numRuns: 1 });
  const story = new Story(app, sample!);
  await story.begin();
  return { story, changes: sample!.changes };
}

const idsOf = (events: readonly EventBody[]) => events.map(({ id }) => id);

test.each(STORE_NAMES)(
  "I3: a cursor taken before 1,000 random merges and splits returns every event once: %s",
  async (store) => {
    const { story, changes } = await begun(store);
    const own = await story.rest("asc", null);
    expect(own.length).toBeGreaterThan(250);
    const firsts = [await story.page("asc", null), await story.page("desc", null)];
    for (const change of changes) await story.change(change);
    await story.heal();
    for (const [at, order] of ORDERS.entries()) {
      const rest = await story.rest(order, firsts[at]!.next);
      const expected = order === "asc" ? own : own.toReversed();
      expect(idsOf([...firsts[at]!.events, ...rest])).toEqual(idsOf(expected));
    }
  },
);

test.each(STORE_NAMES)(
  "every event comes once where people merge and split between all pages, and are whole when one is read: %s",
  async (store) => {
    const { story, changes } = await begun(store);
    const own = await story.rest("asc", null);
    // Both orders go on from page to page side by side.
    const ways = ORDERS.map((order) => ({ order, events: [] as EventBody[], cursor: "" }));
    const pages = Math.ceil(own.length / PAGE);
    const each = Math.floor(CHANGES / pages);
    for (let number = 0; number < pages; number++) {
      for (const change of changes.slice(number * each, (number + 1) * each))
        await story.change(change);
      await story.heal();
      for (const way of ways) {
        const page = await story.page(way.order, way.cursor === "" ? null : way.cursor);
        way.events.push(...page.events);
        expect(page.next === null).toBe(number === pages - 1);
        way.cursor = page.next ?? "";
      }
    }
    expect(idsOf(ways[0]!.events)).toEqual(idsOf(own));
    expect(idsOf(ways[1]!.events)).toEqual(idsOf(own.toReversed()));
  },
);

test.each(STORE_NAMES.flatMap((store) => ORDERS.map((order) => [store, order] as const)))(
  "an event comes once if it is the person's when its place is read, and not at all otherwise: %s, %s",
  async (store, order) => {
    const { story, changes } = await begun(store);
    // Everybody's events in their one order: the person is everybody for a moment.
    for (let stranger = 0; stranger < STRANGERS; stranger++)
      await story.change({ kind: "merge", pick: stranger });
    const everything = await story.rest(order, null);
    await story.heal();
    const places = new Map(everything.map(({ id }, place) => [id, place]));
    let next = 0;
    let place = -1;
    let missed = 0;
    for (let cursor: string | null = null; ;) {
      // Links of strangers who meet come late in time and would be new events; merges and splits are enough.
      const several = changes.slice(next, (next += 30)).filter(({ kind }) => kind !== "meet");
      for (const change of several) await story.change(change);
      const members = await story.members();
      const page = await story.page(order, cursor);
      const end = page.next === null ? Infinity : places.get(page.events.at(-1)!.id)!;
      const passed = everything.slice(place + 1, end + 1);
      const expected = passed.filter(({ provisional }) => members.has(provisional));
      expect(idsOf(page.events)).toEqual(idsOf(expected));
      missed += passed.length - expected.length;
      if (page.next === null) break;
      place = end;
      cursor = page.next;
    }
    // The story is one in which it matters.
    expect(missed).toBeGreaterThan(0);
  },
);
